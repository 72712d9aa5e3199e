import { describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync } from "node:fs";
import { engines } from "../support/engines.ts";
import { longSleep, scene } from "../support/scene.ts";
import { keys } from "../support/terminal.ts";
import { inTurn } from "../support/turns.ts";

const menu = /You left the session (\S+)\. What becomes of it\?/;

describe.concurrent.each(engines())("the exit menu, %s", (engine) => {
  const { turn, share } = inTurn(engine);
  const on = scene(engine);
  const settings = (more: object): { readonly env: { readonly MANYOYO_HOME: string } } => {
    const folder = `${on.home}/settings-${crypto.randomUUID()}`;
    mkdirSync(folder);
    Bun.write(
      `${folder}/manyoyo.json`,
      JSON.stringify({ imageName: "localhost/manyoyo-test", imageVersion: "base", ...more }),
    );
    return { env: { MANYOYO_HOME: folder } };
  };

  test.each(
    share([
      ["a command of -x that made the session", ["-x", "echo ran; exit 3"]],
      ["the line that it was made for", ["-s", "echo ran; exit 3"]],
      ["that line with words of its own", ["-s", "echo ran; exit", "--", "3"]],
    ]),
  )("comes after %s, and keeping hands on its status", async (_what, words) => {
    const name = on.name();
    await using terminal = on.at(["-n", name, ...words]);
    await terminal.waitFor("ran\n");
    expect((await terminal.waitFor(menu))[1]).toBe(name);
    await terminal.waitFor("Open a shell");
    terminal.type("y");
    await terminal.waitFor(`${name} keeps running.`);
    expect(await terminal.status()).toBe(3);
    expect(await on.state(name)).toBe("running");
  });

  turn("comes after the first command and after -- words of a session that was there", async () => {
    const name = await on.session("echo words:");
    for (const words of [[], ["--", "some words"]]) {
      await using terminal = on.at(["-n", name, ...words]);
      await terminal.waitFor(`words:${words.length === 0 ? "" : " some words"}\n`);
      await terminal.waitFor(menu);
      terminal.type("y");
      expect(await terminal.status()).toBe(0);
    }
  });

  test.each(
    share([
      ["Enter", keys.enter],
      ["Esc", keys.escape],
      ["Ctrl-C", keys.ctrlC],
      ["Ctrl-D", keys.ctrlD],
      ["Y", "Y"],
    ]),
  )("%s keeps the session", async (_what, key) => {
    const name = await on.shared("true");
    await using terminal = on.at(["-n", name, "-s", "echo ran; exit 5"]);
    await terminal.waitFor(menu);
    terminal.type(key);
    expect(await terminal.status()).toBe(5);
    expect(await on.state(name)).toBe("running");
  });

  turn("a key that is no answer does nothing", async () => {
    const name = await on.session("true");
    await using terminal = on.at(["-n", name]);
    await terminal.waitFor("Open a shell");
    terminal.type("zq?\t");
    terminal.type("n");
    await terminal.waitFor(`Removed the session ${name}.`);
    expect(await terminal.status()).toBe(0);
  });

  turn("n removes the session, and the status is still the command's", async () => {
    const name = await on.session("exit 6");
    await using terminal = on.at(["-n", name]);
    await terminal.waitFor("Remove it, with its conversations and all files outside the workspace");
    terminal.type("n");
    await terminal.waitFor(`Removed the session ${name}.`);
    expect(await terminal.status()).toBe(6);
    expect(await on.state(name)).toBeUndefined();
  });

  turn("n with somebody else's command in there says who and asks, and Enter keeps", async () => {
    const sleep = longSleep();
    const name = await on.session("true");
    await on.manyoyo(["-n", name, "-d", "-x", sleep]);
    await on.untilRuns(name, sleep);
    await using terminal = on.at(["-n", name]);
    await terminal.waitFor("Open a shell");
    terminal.type("n");
    await terminal.waitFor(`${name} is in use:`);
    await terminal.waitFor(new RegExp(`\\w+: ${sleep} \\(since \\d`));
    await terminal.waitFor("Remove it all the same?");
    terminal.type(keys.enter);
    await terminal.waitFor(menu);
    expect(await on.runs(name, sleep)).toBe(true);
    terminal.type("n");
    await terminal.waitFor("Remove it all the same?");
    terminal.type("y");
    await terminal.waitFor(`Removed the session ${name}.`);
    expect(await terminal.status()).toBe(0);
    expect(await on.state(name)).toBeUndefined();
  });

  turn("1 runs the first command with its words, and the menu comes again", async () => {
    const name = on.name();
    const line = `printf 'first<%s>'`;
    await using terminal = on.at(["-n", name, "-s", line, "--", "a b", "$HOME;'"]);
    for (const _time of [1, 2, 3]) {
      await terminal.waitFor("first<a b>first<$HOME;'>");
      await terminal.waitFor(menu);
      await terminal.waitFor("Open a shell");
      terminal.type("1");
    }
    await terminal.waitFor("first<a b>");
    await terminal.waitFor("Open a shell");
    terminal.type("y");
    expect(await terminal.status()).toBe(0);
  });

  turn("r goes on with the agent's own words; another first command has no r", async () => {
    const agent = `${on.folder}/claude`;
    const place = `~/.claude/projects/${on.folder.replace(/[^A-Za-z0-9]/g, "-")}`;
    const talk = `mkdir -p ${place}; echo '{"entrypoint":"cli"}' >${place}/1.jsonl`;
    await Bun.write(agent, `#!/bin/sh\n${talk}\nprintf 'agent<%s>\\n' "$@"\nexit 8\n`);
    chmodSync(agent, 0o755);
    const name = on.name();
    await using terminal = on.at(["-n", name, "-s", "IS_SANDBOX=1 ./claude --flag", "--", "hello"]);
    await terminal.waitFor("agent<--flag>\nagent<hello>\n");
    await terminal.waitFor("Resume: claude -r");
    await terminal.waitFor("Open a shell");
    terminal.type("r");
    await terminal.waitFor("agent<--flag>\nagent<-r>\n");
    await terminal.waitFor("Open a shell");
    terminal.type("y");
    expect(await terminal.status()).toBe(8);

    await using plain = on.at(["-n", await on.shared("true")]);
    await plain.waitFor("Open a shell");
    expect(plain.text()).not.toContain("Resume: ");
  });

  turn("x asks for a line and runs it, i opens a shell, and the status is the last command's", async () => {
    const name = await on.session("exit 1");
    await using terminal = on.at(["-n", name]);
    await terminal.waitFor("Open a shell");
    terminal.type("x");
    await terminal.waitFor("Enter command to execute:");
    terminal.type('echo "it is $((6 * 7))"; exit 12\r');
    await terminal.waitFor("it is 42\n");
    await terminal.waitFor("Open a shell");
    terminal.type("i");
    await terminal.waitFor(/[#$] $/);
    terminal.type("echo inside $0; exit 13\r");
    await terminal.waitFor(/inside \S*bash\n/);
    await terminal.waitFor("Open a shell");
    terminal.type("y");
    expect(await terminal.status()).toBe(13);
  });

  turn("x left with Esc or answered with nothing runs nothing and asks again", async () => {
    const name = await on.session("exit 14");
    await using terminal = on.at(["-n", name]);
    for (const answer of [keys.escape, keys.enter, keys.ctrlC]) {
      await terminal.waitFor("Open a shell");
      terminal.type("x");
      await terminal.waitFor("Enter command to execute:");
      terminal.type(answer);
      await terminal.waitFor(menu);
    }
    await terminal.waitFor("Open a shell");
    terminal.type("y");
    expect(await terminal.status()).toBe(14);
  });

  turn("what is typed ahead to the command is no answer", async () => {
    const name = await on.session("stty -echo; head -c 2 >typed-ahead; echo read");
    await using terminal = on.at(["-n", name]);
    await on.untilRuns(name, "head -c 2");
    terminal.type("n\r");
    await terminal.waitFor(menu);
    await terminal.waitFor("Open a shell");
    terminal.type("y");
    expect(await terminal.status()).toBe(0);
    expect(await on.state(name)).toBe("running");
    expect(await Bun.file(`${on.folder}/typed-ahead`).text()).toBe("n\n");
  });

  turn("what is typed before the menu is there is no answer", async () => {
    const name = await on.shared("echo ran");
    const go = `${on.folder}/go-${crypto.randomUUID()}`;
    // The engine's client lingers after the command: what is typed now was meant for what ran.
    const path = await on.instead(
      `"$real" "$@"; status=$?; case " $* " in *" --tty "*) echo held; until [ -e '${go}' ]; do sleep 0.05; done ;; esac; exit $status`,
    );
    await using terminal = on.at(["-n", name], { env: path });
    await terminal.waitFor("held\n");
    terminal.type("nn");
    await terminal.waitFor("nn");
    await Bun.write(go, "");
    await terminal.waitFor(menu);
    await terminal.waitFor("Open a shell");
    terminal.type("y");
    await terminal.waitFor(`${name} keeps running.`);
    expect(await terminal.status()).toBe(0);
    expect(await on.state(name)).toBe("running");
  });

  turn("works in a very small terminal and without colours", async () => {
    const name = await on.session("exit 3");
    const env = { NO_COLOR: "1" };
    await using terminal = on.at(["-n", name], { cols: 30, rows: 8, env });
    await terminal.waitFor(/Open a\s+(│\s+)?shell/);
    terminal.type("n");
    await terminal.waitFor(`Removed the session`);
    expect(await terminal.status()).toBe(3);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with one
    expect(terminal.bytes()).not.toMatch(/\x1b\[3\dm/);
  });

  turn("n is done and the status kept when somebody else removed the session meanwhile", async () => {
    const name = await on.session("exit 7");
    await using terminal = on.at(["-n", name]);
    await terminal.waitFor("Open a shell");
    expect((await on.manyoyo(["rm", "-f", name])).status).toBe(0);
    terminal.type("n");
    expect(await terminal.status()).toBe(7);
  });

  turn("a command in a session that somebody else removed meanwhile fails and says so", async () => {
    const name = await on.session("exit 7");
    await using terminal = on.at(["-n", name]);
    await terminal.waitFor("Open a shell");
    expect((await on.manyoyo(["rm", "-f", name])).status).toBe(0);
    terminal.type("i");
    await terminal.waitFor(`The session "${name}" was removed meanwhile.`);
    expect(await terminal.status()).toBe(125);
  });

  describe("does not come", () => {
    test.each(
      share([
        ["after -x on a session that was there", ["-x", "echo ran"], {}],
        ["with -q askkeep", ["-q", "askkeep"], {}],
        ["with -q full", ["-q", "full"], {}],
        ["with --no-input", ["--no-input"], {}],
        ['with menu: "never"', [], { menu: "never" }],
        ['with quiet: ["askkeep"]', [], { quiet: ["askkeep"] }],
      ]),
    )("%s", async (_what, words, more) => {
      const name = await on.shared("echo ran");
      await using terminal = on.at(["-n", name, ...words], settings(more));
      await terminal.waitFor("ran\n");
      expect(await terminal.status()).toBe(0);
      expect(terminal.text()).not.toMatch(menu);
      expect(await on.state(name)).toBe("running");
    });

    turn("when stderr is no terminal", async () => {
      const name = await on.shared("echo ran");
      await using terminal = on.script('"$@" 2>stderr', ["-n", name]);
      await terminal.waitFor("ran\n");
      expect(await terminal.status()).toBe(0);
      expect(await Bun.file(`${on.folder}/stderr`).text()).not.toMatch(menu);
    });

    turn("with --rm-on-exit, which removes the session at the end", async () => {
      const name = on.name();
      await using terminal = on.at(["-n", name, "--rm-on-exit", "-x", "echo ran; exit 2"]);
      await terminal.waitFor("ran\n");
      expect(await terminal.status()).toBe(2);
      expect(terminal.text()).not.toMatch(menu);
      expect(await on.state(name)).toBeUndefined();
    });
  });

  turn('comes after -x on a session that was there with menu: "always"', async () => {
    const name = await on.shared("true");
    await using terminal = on.at(["-n", name, "-x", "echo ran; exit 4"], settings({ menu: "always" }));
    await terminal.waitFor(menu);
    terminal.type(keys.enter);
    expect(await terminal.status()).toBe(4);
  });
});
