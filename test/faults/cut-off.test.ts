import { describe, expect, test } from "bun:test";
import { randomInt } from "node:crypto";
import { writeFileSync } from "node:fs";
import {
  atSteps,
  type Cutting,
  cutAt,
  everything,
  expectEnded,
  untilQuiet,
  type Way,
  ways,
} from "../support/cuts.ts";
import { engines } from "../support/engines.ts";
import { raw } from "../support/manyoyo.ts";
import { scene } from "../support/scene.ts";
import { isLong } from "../support/tally.ts";

/** What is done to the session before a call, the call, and what must hold of it afterwards. */
interface Subject {
  readonly verb: string;
  /** In which state the session is before it; undefined where there is none. */
  readonly state?: "running" | "stopped" | "paused";
  /** @param line something to run that can be found while it runs */
  readonly words: (name: string, line: string) => readonly string[];
  /** Whether the session may be gone afterwards, must be, or must be there. */
  readonly after: "whole or gone" | "gone" | "whole";
}

const subjects: readonly Subject[] = [
  { verb: "making", words: (name, line) => ["-n", name, "-x", line], after: "whole or gone" },
  { verb: "making with -d", words: (name) => ["-n", name, "-d", "-x", "true"], after: "whole or gone" },
  {
    verb: "making with volumes, variables and kept history",
    words: (name, line) => [
      ...["-n", name, "-s", line, "-v", "/own", "-e", "A=1", "--ef", "./variables.env", "--keep-history"],
    ],
    after: "whole or gone",
  },
  {
    verb: "--rm-on-exit",
    words: (name, line) => ["-n", name, "--rm-on-exit", "-v", "/own", "-e", "A=1", "-x", line],
    after: "gone",
  },
  { verb: "joining", state: "running", words: (name, line) => ["-n", name, "-x", line], after: "whole" },
  {
    verb: "joining, stopped,",
    state: "stopped",
    words: (name, line) => ["-n", name, "-x", line],
    after: "whole",
  },
  {
    verb: "joining, paused,",
    state: "paused",
    words: (name, line) => ["-n", name, "-x", line],
    after: "whole",
  },
  { verb: "stop -f", state: "running", words: (name) => ["stop", "-f", name], after: "whole" },
  { verb: "stop -f, paused,", state: "paused", words: (name) => ["stop", "-f", name], after: "whole" },
  { verb: "restart -f", state: "running", words: (name) => ["restart", "-f", name], after: "whole" },
  { verb: "start", state: "stopped", words: (name) => ["start", name], after: "whole" },
  { verb: "rm -f", state: "running", words: (name) => ["rm", "-f", name], after: "whole or gone" },
  {
    verb: "rm --history -f",
    state: "running",
    words: (name) => ["rm", "--history", "-f", name],
    after: "whole or gone",
  },
  {
    verb: "prune --yes",
    state: "stopped",
    words: () => ["prune", "--older-than", "0s", "--yes"],
    after: "whole or gone",
  },
];

const all = subjects.flatMap((subject, row) =>
  ways.map((way, column) => ({ ...subject, ...way, row, column })),
);

describe.each(engines())("%s: a call that is cut off at any call of the engine's program", (engine) => {
  const on = scene(engine);
  writeFileSync(`${on.folder}/variables.env`, "B=2\n");
  // prune looks at the sessions of one user.
  const someone = { USER: `myt-${crypto.randomUUID().slice(0, 8)}` };
  const manyoyo = (words: readonly string[], env = {}) => on.manyoyo(words, { env: { ...someone, ...env } });
  const ok = async (...words: readonly string[]): Promise<string> => {
    const said = await manyoyo(words);
    expect(said.status, `${words.join(" ")}: ${said.stderr}`).toBe(0);
    return said.stdout;
  };

  async function prepare(name: string, { state }: Subject): Promise<void> {
    if (state === undefined) return;
    await ok("-n", name, "-s", "bash", "-d", "-v", "/own", "--keep-history");
    await ok("-n", name, "-x", "echo work | tee /own/f >/f");
    if (state === "stopped") await ok("stop", name);
    if (state === "paused") expect((await raw(engine, "pause", name)).status).toBe(0);
  }

  // In the short form every eighth subject on each engine, in one of the twelve ways.
  const isDue = (row: number, column: number): boolean =>
    row % 8 === (engine === "docker" ? 3 : 0) &&
    (column + 5 * row + (engine === "docker" ? 0 : 4)) % 12 === 0;

  test.each(all.filter(({ row, column }) => isLong || isDue(row, column)))(
    "$verb by $signal ($when the program) leaves the session $after, and nothing besides",
    async ({ row, column, ...subject }) => {
      const { signal, when, verb } = subject;
      const way: Way = { signal, when };
      const counted = await cutAt(on, way, 0);
      const first = on.name();
      await prepare(first, subject);
      const undisturbed = await manyoyo(subject.words(first, "true"), counted.env);
      expect(undisturbed.status, undisturbed.stderr).toBe(0);
      await ok("rm", "-f", "--history", first);
      await atSteps(
        { fault: `${engine}: ${verb} cut off by ${signal}`, promised: `${subject.after}, nothing besides` },
        { count: counted.calls(), begin: row + column },
        async (step) => {
          const before = await everything(on);
          const name = on.name();
          await prepare(name, subject);
          const cutting = await cutAt(on, way, step);
          // Long enough to be found; but what comes after it waits for its end, and after KILL it goes on.
          const mark = `sleep ${signal === "KILL" ? 1 : when === "after" ? 3 : 20}.${randomInt(1e8, 1e9)}`;
          const said = await manyoyo(subject.words(name, mark), cutting.env);
          if (cutting.calls() < step) expect(said.status, said.stderr).toBe(0);
          else expectEnded(said, way);
          try {
            await check(subject, { name, mark, cutting });
          } finally {
            await manyoyo(["rm", "-f", "--history", name]);
          }
          expect(await everything(on)).toEqual(before);
        },
      );
    },
  );

  async function check(
    { state, words, after, ...way }: Subject & Way,
    { name, mark, cutting }: { readonly name: string; readonly mark: string; readonly cutting: Cutting },
  ): Promise<void> {
    const mayRun = way.signal !== "KILL" && words(name, mark).includes(mark);
    // What is told to end has ended when the call has; only what was started beside it may take its time.
    if (mayRun && (await on.state(name)) === "running") {
      expect(await on.runs(name, mark), "runs on inside").toBe(false);
    }
    await untilQuiet(on);
    expect(cutting.left()).toEqual([]);
    const now = await on.state(name);
    if (after === "gone") expect(now).toBeUndefined();
    if (after === "whole") expect(now).toBeString();
    if (now === undefined) return;
    const said = await manyoyo(["-n", name, "-x", state === undefined ? "echo whole" : "cat /f /own/f"]);
    expect(said, said.stderr).toMatchObject({
      status: 0,
      stdout: state === undefined ? "whole\n" : "work\nwork\n",
    });
    if (mayRun) expect(await on.runs(name, mark), "runs on inside").toBe(false);
  }
});
