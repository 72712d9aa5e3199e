import { beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { engines, testImage } from "../support/engines.ts";
import { bench, raw } from "../support/manyoyo.ts";
import { spyOn } from "../support/spy.ts";
import { inTurn } from "../support/turns.ts";

interface Listed {
  readonly name: string;
  readonly [key: string]: unknown;
}

describe.each(engines())("%s: ls", (engine) => {
  const { turn } = inTurn(engine);
  const at = bench(engine);
  const root = dirname(at.folder);
  const elsewhere = `${root}/else,where`;
  const [here, there, stopped, paused] = [
    at.name("here"),
    at.name("there"),
    at.name("stopped"),
    at.name("paused"),
  ];

  beforeAll(async () => {
    mkdirSync(elsewhere);
    const make = (name: string, cwd: string, ...words: string[]) =>
      at.manyoyo(["-d", "-n", name, ...words], { cwd });
    await make(here, at.folder, "-y", "c", "--", "-p", "a, b");
    await make(stopped, elsewhere, "-s", "echo a,b=c");
    await make(paused, elsewhere, "-s", "true");
    await make(there, elsewhere, "-s", 'line "one"\nline two');
    await at.manyoyo(["stop", stopped]);
    await raw(engine, "pause", paused);
  });

  const json = async (...words: string[]): Promise<readonly Listed[]> =>
    JSON.parse((await at.manyoyo(["ls", "--json", ...words])).stdout).sessions;
  const mine = (names: readonly string[]) =>
    names.filter((name) => [here, there, stopped, paused].includes(name));

  test("asks the engine once, for everything that carries the label, and once for an image that anybody may have made", async () => {
    const spy = spyOn(engine, root);
    expect((await at.manyoyo(["ls"], { env: spy.env })).status).toBe(0);
    const calls = spy.calls().map(({ words }) => words.join(" "));
    const [list = "", ...images] = calls.toSorted().toReversed();
    expect(list).toContain("label=manyoyo.default_cmd");
    // Four sessions have the test image.
    expect(images.every((words) => words.startsWith("image inspect "))).toBe(true);
    expect(new Set(images).size).toBe(images.length);
  });

  turn("--json tells of each all that is known", async () => {
    const said = JSON.parse((await at.manyoyo(["ls", "--json"])).stdout);
    expect(said).toMatchObject({ schema: 1, engine });
    const find = (name: string): Listed => said.sessions.find((session: Listed) => session.name === name);
    expect(find(here)).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f]{64}$/),
      state: "running",
      agent: "claude",
      folder: at.folder,
      here: true,
      image: testImage,
      args: ["-p", "a, b"],
      legacy: false,
    });
    expect(Math.abs(Date.parse(String(find(here)["created"])) - Date.now())).toBeLessThan(120_000);
    expect(find(there)).toMatchObject({
      folder: elsewhere,
      here: false,
      agent: null,
      firstCommand: 'line "one"\nline two',
    });
    expect(find(stopped)).toMatchObject({ state: "stopped", firstCommand: "echo a,b=c" });
    expect(find(paused)).toMatchObject({ state: "paused" });
  });

  turn("has this folder's first, then the newest", async () => {
    const [first, ...others] = await json();
    expect(first?.name).toBe(here);
    const moments = others.map(({ created }) => Date.parse(String(created)));
    expect(moments).toEqual(moments.toSorted((one, other) => other - one));
    const names = (await at.manyoyo(["ls", "--names"], { cwd: elsewhere })).stdout.split("\n");
    expect(names.slice(0, 3).sort()).toEqual([there, paused, stopped].sort());
    expect(names).toContain(here);
  });

  turn("--names prints only names, and -l and ps are the same verb", async () => {
    const names = (await at.manyoyo(["ls", "--names"])).stdout;
    expect(
      names
        .trim()
        .split("\n")
        .every((name) => /^[A-Za-z0-9_.-]+$/.test(name)),
    ).toBe(true);
    for (const verb of [["-l"], ["--cont-list"], ["ps"]]) {
      expect((await at.manyoyo([...verb, "--names"])).stdout).toBe(names);
    }
  });

  turn("--state chooses", async () => {
    const states = async (...words: string[]) => mine((await json(...words)).map(({ name }) => name)).sort();
    expect(await states("--state", "stopped")).toEqual([stopped]);
    expect(await states("--state", "paused,stopped")).toEqual([paused, stopped].sort());
    expect(await states("--state", "running")).toEqual([here, there].sort());
    expect((await at.manyoyo(["ls", "--state", "nosuch"])).status).toBe(2);
  });

  turn("is a table for people, a session a line", async () => {
    const said = await at.manyoyo(["ls"]);
    const lines = said.stdout.split("\n");
    expect(lines[0]).toMatch(/^NAME +STATE +AGENT +USED +CREATED +FOLDER/);
    expect(lines.find((line) => line.startsWith(`${here} `))).toMatch(
      / running +claude +\d+[smh] +\d+[smh] +\.$/,
    );
    expect(lines.find((line) => line.startsWith(`${stopped} `))).toMatch(
      / stopped +- +\d+[smh] +\d+[smh] +\S*\/else,where$/,
    );
  });
});
