import { describe, expect, test } from "bun:test";
import { randomBytes } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import { engines, executable } from "../support/engines.ts";
import { until } from "../support/manyoyo.ts";
import { scene } from "../support/scene.ts";
import { keys, openTerminal } from "../support/terminal.ts";
import { inTurn } from "../support/turns.ts";

const ctrl = { t: "\x14", x: "\x18", r: "\x12", n: "\x0e", u: "\x15" } as const;

describe.each(engines())("choosing a session at a terminal, %s", (engine) => {
  const { turn, share } = inTurn(engine);
  const on = scene(engine);
  // A user of its own for each test: the list shows one user's sessions only.
  const someone = () => {
    const env = { USER: `myt-${randomBytes(4).toString("hex")}` };
    const session = async (hint: string, line: string) => {
      const name = on.name(hint);
      const made = await on.manyoyo(["-n", name, "-s", line, "-d"], { env });
      expect(made.status, made.stderr).toBe(0);
      return name;
    };
    return { env, session };
  };
  const foot = "Enter join";

  turn("typing a part of its name and Enter joins it", async () => {
    const { env, session } = someone();
    const [web, api] = [await session("web", "echo this is web"), await session("api", "echo this is api")];
    await using terminal = on.at([], { env });
    await terminal.waitFor(foot);
    expect(terminal.text()).toContain(web);
    expect(terminal.text()).toContain(api);
    terminal.type(api.slice(4, 12));
    await terminal.waitFor(`Session: ${api.slice(4, 12)}`);
    terminal.type(keys.enter);
    await terminal.waitFor("this is api");
    await terminal.waitFor("What becomes of it?");
    terminal.type("y");
    expect(await terminal.status()).toBe(0);
  });

  turn("a key opens a shell, another stops it, another removes it after a yes", async () => {
    const { env, session } = someone();
    const name = await session("one", "true");
    await using terminal = on.at(["switch"], { env });
    await terminal.waitFor(foot);
    terminal.type(ctrl.x);
    await terminal.waitFor(/stopped[\s\S]*Enter join/);
    expect(await on.state(name)).toBe("exited");
    terminal.type(ctrl.r);
    await terminal.waitFor(`Remove ${name} and what only it holds? y/N`);
    terminal.type("n");
    await terminal.waitFor(foot);
    expect(await on.state(name)).toBe("exited");
    terminal.type(ctrl.t);
    await terminal.waitFor(/[#$] $/);
    terminal.type("echo $((6 * 7)); exit 3\r");
    await terminal.waitFor("42\n");
    expect(await terminal.status()).toBe(3);
    await using again = on.at(["switch"], { env });
    await again.waitFor(foot);
    again.type(`${ctrl.r}y`);
    await again.waitFor("There is none yet, so begin with an agent:");
    await again.waitFor("A shell");
    expect(await on.state(name)).toBeUndefined();
    again.type(keys.ctrlC);
    expect(await again.status()).toBe(130);
  });

  turn("without any session it says in three lines what one is, and offers the agents", async () => {
    const { env } = someone();
    await using terminal = on.at([], { env });
    await terminal.waitFor("A session is a container");
    for (const title of ["Claude Code", "Codex", "Gemini CLI", "OpenCode", "A shell"])
      await terminal.waitFor(title);
    terminal.type(keys.escape);
    expect(await terminal.status()).toBe(130);
  });

  turn("a name that none has makes a new session in this folder", async () => {
    const { env, session } = someone();
    await session("old", "true");
    const name = on.name("new");
    await using terminal = on.at([], { env });
    await terminal.waitFor(foot);
    terminal.type(name);
    await terminal.waitFor(`+ new session here: ${name}`);
    terminal.type(keys.enter);
    await terminal.waitFor(`There is no session ${name}. Make it, for what?`);
    await terminal.waitFor("A shell");
    terminal.type(`${keys.up}${keys.enter}`);
    await terminal.waitFor(`Made the session ${name} (${engine})`);
    await terminal.waitFor(/[#$] $/);
    terminal.type("exit\r");
    await terminal.waitFor("What becomes of it?");
    terminal.type("n");
    await terminal.status();
  });

  turn("sees by itself what others make and remove", async () => {
    const { env, session } = someone();
    const first = await session("first", "true");
    await using terminal = on.at([], { env });
    await terminal.waitFor(foot);
    const second = await session("second", "true");
    await terminal.waitFor(second);
    expect(await on.manyoyo(["rm", "-f", first, second], { env })).toMatchObject({ status: 0 });
    await terminal.waitFor(/Session: \n> \+ new session here\nEnter join/);
    terminal.type(keys.ctrlC);
    expect(await terminal.status()).toBe(130);
  });

  test.each(
    share([
      ["Esc", keys.escape],
      ["Ctrl-C", keys.ctrlC],
      ["Ctrl-D", keys.ctrlD],
    ]),
  )("%s leaves with 130, and the terminal as it was", async (_what, key) => {
    const { env, session } = someone();
    await session("one", "true");
    await using terminal = on.script(
      'stty -a >before; "$@"; status=$?; stty -a >after; cmp before after && echo "same $status"',
      [],
      { env },
    );
    await terminal.waitFor(foot);
    terminal.type(key);
    await terminal.waitFor("same 130");
    expect(terminal.bytes()).toContain("\x1b[?25h");
    expect(await terminal.status()).toBe(0);
  });

  turn("TERM and a closed terminal end it", async () => {
    const { env, session } = someone();
    await session("one", "true");
    await using told = on.at([], { env });
    await told.waitFor(foot);
    told.kill("SIGTERM");
    expect(await told.status()).toBe(143);
    await using closed = on.at([], { env });
    await closed.waitFor(foot);
    closed.close();
    expect(await closed.status()).toBe(129);
  });

  /** A PATH on which the list stands still from its second answer on. */
  const standing = (name: string) => {
    const held = `${on.home}/held-${name}`;
    return on.instead(
      `[ "$1" = ps ] && [ -e '${held}' ] && exec sleep 1000; [ "$1" = ps ] && : >'${held}'; exec "$real" "$@"`,
    );
  };
  /** Puts another session of that line in the place of one. */
  const replace = async (name: string, env: Readonly<Record<string, string>>, line: string) => {
    expect(await on.manyoyo(["rm", "-f", name], { env })).toMatchObject({ status: 0 });
    expect(await on.manyoyo(["-n", name, "-s", line, "-d"], { env })).toMatchObject({ status: 0 });
  };

  turn("a session that has taken the name of the one shown is not touched", async () => {
    const { env, session } = someone();
    const name = await session("one", "true");
    await using terminal = on.at([], { env: { ...env, ...(await standing(name)) } });
    await terminal.waitFor(foot);
    await replace(name, env, "true");
    terminal.type(ctrl.r);
    await terminal.waitFor("y/N");
    terminal.type("y");
    await terminal.waitFor("was removed meanwhile, and another one has its name");
    expect(await on.state(name)).toBe("running");
    terminal.kill("SIGTERM");
    await terminal.status();
  });

  turn("a list that is asked for when something is chosen paints nothing over that", async () => {
    const { env, session } = someone();
    const name = await session("one", "sh -c 'echo begun; read line'");
    const [asks, go] = [`${on.home}/asks-${name}`, `${on.home}/go-${name}`];
    const path = await on.instead(`case $1 in
  ps)
    [ -e '${asks}.first' ] || { : >'${asks}.first'; exec "$real" "$@"; }
    : >'${asks}'
    until [ -e '${go}' ]; do sleep 0.05; done
    "$real" "$@"; status=$?
    : >'${go}.answered'
    exit $status ;;
esac
exec "$real" "$@"`);
    await using terminal = on.at([], { env: { ...env, ...path } });
    await terminal.waitFor(foot);
    await until("it asks again", () => existsSync(asks));
    terminal.type(keys.enter);
    await terminal.waitFor("begun");
    const before = terminal.bytes().length;
    writeFileSync(go, "");
    await until("it is answered", () => existsSync(`${go}.answered`));
    terminal.type("\r");
    await terminal.waitFor("What becomes of it?");
    expect(terminal.bytes().slice(before)).not.toContain(foot);
    terminal.type("n");
    await terminal.status();
  });

  turn("Esc and y right after it remove nothing", async () => {
    const { env, session } = someone();
    const name = await session("one", "true");
    await using terminal = on.at([], { env });
    await terminal.waitFor(foot);
    terminal.type(ctrl.r);
    await terminal.waitFor("y/N");
    terminal.type(`${keys.escape}y`);
    await terminal.waitFor(foot);
    expect(await on.state(name)).toBe("running");
    terminal.type(keys.ctrlC);
    expect(await terminal.status()).toBe(130);
  });

  turn("can be read where the terminal tells no size", async () => {
    const { env, session } = someone();
    const name = await session("one", "true");
    await using terminal = on.script('stty rows 0 cols 0; "$@"', [], { env });
    await terminal.waitFor(foot);
    expect(terminal.text()).toContain(name);
    terminal.type(keys.ctrlC);
    expect(await terminal.status()).toBe(130);
  });

  test.each(share(["switch", "ls --watch"]))(
    "Ctrl-Z gives the terminal back, and fg goes on: %s",
    async (line) => {
      const { env, session } = someone();
      const name = await session("one", "true");
      await using terminal = openTerminal(["bash", "--norc", "--noprofile", "-i"], {
        cwd: on.folder,
        env: { ...on.env, ...env, PS1: "$ ", PROMPT_COMMAND: "" },
      });
      await terminal.waitFor("$ ");
      terminal.type(`stty -g >before; '${executable()}' ${line}\r`);
      await terminal.waitFor(name);
      terminal.type(keys.ctrlZ);
      await terminal.waitFor("Stopped");
      terminal.type("stty -g | cmp - before && echo same\r");
      await terminal.waitFor("\nsame\n");
      terminal.type("fg\r");
      await terminal.waitFor("fg\n");
      await terminal.waitFor(name);
      terminal.type(line === "switch" ? keys.ctrlC : "q");
      await terminal.waitFor("$ ");
      // Drawn once.
      expect(terminal.text().split("fg\n")[1]?.split(name)).toHaveLength(2);
      terminal.type("exit\r");
      await terminal.status();
    },
  );

  turn("Ctrl-Z where no shell could go on with it stops nothing for ever", async () => {
    const { env, session } = someone();
    const name = await session("one", "true");
    await using list = on.at([], { env });
    await list.waitFor(foot);
    list.type(keys.ctrlZ);
    await list.waitFor(foot);
    list.type(keys.ctrlC);
    expect(await list.status()).toBe(130);
    await using watch = on.at(["ls", "--watch"], { env });
    await watch.waitFor(name);
    watch.type(keys.ctrlZ);
    await watch.waitForBytes("\x1b[?1049l\x1b[?1049h");
    watch.type("q");
    expect(await watch.status()).toBe(0);
  });

  turn("a session without an agent that another one has the place of by now is not joined", async () => {
    const { env, session } = someone();
    const name = await session("one", "echo begun");
    await using terminal = on.at([], { env: { ...env, ...(await standing(name)) } });
    await terminal.waitFor(foot);
    await replace(name, env, "echo other");
    terminal.type(keys.enter);
    await terminal.waitFor("was removed meanwhile, and another one has its name");
    expect(await terminal.status()).toBe(125);
  });

  turn("fits into 40 columns and follows the window", async () => {
    const { env, session } = someone();
    const name = await session("one", "true");
    await using terminal = on.at([], { env, cols: 40, rows: 12 });
    await terminal.waitFor(foot.slice(0, 5));
    const lines = terminal.text().split("\n");
    expect(Math.max(...lines.map((line) => Bun.stringWidth(line)))).toBeLessThan(40);
    terminal.resize(120, 30);
    await terminal.waitFor(on.folder === undefined ? name : "Esc leave");
    terminal.type(keys.ctrlC);
    expect(await terminal.status()).toBe(130);
  });

  turn("is help where nobody can be asked, and switch says what to do instead", async () => {
    expect(await on.manyoyo([])).toMatchObject({ status: 0, stdout: expect.stringContaining("manyoyo ls") });
    const said = await on.manyoyo(["switch"]);
    expect(said).toMatchObject({ status: 2, stdout: "" });
    expect(said.stderr).toContain("manyoyo ls");
  });
});
