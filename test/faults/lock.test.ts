import { describe, expect } from "bun:test";
import { standpoint } from "../../lib/engine/clients.ts";
import { engines, executable, testImage } from "../support/engines.ts";
import { exists } from "../support/inside.ts";
import { start as live } from "../support/live.ts";
import { raw, until } from "../support/manyoyo.ts";
import { copyScene, done } from "../support/saved.ts";
import { inTurn } from "../support/turns.ts";

describe.concurrent.each(engines())("%s: a session that another call works on", (engine) => {
  const { turn } = inTurn(engine);
  const on = copyScene(engine, "lock");

  /** A session, and the container by which a call keeps others from it, that has neither a process nor an end. */
  async function held(from: string | undefined): Promise<{ readonly name: string; readonly lock: string }> {
    const name = on.newName();
    await done(on, "-n", name, "-s", "bash", "-d");
    return { name, lock: await hold(name, from) };
  }

  async function hold(name: string, from: string | undefined): Promise<string> {
    const lock = `manyoyo-work-${name}`;
    on.forget(lock);
    const labels = [
      `manyoyo.lock=${crypto.randomUUID()}`,
      ...(from === undefined ? [] : [`manyoyo.lock.from=${from}`]),
    ];
    const words = ["create", "--name", lock, ...labels.flatMap((each) => ["--label", each]), testImage];
    expect((await raw(engine, ...words)).status).toBe(0);
    return lock;
  }

  const [machine = "", start = "", user = ""] = standpoint().split("/");

  turn("from another machine is waited for, however long, and how to end that is said", async () => {
    const { name, lock } = await held(`${"0".repeat(16)}/${start}/${user}`);
    // What it has made so far is its own.
    const copier = `manyoyo-copy-${crypto.randomUUID().slice(0, 8)}`;
    on.forget(copier);
    await raw(engine, "create", "--name", copier, "--label", `manyoyo.work=${name}`, testImage);
    const call = Bun.spawn([executable(), "snapshot", name, "v1"], {
      cwd: on.folder,
      env: { ...process.env, ...on.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const heard: string[] = [];
    const listening = (async () => {
      const decoder = new TextDecoder();
      for await (const chunk of call.stderr) heard.push(decoder.decode(chunk, { stream: true }));
    })();
    const remedy = `${engine} rm --force ${lock}`;
    await until("it says how", () => heard.join("").includes(remedy), 60_000);
    expect(heard.join("")).toContain(`Another manyoyo works on ${name}; waiting for it.`);
    expect([await exists(engine, lock), await exists(engine, copier)]).toEqual([true, true]);
    expect((await raw(engine, "rm", "--force", lock)).status).toBe(0);
    expect(await call.exited).toBe(0);
    await listening;
    expect(heard.join("").split(remedy).length).toBe(2);
    await done(on, "snapshot", "rm", name, "v1");
  });

  const ending = [
    ["recreate", "Recreate", (name: string) => ["recreate", name, "-e", "A=1"]],
    ["snapshot restore", "Restore", (name: string) => ["snapshot", "restore", name, "v1"]],
  ] as const;
  for (const [verb, word, words] of ending) {
    turn(`is looked at again by ${verb}: what has begun in it meanwhile goes on`, async () => {
      const name = on.newName();
      await done(on, "-n", name, "-s", "bash", "-d");
      await done(on, "snapshot", name, "v1");
      const lock = await hold(name, `${"0".repeat(16)}/${start}/${user}`);
      const call = live(on, words(name));
      await call.warns(`Another manyoyo works on ${name}; waiting for it.`);
      const run = live(on, ["-n", name, "-x", "echo up; sleep 60"]);
      await run.says("up");
      expect((await raw(engine, "rm", "--force", lock)).status).toBe(0);
      const said = await call.ended;
      expect(said).toMatchObject({ status: 125, stdout: "" });
      expect(said.stderr).toMatch(new RegExp(`The session ${name} is in use: \\S+ runs .*sleep 60`));
      expect(said.stderr).toContain(`${word} it all the same: manyoyo ${verb} -f ${name}`);
      expect(await on.runs(name, "sleep 60")).toBe(true);
      await done(on, "rm", "-f", name);
      await run.ended;
      await done(on, "snapshot", "rm", name, "v1");
    });
  }

  turn("is looked at again by snapshot restore: conversations that were kept meanwhile stay", async () => {
    const name = on.newName();
    const make = ["-n", name, "-s", "bash", "-d", "--keep-history"];
    await done(on, ...make);
    await done(on, "snapshot", name, "v1");
    await done(on, "rm", "-f", "--history", name);
    const lock = await hold(name, `${"0".repeat(16)}/${start}/${user}`);
    const call = live(on, ["snapshot", "restore", name, "v1"]);
    await call.warns(`Another manyoyo works on ${name}; waiting for it.`);
    await done(on, ...make);
    expect((await raw(engine, "rm", "--force", lock)).status).toBe(0);
    const said = await call.ended;
    expect(said).toMatchObject({ status: 125, stdout: "" });
    expect(said.stderr).toContain(`Conversations of ${name} were kept meanwhile, so they stay.`);
    expect(said.stderr).toContain(`manyoyo snapshot restore -f ${name} v1`);
    expect(await on.state(name)).toBe("running");
    await done(on, "rm", "-f", "--history", name);
    await done(on, "snapshot", "rm", name, "v1");
  });

  const dead = [
    ["of this machine whose process is gone", standpoint()],
    ["from before this machine was started anew", `${machine}/${crypto.randomUUID()}/${user}`],
    ["of an older manyoyo whose process is gone", undefined],
  ] as const;
  for (const [what, from] of dead) {
    turn(`is free at once where that is one ${what}`, async () => {
      const { name, lock } = await held(from);
      const said = await on.manyoyo(["snapshot", name, "v1"]);
      expect(said).toMatchObject({ status: 0, stdout: "v1\n" });
      expect(said.stderr).not.toContain("Another manyoyo");
      expect(await exists(engine, lock)).toBe(false);
      await done(on, "snapshot", "rm", name, "v1");
    });
  }

  turn(
    "is none where the engine has the name alone: the engine's words are said, and what to do",
    async () => {
      const name = on.newName();
      await done(on, "-n", name, "-s", "bash", "-d");
      const words = {
        docker: `Error response from daemon: Conflict. The container name "/manyoyo-work-${name}" is already in use by container "0a1b". You have to remove (or rename) that container to be able to reuse that name.`,
        podman: `Error: creating container storage: the container name "manyoyo-work-${name}" is already in use by 0a1b. You have to remove that container to be able to reuse that name: that name is already in use`,
      };
      const count = `${on.home}/count-${name}`;
      const env = await on.instead(
        `[ "$1" = create ] && { echo x >>'${count}'; echo '${words[engine]}' >&2; exit 125; }\nexec "$real" "$@"`,
      );
      const said = await on.manyoyo(["snapshot", name, "v1"], { env });
      expect(said).toMatchObject({ status: 125, stdout: "" });
      expect(said.stderr).toContain("is already in use by");
      expect(said.stderr).toContain(
        engine === "docker" ? "systemctl restart docker" : `podman rm --force manyoyo-work-${name}`,
      );
      expect(said.stderr).not.toContain("Another manyoyo");
      expect((await Bun.file(count).text()).length / 2).toBeLessThanOrEqual(20);
    },
  );
});
