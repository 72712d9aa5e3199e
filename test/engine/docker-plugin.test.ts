import { beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { allEngines, engines } from "../support/engines.ts";
import { processesIn } from "../support/inside.ts";
import { bench, type RunHow, runProgram, until } from "../support/manyoyo.ts";
import { openTerminal } from "../support/terminal.ts";

// Needs docker's own program, whichever engine has the sessions: where podman is alone there is none.
const sides = engines().filter((engine) => engine === "docker" || engines().length === allEngines.length);

for (const engine of sides) {
  describe(`${engine}: docker manyoyo`, () => {
    const at = bench(engine);
    const name = at.name();
    const link = join(at.home, ".docker/cli-plugins/docker-manyoyo");
    // The machine's own docker may have a folder in its variables; podman reads that one too, and fails without a file in it.
    const env = { ...at.env, DOCKER_CONFIG: undefined };
    const docker = (words: readonly string[], how: RunHow = {}) =>
      runProgram(["docker", ...words], { cwd: at.folder, ...how, env });
    const nothingRuns = (mark: string) =>
      until(`${mark} runs no more`, async () => {
        const list = await processesIn(engine, name);
        return list.includes("STAT") && !list.includes(mark);
      });

    beforeAll(async () => {
      expect((await at.manyoyo(["install", "docker-cli-plugin"], { env })).status).toBe(0);
      expect((await docker(["manyoyo", "-n", name, "-x", "true"])).status).toBe(0);
    });

    test("is among docker's commands, and says its version and its help", async () => {
      expect((await docker(["--help"])).stdout).toMatch(/^ +manyoyo\* +AI coding agents/m);
      expect(await docker(["manyoyo", "--version"])).toMatchObject(await at.manyoyo(["--version"]));
      const help = await at.manyoyo(["help", "rm"]);
      expect(help.status).toBe(0);
      for (const words of [
        ["help", "manyoyo", "rm"],
        ["manyoyo", "rm", "--help"],
        ["manyoyo", "help", "rm"],
      ])
        expect((await docker(words)).stdout).toBe(help.stdout);
    });

    test.each([
      ["exit 7", 7],
      ["kill -KILL $$", 137],
      ["no-such-program", 127],
    ])("gives the status of %p: %d", async (line, status) => {
      expect(await docker(["manyoyo", "-n", name, "-x", line])).toMatchObject({ status, stdout: "" });
    });

    test("passes stdin, stdout, stderr and every word on as they are", async () => {
      const input = Buffer.from(Array.from({ length: 100_000 }, (_, at) => at % 256));
      const sum = await docker(["manyoyo", "-n", name, "-x", "sha256sum"], { input });
      expect(sum.stdout).toStartWith(new Bun.CryptoHasher("sha256").update(input).digest("hex"));
      const odd = ["manyoyo", "--help", "-e", "", "a b", "$(x)", "'", "\n", "日本", "--"];
      const said = await docker(["manyoyo", "exec", name, "--", "printf", "%s\\0", ...odd]);
      expect(said).toMatchObject({ status: 0, stderr: "", stdout: odd.map((word) => `${word}\0`).join("") });
      const both = await docker(["manyoyo", "-n", name, "-x", "echo out; echo err >&2"]);
      expect(both).toMatchObject({ status: 0, stdout: "out\n", stderr: "err\n" });
    });

    test("answers and refuses as manyoyo does", async () => {
      for (const words of [
        ["ls", "--names"],
        ["rm", "--bogus"],
        ["shell", "no-such-session"],
      ]) {
        const own = await at.manyoyo(words, { env });
        expect(await docker(["manyoyo", ...words])).toEqual(own);
      }
    });

    test.each([["SIGTERM"], ["SIGKILL"]] as const)(
      "ends what runs inside when docker's program gets %s",
      async (signal) => {
        const mark = `4${signal.length}${engine.length}${signal.charCodeAt(3)}`;
        const words = [
          "docker",
          "manyoyo",
          "-n",
          name,
          "-x",
          `echo up; sleep ${mark} & setsid sleep ${mark}`,
        ];
        const live = Bun.spawn(words, {
          cwd: at.folder,
          env: { ...process.env, ...env },
          stdin: "ignore",
          stdout: "ignore",
          stderr: "ignore",
          detached: true,
        });
        await until("it is up", async () => (await processesIn(engine, name)).includes(`sleep ${mark}`));
        // A docker older than 25 keeps TERM to itself, and trusts that whoever ends it ends its group.
        const { stdout: version } = await runProgram(["docker", "version", "-f", "{{.Client.Version}}"]);
        const alone = signal === "SIGKILL" || Number.parseInt(version, 10) >= 25;
        process.kill(alone ? live.pid : -live.pid, signal);
        await live.exited;
        expect(live.exitCode).toBe(signal === "SIGKILL" ? null : 143);
        await nothingRuns(mark);
      },
    );

    test("gives a command the terminal, and Ctrl-C ends it", async () => {
      const words = ["docker", "manyoyo", "-n", name, "-x", "stty size; read -r x; echo got $x; sleep 4999"];
      await using terminal = openTerminal(words, { cols: 91, rows: 23, cwd: at.folder, env });
      await terminal.waitFor("23 91");
      terminal.type("hello\r");
      await terminal.waitFor("got hello");
      terminal.type("\x03");
      expect(await terminal.status()).toBe(130);
      await nothingRuns("4999");
    });

    test("completes for docker's own completion", async () => {
      const asked = ["__complete", "manyoyo", "rm", name.slice(0, -2)];
      const said = await runProgram([link, ...asked], { cwd: at.folder, env });
      expect(said).toMatchObject({ status: 0, stderr: "" });
      expect(said.stdout).toStartWith(`${name}\t`);
      expect(said.stdout).toEndWith("\n:4\n");
    });

    test("never asks another docker than the one that docker's options name", async () => {
      for (const option of ["--context=no-such-context", "--host=tcp://127.0.0.1:1"]) {
        const said = await docker([option, "manyoyo", "ls", "--names"]);
        expect(said.stdout).toBe("");
        expect(said.status).toBeGreaterThan(0);
      }
    });
  });
}
