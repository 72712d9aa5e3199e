import { describe, expect } from "bun:test";
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { engines } from "../support/engines.ts";
import { exists, field } from "../support/inside.ts";
import { bench, raw, runProgram } from "../support/manyoyo.ts";
import { spyOn } from "../support/spy.ts";
import { inTurn } from "../support/turns.ts";

describe.each(engines())("%s: config command", (engine) => {
  const { turn } = inTurn(engine);
  const at = bench(engine);
  const odd = `${dirname(at.folder)}/it's, "odd": $x`;
  mkdirSync(odd);

  turn("prints lines that make the session and run its command when a shell reads them", async () => {
    const name = at.name();
    const words = [
      "-n",
      name,
      "-e",
      "SECRET=hush 'hush'\nhush",
      "-s",
      "printf '[%s]' \"$SECRET\"",
      "--",
      "a b",
      "$c",
      "",
    ];
    const said = await at.manyoyo(["config", "command", ...words], { cwd: odd });
    expect(said).toMatchObject({ status: 0, stderr: "" });
    expect(said.stdout).not.toContain("hush");
    expect(await exists(engine, name)).toBe(false);
    const ran = await runProgram(["sh"], { input: said.stdout, cwd: "/", env: { SECRET: "from the shell" } });
    expect(ran.status).toBe(0);
    expect(ran.stdout).toEndWith("[from the shell][a b][$c][]");
    expect((await at.manyoyo(["-n", name, "-x", "pwd"])).stdout).toBe(`${odd}\n`);
    expect((await at.manyoyo(["-n", name, "--", "x"])).stdout).toBe("[from the shell][x]");
    const labels = await field(engine, name, "json .Config.Labels");
    expect(labels).not.toContain("hush");
  });

  turn(
    "makes the volume of kept conversations as manyoyo does, which the engine itself would not",
    async () => {
      const name = at.name();
      const words = ["config", "command", "--json", "-n", name, "--keep-history", "-s", "claude"];
      const { lines } = JSON.parse((await at.manyoyo(words)).stdout);
      expect(lines[0]).toStartWith(`${engine} volume create --label manyoyo.history=${name} `);
      const [made, ran] = lines;
      const pasted = await runProgram(["sh", "-e"], { input: `${made}\n${ran}\n` });
      expect(pasted.status, pasted.stderr).toBe(0);
      expect(JSON.parse((await at.manyoyo([...words, "-y", "c"])).stdout).lines).toHaveLength(1);
      expect(await at.manyoyo(["rm", "--history", "-f", name])).toMatchObject({ status: 0, stderr: "" });
      expect((await raw(engine, "volume", "inspect", `manyoyo-history-${name}`)).status).not.toBe(0);
    },
  );

  turn("of a session that is there prints what joins it, waking it first", async () => {
    const name = at.name();
    await at.manyoyo(["-n", name, "-s", "echo first", "-x", "true"]);
    const lines = async () =>
      JSON.parse((await at.manyoyo(["config", "command", "--json", "-n", name, "--", "x y"])).stdout).lines;
    expect(await lines()).toHaveLength(1);
    await raw(engine, "pause", name);
    const [wake, join] = await lines();
    expect(wake).toBe(`${engine} unpause ${name}`);
    const ran = await runProgram(["sh"], { input: `${wake}\n${join}\n` });
    expect(ran.stdout).toEndWith("first x y\n");
  });

  turn("--show-command is the same, and makes nothing", async () => {
    const name = at.name();
    const words = ["-n", name, "-x", "echo", "a b"];
    const said = await at.manyoyo(["--show-command", ...words]);
    expect(said.status).toBe(0);
    expect(said.stdout).toContain("'a b'");
    expect(await exists(engine, name)).toBe(false);
  });
});

describe.each(engines())("%s: config show", (engine) => {
  const { turn } = inTurn(engine);
  const at = bench(engine);

  turn("shows the merged settings with every value of a variable masked, and asks no engine", async () => {
    await Bun.write(`${at.home}/.manyoyo/env/keys.env`, "KEY=hush-file\n");
    await Bun.write(
      `${at.home}/.manyoyo/run/p.json`,
      `{ env: { B: "hush-profile" }, envFile: ["keys"], shell: "echo p" }`,
    );
    const spy = spyOn(engine, dirname(at.folder));
    const words = ["config", "show", "-r", "p", "-e", "A=hush-line"];
    const said = await at.manyoyo(words, { env: spy.env });
    expect(said.status).toBe(0);
    for (const key of ["A", "B", "KEY"]) expect(said.stdout).toContain(`"${key}": "***"`);
    expect(said.stdout + said.stderr).not.toContain("hush");
    expect(said.stdout).toContain("echo p");
    expect(JSON.parse((await at.manyoyo([...words, "--json"])).stdout)).toMatchObject({
      schema: 1,
      command: "echo p",
      settings: { env: { A: "***" } },
    });
    expect((await at.manyoyo(["--show-config", "-r", "p"])).stdout).toContain("echo p");
    expect(spy.calls()).toEqual([]);
  });

  turn("shows the command of -x: a line as a text, exact words as a list", async () => {
    const shown = async (...words: readonly string[]) =>
      JSON.parse((await at.manyoyo(["config", "show", "--json", ...words])).stdout).command;
    expect(await shown("-n", "zz", "-s", "first", "-x", "npm test | cat")).toBe("npm test | cat");
    expect(await shown("-x", "echo", "a b")).toEqual(["echo", "a b"]);
    expect(await shown("-s", "first")).toBe("first");
    expect(await shown("-n", "zz")).toBeNull();
  });

  turn("names the sources that say something, and no other", async () => {
    const shown = async (env: Readonly<Record<string, string | undefined>>, ...words: readonly string[]) =>
      JSON.parse((await at.manyoyo(["config", "show", "--json", ...words], { env })).stdout).sources;
    const file = `${at.home}/.manyoyo/manyoyo.json`;
    const unset = { MANYOYO_ENGINE: undefined };
    expect(await shown(unset)).toEqual([file]);
    expect(await shown({}, "-q", "tip")).toEqual([file, "MANYOYO_ENGINE", "command line"]);
    expect(await shown({ ...unset, MANYOYO_HOME: at.folder }, "-v", "data:/data")).toEqual(["command line"]);
  });
});
