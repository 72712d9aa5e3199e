import { describe, expect, test } from "bun:test";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { engines, executable, testImage } from "../support/engines.ts";
import { runProgram, until } from "../support/manyoyo.ts";
import { ownDaemon } from "../support/own-daemon.ts";
import { faultAt } from "../support/saved.ts";
import { scene } from "../support/scene.ts";
import { isLong } from "../support/tally.ts";
import { inTurn } from "../support/turns.ts";

// podman has no daemon that could be stopped. As root alone, as nobody else may start one.
const dockers = engines().filter((engine) => engine === "docker" && process.getuid?.() === 0);

describe.each(dockers)("%s's daemon is stopped", (engine) => {
  const { rare } = inTurn(engine);
  const on = scene(engine);
  // Small enough to be filled.
  const own = ownDaemon(1200);
  const name = `myt-daemon-${crypto.randomUUID().slice(0, 8)}`;

  const { docker } = own;
  const manyoyo = async (...words: readonly string[]): Promise<string> => {
    const said = await on.manyoyo(words, { env: own.env });
    expect(said.status, `${words.join(" ")}: ${said.stderr}`).toBe(0);
    return said.stdout;
  };
  const all = async (): Promise<string> =>
    [
      await docker("ps", "--all", "--no-trunc", "--format", "{{.Names}} {{.ID}}"),
      await docker("images", "--format", "{{.Repository}}:{{.Tag}}"),
      await docker("volume", "ls", "--format", "{{.Name}}"),
    ].join("");

  const verbs = [
    { verb: "snapshot", words: ["snapshot", name, "new"], steps: [3, 5] },
    { verb: "fork", words: ["fork", name, `${name}-2`], steps: [4, 9] },
    { verb: "snapshot restore", words: ["snapshot", "restore", "-f", name, "old"], steps: [2, 8] },
    { verb: "recreate", words: ["recreate", "-f", name, "-e", "A=2"], steps: [3, 7] },
  ].map((each) => (isLong ? each : { ...each, steps: each.steps.slice(1) }));
  // In the short form one step of the one that takes the most kinds of steps.
  test.each(verbs.filter(({ verb }) => isLong || verb === "recreate"))(
    "under $verb, and started again: all is as it was, and the verb can be run again",
    async ({ words, steps }) => {
      await manyoyo("-n", name, "-s", "bash", "-d", "--keep-history", "-v", "/own");
      await manyoyo("-n", name, "-x", "mkdir -p ~/.claude; echo then | tee /own/f >~/.claude/f");
      await manyoyo("snapshot", name, "old");
      await manyoyo("-n", name, "-x", "echo now | tee /own/f >~/.claude/f");
      const before = await all();
      let isDone = false;
      for (const step of steps) {
        const file = `${on.home}/count-${words.join("-").replaceAll("/", "")}-${step}`;
        const fault = {
          file,
          executable: executable(),
          step,
          signal: "TERM",
          after: false,
          victim: String(own.pid()),
        } as const;
        const env = { ...own.env, ...(await on.instead(faultAt(fault))) };
        const going = on.manyoyo(words, { env });
        // Its end takes the containers along.
        await until("the daemon is gone", () => !existsSync(`/proc/${own.pid()}`), 30_000);
        await own.start();
        const said = await going;
        // A daemon that is told to stop may still do what it is at, and that may have been the last thing.
        if (said.status === 0) {
          isDone = true;
          break;
        }
        expect(said.status).toBe(125);
        expect(said.stderr).toStartWith("manyoyo: ");
        await until(
          `all is as it was after step ${step}: ${said.stderr}`,
          async () => (await all()) === before,
          40_000,
        );
      }
      if (!isDone) await manyoyo(...words);
      const look = await manyoyo("-n", name, "-x", "cat /own/f ~/.claude/f");
      expect(["now\nnow\n", "then\nthen\n"]).toContain(look);
      await manyoyo("rm", "-f", "--history", name, `${name}-2`);
      for (const { tag } of JSON.parse(await manyoyo("snapshot", "ls", "--json")).snapshots) {
        await manyoyo("snapshot", "rm", name, tag);
      }
      expect(await all()).toBe(`${testImage}\n`);
    },
    180_000,
  );

  rare(
    "or its disk is full: it is said, all is as it was, and there is room again",
    async () => {
      await manyoyo("-n", name, "-s", "bash", "-d", "-v", "/own");
      // What is left of the disk is taken by a file, so that a third of what the session holds finds no room.
      await manyoyo("-n", name, "-x", "head -c 60000000 /dev/urandom | tee /own/f >/f");
      const before = await all();
      const filler = join(own.place(), "docker", "filler");
      for (const words of [
        ["snapshot", name, "v1"],
        ["fork", name, `${name}-2`],
        ["recreate", name, "-e", "A=1"],
      ]) {
        await runProgram([
          "sh",
          "-c",
          `df --output=avail -B1 "$0" | tail -n 1 | { read free; fallocate -l $((free - 40000000)) "$1"; }`,
          join(own.place(), "docker"),
          filler,
        ]);
        const said = await on.manyoyo(words, { env: own.env });
        rmSync(filler, { force: true });
        expect(said.status, said.stderr).toBe(125);
        expect(said.stderr).toContain("no space left on device");
        expect(said.stderr.trim().split("\n").length).toBeLessThanOrEqual(2);
        await until(`all is as it was: ${said.stderr}`, async () => (await all()) === before, 40_000);
        expect(await manyoyo("-n", name, "-x", "wc -c </f")).toBe("60000000\n");
      }
      await manyoyo("snapshot", name, "v1");
      await manyoyo("snapshot", "rm", name, "v1");
      await manyoyo("rm", "-f", name);
    },
    180_000,
  );
});
