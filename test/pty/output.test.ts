import { describe, expect, test } from "bun:test";
import { engines } from "../support/engines.ts";
import { raw } from "../support/manyoyo.ts";
import { scene } from "../support/scene.ts";
import { keys } from "../support/terminal.ts";
import { inTurn } from "../support/turns.ts";

const hostile = "echo safe # \x1b]0;title\x07\x1b]52;c;AAAA\x07\x1b[2J\x9b31m\u202eevil";
const obeyed = ["\x1b]0;title", "\x1b]52", "\x1b[2J", "\x9b31m", Buffer.from("\u202e").toString("latin1")];

describe.each(engines())("what is said at a terminal, %s", (engine) => {
  const { turn, share } = inTurn(engine);
  const on = scene(engine);

  /** A session of the original tool that somebody made for no good. */
  async function hostileSession(): Promise<string> {
    const name = on.name();
    const labels = [
      `manyoyo.default_cmd=${hostile}`,
      `manyoyo.workspace=/${hostile}`,
      `manyoyo.user=${hostile}`,
    ];
    const words = labels.flatMap((label) => ["--label", label]);
    const made = await raw(
      engine,
      "run",
      "-d",
      "--name",
      name,
      ...words,
      "localhost/manyoyo-test:base",
      "sleep",
      "1000",
    );
    expect(made.status, made.stderr).toBe(0);
    return name;
  }

  test.each(
    share([[["-h"]], [["--help"]], [["--version"]], [["ls"]], [["rm", "-h"]], [["image", "build", "-h"]]]),
  )("%j at a small terminal is no error", async (words) => {
    await using terminal = on.at(words, { cols: 80, rows: 24 });
    expect(await terminal.status()).toBe(0);
    await terminal.waitFor(/\S/);
    expect(terminal.text()).not.toContain("This is a defect");
  });

  turn("an error is one plain sentence with the next step", async () => {
    await using terminal = on.at(["--no-such-option"]);
    expect(await terminal.status()).toBe(2);
    await terminal.waitFor(/^manyoyo: .*no-such-option.*\n/);
    expect(terminal.bytes()).not.toContain("\x1b");
  });

  turn("a hostile label is shown and not obeyed", async () => {
    const name = await hostileSession();
    for (const words of [
      ["ls", "--all-users"],
      ["inspect", name],
      ["logs", name],
      ["-n", name, "-q", "askkeep"],
      ["resume", name],
      ["rm", name],
    ]) {
      await using terminal = on.at(words, { cols: 400 });
      await terminal.status();
      await terminal.waitFor(name);
      for (const sequence of obeyed) expect(terminal.bytes()).not.toContain(sequence);
    }
  });

  turn("a hostile label is not obeyed around the menu either", async () => {
    const name = await hostileSession();
    await using terminal = on.at(["-n", name]);
    await terminal.waitFor("safe\n");
    await terminal.waitFor("Open a shell");
    terminal.type("1");
    await terminal.waitFor("safe\n");
    await terminal.waitFor("Open a shell");
    terminal.type(keys.enter);
    expect(await terminal.status()).toBe(0);
    for (const sequence of obeyed) expect(terminal.bytes()).not.toContain(sequence);
  });

  turn("the answer is on stdout and the conversation on stderr, at a terminal too", async () => {
    const name = on.name();
    await using terminal = on.script('"$@" 2>said', ["-n", name, "-s", "echo from inside"]);
    await terminal.waitFor("from inside\n");
    expect(await terminal.status()).toBe(0);
    expect(terminal.text()).toBe("from inside\n");
    expect(await Bun.file(`${on.folder}/said`).text()).toContain(`Made the session ${name}`);
  });
});
