import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { importBase } from "../support/base.ts";
import { expectPolite } from "../support/cuts.ts";
import { type EngineName, engines, testImage } from "../support/engines.ts";
import { start as live } from "../support/live.ts";
import { runProgram } from "../support/manyoyo.ts";
import { ownDaemon } from "../support/own-daemon.ts";
import { closePlace, newPlace } from "../support/place.ts";
import { longSleep, scene } from "../support/scene.ts";
import { tried } from "../support/tally.ts";
import { inTurn } from "../support/turns.ts";

/** An engine whose data lie on a small disk of their own. */
interface Small {
  readonly env: Readonly<Record<string, string>>;
  /** The folder of that disk. */
  disk(): string;
}

function smallDocker(): Small {
  const own = ownDaemon(500);
  return { env: own.env, disk: () => join(own.place(), "docker") };
}

function smallPodman(): Small {
  const at = { place: "", env: {} as Record<string, string> };
  const data = (): string => join(at.place, "podman-small");
  beforeAll(async () => {
    at.place = await newPlace();
    mkdirSync(data());
    const mounted = await runProgram(["mount", "-t", "tmpfs", "-o", "size=500M", "tmpfs", data()]);
    if (mounted.status !== 0) throw new Error(mounted.stderr);
    const conf = join(at.place, "podman-small.conf");
    const folders = `graphroot = "${data()}"\nrunroot = "${at.place}/podman-small-run"\n`;
    writeFileSync(conf, `[storage]\ndriver = "overlay"\n${folders}`);
    at.env["CONTAINERS_STORAGE_CONF"] = conf;
    await importBase({ engine: "podman", reference: testImage, environment: at.env });
  }, 120_000);
  afterAll(() => closePlace(at.place), 60_000);
  return { env: at.env, disk: data };
}

// A disk is mounted, which root alone may do.
const here = process.getuid?.() === 0 ? engines() : [];

describe.each(here)("%s: its disk is full", (engine: EngineName) => {
  const { turn, share } = inTurn(engine);
  const on = scene(engine);
  const small = engine === "docker" ? smallDocker() : smallPodman();
  const manyoyo = (words: readonly string[]) => on.manyoyo(words, { env: small.env });
  const ok = async (...words: readonly string[]): Promise<string> => {
    const said = await manyoyo(words);
    expect(said.status, `${words.join(" ")}: ${said.stderr}`).toBe(0);
    return said.stdout;
  };
  const listed = async (): Promise<readonly string[]> => {
    const said = await runProgram([engine, "ps", "--all", "--format", "{{.Names}}"], { env: small.env });
    expect(said.status, said.stderr).toBe(0);
    return said.stdout.split("\n").filter((name) => name !== "");
  };
  const filler = (): string => join(small.disk(), "filler");
  const fill = async (): Promise<void> => {
    await runProgram(["sh", "-c", 'dd if=/dev/zero of="$0" bs=64k 2>/dev/null; sync', filler()]);
    expect(existsSync(filler())).toBe(true);
  };
  const free = (): void => rmSync(filler(), { force: true });

  const ways: readonly (readonly [string, readonly string[]])[] = [
    ["-d", []],
    ["with a command", ["-x", "echo in"]],
    ["with --rm-on-exit", ["--rm-on-exit", "-x", "echo in"]],
  ];

  test.each(share(ways))(
    "as a session is made, %s: one sentence with the next step, and nothing is left",
    async (_, words) => {
      await tried(
        { fault: `${engine}: disk full at create`, promised: "one sentence; nothing is left" },
        async () => {
          const name = on.name("full");
          const line = ["-n", name, "-s", "true", ...(words.length === 0 ? ["-d"] : words)];
          await fill();
          const said = await manyoyo(line);
          free();
          expect(said.status, `${said.stdout}${said.stderr}`).toBe(125);
          expect(said.stderr).toMatch(/no space left on device/i);
          expect(said.stderr).toContain("manyoyo prune --dry-run");
          expectPolite(said.stderr);
          expect(await listed()).toEqual([]);
          expect((await manyoyo(line)).status).toBe(0);
          await ok("rm", "-f", name);
        },
      );
    },
    120_000,
  );

  turn(
    "while a command writes: its own failure and status, and the session is whole and can be cleaned",
    async () => {
      await tried(
        { fault: `${engine}: disk full while a command writes`, promised: "the command's own failure" },
        async () => {
          const name = on.name("full");
          await ok("-n", name, "-d");
          await ok("-n", name, "-x", "echo work >/kept");
          const go = `${on.folder}/go-${name}`;
          const line = `echo ready; until [ -e '${go}' ]; do sleep 0.1; done; head -c 9000000 /dev/zero >/big || exit 7`;
          const call = live(on, ["-n", name, "-x", line], { env: small.env });
          await call.says("ready");
          await fill();
          writeFileSync(go, "");
          const said = await call.ended;
          const seen = await manyoyo(["ls", "--json"]);
          const read = await manyoyo(["-n", name, "-x", "cat /kept"]);
          free();
          expect(said.stderr.toLowerCase()).toContain("no space left");
          // podman writes a command's status to that disk as well.
          expect(engine === "docker" ? [7] : [7, 125], said.stderr).toContain(said.status);
          if (said.status === 125) expectPolite(said.stderr);
          expect(seen.status, seen.stderr).toBe(0);
          expect(seen.stdout).toContain(name);
          expect([0, 125], read.stderr).toContain(read.status);
          expect(await ok("-n", name, "-x", "cat /kept")).toBe("work\n");
          await ok("rm", "-f", name);
          expect(await listed()).toEqual([]);
        },
      );
    },
    120_000,
  );

  turn(
    "as a session is woken, stopped and removed: one sentence or done, and removing it makes room",
    async () => {
      await tried(
        { fault: `${engine}: disk full at start, stop and rm`, promised: "done, or one sentence" },
        async () => {
          const name = on.name("full");
          await ok("-n", name, "-d");
          await ok("-n", name, "-x", "echo work >/kept; head -c 3000000 /dev/urandom >/big");
          await ok("-n", name, "-d", "-x", longSleep());
          await fill();
          for (const words of [
            ["stop", "-f", name],
            ["-n", name, "-x", "cat /kept"],
            ["rm", "-f", name],
          ]) {
            const said = await manyoyo(words);
            expect([0, 125], `${words.join(" ")}: ${said.stderr}`).toContain(said.status);
            expectPolite(said.stderr);
          }
          free();
          await manyoyo(["rm", "-f", name]);
          expect(await listed()).toEqual([]);
        },
      );
    },
    120_000,
  );
});
