import { describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync } from "node:fs";
import { engines, executable } from "../support/engines.ts";
import { until } from "../support/manyoyo.ts";
import { copyScene, done, faultAt, holdings, stepsFrom } from "../support/saved.ts";
import { isLong } from "../support/tally.ts";

describe.each(engines())("%s: a call that is cut off at any step", (engine) => {
  const on = copyScene(engine, "cut");
  const { names, newName } = on;

  const affairs = [
    { verb: "snapshot", words: (name: string) => ["snapshot", name, "new"], begin: 1 },
    { verb: "fork", words: (name: string) => ["fork", name, `${name}-2`], begin: 2 },
    {
      verb: "snapshot restore",
      words: (name: string) => ["snapshot", "restore", "-f", name, "old"],
      begin: 3,
    },
    { verb: "recreate", words: (name: string) => ["recreate", name, "-e", "A=2"], begin: 1 },
    { verb: "recreate --clean", words: (name: string) => ["recreate", name, "--clean"], begin: 2 },
  ] as const;
  const ways = [
    { signal: "KILL", after: true },
    { signal: "KILL", after: false },
    { signal: "TERM", after: false },
    { signal: "HUP", after: true },
  ] as const;

  const all = affairs.flatMap((affair, row) => ways.map((way, at) => ({ ...affair, ...way, row, at })));
  // In the short form one that takes another one's place, in one of these ways.
  const tried = all.filter(({ row, at }) => isLong || (at === 3 && row === 3 && engine === engines().at(-1)));
  test.each(tried)(
    "$verb by $signal (after the step: $after) leaves all as it was, or has come to its end",
    async ({ words, signal, after, begin, at }) => {
      const name = newName();
      names.push(`${name}-2`);
      await done(on, "-n", name, "-s", "bash", "-d", "--keep-history", "-v", "/own", "-e", "A=1");
      await done(on, "-n", name, "-x", "mkdir -p ~/.claude; echo then | tee /own/f >~/.claude/f");
      await done(on, "snapshot", name, "old");
      await done(on, "-n", name, "-x", "echo now | tee /own/f >~/.claude/f");
      const before = await holdings(engine, [name]);
      const temporary = mkdtempSync(`${on.home}/tmp-`);
      for (const step of stepsFrom(begin + at)) {
        const file = `${on.home}/count-${name}-${step}`;
        const fault = faultAt({ file, executable: executable(), step, signal, after });
        const env = { ...(await on.instead(fault)), TMPDIR: temporary };
        const said = await on.manyoyo(words(name), { env });
        if (Number(await Bun.file(file).text()) < step) {
          expect(said.status, said.stderr).toBe(0);
          break;
        }
        if (signal === "KILL") expect(said.signal).toBe("SIGKILL");
        else expect([0, signal === "HUP" ? 129 : 143]).toContain(said.status);
        const isAsBefore = async (): Promise<boolean> =>
          Bun.deepEquals(await holdings(engine, [name]), before);
        // It may have come to its end a moment before: then all of it is there, and nothing besides.
        const isDone = async (): Promise<boolean> => isWhole(await holdings(engine, [name]), before);
        await until(
          `all is as it was, or done, after step ${step}: ${said.stdout}${said.stderr}${JSON.stringify({ before, now: await holdings(engine, [name]) })}`,
          async () => (await isAsBefore()) || (await isDone()),
          30_000,
        );
        if (!(await isAsBefore())) break;
      }
      const leftFiles = () => readdirSync(temporary, { recursive: true });
      await until("no temporary file is left", () => leftFiles().length === 0).catch(() => undefined);
      expect(leftFiles()).toEqual([]);
      // And it can be used: what it held, or what it held then.
      const look = (await on.manyoyo(["-n", name, "-x", "cat /own/f ~/.claude/f"])).stdout;
      expect(["now\nnow\n", "then\nthen\n"]).toContain(look);
      await done(on, "rm", "-f", "--history", name, `${name}-2`);
      for (const { tag } of JSON.parse(await done(on, "snapshot", "ls", name, "--json")).snapshots) {
        await done(on, "snapshot", "rm", name, tag);
      }
      expect(await holdings(engine, [name])).toEqual({ containers: {}, images: [], volumes: [] });
    },
  );

  type Held = Awaited<ReturnType<typeof holdings>>;

  /** Whether something came of the call, and nothing is left of its way. */
  function isWhole(now: Held, before: Held): boolean {
    const passing = /manyoyo-(work|copy|part)|\.(new|old)-|in passing/;
    const all = [...Object.keys(now.containers), ...now.images, ...now.volumes];
    if (all.some((each) => passing.test(each))) return false;
    if (!Object.values(now.containers).every((state) => /running|up/.test(state))) return false;
    const snapshots = now.images.filter((image) => image.includes("snapshot"));
    const sessions = now.images.filter((image) => image.includes("session"));
    const containers = Object.keys(now.containers).length;
    const isNewSnapshot =
      snapshots.length > before.images.length && containers === 1 && sessions.length === 0;
    const isNewSession =
      sessions.length > 0 && sessions.length <= containers && now.volumes.length === containers;
    return isNewSnapshot || isNewSession;
  }
});
