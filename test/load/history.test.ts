import { describe, expect } from "bun:test";
import { rmSync } from "node:fs";
import { engines, executable } from "../support/engines.ts";
import { memoryOf } from "../support/memory.ts";
import { copyScene, done } from "../support/saved.ts";
import { times, tried } from "../support/tally.ts";
import { inTurn } from "../support/turns.ts";

// More files than a program's words can name: that takes some 50,000.
const files = times(500, 100_000);
const seconds = times(40, 400);

describe.each(engines())("%s: a session with very many conversations", (engine) => {
  const { turn } = inTurn(engine, 1);
  const on = copyScene(engine, "history");
  const promise = {
    fault: `${engine}: ${files} files of history`,
    promised: `every verb answers within ${seconds} s and 400 MB`,
  };

  const id = (at: number): string =>
    `${at.toString(16).padStart(8, "0")}-0000-4000-8000-${at.toString(16).padStart(12, "0")}`;

  /** Runs the executable, and sees to it that it and what it starts stay small and quick. */
  async function small(words: readonly string[]): Promise<string> {
    return tried(promise, async () => {
      const begin = performance.now();
      const child = Bun.spawn([executable(), ...words], {
        cwd: on.folder,
        env: { ...process.env, ...on.env },
        stdin: "ignore",
        stdout: "pipe",
        stderr: "pipe",
      });
      let peak = 0;
      const timer = setInterval(() => {
        peak = Math.max(peak, memoryOf(child.pid).peak);
      }, 50);
      const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
      clearInterval(timer);
      const took = (performance.now() - begin) / 1000;
      if (process.env["MANYOYO_TEST_FIGURES"] !== undefined)
        console.error(
          `${engine} ${words.join(" ").slice(0, 60)}: ${took.toFixed(1)} s, ${peak.toFixed(0)} MB`,
        );
      expect(child.exitCode, stderr).toBe(0);
      expect(took).toBeLessThan(seconds);
      expect(peak).toBeLessThan(400);
      return stdout + stderr;
    });
  }

  turn(
    "lists, shows, finds, saves, brings back and goes on with them",
    async () => {
      const [name, other] = [on.newName(), on.newName()];
      await done(on, "-d", "-n", name, "-y", "claude", "--login", "none");
      const agent =
        "printf '#!/bin/sh\necho words: \"$@\"\n' >/usr/local/bin/claude; chmod +x /usr/local/bin/claude";
      await done(on, "-n", name, "-x", agent);
      // Not one of them is of the kind that the agent itself lists, so the newest is gone on with by its id.
      const make = `mkdir -p ~/.claude/projects/$0; cd ~/.claude/projects/$0; i=1; while [ $i -le ${files} ]; do
        printf -v file '%08x-0000-4000-8000-%012x.jsonl' $i $i
        printf '{"type":"user","cwd":"/","message":{"content":"said %s"}}\\n' $i >$file; i=$((i + 1)); done
        touch -d 2030-01-01 ${id(7)}.jsonl`;
      const place = on.folder.replace(/[^A-Za-z0-9]/g, "-");
      await done(on, "-n", name, "-x", "bash", "-c", make, place);
      await tried({ ...promise, promised: "resume finds the newest, and that of an id" }, async () => {
        for (const [words, found] of [
          [["resume", name], id(7)],
          [["resume", name, id(9).slice(0, 8)], id(9)],
        ] as const) {
          await using shown = on.at([...words, "-q", "askkeep"]);
          await shown.waitFor(new RegExp(`words: .*-r ${found}`), seconds * 1000);
        }
      });

      expect((await small(["history", "ls", name])).split("\n").length).toBeGreaterThan(files);
      expect(await small(["history", "show", name, id(files)])).toContain(`said ${files}`);
      expect(await small(["history", "search", `said ${files}`])).toContain(id(files));
      const file = `${on.home}/backup.tar.gz`;
      await small(["history", "backup", name, "-o", file]);
      await done(on, "-d", "-n", other, "-y", "claude", "--login", "none");
      await small(["history", "restore", other, file]);
      const count = await on.inside(other, "find ~/.claude/projects -name '*.jsonl' | wc -l");
      expect(count.trim()).toBe(String(files));
      rmSync(file);

      await small(["ls"]);
      await small(["snapshot", name, "all"]);
      await small(["stop", other]);
      // What it says goes with it is all of them.
      expect(await small(["rm", "-f", other])).toContain(`${files} conversations of Claude Code`);
      const gone = await small(["rm", "-f", name]);
      expect(gone).toContain(`${files} conversations of Claude Code`);
    },
    seconds * 15_000,
  );
});
