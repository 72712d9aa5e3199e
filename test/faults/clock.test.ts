import { beforeAll, describe, expect } from "bun:test";
import { readdirSync } from "node:fs";
import { install } from "../support/apt.ts";
import { engines } from "../support/engines.ts";
import { start as live } from "../support/live.ts";
import { copyScene, done } from "../support/saved.ts";
import { longSleep } from "../support/scene.ts";
import { tried } from "../support/tally.ts";
import { inTurn } from "../support/turns.ts";

// The time of day as programs are told it, in all that manyoyo starts as well; the machine's own is not ours to set.
function faked(file: string): Readonly<Record<string, string>> {
  const library = readdirSync("/usr/lib")
    .map((folder) => `/usr/lib/${folder}/faketime/libfaketime.so.1`)
    .find((path) => readable(path));
  if (library === undefined) throw new Error("libfaketime is not installed");
  return {
    LD_PRELOAD: library,
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_NO_CACHE: "1",
    FAKETIME_DONT_FAKE_MONOTONIC: "1",
    DONT_FAKE_MONOTONIC: "1",
  };
}

function readable(path: string): boolean {
  return Bun.file(path).size > 0;
}

describe.each(engines())("%s: the clock jumps back by three days", (engine) => {
  const { turn, rare } = inTurn(engine);
  const on = copyScene(engine, "clock");
  const file = `${on.home}/clock`;
  const set = (to: "now" | "back"): Promise<number> => Bun.write(file, to === "now" ? "+0" : "-3d");
  const then = (words: readonly string[]) => on.manyoyo(words, { env: faked(file) });
  const fault = (what: string) => `${engine}: the clock jumps back, ${what}`;

  beforeAll(async () => {
    if (Bun.which("faketime") === null) await install(["faketime"]);
  }, 120_000);

  turn(
    "after sessions were made: they are found and joined, no age is below zero, and prune takes none for old",
    async () => {
      await tried({ fault: fault("later"), promised: "found, joined, none taken for old" }, async () => {
        const [name, user] = [on.newName(), `myt-${crypto.randomUUID().slice(0, 8)}`];
        const mine = { USER: user };
        expect((await on.manyoyo(["-n", name, "-s", "bash", "-d"], { env: mine })).status).toBe(0);
        await done(on, "stop", name);
        await set("back");
        const told = { ...faked(file), ...mine };
        const listed = await on.manyoyo(["ls"], { env: told });
        expect([listed.status, listed.stderr]).toEqual([0, ""]);
        expect(listed.stdout).toContain(name);
        expect(listed.stdout).not.toMatch(/ -\d+[smhd]|NaN/);
        const pruned = await on.manyoyo(["prune", "--older-than", "1s", "--yes"], { env: told });
        expect(pruned).toMatchObject({ status: 0 });
        expect(await on.state(name)).toBeString();
        expect(await then(["-n", name, "-x", "echo in; exit 3"])).toMatchObject({
          status: 3,
          stdout: "in\n",
        });
        expect(await then(["wait", name])).toMatchObject({ status: 3 });
      });
    },
  );

  rare("between two snapshots and two sessions without a name: each has a name of its own", async () => {
    await tried({ fault: fault("between two"), promised: "no name twice, none replaced" }, async () => {
      const name = on.newName();
      await done(on, "-n", name, "-s", "bash", "-d");
      const tags: string[] = [];
      for (const when of ["back", "now", "back"] as const) {
        await set(when);
        const said = await then(["snapshot", name]);
        expect(said, said.stderr).toMatchObject({ status: 0 });
        tags.push(said.stdout.trim());
      }
      expect(new Set(tags).size).toBe(3);
      for (const tag of tags) await done(on, "snapshot", "rm", name, tag);
      const made: string[] = [];
      for (const when of ["back", "back", "now"] as const) {
        await set(when);
        const said = await then(["-d", "-x", "true"]);
        expect(said, said.stderr).toMatchObject({ status: 0 });
        made.push(said.stdout.trim());
      }
      expect(new Set(made).size).toBe(3);
      await done(on, "rm", "-f", ...made);
    });
  });

  turn("while one waits with a limit, or a command has one: the limit is what it was", async () => {
    await tried({ fault: fault("under a limit"), promised: "the limit holds" }, async () => {
      const name = on.newName();
      await set("now");
      await done(on, "-n", name, "-d", "-x", longSleep());
      await on.untilRuns(name, "sleep");
      const waits = live(on, ["wait", name, "--timeout", "4s"], { env: faked(file) });
      const limited = live(on, ["-n", name, "--timeout", "4s", "-x", `echo in; ${longSleep()}`], {
        env: faked(file),
      });
      await limited.says("in");
      await set("back");
      expect((await waits.ended).status).toBe(124);
      expect((await limited.ended).status).toBe(124);
      await done(on, "rm", "-f", name);
    });
  });
});
