import { describe, expect, test } from "bun:test";
import { engines } from "../support/engines.ts";
import { exists } from "../support/inside.ts";
import { start } from "../support/live.ts";
import { bench, raw } from "../support/manyoyo.ts";
import { inTurn } from "../support/turns.ts";

describe.concurrent.each(engines())("%s: rm", (engine) => {
  const { turn } = inTurn(engine);
  const at = bench(engine);
  const session = async () => {
    const name = at.name();
    expect((await at.manyoyo(["-n", name, "-x", "true"])).status).toBe(0);
    return name;
  };

  test("removes each that is there, names the missing one and exits with 125", async () => {
    const [a, missing, b] = [await session(), at.name("missing"), await session()];
    const said = await at.manyoyo(["rm", a, missing, b]);
    expect(said.status).toBe(125);
    expect(said.stdout.trim().split("\n").sort()).toEqual([a, b].sort());
    expect(said.stderr).toContain(missing);
    expect(said.stderr).not.toContain(a);
    expect([await exists(engine, a), await exists(engine, b)]).toEqual([false, false]);
  });

  turn("says of each what became of it under --json", async () => {
    const [a, missing] = [await session(), at.name("missing")];
    const said = await at.manyoyo(["rm", "--json", a, missing]);
    expect(said.status).toBe(125);
    expect(JSON.parse(said.stdout)).toEqual({
      schema: 1,
      sessions: [
        { name: a, result: "removed" },
        { name: missing, error: "no-session" },
      ],
    });
    expect(said.stderr.trim().split("\n")).toHaveLength(1);
    expect(JSON.parse(said.stderr)).toMatchObject({ schema: 1, error: { code: "no-session" } });
  });

  turn("-f takes a missing one for done", async () => {
    const [a, missing] = [await session(), at.name("missing")];
    expect(await at.manyoyo(["rm", "-f", missing])).toMatchObject({ status: 0, stdout: "", stderr: "" });
    const said = await at.manyoyo(["rm", "-f", "--json", missing, a]);
    expect(said).toMatchObject({ status: 0, stderr: "" });
    expect(JSON.parse(said.stdout)).toMatchObject({
      sessions: [
        { name: missing, result: "missing" },
        { name: a, result: "removed" },
      ],
    });
  });

  turn("of a session in which a command runs fails in a script, and -f goes on", async () => {
    const [busy, idle] = [await session(), await session()];
    const live = start(at, ["-n", busy, "-x", "echo up; sleep 60"]);
    await live.says("up");
    const said = await at.manyoyo(["rm", busy, idle]);
    expect(said).toMatchObject({ status: 125, stdout: `${idle}\n` });
    expect(said.stderr).toContain("in use");
    expect(said.stderr).toContain("sleep 60");
    expect(said.stderr).toContain(`manyoyo rm -f ${busy}`);
    const told = await at.manyoyo(["rm", "--json", "--yes", busy]);
    expect(told.status).toBe(125);
    expect(JSON.parse(told.stderr)).toMatchObject({ error: { code: "in-use" } });
    expect(await exists(engine, busy)).toBe(true);
    expect(await at.manyoyo(["rm", "-f", busy])).toMatchObject({ status: 0, stdout: `${busy}\n` });
    expect(await exists(engine, busy)).toBe(false);
    expect((await live.ended).status).toBe(125);
  });

  turn("counts a command in the background as one that runs", async () => {
    const name = at.name();
    expect((await at.manyoyo(["-d", "-n", name, "-x", "sleep", "60"])).status).toBe(0);
    expect((await at.manyoyo(["rm", name])).status).toBe(125);
    expect((await at.manyoyo(["rm", "-f", name])).status).toBe(0);
  });

  turn("removes stopped and paused ones, and this folder's by a dot", async () => {
    const [a, b] = [await session(), await session()];
    await at.manyoyo(["stop", a]);
    await raw(engine, "pause", b);
    expect((await at.manyoyo(["rm", a, b])).status).toBe(0);
    const cwd = `${at.folder}/alone`;
    const name = at.name();
    await Bun.write(`${cwd}/x`, "");
    expect((await at.manyoyo(["-n", name, "-x", "true"], { cwd })).status).toBe(0);
    expect(await at.manyoyo(["rm", "."], { cwd })).toMatchObject({ status: 0, stdout: `${name}\n` });
    expect(await at.manyoyo(["rm", "."], { cwd })).toMatchObject({ status: 125, stdout: "" });
  });

  turn("twice at once does no harm", async () => {
    const name = await session();
    const both = await Promise.all([at.manyoyo(["rm", "-f", name]), at.manyoyo(["rm", "-f", name])]);
    expect(both.map(({ status }) => status)).toEqual([0, 0]);
    expect(await exists(engine, name)).toBe(false);
  });
});
