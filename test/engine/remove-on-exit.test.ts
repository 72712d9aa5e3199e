import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { engines } from "../support/engines.ts";
import { exists } from "../support/inside.ts";
import { start } from "../support/live.ts";
import { until } from "../support/manyoyo.ts";
import { copyScene, done } from "../support/saved.ts";
import { type Scene, scene } from "../support/scene.ts";
import { inTurn } from "../support/turns.ts";

/** Whether any process of this machine has the text on its command line: a call, its guard, an engine's client. */
function isAtWork(text: string): boolean {
  return readdirSync("/proc").some((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(text);
    } catch {
      return false;
    }
  });
}

describe.concurrent.each(engines())("%s: --rm-on-exit", (engine) => {
  const { turn, share } = inTurn(engine);
  const at = copyScene(engine, "once");

  const gone = (name: string) =>
    until("nothing is left", async () => !isAtWork(name) && !(await exists(engine, name)), 40_000);

  test.each(
    share([
      ["success", "true", 0],
      ["a failure", "exit 3", 3],
      ["a command that is not found", "nosuch", 127],
      ["a command that was killed", "kill -9 $$", 137],
    ]),
  )("removes the session after %s, and hands the status on", async (_what, line, status) => {
    const name = at.name();
    const said = await at.manyoyo(["-n", name, "--rm-on-exit", "-x", line]);
    expect(said).toMatchObject({ status, stdout: "" });
    expect(await exists(engine, name)).toBe(false);
  });

  turn("is --rm for short, and works with an automatic name", async () => {
    const said = await at.manyoyo(["--rm", "-x", "hostname; pwd"]);
    expect(said).toMatchObject({ status: 0 });
    const name = said.stderr.match(/Made the session (\S+)/)?.[1] ?? "";
    expect(name).toStartWith("my-");
    expect(await exists(engine, name)).toBe(false);
  });

  test.each(
    share([
      ["SIGTERM", 143],
      ["SIGINT", 130],
      ["SIGHUP", 129],
    ]),
  )("removes it after %s", async (signal, status) => {
    const name = at.name();
    const live = start(at, ["-n", name, "--rm-on-exit", "-x", "echo up; sleep 60"]);
    await live.says("up");
    live.kill(signal);
    expect((await live.ended).status).toBe(status);
    expect(await exists(engine, name)).toBe(false);
  });

  turn(
    "is heeded by what stops a session to go on with it: that is refused, and stop says what goes",
    async () => {
      const name = at.newName();
      const live = start(at, ["-n", name, "--rm", "-x", "echo up; sleep 60"]);
      await live.says("up");
      await done(at, "snapshot", name, "v1");
      for (const words of [["restart"], ["recreate"], ["snapshot", "restore"]]) {
        const tag = words.length === 1 ? [] : ["v1"];
        for (const force of [["-f"], []]) {
          expect(await at.manyoyo([...words, ...force, name, ...tag])).toMatchObject({
            status: 125,
            stdout: "",
            stderr: `manyoyo: The session ${name} was made with --rm, so it would be gone as soon as it is stopped.\n  Keep what is in it: manyoyo fork ${name} NEW\n`,
          });
        }
      }
      expect(await at.runs(name, "sleep 60")).toBe(true);
      expect(await at.manyoyo(["stop", name])).toMatchObject({ status: 125, stdout: "" });
      expect(await at.manyoyo(["stop", "-f", name])).toMatchObject({
        status: 0,
        stdout: `${name}\n`,
        stderr: `${name} is removed with that, as it was made with --rm.\n`,
      });
      await live.ended;
      await gone(name);
      await done(at, "snapshot", "rm", name, "v1");
    },
  );

  turn("removes it after a timeout", async () => {
    const name = at.name();
    const said = await at.manyoyo(["-n", name, "--rm", "--timeout", "1s", "-x", "sleep 60"]);
    expect(said.status).toBe(124);
    expect(await exists(engine, name)).toBe(false);
  });

  turn("removes it after KILL of manyoyo while its command runs", async () => {
    const name = at.name();
    const live = start(at, ["-n", name, "--rm-on-exit", "-x", "echo up; sleep 60"]);
    await live.says("up");
    live.kill("SIGKILL");
    await live.ended;
    await gone(name);
  });

  // From before the engine is asked until after the container runs.
  test.each(share([30, 80, 130, 180, 250, 350, 500], 2))(
    "leaves nothing after KILL of manyoyo in the midst of making: after %d ms",
    async (milliseconds) => {
      const name = at.name();
      const live = start(at, ["-n", name, "--rm-on-exit", "-x", "sleep 60"]);
      await Bun.sleep(milliseconds);
      live.kill("SIGKILL");
      await live.ended;
      await gone(name);
    },
  );

  test.each(share([80, 200, 350], 2))(
    "leaves nothing after TERM in the midst of making: after %d ms",
    async (milliseconds) => {
      const name = at.name();
      const live = start(at, ["-n", name, "--rm-on-exit", "-x", "sleep 60"]);
      await Bun.sleep(milliseconds);
      live.kill("SIGTERM");
      const said = await live.ended;
      expect(said.signal === "SIGTERM" || said.status === 143).toBe(true);
      await gone(name);
    },
  );

  turn("leaves nothing where making failed", async () => {
    const name = at.name();
    const said = await at.manyoyo(["-n", name, "--rm", "--engine-arg=--nosuchflag", "-x", "true"]);
    expect(said.status).toBe(125);
    await gone(name);
  });

  turn("only warns on a session that was there", async () => {
    const name = at.name();
    await at.manyoyo(["-n", name, "-x", "true"]);
    const said = await at.manyoyo(["-n", name, "--rm-on-exit", "-x", "echo on"]);
    expect(said).toMatchObject({ status: 0, stdout: "on\n" });
    expect(said.stderr).toContain("--rm-on-exit");
    expect(await exists(engine, name)).toBe(true);
  });

  turn("is a usage error with -d", async () => {
    const name = at.name();
    expect(await at.manyoyo(["-n", name, "--rm-on-exit", "-d", "-x", "true"])).toMatchObject({
      status: 2,
      stdout: "",
    });
    expect(await exists(engine, name)).toBe(false);
  });
});

describe.concurrent.each(engines())("%s: without --rm-on-exit", (engine) => {
  const { turn, share } = inTurn(engine);
  const at = scene(engine);

  /** Whether a call, or the guard over what it has given up, is at work: podman's own process for a container has its name as well. */
  const isBusy = (name: string) => isAtWork(`${name}\0-x`) || isAtWork(`${name}\0manyoyo.session=`);

  test.each(share([80, 200, 350, 600], 2))(
    "TERM in the midst of making leaves nothing half-made: after %d ms",
    async (milliseconds) => {
      const name = at.name();
      const live = start(at, ["-n", name, "-x", "sleep 60"]);
      await Bun.sleep(milliseconds);
      live.kill("SIGTERM");
      const { status, signal } = await live.ended;
      expect(signal ?? status).toBeOneOf([143, "SIGTERM"]);
      // An engine that took longer is left to a guard.
      await until("the call and its guard are over", () => !isBusy(name));
      if (await exists(engine, name)) {
        expect((await at.manyoyo(["-n", name, "-x", "echo on"])).stdout).toBe("on\n");
      }
    },
  );

  turn("TERM while the session is made is waited out, and takes it back", async () => {
    const name = at.name();
    const { env, isHeld, goOn } = await slowEngine(at, "after run");
    const live = start(at, ["-n", name, "-x", "sleep 60"], { env });
    await until("it is made", isHeld);
    live.kill("SIGTERM");
    goOn();
    expect((await live.ended).status).toBe(143);
    // It waits three seconds, and leaves the rest to a guard.
    await until("the call and its guard are over", () => !isBusy(name));
    expect(await exists(engine, name)).toBe(false);
  });

  turn("TERM while the session is made takes it back also where the engine is slow afterwards", async () => {
    const name = at.name();
    const { env, isBegun, isHeld, goOn } = await slowEngine(at, "before ps");
    const live = start(at, ["-n", name, "-x", "sleep 60"], { env });
    await until("it is begun", isBegun);
    live.kill("SIGTERM");
    await until("it is taken back", isHeld);
    expect(await live.exited).toBe(143);
    expect(await exists(engine, name)).toBe(true);
    goOn();
    await until("the guard is over", () => !isBusy(name));
    expect(await exists(engine, name)).toBe(false);
  });

  test.each(
    share([
      ["goes", false],
      ["stays where another call has run a command in it meanwhile", true],
    ]),
  )("what a call gives up while its engine is at it %s", async (_what, isJoined) => {
    const name = at.name();
    const { env, isHeld, goOn } = await slowEngine(at, "after run");
    const live = start(at, ["-n", name, "-x", "sleep 60"], { env });
    await until("it is made", isHeld);
    const statuses: number[] = [];
    live.exited.then((status) => statuses.push(status));
    // Again and again: two that arrive together are one.
    await until("it has given up", () => {
      live.kill("SIGTERM");
      return statuses.length > 0;
    });
    expect(statuses).toEqual([143]);
    if (isJoined)
      expect(await at.manyoyo(["-n", name, "-x", "echo on"])).toMatchObject({ status: 0, stdout: "on\n" });
    goOn();
    await until("the guard is over", () => !isBusy(name), 40_000);
    expect(await exists(engine, name)).toBe(isJoined);
  });
});

/** The engine's own program, held after it has made a session, or before it lists containers, until it may go on. */
async function slowEngine(on: Scene, when: "after run" | "before ps") {
  const mark = join(on.home, crypto.randomUUID());
  const [begun, held, free] = [`${mark}.begun`, `${mark}.held`, `${mark}.free`];
  const env = await on.instead(`hold() {
  [ "$1" = '${when}' ] || return
  : >'${held}'
  while [ -e '${held}' ] && [ ! -e '${free}' ]; do sleep 0.1; done
}
[ "$1" != run ] || : >'${begun}'
hold "before $1"
"$real" "$@"
status=$?
hold "after $1"
exit "$status"`);
  return {
    env,
    isBegun: () => existsSync(begun),
    isHeld: () => existsSync(held),
    goOn: () => writeFileSync(free, ""),
  };
}
