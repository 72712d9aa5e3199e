import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { engines } from "../support/engines.ts";
import { exists } from "../support/inside.ts";
import { start } from "../support/live.ts";
import { bench, until } from "../support/manyoyo.ts";

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

describe.each(engines())("%s: --rm-on-exit", (engine) => {
  const at = bench(engine);

  const gone = (name: string) =>
    until("nothing is left", async () => !isAtWork(name) && !(await exists(engine, name)), 40_000);

  test.each([
    ["success", "true", 0],
    ["a failure", "exit 3", 3],
    ["a command that is not found", "nosuch", 127],
    ["a command that was killed", "kill -9 $$", 137],
  ])("removes the session after %s, and hands the status on", async (_what, line, status) => {
    const name = at.name();
    const said = await at.manyoyo(["-n", name, "--rm-on-exit", "-x", line]);
    expect(said).toMatchObject({ status, stdout: "" });
    expect(await exists(engine, name)).toBe(false);
  });

  test("is --rm for short, and works with an automatic name", async () => {
    const said = await at.manyoyo(["--rm", "-x", "hostname; pwd"]);
    expect(said).toMatchObject({ status: 0 });
    const name = said.stderr.match(/Made the session (\S+)/)?.[1] ?? "";
    expect(name).toStartWith("my-");
    expect(await exists(engine, name)).toBe(false);
  });

  test.each([
    ["SIGTERM", 143],
    ["SIGINT", 130],
    ["SIGHUP", 129],
  ] as const)("removes it after %s", async (signal, status) => {
    const name = at.name();
    const live = start(at, ["-n", name, "--rm-on-exit", "-x", "echo up; sleep 60"]);
    await live.says("up");
    live.kill(signal);
    expect((await live.ended).status).toBe(status);
    expect(await exists(engine, name)).toBe(false);
  });

  test("removes it after a timeout", async () => {
    const name = at.name();
    const said = await at.manyoyo(["-n", name, "--rm", "--timeout", "1s", "-x", "sleep 60"]);
    expect(said.status).toBe(124);
    expect(await exists(engine, name)).toBe(false);
  });

  test("removes it after KILL of manyoyo while its command runs", async () => {
    const name = at.name();
    const live = start(at, ["-n", name, "--rm-on-exit", "-x", "echo up; sleep 60"]);
    await live.says("up");
    live.kill("SIGKILL");
    await live.ended;
    await gone(name);
  });

  // From before the engine is asked until after the container runs.
  test.each([30, 80, 130, 180, 250, 350, 500])(
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

  test.each([80, 200, 350])(
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

  test("leaves nothing where making failed", async () => {
    const name = at.name();
    const said = await at.manyoyo(["-n", name, "--rm", "--engine-arg=--nosuchflag", "-x", "true"]);
    expect(said.status).toBe(125);
    await gone(name);
  });

  test("only warns on a session that was there", async () => {
    const name = at.name();
    await at.manyoyo(["-n", name, "-x", "true"]);
    const said = await at.manyoyo(["-n", name, "--rm-on-exit", "-x", "echo on"]);
    expect(said).toMatchObject({ status: 0, stdout: "on\n" });
    expect(said.stderr).toContain("--rm-on-exit");
    expect(await exists(engine, name)).toBe(true);
  });

  test("is a usage error with -d", async () => {
    const name = at.name();
    expect(await at.manyoyo(["-n", name, "--rm-on-exit", "-d", "-x", "true"])).toMatchObject({
      status: 2,
      stdout: "",
    });
    expect(await exists(engine, name)).toBe(false);
  });
});

describe.each(engines())("%s: without --rm-on-exit", (engine) => {
  const at = bench(engine);

  test.each([80, 200, 350])(
    "TERM in the midst of making leaves nothing half-made: after %d ms",
    async (milliseconds) => {
      const name = at.name();
      const live = start(at, ["-n", name, "-x", "sleep 60"]);
      await Bun.sleep(milliseconds);
      live.kill("SIGTERM");
      await live.ended;
      await until("the call is over", () => !isAtWork(`${name}\0-x`));
      if (await exists(engine, name)) {
        expect((await at.manyoyo(["-n", name, "-x", "echo on"])).stdout).toBe("on\n");
      }
    },
  );
});
