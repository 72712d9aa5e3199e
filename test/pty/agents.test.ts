import { describe, expect } from "bun:test";
import { chmodSync, mkdirSync } from "node:fs";
import { engines } from "../support/engines.ts";
import { longSleep, scene } from "../support/scene.ts";
import { keys } from "../support/terminal.ts";
import { inTurn } from "../support/turns.ts";

describe.each(engines())("an agent at a terminal, %s", (engine) => {
  const { turn } = inTurn(engine);
  const on = scene(engine);

  /** A `claude` in the workspace that says its words; with $SLEEP it stays. */
  async function fakeAgent(folder: string): Promise<void> {
    mkdirSync(`${folder}/bin`, { recursive: true });
    const text =
      '#!/bin/sh\nprintf "agent"; printf "<%s>" "$@"; echo; [ -e asleep ] && . ./asleep\nexit 21\n';
    await Bun.write(`${folder}/bin/claude`, text);
    chmodSync(`${folder}/bin/claude`, 0o755);
  }

  async function newFolder(): Promise<string> {
    const folder = `${on.folder}/f${crypto.randomUUID().slice(0, 8)}`;
    await fakeAgent(folder);
    return folder;
  }

  /** A session of the fake agent, not yet run. */
  async function agentSession(folder: string, ...args: readonly string[]): Promise<string> {
    const name = on.name();
    const words = args.length === 0 ? [] : ["--", ...args];
    const made = await on.manyoyo(["-n", name, "-s", "IS_SANDBOX=1 bin/claude --flag", "-d", ...words], {
      cwd: folder,
    });
    expect(made.status, made.stderr).toBe(0);
    return name;
  }

  async function converse(name: string, folder: string): Promise<void> {
    const place = `~/.claude/projects/${folder.replace(/[^A-Za-z0-9]/g, "-")}`;
    const made = await on.manyoyo(["-n", name, "-x", `mkdir -p ${place} && echo '{}' >${place}/1.jsonl`]);
    expect(made.status, made.stderr).toBe(0);
  }

  turn("resume goes on with the last conversation", async () => {
    const folder = await newFolder();
    const name = await agentSession(folder);
    await converse(name, folder);
    await using terminal = on.at(["resume", name]);
    await terminal.waitFor("agent<--flag><-c>\n");
  });

  turn("resume without a conversation starts fresh and says so", async () => {
    const name = await agentSession(await newFolder());
    await using terminal = on.at(["resume", name]);
    await terminal.waitFor(`${name} has no conversation yet`);
    await terminal.waitFor("agent<--flag>\n");
  });

  turn("resume with an id goes on with that conversation, and a stopped session is woken", async () => {
    const folder = await newFolder();
    const name = await agentSession(folder);
    await converse(name, folder);
    expect((await on.manyoyo(["stop", name])).status).toBe(0);
    await using terminal = on.at(["resume", name, "0b5e-1"]);
    await terminal.waitFor("agent<--flag><-r><0b5e-1>\n");
  });

  turn("resume without a name means this folder's session", async () => {
    const folder = await newFolder();
    const name = await agentSession(folder);
    await converse(name, folder);
    await using terminal = on.at(["resume"], { cwd: folder });
    await terminal.waitFor("agent<--flag><-c>\n");
  });

  turn("resume of an agent that still runs elsewhere says who and asks; Enter does not go on", async () => {
    const folder = await newFolder();
    const sleep = longSleep();
    await Bun.write(`${folder}/asleep`, `${sleep}\n`);
    const name = await agentSession(folder);
    await converse(name, folder);
    await using first = on.at(["-n", name]);
    await first.waitFor("agent<--flag>\n");
    await on.untilRuns(name, sleep);

    await using second = on.at(["resume", name], { cols: 200 });
    await second.waitFor(/still runs elsewhere: \w+ began it/);
    await second.waitFor("Go on all the same?");
    second.type(keys.enter);
    await second.waitFor(`manyoyo resume -f ${name}`);
    expect(await second.status()).toBe(125);
    expect(second.text()).not.toContain("agent<");

    await using agreed = on.at(["resume", name], { cols: 200 });
    await agreed.waitFor("Go on all the same?");
    agreed.type("y");
    await agreed.waitFor("agent<--flag><-c>\n");

    await using forced = on.at(["resume", "-f", name]);
    await forced.waitFor("agent<--flag><-c>\n");
    expect(forced.text()).not.toContain("Go on all the same?");
  });

  turn("an agent's word alone makes this folder's session, and later goes on in it", async () => {
    const folder = await newFolder();
    const home = `${on.home}/with-agent`;
    const settings = {
      imageName: "localhost/manyoyo-test",
      imageVersion: "base",
      login: "none",
      env: { PATH: `${folder}/bin:/usr/bin:/bin` },
    };
    mkdirSync(home, { recursive: true });
    await Bun.write(`${home}/manyoyo.json`, JSON.stringify(settings));
    const how = { cwd: folder, env: { MANYOYO_HOME: home } };

    await using made = on.at(["c"], how);
    const name = (await made.waitFor(/Made the session (\S+) /))[1] ?? "";
    on.forget(name);
    expect(name).toBe(`my-${folder.replace(/^.*\//, "")}`);
    await made.waitFor("agent<--dangerously-skip-permissions>\n");
    await made.waitFor("Resume: claude -r");
    made.type("y");
    expect(await made.status()).toBe(21);

    await converse(name, folder);
    await using again = on.at(["claude"], how);
    await again.waitFor("agent<--dangerously-skip-permissions><-c>\n");
    await again.waitFor("Open a shell");
    again.type("y");
    expect(await again.status()).toBe(21);
    expect(again.text()).not.toContain("Made the session");

    await using another = on.at(["c", "--new"], how);
    const second = (await another.waitFor(/Made the session (\S+) /))[1] ?? "";
    on.forget(second);
    expect(second).toBe(`${name}-2`);
    await another.waitFor("Open a shell");
    another.type("n");
    expect(await another.status()).toBe(21);
    expect(await on.state(second)).toBeUndefined();
    expect(await on.state(name)).toBe("running");
  });
});
