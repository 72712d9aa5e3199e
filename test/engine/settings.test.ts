import { beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { engines } from "../support/engines.ts";
import { exists } from "../support/inside.ts";
import { bench, raw } from "../support/manyoyo.ts";
import { spyOn } from "../support/spy.ts";
import { inTurn } from "../support/turns.ts";

describe.each(engines())("%s: a profile", (engine) => {
  const { turn, share } = inTurn(engine);
  const at = bench(engine);
  const run = `${at.home}/.manyoyo/run`;
  const here = `${at.folder}/.manyoyo.json`;
  beforeAll(async () => {
    await Bun.write(`${at.home}/.manyoyo/env/anthropic.env`, "TOKEN=mine\n");
  });

  turn("by name is a file of its own, in JSON5", async () => {
    const name = at.name();
    await Bun.write(
      `${run}/a.json`,
      `// mine\n{ containerName: "${name}", shell: "echo from a", env: ["X=1",], }`,
    );
    expect(await at.manyoyo(["-r", "a"])).toMatchObject({ status: 0, stdout: "from a\n" });
    expect((await at.manyoyo(["-n", name, "-x", "echo $X"])).stdout).toBe("1\n");
    expect((await at.manyoyo(["-r", "a", "--", "more"])).stdout).toBe("from a more\n");
    expect((await at.manyoyo(["-r", "a", "-s", "echo line"])).stdout).toBe("line\n");
  });

  turn("by name is one of runs in manyoyo.json too, and adds to what that says for all", async () => {
    const name = at.name();
    const file = `${at.home}/.manyoyo/manyoyo.json`;
    const before = JSON.parse(await Bun.file(file).text());
    const runs = { b: { containerName: name, env: { B: "run", C: "run" }, volumes: ["/usr/lib:/mnt/b:ro"] } };
    const all = { ...before, env: { A: "all", B: "all" }, volumes: ["/usr/share:/mnt/a:ro"], runs };
    await Bun.write(file, JSON.stringify(all));
    const words = ["-r", "b", "-e", "C=line", "-x", "echo $A $B $C; ls -d /mnt/*"];
    expect((await at.manyoyo(words)).stdout).toBe("all run line\n/mnt/a\n/mnt/b\n");
    await Bun.write(file, JSON.stringify(before));
  });

  turn("by path is read where it lies, its paths from there", async () => {
    const name = at.name();
    mkdirSync(`${at.folder}/project/data`, { recursive: true });
    await Bun.write(`${at.folder}/project/data/f`, "data\n");
    await Bun.write(`${at.folder}/project/keys.env`, "K=v\n");
    const profile = {
      containerName: name,
      hostPath: ".",
      volumes: ["./data:/data"],
      envFile: ["./keys.env"],
    };
    await Bun.write(`${at.folder}/project/p.json`, JSON.stringify(profile));
    const said = await at.manyoyo(["-r", "./project/p.json", "-x", "pwd; cat /data/f; echo $K"]);
    expect(said.stdout).toBe(`${at.folder}/project\ndata\nv\n`);
  });

  turn("of the workspace is never loaded unasked, and by a dot when asked", async () => {
    await Bun.write(here, JSON.stringify({ env: { PLANTED: "yes" }, shell: "echo planted" }));
    const name = at.name();
    expect((await at.manyoyo(["-n", name, "-x", 'echo "[$PLANTED]"'])).stdout).toBe("[]\n");
    expect((await at.manyoyo(["-n", at.name(), "-r", ".", "-x", 'echo "[$PLANTED]"'])).stdout).toBe(
      "[yes]\n",
    );
  });

  test.each(
    share([
      ["a folder of the host", { volumes: ["/usr/lib:/x"] }],
      ["another workspace", { hostPath: "/usr/share" }],
      ["a file of variables elsewhere", { envFile: ["/etc/passwd"] }],
      ["a privileged container", { containerMode: "dind" }],
      ["the engine's socket", { containerMode: "sock" }],
      ["an argument of the engine", { engineArgs: ["--privileged"] }],
      ["an engine", { engine: "podman" }],
      ["a login", { volumes: ["manyoyo-login-claude-root:/l"] }],
      ["another session's conversations", { volumes: ["manyoyo-history-other:/h"] }],
      ["a variable of the caller's", { env: ["HOME"] }],
      ["a volume by its name", { volumes: ["myt-other-data:/d"] }],
      ["the user's logins", { login: "shared" }],
      ["the user's own env file, for a line", { envFile: ["anthropic"], shell: "env" }],
      ["root", { user: "root" }],
      ["an image of a registry", { imageName: "registry.invalid/some/image" }],
      ["another session's files", { imageName: "localhost/manyoyo-snapshot", imageVersion: "other--1" }],
      ["a port that others reach", { ports: ["0.0.0.0:2222:22"] }],
    ]),
  )(
    "in the workspace that asks for %s is refused without --trust, before anything is made",
    async (_what, profile) => {
      await Bun.write(here, JSON.stringify(profile));
      const name = at.name();
      const said = await at.manyoyo(["-n", name, "-r", ".", "-x", "true"]);
      expect(said).toMatchObject({ status: 2, stdout: "" });
      expect(said.stderr).toContain("--trust");
      const told = await at.manyoyo(["--json", "-n", name, "-r", "./.manyoyo.json", "-x", "true"]);
      expect(JSON.parse(told.stderr)).toMatchObject({ error: { code: "untrusted" } });
      expect(await exists(engine, name)).toBe(false);
    },
  );

  turn("that is trusted works, and stays untrusted for the next call", async () => {
    await Bun.write(here, JSON.stringify({ volumes: ["/usr/lib:/mnt/lib:ro"] }));
    const words = ["-r", ".", "-x", "ls -d /mnt/lib"];
    expect((await at.manyoyo(["-n", at.name(), "--trust", ...words])).stdout).toBe("/mnt/lib\n");
    expect((await at.manyoyo(["-n", at.name(), ...words])).status).toBe(2);
  });

  turn(
    "of the workspace that names a session of another folder runs nothing there without --trust",
    async () => {
      const [name, other] = [at.name(), `${dirname(at.folder)}/other`];
      mkdirSync(other);
      await Bun.write(`${other}/secret.txt`, "secret");
      await at.manyoyo(["-n", name, "-x", "true"], { cwd: other });
      await at.manyoyo(["stop", name]);
      await Bun.write(here, JSON.stringify({ containerName: name, shell: "cat secret.txt; echo >planted" }));
      const state = async () =>
        (await raw(engine, "container", "inspect", "-f", "{{.State.Running}}", name)).stdout;
      for (const words of [[], ["-x", "echo >planted"], ["-d"]]) {
        const said = await at.manyoyo(["-r", ".", ...words]);
        expect(said).toMatchObject({ status: 2, stdout: "" });
        expect(said.stderr).toContain(`the session "${name}", which works in "${other}"`);
        expect(said.stderr).toContain("--trust");
        expect([existsSync(`${other}/planted`), await state()]).toEqual([false, "false\n"]);
      }
      const told = await at.manyoyo(["--json", "-r", ".", "-x", "true"]);
      expect(JSON.parse(told.stderr)).toMatchObject({ error: { code: "untrusted" } });
      expect((await at.manyoyo(["--trust", "-r", "."])).stdout).toBe("secret");
      // Whoever names the session means it.
      expect((await at.manyoyo(["-n", name, "-r", ".", "-x", "pwd"])).stdout).toBe(`${other}\n`);
    },
  );

  turn(
    "of the workspace that names a session of this folder, or of one in it, goes on there unasked",
    async () => {
      mkdirSync(`${at.folder}/within`);
      for (const cwd of [at.folder, `${at.folder}/within`]) {
        await Bun.write(here, JSON.stringify({ containerName: at.name(), shell: "pwd" }));
        const words = ["-r", `${at.folder}/.manyoyo.json`];
        expect((await at.manyoyo(words, { cwd })).stdout).toBe(`${cwd}\n`);
        expect((await at.manyoyo(words)).stdout).toBe(`${cwd}\n`);
      }
    },
  );

  turn(
    "of the workspace gets no conversations that were kept under its session's name, without --trust",
    async () => {
      const name = at.name();
      const file = "~/.claude/projects/p/x.jsonl";
      const say = `mkdir -p ~/.claude/projects/p; echo secret >${file}`;
      const shown = { containerName: name, shell: `cat ${file}`, history: "keep" };
      await Bun.write(here, JSON.stringify(shown));
      try {
        // Where none are kept, there is nothing to be asked about.
        expect((await at.manyoyo(["-r", ".", "-x", say])).status).toBe(0);
        expect((await at.manyoyo(["rm", "-f", name])).status).toBe(0);
        for (const words of [[], ["-d"], ["--rm"]]) {
          const said = await at.manyoyo(["-r", ".", ...words]);
          expect(said).toMatchObject({ status: 2, stdout: "" });
          expect(said.stderr).toContain(`the kept conversations of "${name}"`);
          expect(await exists(engine, name)).toBe(false);
        }
        expect((await at.manyoyo(["-r", ".", "--trust"])).stdout).toBe("secret\n");
      } finally {
        await at.manyoyo(["rm", "-f", "--history", name]);
      }
    },
  );

  turn("of the workspace has the user's own env file for its agent unasked", async () => {
    const name = at.name();
    await Bun.write(here, JSON.stringify({ containerName: name, envFile: ["anthropic"], yolo: "c" }));
    expect((await at.manyoyo(["-r", ".", "-x", "echo $TOKEN"])).stdout).toBe("mine\n");
  });

  test.each(
    share([
      ["an unknown key", `{\n  shell: "x",\n  volums: []\n}`, ":3:3", "volumes"],
      ["a wrong value", `{\n  yolo: "nosuch" }`, ":2:", "nosuch"],
      ["a wrong syntax", `{\n  shell: "x"\n  env: {}\n}`, ":3:3", "p.json"],
    ]),
  )(
    "with %s is refused by file, line and column, and no engine is asked",
    async (_what, text, place, word) => {
      await Bun.write(`${run}/p.json`, text);
      const spy = spyOn(engine, at.folder);
      const name = at.name();
      const said = await at.manyoyo(["-n", name, "-r", "p", "-x", "true"], { env: spy.env });
      expect(said).toMatchObject({ status: 2, stdout: "" });
      expect(said.stderr).toContain(`${run}/p.json${place}`);
      expect(said.stderr).toContain(word);
      expect(spy.calls()).toEqual([]);
    },
  );

  turn("that is missing is said so, with the nearest one", async () => {
    await Bun.write(`${run}/project.json`, "{}");
    const said = await at.manyoyo(["-r", "projct", "-x", "true"]);
    expect(said.status).toBe(2);
    expect(said.stderr).toContain("project");
  });
});
