import { beforeAll, describe, expect, test } from "bun:test";
import { randomBytes } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { engines, executable } from "../support/engines.ts";
import { bench, raw, runProgram, until } from "../support/manyoyo.ts";
import { inTurn } from "../support/turns.ts";

const odd = [0, 1, 2, 3, 100, 124, 125, 126, 127, 128, 130, 137, 143, 255];

describe.concurrent.each(engines())("%s: the exit status", (engine) => {
  const { turn, share } = inTurn(engine);
  const at = bench(engine);
  const name = at.name();
  const run = (...words: string[]) => at.manyoyo(["-n", name, "-x", ...words]);
  beforeAll(async () => {
    expect(await run("true")).toMatchObject({ status: 0 });
  });

  test.each(share(odd, 4))("%d is handed on, from a shell line and from exact words", async (status) => {
    expect((await run(`exit ${status}`)).status).toBe(status);
    expect((await run("sh", "-c", `exit ${status}`)).status).toBe(status);
  });

  turn("is 127 with a sentence on stderr for a command that is not found", async () => {
    for (const words of [
      ["-n", name, "-x", "nosuchcommand"],
      ["-n", name, "-x", "nosuchcommand", "word"],
    ]) {
      const said = await at.manyoyo(words);
      expect(said).toMatchObject({ status: 127, stdout: "" });
      expect(said.stderr).toContain("nosuchcommand");
    }
    const said = await at.manyoyo(["exec", name, "--", "nosuchcommand"]);
    expect(said).toMatchObject({ status: 127, stdout: "" });
    expect(said.stderr).toContain("nosuchcommand");
  });

  turn(
    "is 125 where there is no space for what the command says, and the command's own without a loss",
    async () => {
      const disk = mkdtempSync(`${at.home}/disk-`);
      const mounted = await runProgram(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk]);
      expect(mounted.status, mounted.stderr).toBe(0);
      try {
        const to = async (file: string, line: string) => {
          const text = `"$0" -n ${name} -x '${line}' >${file}`;
          const said = await runProgram(["sh", "-c", text, executable()], { cwd: at.folder, env: at.env });
          return { status: said.status, stderr: said.stderr };
        };
        const lost = { status: 125, stderr: expect.stringMatching(/^manyoyo: .*no space left for it/m) };
        expect(await to("/dev/full", "seq 30000")).toMatchObject(lost);
        expect(await to(`${disk}/cut`, "seq 300000")).toMatchObject(lost);
        // It says more than it could be rid of in any pipe.
        expect(await to(`${disk}/cut`, "seq 300000; sleep 100")).toMatchObject(lost);
        expect(await to(`${disk}/cut`, "seq 30; exit 7")).toMatchObject({ status: 7 });
        expect(await to(`${disk}/cut`, "seq 300; true")).toMatchObject({ status: 0, stderr: "" });
      } finally {
        await runProgram(["umount", disk]);
      }
    },
  );

  turn("is 126 with a sentence on stderr for a file that cannot be executed", async () => {
    for (const words of [
      ["-n", name, "-x", "/etc/passwd"],
      ["-n", name, "-x", "/etc/passwd", "x"],
    ]) {
      const said = await at.manyoyo(words);
      expect(said).toMatchObject({ status: 126, stdout: "" });
      expect(said.stderr).toContain("/etc/passwd");
    }
    expect((await at.manyoyo(["exec", name, "--", "/etc"])).status).toBe(126);
  });

  test.each(
    share([
      ["KILL", 137],
      ["TERM", 143],
      ["INT", 130],
      ["HUP", 129],
      ["SEGV", 139],
    ]),
  )("of a command ended by %s inside is %d", async (signal, status) => {
    expect((await run(`kill -${signal} $$`)).status).toBe(status);
    expect((await run("sh", "-c", `kill -${signal} $$`)).status).toBe(status);
  });

  turn("of a new session's first call is the command's too", async () => {
    const fresh = at.name();
    expect(await at.manyoyo(["-n", fresh, "-x", "echo out; echo err >&2; exit 9"])).toMatchObject({
      status: 9,
      stdout: "out\n",
    });
  });

  turn("is 125 for a session that is not there, and 2 for a wrong word", async () => {
    expect((await at.manyoyo(["exec", at.name(), "--", "true"])).status).toBe(125);
    expect((await at.manyoyo(["-n", name, "--nosuch"])).status).toBe(2);
  });

  turn("is 125 for a session that is removed under the command", async () => {
    const victim = at.name();
    const running = at.manyoyo(["-n", victim, "-x", "echo up >up; sleep 60"]);
    await until("the command runs", () => Bun.file(`${at.folder}/up`).exists());
    await raw(engine, "rm", "-f", ...(engine === "podman" ? ["-t", "0"] : []), victim);
    const said = await running;
    expect(said.status).toBe(125);
    expect(said.stderr).toContain("removed");
  });

  turn("is 125 for a session that is stopped under its first command, and the session stays", async () => {
    const victim = at.name();
    const running = at.manyoyo(["-n", victim, "-x", "echo up >up2; sleep 60"]);
    await until("the command runs", () => Bun.file(`${at.folder}/up2`).exists());
    expect((await at.manyoyo(["stop", "-f", victim])).status).toBe(0);
    expect((await running).status).toBeGreaterThan(0);
    expect((await at.manyoyo(["-n", victim, "-x", "cat up2"])).stdout).toBe("up\n");
  });
});

describe.concurrent.each(engines())("%s: stdin, stdout and stderr", (engine) => {
  const { turn } = inTurn(engine);
  const at = bench(engine);
  const name = at.name();
  beforeAll(async () => {
    expect(await at.manyoyo(["-n", name, "-x", "true"])).toMatchObject({ status: 0, stdout: "" });
  });

  test("5 MB of any bytes arrive and come back exactly", async () => {
    const bytes = randomBytes(5_000_000);
    const cat = Bun.spawn([executable(), "-n", name, "-x", "cat"], {
      cwd: at.folder,
      env: { ...process.env, ...at.env },
      stdin: bytes,
      stdout: "pipe",
      stderr: "pipe",
    });
    const back = Buffer.from(await new Response(cat.stdout).arrayBuffer());
    expect(await cat.exited).toBe(0);
    expect(Bun.hash(back)).toBe(Bun.hash(bytes));
    expect(await cat.stderr.text()).toBe("");
  });

  turn("a line piped in is what the command reads, also when the call makes the session", async () => {
    expect(await at.manyoyo(["-n", name, "-x", "cat"], { input: "hi\n" })).toEqual({
      status: 0,
      signal: undefined,
      stdout: "hi\n",
      stderr: "",
    });
    const fresh = at.name();
    expect(await at.manyoyo(["-n", fresh, "-x", "cat"], { input: "n\nn\n" })).toMatchObject({
      status: 0,
      stdout: "n\nn\n",
    });
    expect((await at.manyoyo(["-n", fresh, "-x", "true"])).status).toBe(0);
  });

  turn("stdout has the command's bytes and nothing else, stderr stays apart", async () => {
    const fresh = at.name();
    const said = await at.manyoyo(["-n", fresh, "-x", "printf out; printf err >&2"]);
    expect(said).toMatchObject({ status: 0, stdout: "out" });
    expect(said.stderr).toEndWith("err");
    expect(await at.manyoyo(["-n", fresh, "-x", "printf out; printf err >&2"])).toMatchObject({
      stdout: "out",
      stderr: "err",
    });
  });

  turn("in a pipe the command has no terminal", async () => {
    expect(await at.manyoyo(["-n", name, "-x", "tty"], { input: "" })).toMatchObject({
      status: 1,
      stdout: "not a tty\n",
    });
    expect((await at.manyoyo(["-n", name, "-x", "test -t 1 || test -t 2 || test -t 0"])).status).toBe(1);
  });

  turn(
    "is 125 for a closed stdout where a verb answers there, and the command's or 0 for a run",
    async () => {
      const closed = (...words: readonly string[]) => {
        const how = { cwd: at.folder, env: at.env };
        return runProgram(["sh", "-c", '"$@" >&-', "sh", executable(), ...words], how);
      };
      for (const words of [["inspect", name], ["start", name], ["ls"]]) {
        expect(await closed(...words), words.join(" ")).toMatchObject({
          status: 125,
          stderr: "manyoyo: The answer could not be written: stdout is closed.\n",
        });
      }
      expect((await closed("-n", name, "-x", "exit 7")).status).toBe(7);
      expect((await closed("exec", name, "--", "true")).status).toBe(0);
      expect(await closed("-n", name, "-d", "-x", "true")).toMatchObject({ status: 0, stderr: "" });
    },
  );

  turn("a failure under --json is one line of JSON on stderr", async () => {
    const said = await at.manyoyo(["--json", "-n", at.name(), "--", "word"]);
    expect(said).toMatchObject({ status: 125, stdout: "" });
    expect(JSON.parse(said.stderr)).toMatchObject({ schema: 1, error: { code: "no-session" } });
  });
});
