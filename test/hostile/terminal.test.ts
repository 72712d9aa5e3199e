import { afterAll, describe, expect, test } from "bun:test";
import { hostileTexts } from "../support/engine-answers.ts";
import { allEngines, executable } from "../support/engines.ts";
import { chanceOf, controls, seed } from "../support/hostile.ts";
import { recorder } from "../support/recorder.ts";
import { note, times } from "../support/tally.ts";
import { openTerminal } from "../support/terminal.ts";

const place = recorder();
afterAll(() => place.remove());

const lines = [
  "ls",
  "ls --busy",
  "ls --names",
  "logs web",
  "logs web -f",
  "inspect web",
  "inspect web --raw",
  "stats --no-stream",
]
  .concat([
    "stop web",
    "start web",
    "rm -f web",
    "complete -- rm ",
    "history ls",
    "snapshot ls",
    "image ls",
    "prune --dry-run",
  ])
  .map((line) => (line.startsWith("complete") ? line : `${line} --no-input`).split(" "));

/** What a terminal would obey in what it was sent, but for line ends and tabs; and the line that manyoyo writes on itself. */
function obeyed(bytes: string): string | undefined {
  const text = Buffer.from(bytes, "latin1").toString().replaceAll("\r\n", "\n").replaceAll("\r\x1b[K", "");
  const at = text.search(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/,
  );
  return at < 0 ? undefined : JSON.stringify(text.slice(Math.max(0, at - 60), at + 60));
}

describe.each([...allEngines])("%s: at a terminal", (engine) => {
  test(
    "nothing that a container's name, label or log says is obeyed",
    async () => {
      const found: string[] = [];
      const tries = times(lines.length, 2000);
      for (let index = 0; index < tries; index += 1) {
        const words = lines[index % lines.length] ?? [];
        place.answer(hostileTexts(chanceOf(seed, "terminal", engine, index), engine));
        await using terminal = openTerminal([executable(), ...words], {
          cwd: place.folder,
          cols: 200,
          env: { ...place.environment, MANYOYO_ENGINE: engine },
        });
        await terminal.status();
        const what = obeyed(terminal.bytes());
        if (what !== undefined) found.push(`MANYOYO_TEST_SEED=${seed} ${words.join(" ")}: ${what}`);
      }
      note({
        fault: `${engine}: hostile names, labels and logs at a terminal`,
        promised: "none is obeyed",
        tries,
        broken: found.length,
      });
      expect(found).toEqual([]);
    },
    times(120_000, 4 * 3_600_000),
  );

  test("nor anything that an engine says while the list is drawn again and again", async () => {
    place.answer({ ps: { stdout: "" } });
    await using terminal = openTerminal([executable(), "ls", "-w"], {
      cwd: place.folder,
      env: { ...place.environment, MANYOYO_ENGINE: engine },
    });
    await terminal.waitFor("NAME");
    place.answer({ ps: { stderr: `Error: ${controls.join(" ")} is wrong\n`, status: 1 } });
    await terminal.waitFor("is wrong");
    for (const control of controls.filter((each) => each !== "\rmanyoyo: all is well"))
      expect(terminal.bytes()).not.toContain(Buffer.from(control).toString("latin1"));
    terminal.type("q");
    expect(await terminal.status()).toBe(0);
  }, 60_000);
});
