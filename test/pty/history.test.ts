import { afterAll, describe, expect } from "bun:test";
import { chmodSync, mkdirSync } from "node:fs";
import { engines } from "../support/engines.ts";
import { raw } from "../support/manyoyo.ts";
import { scene } from "../support/scene.ts";
import { keys } from "../support/terminal.ts";
import { inTurn } from "../support/turns.ts";

describe.concurrent.each(engines())("conversations at a terminal, %s", (engine) => {
  const { turn } = inTurn(engine);
  const on = scene(engine);
  const names: string[] = [];

  afterAll(async () => {
    for (const name of names) {
      await raw(engine, "rm", "-f", ...(engine === "podman" ? ["-t", "0"] : []), name);
      await raw(engine, "volume", "rm", `manyoyo-history-${name}`);
    }
  });

  /** A workspace with a `claude` that says its words and leaves a conversation behind, unless it is told to go on. */
  async function newFolder(): Promise<string> {
    const folder = `${on.folder}/f${crypto.randomUUID().slice(0, 8)}`;
    mkdirSync(`${folder}/bin`, { recursive: true });
    const place = `~/.claude/projects/${folder.replace(/[^A-Za-z0-9]/g, "-")}`;
    const line = '{"type":"user","timestamp":"2026-01-02T03:04:05Z","message":{"content":"remember me"}}';
    const text = `#!/bin/sh
printf "agent"; printf "<%s>" "$@"; echo
mkdir -p ${place} && echo '${line}' >${place}/11111111-1111-4111-8111-111111111111.jsonl
`;
    await Bun.write(`${folder}/bin/claude`, text);
    chmodSync(`${folder}/bin/claude`, 0o755);
    return folder;
  }

  function newName(): string {
    const name = on.name("k");
    names.push(name);
    return name;
  }

  turn("n says what goes, before and after; nothing of it comes back", async () => {
    const [cwd, name] = [await newFolder(), newName()];
    await using first = on.at(["-n", name, "--login", "none", "-s", "bin/claude --flag"], { cwd, cols: 200 });
    await first.waitFor("agent<--flag>");
    await first.waitFor("Remove it, with 1 conversation of Claude Code and all files outside the workspace");
    first.type("n");
    await first.waitFor("Gone with it: 1 conversation of Claude Code.");
    expect(await first.status()).toBe(0);
    await using second = on.at(["-n", name, "-s", "true"], { cwd, cols: 200 });
    await second.waitFor("Remove it, with its conversations and all files outside the workspace");
    second.type("n");
    await second.status();
  });

  turn("kept ones outlive n, and the next session of the name resumes them", async () => {
    const [cwd, name] = [await newFolder(), newName()];
    const make = ["-n", name, "--login", "none", "--keep-history", "-s", "bin/claude --flag"];
    await using first = on.at(make, { cwd, cols: 200 });
    await first.waitFor("Remove it, with all files outside the workspace");
    first.type("n");
    await first.waitFor(`Removed the session ${name}.`);
    expect(await first.status()).toBe(0);
    expect(first.text()).not.toContain("Gone with it");

    expect((await on.manyoyo([...make, "-d"], { cwd })).status).toBe(0);
    await using resumed = on.at(["resume", name], { cwd, cols: 200 });
    await resumed.waitFor(/agent<--flag><-[cr]>/);
    await resumed.waitFor("What becomes of it?");
    resumed.type("y");
    await resumed.status();
    const shown = await on.manyoyo(["history", "show", name]);
    expect(shown.stdout).toContain("  remember me");
  });

  turn("rm --history asks, and Enter keeps both; a clear yes removes both", async () => {
    const [cwd, name] = [await newFolder(), newName()];
    const made = await on.manyoyo(["-n", name, "--keep-history", "-s", "bin/claude", "-d"], { cwd });
    expect(made.status, made.stderr).toBe(0);
    await using asked = on.at(["rm", "--history", name], { cwd, cols: 200 });
    await asked.waitFor(`Remove the kept conversations of ${name} as well?`);
    asked.type(keys.enter);
    await asked.waitFor("stay");
    expect(await asked.status()).toBe(125);
    expect(await on.state(name)).toBe("running");
    await using agreed = on.at(["rm", "--history", name], { cwd, cols: 200 });
    await agreed.waitFor("Nothing brings them back.");
    agreed.type("y");
    expect(await agreed.status()).toBe(0);
    expect(await on.state(name)).toBeUndefined();
    expect((await raw(engine, "volume", "inspect", `manyoyo-history-${name}`)).status).not.toBe(0);
  });

  turn("a backup is not written to a terminal", async () => {
    const name = newName();
    await using terminal = on.at(["history", "backup", name, "-o", "-"], { cols: 200 });
    await terminal.waitFor("not written to a terminal");
    expect(await terminal.status()).toBe(2);
  });
});
