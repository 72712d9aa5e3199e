import { beforeAll, describe, expect, test } from "bun:test";
import { engines, executable } from "../support/engines.ts";
import { exists, processesIn } from "../support/inside.ts";
import { start } from "../support/live.ts";
import { bench, runProgram, until } from "../support/manyoyo.ts";
import { inTurn } from "../support/turns.ts";

describe.each(engines())("%s: a call that is told to end", (engine) => {
  const { turn, share } = inTurn(engine);
  const at = bench(engine);
  const name = at.name();
  beforeAll(async () => {
    expect((await at.manyoyo(["-n", name, "-x", "true"])).status).toBe(0);
  });

  /** Waits until no process inside has the word on its command line: neither the command nor our shell around it. */
  const nothingRuns = (word: string) =>
    until("nothing runs on", async () => {
      const list = await processesIn(engine, name);
      return list.includes("STAT") && !list.includes(word);
    });

  test.each(
    share([
      ["SIGTERM", 143],
      ["SIGHUP", 129],
      ["SIGINT", 130],
    ]),
  )("by %s ends the command and its children, also those apart: status %d", async (signal, status) => {
    const mark = `47${status}`;
    const line = `echo up; sleep ${mark} & setsid sleep ${mark} & setsid setsid sleep ${mark} & sleep ${mark}`;
    const live = start(at, ["-n", name, "-x", line]);
    await live.says("up");
    live.kill(signal);
    expect(await live.ended).toMatchObject({ status, stdout: "up\n" });
    await nothingRuns(mark);
  });

  turn("lets the command say its last words", async () => {
    const live = start(at, [
      "exec",
      name,
      "--",
      "bash",
      "-c",
      "trap 'echo bye; exit 0' TERM; echo up; while :; do sleep 0.05; done",
    ]);
    await live.says("up");
    live.kill("SIGTERM");
    expect(await live.ended).toMatchObject({ status: 143, stdout: "up\nbye\n" });
  });

  turn("ends a command that heeds no signal, soon", async () => {
    const live = start(at, [
      "-n",
      name,
      "-x",
      "trap '' TERM HUP INT; echo up; while :; do sleep 0.4713; done",
    ]);
    await live.says("up");
    const begun = performance.now();
    live.kill("SIGTERM");
    expect((await live.ended).status).toBe(143);
    expect(performance.now() - begun).toBeLessThan(6000);
    await nothingRuns("0.4713");
  });

  turn("touches nobody else's command in the session", async () => {
    const other = start(at, ["-n", name, "-x", "echo up; sleep 4801; echo end"]);
    const live = start(at, ["-n", name, "-x", "echo up; sleep 4802"]);
    await Promise.all([other.says("up"), live.says("up")]);
    live.kill("SIGTERM");
    await live.ended;
    await nothingRuns("4802");
    expect(await processesIn(engine, name)).toContain("sleep 4801");
    other.kill("SIGTERM");
    await other.ended;
  });

  turn("by --timeout says 124 and leaves nothing running", async () => {
    for (const words of [
      ["-n", name, "--timeout", "1s", "-x", "sleep 4803 & sleep 4803"],
      ["exec", "--timeout", "1s", name, "--", "sleep", "4803"],
    ]) {
      const begun = performance.now();
      expect(await at.manyoyo(words)).toMatchObject({ status: 124, stdout: "" });
      expect(performance.now() - begun).toBeLessThan(8000);
      await nothingRuns("4803");
    }
    // A timer of the runtime counts up to 24.8 days.
    for (const limit of ["20s", "30d"])
      expect(await at.manyoyo(["-n", name, "--timeout", limit, "-x", "sleep 1; exit 3"])).toMatchObject({
        status: 3,
        stderr: "",
      });
  });

  turn("by --timeout 0 is refused before anything begins; wait looks once", async () => {
    const fresh = at.name();
    for (const words of [
      ["-n", fresh, "--timeout", "0", "-x", "echo ran"],
      ["-n", fresh, "--timeout", "0s", "-s", "echo ran"],
      ["exec", name, "--timeout", "0.1ms", "--", "echo", "ran"],
    ]) {
      const said = await at.manyoyo(words);
      expect(said).toMatchObject({ status: 2, stdout: "" });
      expect(said.stderr).toContain("leaves the command no time");
    }
    expect(await exists(engine, fresh)).toBe(false);
    expect((await at.manyoyo(["-n", fresh, "-d", "-x", "sleep 4804"])).status).toBe(0);
    expect((await at.manyoyo(["wait", fresh, "--timeout", "0"])).status).toBe(124);
  });

  turn("by a reader that went away says 141, silently, and nothing runs on", async () => {
    const shell = `"$0" -n "$1" -x 'yes 48104' | head -1; printf '%s\\n' "\${PIPESTATUS[0]}"`;
    const said = await runProgram(["bash", "-c", shell, executable(), name], { cwd: at.folder, env: at.env });
    expect(said).toMatchObject({ stdout: "48104\n141\n", stderr: "" });
    await nothingRuns("48104");
  });

  turn("after KILL its command stays, and rm says who is in there", async () => {
    const live = start(at, ["-n", name, "-x", "echo up; sleep 4805"]);
    await live.says("up");
    live.kill("SIGKILL");
    await live.exited;
    expect(await processesIn(engine, name)).toContain("sleep 4805");
    const said = await at.manyoyo(["rm", name]);
    expect(said.status).toBe(125);
    expect(said.stderr).toContain("sleep 4805");
  });
});
