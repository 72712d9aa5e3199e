import { describe, expect } from "bun:test";
import { engines } from "../support/engines.ts";
import { start } from "../support/live.ts";
import { until } from "../support/manyoyo.ts";
import { longSleep, scene } from "../support/scene.ts";
import { spyOn } from "../support/spy.ts";
import { inTurn } from "../support/turns.ts";

interface Busy {
  readonly line: string;
  readonly held: string;
  readonly [key: string]: unknown;
}

describe.each(engines())("%s: ls --busy", (engine) => {
  const { turn } = inTurn(engine);
  const at = scene(engine);
  const session = async (name: string, ...words: string[]) => {
    const said = JSON.parse((await at.manyoyo(["ls", "--json", ...words])).stdout);
    return said.sessions.find((each: { readonly name: string }) => each.name === name);
  };

  turn("says who is in a session, since when, with what; and what a killed call left behind", async () => {
    const name = await at.session("true");
    const [mine, behind, left] = [longSleep(), longSleep(), longSleep()];
    const calls = [mine, left].map((line) => start(at, ["-n", name, "-x", line]));
    await at.manyoyo(["-d", "-n", name, "-x", behind]);
    for (const line of [mine, behind, left]) await at.untilRuns(name, line);
    calls[1]?.kill("SIGKILL");
    await calls[1]?.exited;
    const busy = async (): Promise<readonly Busy[]> => (await session(name, "--busy")).busy;
    await until("the killed call is known", async () => (await busy()).some(({ held }) => held === "orphan"));
    const runs = await busy();
    expect(Object.fromEntries(runs.map(({ line, held }) => [line, held]))).toEqual({
      [mine]: "attached",
      [behind]: "background",
      [left]: "orphan",
    });
    for (const run of runs) {
      expect(run).toMatchObject({ id: expect.stringMatching(/^[0-9a-f]{16}$/), user: expect.any(String) });
      expect(Math.abs(Date.parse(String(run["since"])) - Date.now())).toBeLessThan(60_000);
    }
    const table = (await at.manyoyo(["ls", "--busy", "--sort", "name"])).stdout;
    expect(table).toMatch(/^NAME .* BUSY\n/);
    expect(table).toMatch(new RegExp(`\\S+ \\d+s: ${left} \\(left behind: its call was killed\\)$`, "m"));
    expect(table).toMatch(new RegExp(`\\S+ \\d+s: ${behind} \\(in the background\\)$`, "m"));
    expect(table).toMatch(new RegExp(`\\S+ \\d+s: ${mine}$`, "m"));
    await at.manyoyo(["rm", "-f", name]);
    await calls[0]?.ended;
  });

  turn("asks what was used last exactly, and plain ls says when it was started or stopped", async () => {
    const name = await at.session("true");
    await at.manyoyo(["-n", name, "-x", "true"]);
    const plain = await session(name);
    expect(plain).toMatchObject({ busy: null, size: null });
    expect(Math.abs(Date.parse(plain.used) - Date.parse(plain.created))).toBeLessThan(30_000);
    const exact = await session(name, "--busy");
    expect(exact.busy).toEqual([]);
    expect(Date.parse(exact.used)).toBeGreaterThan(Date.parse(exact.created));
    await at.manyoyo(["stop", name]);
    expect(await session(name, "--busy")).toMatchObject({ state: "stopped", busy: [] });
  });

  turn("asks the engine once for all that have stopped, and for the log of each that runs", async () => {
    const env = { USER: `myt-${crypto.randomUUID().slice(0, 8)}` };
    const made = async (): Promise<string> => {
      const name = at.name();
      expect((await at.manyoyo(["-n", name, "-d"], { env })).status).toBe(0);
      return name;
    };
    const [first, second, up] = [await made(), await made(), await made()];
    await at.manyoyo(["-n", first, "-x", "true"], { env });
    for (const name of [second, first]) await at.manyoyo(["stop", name], { env });
    await at.manyoyo(["-n", up, "-x", "true"], { env });
    const spy = spyOn(engine, at.home);
    const said = await at.manyoyo(["ls", "--names", "--sort", "used"], { env: { ...env, ...spy.env } });
    expect(said.stdout).toBe(`${[up, first, second].join("\n")}\n`);
    const calls = spy
      .calls()
      .map(({ words: [verb, what, ...ids] }) => [verb, verb === "container" ? ids.length : what]);
    expect(calls.filter(([verb]) => verb === "container" || verb === "logs").toSorted()).toEqual([
      ["container", 3],
      ["logs", "--timestamps"],
    ]);
    await at.manyoyo(["rm", "-f", first, second, up], { env });
  });
});

describe.each(engines())("%s: ls --size and --sort", (engine) => {
  const { turn } = inTurn(engine);
  const at = scene(engine);

  turn("show how much each has written, in the order that is wanted", async () => {
    const [small, big] = [await at.session("true"), await at.session("true")];
    await at.manyoyo(["-n", big, "-x", "head -c 3000000 /dev/urandom >/var/tmp/big"]);
    await at.manyoyo(["-n", small, "-x", "true"]);
    await at.manyoyo(["stop", big]);
    const names = async (...words: string[]): Promise<readonly string[]> => {
      const said = await at.manyoyo(["ls", "--names", ...words]);
      expect(said.status).toBe(0);
      return said.stdout.split("\n").filter((name) => [small, big].includes(name));
    };
    expect(await names("--sort", "size")).toEqual([big, small]);
    expect(await names("--sort", "name")).toEqual([small, big].toSorted());
    expect(await names("--sort", "created")).toHaveLength(2);
    expect(await names("--sort", "state")).toEqual([small, big]);
    expect(await names("--sort", "used")).toHaveLength(2);
    const said = JSON.parse((await at.manyoyo(["ls", "--json", "--size"])).stdout);
    const sizeOf = (name: string): number =>
      said.sessions.find((each: { readonly name: string }) => each.name === name).size;
    expect(sizeOf(big)).toBeGreaterThanOrEqual(3_000_000);
    expect(sizeOf(small)).toBeLessThan(1_000_000);
    const table = (await at.manyoyo(["ls", "--size"])).stdout;
    expect(table).toMatch(/^NAME +STATE +AGENT +USED +CREATED +SIZE +FOLDER\n/);
    expect(table).toMatch(new RegExp(`^${big} +stopped .* 3(\\.\\d)?MB +\\.$`, "m"));
    expect((await at.manyoyo(["ls", "--sort", "nosuch"])).status).toBe(2);
  });
});
