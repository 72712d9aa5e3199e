import { describe, expect, test } from "bun:test";
import { engines } from "../support/engines.ts";
import { field, processesIn } from "../support/inside.ts";
import { start } from "../support/live.ts";
import { type Bench, bench, raw, runProgram, until } from "../support/manyoyo.ts";
import { isLong } from "../support/tally.ts";
import { inTurn } from "../support/turns.ts";

async function session(at: Bench): Promise<string> {
  const name = at.name();
  expect((await at.manyoyo(["-n", name, "-s", "echo first", "-x", "true"])).status).toBe(0);
  return name;
}

/** A session as a KILL between its making and its start leaves it. */
async function halfMade(at: Bench): Promise<string> {
  const name = at.name("half");
  const said = await at.manyoyo(["config", "command", "--json", "-n", name, "-s", "echo first", "-d"]);
  const [line = ""] = JSON.parse(said.stdout).lines;
  const create = line.replace(" run --detach ", " create ");
  expect((await runProgram(["sh", "-c", create])).stderr).toBe("");
  return name;
}

describe.concurrent.each(engines())("%s: a session that does not run", (engine) => {
  const { turn, share } = inTurn(engine);
  const at = bench(engine);
  const state = async (name: string) =>
    JSON.parse((await at.manyoyo(["ls", "--json"])).stdout).sessions.find(
      (each: { name: string }) => each.name === name,
    )?.state;

  const ways = [
    ["stopped", async (name: string) => void (await at.manyoyo(["stop", name]))],
    ["stopped", async (name: string) => void (await raw(engine, "kill", name))],
    ["paused", async (name: string) => void (await raw(engine, "pause", name))],
  ] as const;

  test.each(share(ways))("is woken by joining: %s", async (wanted, way) => {
    const name = await session(at);
    const all = [
      ["-n", name],
      ["exec", name, "--", "echo", "first"],
      ["-n", name, "-x", "echo first"],
    ];
    for (const words of isLong ? all : all.slice(0, 2)) {
      await way(name);
      await until("the engine says so", async () => (await state(name)) === wanted);
      expect(await at.manyoyo(words)).toMatchObject({ status: 0, stdout: "first\n", stderr: "" });
    }
  });

  test.each(share(ways))("is woken by start: %s", async (wanted, way) => {
    const name = await session(at);
    await way(name);
    await until("the engine says so", async () => (await state(name)) === wanted);
    expect(await at.manyoyo(["start", name])).toMatchObject({ status: 0, stdout: `${name}\n` });
    expect(await field(engine, name, ".State.Status")).toBe("running");
    expect((await at.manyoyo(["start", name])).status).toBe(0);
  });

  turn("is woken by joining: created, half-made", async () => {
    const name = await halfMade(at);
    expect(await state(name)).toBe("created");
    expect(await at.manyoyo(["-n", name])).toMatchObject({ status: 0, stdout: "first\n" });
    expect(await state(name)).toBe("running");
  });

  turn("is stopped from paused, and may be stopped and removed in any state", async () => {
    const name = await session(at);
    await raw(engine, "pause", name);
    const begun = performance.now();
    expect((await at.manyoyo(["stop", name])).status).toBe(0);
    expect(performance.now() - begun).toBeLessThan(4000);
    expect((await at.manyoyo(["stop", name])).status).toBe(0);
    expect((await at.manyoyo(["rm", name, await halfMade(at)])).status).toBe(0);
  });

  turn("keeps its files and goes on in its folder after stop and start", async () => {
    const name = await session(at);
    await at.manyoyo(["-n", name, "-x", "echo kept >/root/file"]);
    await at.manyoyo(["stop", name]);
    expect((await at.manyoyo(["-n", name, "-x", "cat /root/file; pwd"])).stdout).toBe(`kept\n${at.folder}\n`);
  });
});

describe.each(engines())("%s: start, stop and restart", (engine) => {
  const { turn } = inTurn(engine);
  const at = bench(engine);

  turn("do each of several names, and exit with 125 when one is missing", async () => {
    const [a, b] = [await session(at), await session(at)];
    const missing = at.name("missing");
    for (const [verb, result] of [
      ["stop", "stopped"],
      ["start", "started"],
      ["restart", "restarted"],
    ] as const) {
      const said = await at.manyoyo([verb, a, missing, b, "--json"]);
      expect(said.status).toBe(125);
      expect(JSON.parse(said.stdout).sessions).toEqual([
        { name: a, result },
        { name: missing, error: "no-session" },
        { name: b, result },
      ]);
      const running = verb === "stop" ? "false" : "true";
      for (const name of [a, b]) expect(await field(engine, name, ".State.Running")).toBe(running);
    }
  });

  turn("end what runs inside politely, and what is stubborn within three seconds", async () => {
    const [polite, stubborn] = [await session(at), await session(at)];
    const saving = start(at, [
      "-n",
      polite,
      "-x",
      "trap 'echo saved >saved; exit 0' TERM; echo up; while :; do sleep 0.05; done",
    ]);
    const deaf = start(at, [
      "-n",
      stubborn,
      "-x",
      "trap '' TERM HUP INT; echo up; while :; do sleep 0.2; done",
    ]);
    await Promise.all([saving.says("up"), deaf.says("up")]);
    for (const name of [polite, stubborn]) {
      const begun = performance.now();
      expect((await at.manyoyo(["stop", "-f", name])).status).toBe(0);
      expect(performance.now() - begun).toBeLessThan(3000);
    }
    await saving.ended;
    expect(await Bun.file(`${at.folder}/saved`).text()).toBe("saved\n");
    expect((await deaf.ended).status).toBeGreaterThan(0);
  });

  turn("restart ends what ran", async () => {
    const name = await session(at);
    await at.manyoyo(["-d", "-n", name, "-x", "sleep", "4712"]);
    expect((await at.manyoyo(["restart", "-f", name])).status).toBe(0);
    expect(await processesIn(engine, name)).not.toContain("4712");
    expect((await at.manyoyo(["-n", name, "-x", "echo on"])).stdout).toBe("on\n");
  });
});

describe.each(engines())("%s: PID 1", (engine) => {
  const at = bench(engine);

  test("reaps what lost its parent", async () => {
    const name = await session(at);
    await at.manyoyo(["-n", name, "-x", "for i in 1 2 3; do (setsid sleep 0.123 &); done; exec true"]);
    await until("no zombie is left", async () => {
      const list = await processesIn(engine, name);
      return list.includes("STAT") && !/^Z/m.test(list) && !list.includes("sleep 0.123");
    });
  });
});
