import { describe, expect } from "bun:test";
import { engines, testImage } from "../support/engines.ts";
import { raw } from "../support/manyoyo.ts";
import { scene } from "../support/scene.ts";
import { keys } from "../support/terminal.ts";
import { inTurn } from "../support/turns.ts";

interface Measured {
  readonly name: string;
  readonly [key: string]: unknown;
}

describe.each(engines())("%s: stats", (engine) => {
  const { turn } = inTurn(engine);
  const at = scene(engine);
  const json = async (...words: string[]): Promise<readonly Measured[]> =>
    JSON.parse((await at.manyoyo(["stats", "--no-stream", "--json", ...words])).stdout).sessions;

  turn("--no-stream --json is one document of numbers", async () => {
    const name = await at.session("true");
    await at.manyoyo(["-d", "-n", name, "-x", "while :; do :; done"]);
    const [only, ...others] = await json(name);
    expect(others).toEqual([]);
    expect(only).toEqual({
      name,
      id: expect.stringMatching(/^[0-9a-f]{64}$/),
      state: "running",
      cpu: expect.any(Number),
      memory: expect.any(Number),
      memoryLimit: expect.any(Number),
      pids: expect.any(Number),
      received: expect.any(Number),
      sent: expect.any(Number),
    });
    expect(only?.["cpu"]).toBeGreaterThan(1);
    expect(only?.["pids"]).toBeGreaterThan(1);
    await at.manyoyo(["rm", "-f", name]);
  });

  turn("is about sessions that run, or those that are named, and nothing else", async () => {
    const [on, off] = [await at.session("true"), await at.session("true")];
    const stranger = at.name();
    await raw(engine, "run", "-d", "--name", stranger, testImage, "sleep", "1000");
    await at.manyoyo(["stop", off]);
    const names = (await json()).map(({ name }) => name);
    expect(names).toContain(on);
    expect(names).not.toContain(off);
    expect(names).not.toContain(stranger);
    expect(names).toEqual(names.toSorted());
    const named = await json(off, on);
    expect(named.find(({ name }) => name === off)).toMatchObject({ state: "stopped", cpu: null, pids: null });
    expect(named.find(({ name }) => name === on)).toMatchObject({
      state: "running",
      pids: expect.any(Number),
    });
  });

  turn("is a table, once, in a pipe", async () => {
    const name = await at.session("true");
    const said = await at.manyoyo(["stats", name]);
    expect(said).toMatchObject({ status: 0, stderr: "" });
    expect(said.stdout).toMatch(
      /^NAME +STATE +CPU +MEMORY +LIMIT +PIDS +RECEIVED +SENT\nmyt\S+ +running +[\d.]+% +\S+B +\S+B +\d+ +\S+B +\S+B\n$/,
    );
  });

  turn("fails for a session that is not there", async () => {
    const said = await at.manyoyo(["stats", "--json", at.name()]);
    expect(said).toMatchObject({ status: 125, stdout: "" });
    expect(JSON.parse(said.stderr)).toMatchObject({ error: { code: "no-session" } });
  });

  turn("draws itself again at a terminal until q, and puts the terminal back", async () => {
    const name = await at.session("true");
    await using terminal = at.script('"$@"; echo "status $?"; stty -a | grep -o " .\\?echo "', [
      "stats",
      name,
    ]);
    await terminal.waitFor(new RegExp(`${name} +running`));
    await terminal.waitFor(new RegExp(`${name} +running`));
    terminal.type("q");
    await terminal.waitFor("status 0");
    await terminal.waitFor(" echo ");
    expect(await terminal.status()).toBe(0);
    expect(terminal.bytes()).toContain("\x1b[?1049l");
    await using other = at.at(["stats", name]);
    await other.waitFor(name);
    other.type(keys.ctrlC);
    expect(await other.status()).toBe(130);
  });
});
