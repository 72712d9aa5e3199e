import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { engines } from "../support/engines.ts";
import { field, processesIn } from "../support/inside.ts";
import { type Live, start } from "../support/live.ts";
import { bench, raw, until } from "../support/manyoyo.ts";
import { longSleep } from "../support/scene.ts";
import { inTurn } from "../support/turns.ts";

/** What a file under /proc says; nothing for a process that has ended. */
function told(path: string): string {
  try {
    return readFileSync(`/proc/${path}`, "utf8");
  } catch {
    return "";
  }
}

const wordsOf = (pid: number): string => told(`${pid}/cmdline`);

/** The engine's program by which a call begins its command in the background, as soon as it is there. */
async function beginner({ pid, exited }: Live): Promise<number> {
  const call = { isOver: false };
  exited.then(() => {
    call.isOver = true;
  });
  while (!call.isOver) {
    const children = told(`${pid}/task/${pid}/children`).split(" ").filter(Boolean).map(Number);
    const client = children.find((child) => wordsOf(child).includes("\0exec\0--detach\0"));
    if (client !== undefined) return client;
    await Bun.sleep(1);
  }
  throw new Error("the call ended before it was seen to begin its command");
}

describe.concurrent.each(engines())("%s: -d", (engine) => {
  const { turn, share } = inTurn(engine);
  const at = bench(engine);
  const log = async (name: string) => {
    const said = await raw(engine, "logs", name);
    return said.stdout + said.stderr;
  };

  test("makes the session, prints its name and nothing else, and runs nothing", async () => {
    const name = at.name();
    const said = await at.manyoyo(["-d", "-n", name, "-s", "echo hi >ran"]);
    expect(said).toMatchObject({ status: 0, stdout: `${name}\n` });
    expect(await field(engine, name, ".State.Status")).toBe("running");
    expect(await Bun.file(`${at.folder}/ran`).exists()).toBe(false);
    expect(await log(name)).not.toContain("manyoyo start");
  });

  turn("starts a session that is there, and prints its name", async () => {
    const name = at.name();
    await at.manyoyo(["-d", "-n", name, "-x", "true"]);
    await at.manyoyo(["stop", name]);
    expect(await at.manyoyo(["-d", "-n", name])).toMatchObject({
      status: 0,
      stdout: `${name}\n`,
      stderr: "",
    });
    expect(await field(engine, name, ".State.Status")).toBe("running");
  });

  turn("says more under --json", async () => {
    const name = at.name();
    const said = await at.manyoyo(["-d", "--json", "-n", name, "-x", "true"]);
    expect(JSON.parse(said.stdout)).toEqual({
      schema: 1,
      name,
      id: await field(engine, name, ".Id"),
      engine,
      made: true,
    });
  });

  turn("-x goes on in the background, its output and its end in the session's log", async () => {
    const name = at.name();
    const begun = performance.now();
    const line = "echo out; echo err >&2; sleep 5; echo later; exit 3";
    expect(await at.manyoyo(["-d", "-n", name, "-x", line])).toMatchObject({
      status: 0,
      stdout: `${name}\n`,
    });
    expect(performance.now() - begun).toBeLessThan(5000);
    await until("its output is there", async () => /out\s+err/.test(await log(name)));
    expect(await log(name)).not.toMatch(/^later$/m);
    expect((await at.manyoyo(["wait", name])).status).toBe(3);
    expect(await log(name)).toMatch(/manyoyo start ([0-9a-f]{16}) [\s\S]*later[\s\S]*manyoyo end \1 3/);
  });

  turn("-- goes on in the background too, with the session's first command", async () => {
    const name = at.name();
    await at.manyoyo(["-d", "-n", name, "-s", "printf '[%s]'", "--", "a b", "$c"]);
    await until("its output is there", async () => (await log(name)).includes("[a b][$c]"));
    await at.manyoyo(["-d", "-n", name, "--", "second"]);
    await until("its output is there", async () => (await log(name)).includes("[second]"));
  });

  turn("reads nothing of ours, and hands variables on", async () => {
    const name = at.name();
    const how = { input: "input" };
    await at.manyoyo(["-d", "-n", name, "-e", "A=1\n2", "-x", 'echo "got:$(cat):$A"'], how);
    expect((await at.manyoyo(["wait", name])).status).toBe(0);
    expect(await log(name)).toContain("got::1\n2\n");
  });

  // At the moment at which the engine's program is about to begin the command.
  test.each(
    share([
      ["SIGTERM", 143],
      ["SIGINT", 130],
    ]),
  )("leaves nothing running where the call is ended by %s before it could say so", async (signal, status) => {
    const name = at.name();
    await at.manyoyo(["-d", "-n", name]);
    const mark = longSleep();
    const live = start(at, ["-d", "-n", name, "-x", mark]);
    // It is there for a moment only; it is held until the call has been told.
    const pid = await beginner(live);
    process.kill(pid, "SIGSTOP");
    live.kill(signal);
    process.kill(pid, "SIGCONT");
    const said = await live.ended;
    await until("the engine's program has ended", () => wordsOf(pid) === "");
    expect((await processesIn(engine, name)).includes(mark)).toBe(false);
    expect(said).toMatchObject({ status, stdout: "" });
    expect((await at.manyoyo(["wait", name])).status).toBe(status);
  });

  turn("takes no --timeout, which nobody would keep, and says what does", async () => {
    const name = at.name();
    const said = await at.manyoyo(["-d", "-n", name, "--timeout", "1s", "-x", "sleep 7; echo late"]);
    expect(said).toMatchObject({ status: 2, stdout: "" });
    expect(said.stderr).toContain("--timeout");
    expect(said.stderr).toContain("-d -x timeout 10m CMD");
    expect((await at.manyoyo(["wait", name])).status).toBe(125);
    expect((await at.manyoyo(["-d", "-n", name, "-x", "timeout", "0.2s", "sleep", "60"])).status).toBe(0);
    expect((await at.manyoyo(["wait", name])).status).toBe(124);
  });

  turn("leaves the output of attached commands out of the log, but tells of them", async () => {
    const name = at.name();
    await at.manyoyo(["-n", name, "-x", "echo for us alone; exit 4"]);
    const said = await log(name);
    expect(said).toMatch(/manyoyo end [0-9a-f]{16} 4/);
    expect(said).not.toMatch(/^for us alone$/m);
  });
});

describe.concurrent.each(engines())("%s: wait", (engine) => {
  const { turn } = inTurn(engine);
  const at = bench(engine);

  test("ends with the status of the last command, at once where nothing runs", async () => {
    const name = at.name();
    await at.manyoyo(["-d", "-n", name, "-s", "true"]);
    expect((await at.manyoyo(["wait", name])).status).toBe(0);
    await at.manyoyo(["-n", name, "-x", "exit 5"]);
    expect((await at.manyoyo(["wait", name])).status).toBe(5);
    const said = await at.manyoyo(["wait", "--json", name]);
    expect(said.status).toBe(5);
    expect(JSON.parse(said.stdout)).toEqual({ schema: 1, name, status: 5 });
  });

  turn("waits no longer than --timeout, and then says 124", async () => {
    const name = at.name();
    await at.manyoyo(["-d", "-n", name, "-x", "sleep 60"]);
    const begun = performance.now();
    const said = await at.manyoyo(["--timeout", "1s", "--json", "wait", name]);
    expect(said.status).toBe(124);
    expect(JSON.parse(said.stderr)).toMatchObject({ error: { code: "timeout" } });
    expect(performance.now() - begun).toBeLessThan(6000);
  });

  turn("says 137 for a command that was ended with its session", async () => {
    const name = at.name();
    await at.manyoyo(["-d", "-n", name, "-x", "trap '' TERM HUP; sleep 60; sleep 60"]);
    const waiting = at.manyoyo(["wait", name]);
    await raw(engine, "kill", name);
    expect((await waiting).status).toBe(137);
  });

  turn("fails when the session is removed meanwhile", async () => {
    const name = at.name();
    await at.manyoyo(["-d", "-n", name, "-x", "sleep 60"]);
    const waiting = at.manyoyo(["wait", name]);
    await at.manyoyo(["rm", "-f", name]);
    expect((await waiting).status).toBe(125);
  });
});
