import { describe, expect, test } from "bun:test";
import { mkdtempSync } from "node:fs";
import { dirname } from "node:path";
import { engines } from "../support/engines.ts";
import { longSleep, scene } from "../support/scene.ts";
import { keys, type TerminalHow } from "../support/terminal.ts";
import { inTurn } from "../support/turns.ts";

describe.concurrent.each(engines())("a question at a terminal, %s", (engine) => {
  const { turn, share } = inTurn(engine);
  const on = scene(engine);

  describe("about a name that no session has", () => {
    test.each(
      share([
        ["Esc", keys.escape],
        ["Ctrl-C", keys.ctrlC],
        ["Ctrl-D", keys.ctrlD],
      ]),
    )("left with %s makes nothing and gives 130", async (_what, key) => {
      const name = on.name();
      await using terminal = on.at(["-n", name]);
      await terminal.waitFor(`There is no session ${name}. Make it, for what?`);
      await terminal.waitFor("A shell");
      terminal.type(key);
      expect(await terminal.status()).toBe(130);
      expect(await on.state(name)).toBeUndefined();
    });

    turn("answered with a shell makes it and opens one", async () => {
      const name = on.name();
      await using terminal = on.at(["-n", name]);
      await terminal.waitFor("Claude Code");
      await terminal.waitFor("A shell");
      terminal.type(keys.up);
      terminal.type(keys.enter);
      await terminal.waitFor(`Made the session ${name} (${engine})`);
      await terminal.waitFor(/[#$] $/);
      terminal.type("echo $((6 * 7)); exit 5\r");
      await terminal.waitFor("42\n");
      await terminal.waitFor("Open a shell");
      terminal.type("n");
      expect(await terminal.status()).toBe(5);
      expect(await on.state(name)).toBeUndefined();
    });

    turn("is not asked with --no-input, nor where words are to be run", async () => {
      for (const words of [["--no-input"], ["--", "hello"]]) {
        const name = on.name();
        await using terminal = on.at(["-n", name, ...words]);
        await terminal.waitFor(`No session "${name}"`);
        expect(await terminal.status()).toBe(125);
        expect(await on.state(name)).toBeUndefined();
      }
    });

    turn("is not asked by the verbs, which never make one", async () => {
      const name = on.name();
      for (const words of [
        ["shell", name],
        ["exec", name, "--", "true"],
        ["rm", name],
        ["resume", name],
      ]) {
        await using terminal = on.at(words);
        await terminal.waitFor(name);
        expect(await terminal.status()).toBe(125);
        expect(await on.state(name)).toBeUndefined();
      }
    });
  });

  describe("about a missing image", () => {
    // An engine that does not have the default image: whatever is asked about it is asked about one that is not there.
    const missing = async (): Promise<TerminalHow> => {
      const path = await on.instead(
        'for word; do shift; case $word in localhost/manyoyo:*) word=$word-missing ;; esac; set -- "$@" "$word"; done; exec "$real" "$@"',
      );
      return { env: { ...path, MANYOYO_HOME: `${on.home}/without-settings` } };
    };

    test.each(
      share([
        ["no", "n"],
        ["Esc", keys.escape],
      ]),
    )("offers to build it; %s makes nothing and gives 125", async (_what, key) => {
      const name = on.name();
      await using terminal = on.at(["-n", name, "-x", "echo ran"], await missing());
      await terminal.waitFor(/The image localhost\/manyoyo:\S+ is not here\. Build it \(.*MB.*\)\?/s);
      terminal.type(key);
      await terminal.waitFor("manyoyo image build");
      expect(await terminal.status()).toBe(125);
      expect(await on.state(name)).toBeUndefined();
    });

    turn("is not asked with --no-input", async () => {
      const name = on.name();
      await using terminal = on.at(["-n", name, "--no-input", "-x", "echo ran"], await missing());
      await terminal.waitFor("manyoyo image build");
      expect(await terminal.status()).toBe(125);
      expect(await on.state(name)).toBeUndefined();
    });
  });

  describe.serial("about a profile in the workspace", () => {
    const profile = `${on.folder}/.manyoyo.json`;
    const write = (line: string): Promise<number> =>
      Bun.write(profile, JSON.stringify({ shell: line, volumes: ["/usr/share:/mnt/share:ro"] }));

    turn("shows what it asks for, and no makes nothing", async () => {
      await write("echo ran first");
      const name = on.name();
      await using terminal = on.at(["-n", name, "-r", "."]);
      await terminal.waitFor(`The profile ${profile} asks for:`);
      await terminal.waitFor('the host path "/usr/share", to read');
      await terminal.waitFor("Trust it, until it changes?");
      terminal.type(keys.enter);
      expect(await terminal.status()).not.toBe(0);
      expect(terminal.text()).not.toContain("ran first\n");
      expect(await on.state(name)).toBeUndefined();
    });

    turn("asks once: yes is remembered, until the profile changes", async () => {
      await write("echo ran second");
      await using asked = on.at(["-n", on.name(), "-r", ".", "-q", "askkeep"]);
      await asked.waitFor("Trust it, until it changes?");
      asked.type("y");
      await asked.waitFor("ran second\n");
      expect(await asked.status()).toBe(0);

      await using known = on.at(["-n", on.name(), "-r", ".", "-q", "askkeep"]);
      await known.waitFor("ran second\n");
      expect(await known.status()).toBe(0);
      expect(known.text()).not.toContain("Trust it");

      await write("echo ran third");
      await using changed = on.at(["-n", on.name(), "-r", ".", "-q", "askkeep"]);
      await changed.waitFor("Trust it, until it changes?");
      changed.type("n");
      expect(await changed.status()).not.toBe(0);
    });

    turn(
      "asks once about the session of another folder that it names, apart from what else it asks for",
      async () => {
        const name = on.name();
        const other = mkdtempSync(`${dirname(on.folder)}/other-`);
        await on.manyoyo(["-n", name, "-x", "true"], { cwd: other });
        const shown = { containerName: name, shell: "pwd; echo planted", env: ["PATH"] };
        await Bun.write(profile, JSON.stringify(shown));
        const words = ["-r", ".", "-q", "askkeep"];
        await using refused = on.at(words);
        await refused.waitFor('the variable "PATH"');
        refused.type("y");
        await refused.waitFor(`the session "${name}", which works in "${other}"`);
        refused.type("n");
        expect(await refused.status()).toBe(2);
        expect(refused.text()).not.toContain("planted\n");
        await using asked = on.at(words);
        await asked.waitFor(`the session "${name}"`);
        asked.type("y");
        await asked.waitFor("planted\n");
        expect(await asked.status()).toBe(0);
        await using known = on.at(words);
        await known.waitFor("planted\n");
        expect(await known.status()).toBe(0);
        expect([asked.text().match(/PATH/g), known.text().match(/Trust/g)]).toEqual([null, null]);
      },
    );
  });

  describe("about removing a session in which a command runs", () => {
    const busy = async (line: string): Promise<string> => {
      const name = await on.session("true");
      const ran = await on.manyoyo(["-n", name, "-d", "-x", line]);
      expect(ran.status, ran.stderr).toBe(0);
      await on.untilRuns(name, line.slice(0, 13));
      return name;
    };

    test.each(
      share([
        ["Enter", keys.enter],
        ["Esc", keys.escape],
        ["Ctrl-C", keys.ctrlC],
        ["n", "n"],
      ]),
    )("%s keeps it and gives 125", async (_what, key) => {
      const sleep = longSleep();
      const name = await busy(sleep);
      await using terminal = on.at(["rm", name]);
      await terminal.waitFor(`${name} is in use: `);
      await terminal.waitFor(`runs ${sleep}`);
      await terminal.waitFor("Remove it all the same?");
      terminal.type(key);
      await terminal.waitFor(`manyoyo rm -f ${name}`);
      expect(await terminal.status()).toBe(125);
      expect(await on.runs(name, sleep)).toBe(true);
    });

    turn("y removes it", async () => {
      const name = await busy(longSleep());
      await using terminal = on.at(["rm", name]);
      await terminal.waitFor("Remove it all the same?");
      terminal.type("y");
      expect(await terminal.status()).toBe(0);
      expect(await on.state(name)).toBeUndefined();
    });

    turn("is not asked with -f, nor where nothing runs, nor with --no-input, which keeps it", async () => {
      for (const [words, name, status] of [
        [["-f"], await busy(longSleep()), 0],
        [[], await on.session("true"), 0],
        [["--no-input"], await busy(longSleep()), 125],
        [["--no-input", "--yes"], await busy(longSleep()), 125],
      ] as const) {
        await using terminal = on.at(["rm", ...words, name]);
        expect(await terminal.status()).toBe(status);
        expect(terminal.text()).not.toContain("Remove it all the same?");
        expect((await on.state(name)) === undefined).toBe(status === 0);
      }
    });

    turn("shows a hostile command without obeying it", async () => {
      const sleep = longSleep();
      const name = await busy(`${sleep}; echo '\x1b]52;c;AAAA\x07\x1b[2Jevil'`);
      await using terminal = on.at(["rm", name], { cols: 200 });
      await terminal.waitFor("evil");
      await terminal.waitFor("Remove it all the same?");
      terminal.type(keys.enter);
      expect(await terminal.status()).toBe(125);
      expect(terminal.bytes()).not.toContain("\x1b]52");
      expect(terminal.bytes()).not.toContain("\x1b[2J");
    });
  });
});
