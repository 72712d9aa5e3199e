import { describe, expect, test } from "bun:test";
import { engines, executable } from "../support/engines.ts";
import { field } from "../support/inside.ts";
import { start } from "../support/live.ts";
import { raw, runProgram } from "../support/manyoyo.ts";
import { scene } from "../support/scene.ts";
import { inTurn } from "../support/turns.ts";

describe.concurrent.each(engines())("%s: logs", (engine) => {
  const { turn } = inTurn(engine);
  const at = scene(engine);
  const json = async (name: string, ...words: string[]) =>
    JSON.parse((await at.manyoyo(["logs", name, "--json", ...words])).stdout);

  test("tells of each run: who, what, when, to which status, and what it said in the background", async () => {
    const name = await at.session("true");
    await at.manyoyo(["-d", "-n", name, "-x", "echo out; echo err >&2; printf half; exit 3"]);
    await at.manyoyo(["wait", name]);
    await at.manyoyo(["-n", name, "-x", "echo for us alone; exit 4"]);
    const said = await at.manyoyo(["logs", name]);
    expect(said).toMatchObject({ status: 0, stderr: "" });
    const time = "\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d";
    const lines = [
      `--- ${time} started`,
      `--- ${time} \\S+: echo out; .*; exit 3 \\(in the background\\)`,
      "out",
      "err",
      "half",
      `--- ${time} \\S+: echo out; .*; exit 3: status 3 after \\d+s`,
      `--- ${time} \\S+: echo for us alone; exit 4`,
      `--- ${time} \\S+: echo for us alone; exit 4: status 4 after \\d+s`,
    ];
    expect(said.stdout).toMatch(new RegExp(`^${lines.join("\n")}\n$`));
    expect(said.stdout).not.toMatch(/^for us alone$/m);
  });

  turn("--json is one document of runs", async () => {
    const name = await at.session("true");
    await at.manyoyo(["-d", "-n", name, "-x", "echo one; printf '\\303\\244\\n'; exit 3"]);
    await at.manyoyo(["wait", name]);
    await at.manyoyo(["-n", name, "-x", "exit 4"]);
    const said = await json(name);
    expect(Object.keys(said)).toEqual(["schema", "engine", "name", "id", "state", "runs", "log"]);
    expect(said).toMatchObject({ schema: 1, engine, name, state: "running", log: [] });
    const moment = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(said.runs).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f]{16}$/),
        user: expect.any(String),
        line: "echo one; printf '\\303\\244\\n'; exit 3",
        background: true,
        start: moment,
        end: moment,
        status: 3,
        running: false,
        output: [
          { time: moment, text: "one" },
          { time: moment, text: "ä" },
        ],
      },
      expect.objectContaining({ line: "exit 4", background: false, status: 4, output: [] }),
    ]);
  });

  turn("knows what still runs, and what ended with the session", async () => {
    const name = await at.session("true");
    await at.manyoyo(["-d", "-n", name, "-x", "trap '' TERM HUP; echo on; while :; do sleep 1; done"]);
    expect((await json(name)).runs).toMatchObject([{ end: null, status: null, running: true }]);
    expect((await at.manyoyo(["logs", name])).stdout).toMatch(/^--- still running since \d+s: \S+: trap/m);
    await raw(engine, "kill", name);
    const said = await json(name);
    expect(said.state).toBe("stopped");
    expect(said.runs).toMatchObject([{ end: null, status: null, running: false, output: [{ text: "on" }] }]);
    expect((await at.manyoyo(["logs", name])).stdout).toMatch(/: ended without a word$/m);
    await at.manyoyo(["start", name]);
    expect((await at.manyoyo(["logs", name])).stdout).toMatch(/: ended with the session\n--- .* started\n$/);
  });

  turn("--tail and --since choose the last of it", async () => {
    const name = await at.session("true");
    for (const status of [1, 2, 3]) await at.manyoyo(["-n", name, "-x", `exit ${status}`]);
    const tail = (await at.manyoyo(["logs", name, "--tail", "2"])).stdout;
    expect(tail).toMatch(/^--- .*: exit 3\n--- .*: exit 3: status 3 after \d+s\n$/);
    expect((await at.manyoyo(["logs", name, "--tail", "0"])).stdout).toBe("");
    expect((await json(name, "--tail", "1")).runs).toMatchObject([{ status: 3 }]);
    expect((await json(name, "--since", "1h")).runs).toHaveLength(3);
    const [, , third] = (await json(name)).runs;
    const since = new Date(Date.parse(third.start)).toISOString().replace("Z", "");
    const zone = { env: { TZ: "UTC" } };
    const said = await at.manyoyo(["logs", name, "--since", since, "--json"], zone);
    expect(JSON.parse(said.stdout).runs).toMatchObject([{ status: 3 }]);
    expect((await json(name, "--since", "2226-01-01")).runs).toEqual([]);
    for (const words of [
      ["--tail", "x"],
      ["--tail", "-1"],
      ["--since", "yesterday"],
      ["-f", "--json"],
    ])
      expect((await at.manyoyo(["logs", name, ...words])).status).toBe(2);
  });

  turn("--follow goes on until the session stops", async () => {
    const name = await at.session("true");
    await at.manyoyo([
      "-d",
      "-n",
      name,
      "-x",
      "echo before; while ! [ -e go ]; do sleep 0.1; done; echo after",
    ]);
    const following = start(at, ["logs", "-f", name]);
    await following.says("before\n");
    await Bun.write(`${at.folder}/go`, "");
    await following.says(": status 0 after ");
    await at.manyoyo(["-n", name, "-x", "exit 5"]);
    await following.says(": exit 5: status 5 after ");
    await at.manyoyo(["stop", name]);
    const said = await following.ended;
    expect(said).toMatchObject({ status: 0, stderr: "" });
    expect(said.stdout.match(/^(before|after)$/gm)).toEqual(["before", "after"]);
    expect(said.stdout.match(/exit 5/g)).toHaveLength(2);
  });

  turn("--follow ends by a signal, with its status, and leaves nothing behind", async () => {
    const name = await at.session("true");
    const following = start(at, ["logs", "-f", name]);
    await following.says("started\n");
    following.kill("SIGINT");
    expect(await following.exited).toBe(130);
    await using terminal = at.at(["logs", "-f", name]);
    await terminal.waitFor("started");
    terminal.type("\x03");
    expect(await terminal.status()).toBe(130);
    const id = await field(engine, name, ".Id");
    const left = await runProgram(["pgrep", "-f", `logs --timestamps --follow ${id}`]);
    expect(left).toMatchObject({ status: 1, stdout: "" });
  });

  turn(
    "hands bytes on as they are to a pipe, and nothing that a terminal would obey to a terminal",
    async () => {
      const name = await at.session("true");
      await at.manyoyo([
        "-d",
        "-n",
        name,
        "-x",
        "printf '\\033]0;t\\007\\033[31mred\\033[0m\\tx\\377\\r\\n'",
      ]);
      await at.manyoyo(["wait", name]);
      const piped = Bun.spawn([executable(), "logs", name], {
        env: { ...process.env, ...at.env },
        stdin: "ignore",
        stdout: "pipe",
      });
      const bytes = Buffer.from(await piped.stdout.bytes()).toString("latin1");
      expect(bytes).toContain("\n\x1b]0;t\x07\x1b[31mred\x1b[0m\tx\xff\r\n");
      await using terminal = at.at(["logs", name]);
      await terminal.waitFor("red\tx");
      expect(await terminal.status()).toBe(0);
      expect(terminal.bytes()).not.toContain("\x1b");
    },
  );

  turn("puts long lines together again", async () => {
    const name = await at.session("true");
    await at.manyoyo(["-d", "-n", name, "-x", "head -c 40000 /dev/zero | tr '\\0' a; echo end"]);
    await at.manyoyo(["wait", name]);
    expect((await at.manyoyo(["logs", name])).stdout).toContain(`\n${"a".repeat(40_000)}end`);
  });

  turn("shows the log of a session of the original tool", async () => {
    const name = at.name();
    const words = ["--label", "manyoyo.default_cmd=x", "localhost/manyoyo-test:base", "sh", "-c"];
    await raw(engine, "run", "-d", "--name", name, ...words, "echo out; echo err >&2; exec sleep 1000");
    const said = await json(name);
    expect(said.runs).toEqual([]);
    expect(said.log.map(({ text }: { readonly text: string }) => text).sort()).toEqual(["err", "out"]);
  });

  turn("of a session that is not there names the nearest", async () => {
    const name = await at.session("true");
    const said = await at.manyoyo(["logs", `${name}x`]);
    expect(said).toMatchObject({ status: 125, stdout: "" });
    expect(said.stderr).toContain(`Did you mean ${name}?`);
    const machine = await at.manyoyo(["logs", `${name}x`, "--json"]);
    expect(JSON.parse(machine.stderr)).toMatchObject({ error: { code: "no-session" } });
  });
});
