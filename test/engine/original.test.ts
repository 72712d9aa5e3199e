import { beforeAll, describe, expect } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { engines, executable, testImage } from "../support/engines.ts";
import { exists, field } from "../support/inside.ts";
import { bench, raw } from "../support/manyoyo.ts";
import { inTurn } from "../support/turns.ts";

describe.each(engines())("%s: a session of the original tool", (engine) => {
  const { turn } = inTurn(engine);
  const at = bench(engine);
  const bin = `${at.folder}/bin`;

  /** Makes one as the original does; without a line it carries no label, and is none. */
  async function original(line: string | undefined): Promise<string> {
    const name = at.name("old");
    const label = line === undefined ? [] : ["--label", `manyoyo.default_cmd=${line}`];
    const said = await raw(
      engine,
      ...["run", "-d", "--name", name, "--entrypoint", "", ...label],
      ...["-v", `${at.folder}:${at.folder}`, "-v", `${bin}/claude:/usr/local/bin/claude`, "-w", at.folder],
      ...[testImage, "tail", "-f", "/dev/null"],
    );
    expect(said.status).toBe(0);
    return name;
  }

  const made = { name: "" };
  beforeAll(async () => {
    mkdirSync(bin);
    writeFileSync(`${bin}/claude`, '#!/bin/sh\necho "claude:$*"\n', { mode: 0o755 });
    made.name = await original("echo 'first  command'");
  });

  turn("is listed, with what is known of it", async () => {
    const said = JSON.parse((await at.manyoyo(["ls", "--json"])).stdout);
    const mine = said.sessions.find((session: { name: string }) => session.name === made.name);
    expect(mine).toMatchObject({
      state: "running",
      legacy: true,
      firstCommand: "echo 'first  command'",
      args: [],
      agent: null,
    });
  });

  turn("is joined: its first command, with words after it, and other commands", async () => {
    const { name } = made;
    expect((await at.manyoyo(["-n", name])).stdout).toBe("first  command\n");
    expect((await at.manyoyo(["-n", name, "--", "a  b", "$c"])).stdout).toBe("first  command a  b $c\n");
    expect(await at.manyoyo(["-n", name, "-x", "pwd; exit 3"])).toMatchObject({
      status: 3,
      stdout: `${at.folder}\n`,
    });
    expect((await at.manyoyo(["exec", name, "--", "echo", "x"])).stdout).toBe("x\n");
    expect((await at.manyoyo(["-n", name, "-e", "A=1\n2", "-x", 'echo "$A"'])).stdout).toBe("1\n2\n");
  });

  turn("warns of options that it cannot take any more", async () => {
    const said = await at.manyoyo(["-n", made.name, "-v", "/usr/lib:/x", "-p", "18080:80", "-x", "true"]);
    expect(said.status).toBe(0);
    expect(said.stderr).toContain("-v, -p");
  });

  turn("its background commands are waited for", async () => {
    const line = "until [ -e /go ]; do sleep 0.1; done; exit 6";
    expect((await at.manyoyo(["-d", "-n", made.name, "-x", line])).status).toBe(0);
    expect((await at.manyoyo(["rm", made.name])).status).toBe(125);
    expect((await raw(engine, "exec", made.name, "touch", "/go")).status).toBe(0);
    expect((await at.manyoyo(["wait", made.name])).status).toBe(6);
  });

  turn("stops within three seconds, and wakes when it is joined", async () => {
    const name = await original("echo hi");
    const begun = performance.now();
    expect((await at.manyoyo(["stop", name])).status).toBe(0);
    expect(performance.now() - begun).toBeLessThan(3000);
    expect(await field(engine, name, ".State.Running")).toBe("false");
    expect((await at.manyoyo(["-n", name])).stdout).toBe("hi\n");
    expect((await at.manyoyo(["restart", name])).status).toBe(0);
  });

  turn("is removed at once", async () => {
    const name = await original("echo hi");
    const begun = performance.now();
    expect(await at.manyoyo(["rm", name])).toMatchObject({ status: 0, stdout: `${name}\n` });
    expect(performance.now() - begun).toBeLessThan(3000);
    expect(await exists(engine, name)).toBe(false);
  });

  turn("is resumed in the agent's words at a terminal", async () => {
    const name = await original("claude --dangerously-skip-permissions");
    const resume = async () => {
      const heard: string[] = [];
      const shown = Bun.spawn([executable(), "resume", "-q", "askkeep", name], {
        cwd: at.folder,
        env: { ...process.env, ...at.env },
        terminal: {
          cols: 200,
          rows: 24,
          data: (_terminal, bytes) => {
            heard.push(new TextDecoder().decode(bytes));
          },
        },
      });
      expect(await shown.exited).toBe(0);
      return heard.join("");
    };
    expect(await resume()).toContain("claude:--dangerously-skip-permissions\r\n");
    const folder = `.claude/projects/${at.folder.replace(/[^A-Za-z0-9]/g, "-")}`;
    await raw(engine, "exec", name, "sh", "-c", `cd; mkdir -p ${folder}; touch ${folder}/x.jsonl`);
    expect(await resume()).toContain("claude:--dangerously-skip-permissions -c\r\n");
  });

  turn("without its label is none, and is left alone", async () => {
    const name = await original(undefined);
    expect((await at.manyoyo(["ls", "--names"])).stdout).not.toContain(name);
    for (const words of [
      ["-n", name, "-x", "true"],
      ["rm", "-f", name],
      ["stop", name],
    ]) {
      expect((await at.manyoyo(words)).status).toBe(125);
    }
    expect(await field(engine, name, ".State.Status")).toBe("running");
  });
});
