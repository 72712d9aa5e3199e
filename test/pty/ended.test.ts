import { describe, expect, test } from "bun:test";
import { engines } from "../support/engines.ts";
import { raw, until } from "../support/manyoyo.ts";
import { longSleep, scene } from "../support/scene.ts";
import { keys, type Terminal } from "../support/terminal.ts";
import { inTurn } from "../support/turns.ts";

// A shell without job control of its own, which never touches the terminal's modes: what is different afterwards was done
// by the executable. The inner shell tells the executable's process id.
const outer =
  'before=$(stty -g); sh -c \'echo "pid=$$"; exec "$@"\' sh "$@"; status=$?; [ "$(stty -g)" = "$before" ] && echo "modes are back"; echo "status=$status"';

async function pidOf(terminal: Terminal): Promise<number> {
  return Number((await terminal.waitFor(/pid=(\d+)\n/))[1]);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Whether the last of all such switches in the output has this state. */
function lastSwitch(terminal: Terminal, mode: string): string | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: switches begin with one
  const found = [...terminal.bytes().matchAll(/\x1b\[\?([\d;]+)([hl])/g)];
  return found.findLast(([, numbers]) => numbers?.split(";").includes(mode))?.[2];
}

describe.concurrent.each(engines())("a call at a terminal that is told to end, %s", (engine) => {
  const { turn, share } = inTurn(engine);
  const on = scene(engine);

  describe.each([
    ["TERM", "SIGTERM", 143],
    ["HUP", "SIGHUP", 129],
    ["INT", "SIGINT", 130],
  ] as const)("by %s", (_word, signal, status) => {
    turn("ends the command inside and its children, and leaves the session and a sane terminal", async () => {
      const [sleep, child] = [longSleep(), longSleep()];
      const name = await on.shared("true");
      const line = `setsid ${child} & echo ready; ${sleep}; true`;
      await using terminal = on.script(outer, ["-n", name, "-x", line]);
      const pid = await pidOf(terminal);
      await terminal.waitFor("ready");
      await on.untilRuns(name, child);
      process.kill(pid, signal);
      await terminal.waitFor("modes are back");
      await terminal.waitFor(`status=${status}`);
      await on.untilGone(name, sleep);
      await on.untilGone(name, child);
      expect(await on.state(name)).toBe("running");
    });

    turn("leaves no full-screen program, alternate screen, hidden cursor or raw mode", async () => {
      const sleep = longSleep();
      const name = await on.shared("true");
      const line = `stty raw -echo; printf '\\033[?1049h\\033[?25l\\033[?1000h\\033[?2004hready'; ${sleep}; true`;
      await using terminal = on.script(outer, ["-n", name, "-x", line]);
      const pid = await pidOf(terminal);
      await terminal.waitFor("ready");
      await on.untilRuns(name, sleep);
      process.kill(pid, signal);
      await terminal.waitFor("modes are back");
      await terminal.waitFor(`status=${status}`);
      expect(["1049", "25", "1000", "2004"].map((mode) => lastSwitch(terminal, mode))).toEqual([
        "l",
        "h",
        "l",
        "l",
      ]);
      await on.untilGone(name, sleep);
      expect(await on.state(name)).toBe("running");
    });

    turn("at the menu keeps the session and leaves a sane terminal", async () => {
      const name = await on.shared("true");
      await using terminal = on.script(outer, ["-n", name]);
      const pid = await pidOf(terminal);
      await terminal.waitFor("Open a shell");
      process.kill(pid, signal);
      await terminal.waitFor("modes are back");
      await terminal.waitFor(`status=${status}`);
      expect(lastSwitch(terminal, "25")).toBe("h");
      expect(await on.state(name)).toBe("running");
    });

    turn("in a shell of the menu ends that shell and asks nothing more", async () => {
      const sleep = longSleep();
      const name = await on.shared("true");
      await using terminal = on.script(outer, ["-n", name]);
      const pid = await pidOf(terminal);
      await terminal.waitFor("Open a shell");
      terminal.type("i");
      await terminal.waitFor(/[#$] $/);
      terminal.type(`${sleep}\r`);
      await on.untilRuns(name, sleep);
      process.kill(pid, signal);
      await terminal.waitFor("modes are back");
      await terminal.waitFor(`status=${status}`);
      await on.untilGone(name, sleep);
      await on.untilGone(name, "bash -c");
      expect(await on.state(name)).toBe("running");
    });

    turn("removes the session that it made with --rm-on-exit", async () => {
      const name = on.name();
      await using terminal = on.script(outer, ["-n", name, "--rm-on-exit", "-x", "echo ready; sleep 1000"]);
      const pid = await pidOf(terminal);
      await terminal.waitFor("ready");
      process.kill(pid, signal);
      await terminal.waitFor("modes are back");
      await terminal.waitFor(`status=${status}`);
      expect(await on.state(name)).toBeUndefined();
    });
  });

  test("kills what does not heed the signal", async () => {
    const sleep = longSleep();
    const name = await on.shared("true");
    const line = `trap '' TERM HUP; stty raw; echo ready; ${sleep}; ${sleep}0`;
    await using terminal = on.script(outer, ["-n", name, "-x", line]);
    const pid = await pidOf(terminal);
    await terminal.waitFor("ready");
    await on.untilRuns(name, sleep);
    process.kill(pid, "SIGTERM");
    await terminal.waitFor("modes are back");
    await terminal.waitFor("status=143");
    await on.untilGone(name, sleep);
  });

  turn("leaves what somebody else runs in the session alone", async () => {
    const [sleep, other] = [longSleep(), longSleep()];
    const name = await on.shared("true");
    await using theirs = on.at(["-n", name, "-x", `echo ready; ${other}; true`]);
    await theirs.waitFor("ready");
    await using terminal = on.script(outer, ["-n", name, "-x", `echo ready; ${sleep}; true`]);
    const pid = await pidOf(terminal);
    await terminal.waitFor("ready");
    await on.untilRuns(name, sleep);
    process.kill(pid, "SIGTERM");
    await terminal.waitFor("status=143");
    await on.untilGone(name, sleep);
    expect(await on.runs(name, other)).toBe(true);
    theirs.type(keys.ctrlC);
    expect(await theirs.status()).toBe(130);
  });

  turn("ends what runs inside when the engine's client is killed", async () => {
    const sleep = longSleep();
    const name = await on.shared("true");
    await using terminal = on.script(outer, ["-n", name, "-x", `stty raw -echo; echo ready; ${sleep}; true`]);
    const pid = await pidOf(terminal);
    await terminal.waitFor("ready");
    await on.untilRuns(name, sleep);
    const clients = (await Bun.file(`/proc/${pid}/task/${pid}/children`).text()).trim().split(" ");
    expect(clients).toHaveLength(1);
    process.kill(Number(clients[0]), "SIGKILL");
    await terminal.waitFor("modes are back");
    await terminal.waitFor("status=137");
    await on.untilGone(name, sleep);
    expect(await on.state(name)).toBe("running");
  });

  const fullScreen = "stty raw -echo; printf '\\033[?1049h\\033[?25lready'; sleep 1000";

  turn("says so, without a menu, when the session is removed by somebody else", async () => {
    const name = await on.session(fullScreen);
    await using terminal = on.script(outer, ["-n", name]);
    await terminal.waitFor("ready");
    expect((await on.manyoyo(["rm", "-f", name])).status).toBe(0);
    await terminal.waitFor(`The session "${name}" was removed meanwhile`);
    await terminal.waitFor("modes are back");
    await terminal.waitFor("status=125");
    expect([lastSwitch(terminal, "1049"), lastSwitch(terminal, "25")]).toEqual(["l", "h"]);
    expect(terminal.text()).not.toContain("What becomes of it?");
  });

  turn("leaves a sane terminal when the program inside is killed", async () => {
    const sleep = longSleep();
    const name = await on.session(fullScreen.replace("sleep 1000", `exec ${sleep}`));
    await using terminal = on.script(outer, ["-n", name, "-q", "askkeep"]);
    await terminal.waitFor("ready");
    await on.untilRuns(name, `\n${sleep}\n`);
    const killed = await raw(engine, "exec", name, "pkill", "-KILL", "-f", `^${sleep}`);
    expect(killed.status, killed.stderr).toBe(0);
    await terminal.waitFor("modes are back");
    await terminal.waitFor("status=137");
    expect([lastSwitch(terminal, "1049"), lastSwitch(terminal, "25")]).toEqual(["l", "h"]);
    expect(await on.state(name)).toBe("running");
  });

  turn(
    "leaves a sane terminal when the session is stopped, which a command of the menu wakes again",
    async () => {
      const name = await on.session(fullScreen);
      await using terminal = on.script(outer, ["-n", name]);
      await terminal.waitFor("ready");
      expect((await on.manyoyo(["stop", "-f", name])).status).toBe(0);
      await terminal.waitFor("Open a shell");
      expect([lastSwitch(terminal, "1049"), await on.state(name)]).toEqual(["l", "exited"]);
      terminal.type("i");
      await terminal.waitFor(/[#$] $/);
      terminal.type("exit 3\r");
      await terminal.waitFor("Open a shell");
      expect(await on.state(name)).toBe("running");
      terminal.type("y");
      await terminal.waitFor("status=3");
    },
  );

  turn("--timeout leaves a sane terminal, and nothing inside", async () => {
    const sleep = longSleep();
    const name = await on.shared("true");
    const line = `stty raw -echo; printf '\\033[?1049h\\033[?25lready'; ${sleep}; true`;
    await using terminal = on.script(outer, ["-n", name, "--timeout", "2s", "-x", line]);
    await terminal.waitFor("ready");
    await terminal.waitFor("modes are back");
    await terminal.waitFor("status=124");
    expect([lastSwitch(terminal, "1049"), lastSwitch(terminal, "25")]).toEqual(["l", "h"]);
    await on.untilGone(name, sleep);
  });

  turn("a program that ends by itself in raw mode leaves a sane terminal", async () => {
    const name = await on.shared("true");
    await using terminal = on.script(outer, ["-n", name, "-x", "stty raw -echo; exit 3"]);
    await terminal.waitFor("modes are back");
    await terminal.waitFor("status=3");
  });

  test.each(
    share([
      ["that the call is to remove", ["--rm-on-exit"]],
      ["that is to stay", []],
    ]),
  )("Ctrl-C while a session is being made %s leaves nothing of it", async (_what, words) => {
    const name = on.name();
    const go = `${on.folder}/go-${crypto.randomUUID()}`;
    const path = await on.instead(
      `"$real" "$@"; status=$?; [ "$1" = run ] && until [ -e '${go}' ]; do sleep 0.05; done; exit $status`,
    );
    const all = ["-n", name, ...words, "-x", "echo ready; sleep 1000"];
    await using terminal = on.at(all, { env: path });
    await until("it is made", async () => (await on.state(name)) === "running");
    terminal.type(keys.ctrlC);
    await terminal.waitFor("^C");
    await Bun.write(go, "");
    expect(await terminal.status()).toBe(130);
    await until(`${name} is removed`, async () => (await on.state(name)) === undefined);
  });

  turn("a call that is killed at a terminal has its --rm-on-exit session removed", async () => {
    const name = on.name();
    await using terminal = on.at(["-n", name, "--rm-on-exit", "-x", "echo ready; sleep 1000"]);
    await terminal.waitFor("ready");
    terminal.kill("SIGKILL");
    expect(await terminal.status()).toBe(137);
    await until(`${name} is removed`, async () => (await on.state(name)) === undefined);
  });
});

describe.concurrent.each(engines())("a terminal that is closed, %s", (engine) => {
  const { turn, share } = inTurn(engine);
  const on = scene(engine);

  async function gone(terminal: Terminal): Promise<void> {
    expect(await terminal.status(10_000)).toBe(129);
    expect(isAlive(terminal.pid)).toBe(false);
  }

  test.each(
    share([
      ["a command", "echo ready; "],
      ["a full-screen program", "stty raw -echo; printf '\\033[?1049hready'; "],
      ["a program that ignores HUP", "trap '' HUP; echo ready; "],
      ["a program with a child of its own session", "setsid sleep 100000 & echo ready; "],
    ]),
  )("ends %s inside, and the session stays", async (_what, line) => {
    const sleep = longSleep();
    const name = await on.shared("true");
    const terminal = on.at(["-n", name, "-x", `${line}${sleep}; true`]);
    await terminal.waitFor("ready");
    await on.untilRuns(name, sleep);
    terminal.close();
    await gone(terminal);
    await on.untilGone(name, sleep);
    await on.untilGone(name, "sleep 100000");
    expect(await on.state(name)).toBe("running");
  });

  turn("ends the shell that was open", async () => {
    const sleep = longSleep();
    const name = await on.shared("true");
    const terminal = on.at(["shell", name]);
    await terminal.waitFor(/[#$] $/);
    terminal.type(`${sleep} &\r`);
    await on.untilRuns(name, sleep);
    terminal.close();
    await gone(terminal);
    await on.untilGone(name, sleep);
    await on.untilGone(name, "bash");
    expect(await on.state(name)).toBe("running");
  });

  turn("removes the session of --rm-on-exit", async () => {
    const name = on.name();
    const terminal = on.at(["-n", name, "--rm-on-exit", "-x", "echo ready; sleep 1000"]);
    await terminal.waitFor("ready");
    terminal.close();
    await gone(terminal);
    await until(`${name} is removed`, async () => (await on.state(name)) === undefined);
  });

  turn("at the menu keeps the session, and the call is gone", async () => {
    const name = await on.shared("true");
    const terminal = on.at(["-n", name]);
    await terminal.waitFor("Open a shell");
    terminal.close();
    await gone(terminal);
    expect(await on.state(name)).toBe("running");
  });

  turn("at a question makes nothing", async () => {
    const name = on.name();
    const terminal = on.at(["-n", name]);
    await terminal.waitFor("A shell");
    terminal.close();
    await gone(terminal);
    expect(await on.state(name)).toBeUndefined();
  });

  turn("under a shell is the same: the shell goes, and so does the call", async () => {
    const sleep = longSleep();
    const name = await on.shared("true");
    const terminal = on.script(outer, ["-n", name, "-x", `echo ready; ${sleep}; true`]);
    const pid = await pidOf(terminal);
    await terminal.waitFor("ready");
    await on.untilRuns(name, sleep);
    terminal.close();
    await until("the call is gone", () => !isAlive(pid));
    await on.untilGone(name, sleep);
    expect(await on.state(name)).toBe("running");
  });
});
