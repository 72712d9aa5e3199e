import { beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync } from "node:fs";
import { engines } from "../support/engines.ts";
import { scene } from "../support/scene.ts";
import { inTurn } from "../support/turns.ts";

describe.each(engines())("a command at a terminal, %s", (engine) => {
  const { turn, share } = inTurn(engine);
  const on = scene(engine);
  const made = { name: "" };
  beforeAll(async () => {
    made.name = await on.session("bash");
  });

  test("has a terminal of the right size", async () => {
    await using terminal = on.at(["-n", made.name, "-x", "stty size; tty; echo done"], {
      cols: 91,
      rows: 33,
    });
    await terminal.waitFor(/33 91\n\/dev\/(pts\/\d+|console)\ndone/);
    expect(await terminal.status()).toBe(0);
  });

  turn("hears of a new size", async () => {
    const line = "trap 'stty size' WINCH; echo ready; while :; do read -r -t 0.1 word && exit; done";
    await using terminal = on.at(["-n", made.name, "-x", line], { cols: 80, rows: 24 });
    await terminal.waitFor("ready");
    terminal.resize(120, 45);
    await terminal.waitFor("45 120");
    terminal.resize(61, 17);
    await terminal.waitFor("17 61");
    terminal.type("\r");
    expect(await terminal.status()).toBe(0);
  });

  turn("gets TERM, COLORTERM, LANG and TZ", async () => {
    const env = { TERM: "xterm-kitty", COLORTERM: "truecolor", LANG: "C.UTF-8", TZ: "Asia/Tokyo" };
    const line = 'echo "<$TERM> <$COLORTERM> <$LANG> <$TZ>"';
    await using terminal = on.at(["-n", made.name, "-x", line], { env });
    await terminal.waitFor("<xterm-kitty> <truecolor> <C.UTF-8> <Asia/Tokyo>");
    expect(await terminal.status()).toBe(0);
  });

  test.each(
    share([
      ["its exit status", "exit 7", 7],
      ["success", "true", 0],
      ["what a shell says of a signal", "kill -KILL $$", 137],
      ["that it is not found", "no-such-program", 127],
      ["that it is not executable", "/etc/passwd", 126],
    ]),
  )("hands on %s", async (_what, line, status) => {
    await using terminal = on.at(["-n", made.name, "-x", line]);
    expect(await terminal.status()).toBe(status);
  });

  turn("is asked for no terminal when stdout is a pipe", async () => {
    const line = "test -t 1 || echo no terminal out; test -t 0 || echo no terminal in";
    await using terminal = on.script('"$@" | cat', ["-n", made.name, "-x", line]);
    await terminal.waitFor("no terminal out\nno terminal in\n");
    expect(await terminal.status()).toBe(0);
  });

  turn("is asked for no terminal when stdin is a pipe", async () => {
    const line = "test -t 1 || echo no terminal out; cat";
    await using terminal = on.script('echo from the pipe | "$@"', ["-n", made.name, "-x", line]);
    await terminal.waitFor("no terminal out\nfrom the pipe\n");
    expect(await terminal.status()).toBe(0);
  });

  turn("leaves nothing but its own words between its start and its end", async () => {
    await using terminal = on.at(["-n", made.name, "-x", "printf 'only this'"]);
    expect(await terminal.status()).toBe(0);
    await terminal.waitFor("only this");
    expect(terminal.text()).toBe("only this");
  });

  turn("shell opens a shell that lives until it is left, and gives its status", async () => {
    await using terminal = on.at(["shell", made.name]);
    await terminal.waitFor(/[#$] $/);
    terminal.type("echo $((40 + 2)) in $PWD\r");
    await terminal.waitFor(`42 in ${on.folder}`);
    terminal.type("exit 9\r");
    expect(await terminal.status()).toBe(9);
  });

  turn("shell with a dot opens one in this folder's session, waking it", async () => {
    const folder = `${on.folder}/only`;
    mkdirSync(folder);
    const name = on.name();
    expect((await on.manyoyo(["-n", name, "-s", "true", "-d"], { cwd: folder })).status).toBe(0);
    expect((await on.manyoyo(["stop", name])).status).toBe(0);
    await using terminal = on.at(["shell", "."], { cwd: folder });
    await terminal.waitFor(/[#$] $/);
    terminal.type("echo $((40 + 2)) in $PWD; exit\r");
    await terminal.waitFor(`42 in ${folder}`);
    expect(await terminal.status()).toBe(0);
    expect(await on.state(name)).toBe("running");
  });

  turn("two commands at two terminals do not disturb each other", async () => {
    await using first = on.at(["-n", made.name, "-x", "cat; echo first"], { cols: 80 });
    await using second = on.at(["-n", made.name, "-x", "cat; stty size"], { cols: 90, rows: 20 });
    first.type("one\r");
    second.type("two\r");
    await first.waitFor("one\none\n");
    await second.waitFor("two\ntwo\n");
    first.type("\x04");
    await first.waitFor("first\n");
    expect(await first.status()).toBe(0);
    second.type("\x04");
    await second.waitFor("20 90\n");
    expect(await second.status()).toBe(0);
  });
});
