import { beforeAll, describe, expect } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { engines } from "../support/engines.ts";
import { exists } from "../support/inside.ts";
import { bench, until } from "../support/manyoyo.ts";
import { inTurn } from "../support/turns.ts";

describe.each(engines())("%s: an agent", (engine) => {
  const { turn } = inTurn(engine);
  const at = bench(engine);
  const root = dirname(at.folder);
  const bin = `${root}/bin`;
  const agent = [
    "-v",
    `${bin}/claude:/usr/local/bin/claude:ro`,
    "-v",
    `${bin}/codex:/usr/local/bin/codex:ro`,
  ];
  const yolo = "[IS_SANDBOX=1][--dangerously-skip-permissions]";

  beforeAll(() => {
    mkdirSync(bin);
    const script = '#!/bin/sh\nprintf "[IS_SANDBOX=$IS_SANDBOX]"; printf "[%s]" "$@"; echo\n';
    for (const name of ["claude", "codex"]) writeFileSync(`${bin}/${name}`, script, { mode: 0o755 });
  });

  /** A folder whose session gets an automatic name that no other test has. */
  function project(): { readonly cwd: string; readonly session: string } {
    const folder = `pro ject-${crypto.randomUUID().slice(0, 8)}`;
    mkdirSync(`${root}/${folder}`);
    const session = `my-${folder.replace(" ", "-")}`;
    for (const name of [session, `${session}-2`, `${session}-3`]) at.forget(name);
    return { cwd: `${root}/${folder}`, session };
  }

  turn("by its word makes the folder's session, and goes on with it afterwards", async () => {
    const { cwd, session } = project();
    const first = await at.manyoyo(["c", ...agent, "--", "-p", "a b"], { cwd });
    expect(first).toMatchObject({ status: 0, stdout: `${yolo}[-p][a b]\n` });
    expect(first.stderr).toContain(session);
    expect((await at.manyoyo(["ls", "--names"], { cwd })).stdout).toStartWith(`${session}\n`);
    const second = await at.manyoyo(["claude", "--", "-p", "again"], { cwd });
    expect(second).toMatchObject({ status: 0, stdout: `${yolo}[-p][again]\n`, stderr: "" });
    const third = await at.manyoyo(["c"], { cwd });
    expect(third).toMatchObject({ status: 2, stdout: "" });
    expect(third.stderr).toContain("needs a terminal");
    expect((await at.manyoyo(["ls", "--names"], { cwd })).stdout).not.toContain(`${session}-2`);
  });

  turn("by its word with --new makes another one; several: the last is used, and said", async () => {
    const { cwd, session } = project();
    await at.manyoyo(["c", ...agent, "--", "-p", "x"], { cwd });
    // podman tells when a session was made by the second only.
    const second = Math.floor(Date.now() / 1000);
    await until("the second is over", () => Math.floor(Date.now() / 1000) > second);
    const other = await at.manyoyo(["c", "--new", ...agent, "--", "-p", "x"], { cwd });
    expect(other.stderr).toContain(`${session}-2`);
    const again = await at.manyoyo(["c", "--", "-p", "y"], { cwd });
    expect(again).toMatchObject({ status: 0, stdout: `${yolo}[-p][y]\n` });
    expect(again.stderr).toContain(`${session}-2`);
  });

  turn("has its own session of the folder, another agent another", async () => {
    const { cwd, session } = project();
    await at.manyoyo(["c", ...agent, "--", "-p", "x"], { cwd });
    const said = await at.manyoyo(["cx", ...agent, "--", "exec", "x"], { cwd });
    expect(said.stdout).toContain("[exec][x]");
    expect(said.stderr).toContain(`${session}-2`);
    expect((await at.manyoyo(["cx", "--", "exec", "y"], { cwd })).stderr).toBe("");
  });

  turn("of a session is reached by a dot, from its folder alone", async () => {
    const { cwd } = project();
    expect((await at.manyoyo([".", "-x", "true"], { cwd })).status).toBe(125);
    await at.manyoyo(["c", ...agent, "--", "-p", "x"], { cwd });
    expect((await at.manyoyo([".", "-x", "pwd"], { cwd })).stdout).toBe(`${cwd}\n`);
    expect((await at.manyoyo(["-n", ".", "--", "-p", "z"], { cwd })).stdout).toBe(`${yolo}[-p][z]\n`);
    expect((await at.manyoyo(["exec", ".", "--", "pwd"], { cwd })).stdout).toBe(`${cwd}\n`);
  });

  turn("without a terminal and without words is refused with a sentence, and nothing is made", async () => {
    const { cwd, session } = project();
    const name = at.name();
    for (const words of [["-y", "c", "-n", name], ["-n", name, "-s", "claude"], ["c"]]) {
      const said = await at.manyoyo([...words, ...agent], { cwd });
      expect(said).toMatchObject({ status: 2, stdout: "" });
      expect(said.stderr).toContain("needs a terminal");
      expect(await exists(engine, name)).toBe(false);
      expect(await exists(engine, session)).toBe(false);
    }
  });

  turn("with words works in a pipe", async () => {
    const name = at.name();
    const said = await at.manyoyo(["-n", name, "-y", "c", ...agent, "--", "-p", "hi"]);
    expect(said).toMatchObject({ status: 0, stdout: `${yolo}[-p][hi]\n` });
    expect((await at.manyoyo(["-n", name, "--", "-c"])).stdout).toBe(`${yolo}[-c]\n`);
    const bare = await at.manyoyo(["resume", name]);
    expect(bare).toMatchObject({ status: 2, stdout: "" });
  });
});
