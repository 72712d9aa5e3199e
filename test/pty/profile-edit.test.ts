import { beforeEach, describe, expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { engines } from "../support/engines.ts";
import { until } from "../support/manyoyo.ts";
import { scene } from "../support/scene.ts";
import { keys } from "../support/terminal.ts";

// No engine is asked; which one it is does not matter.
describe.each(engines().slice(0, 1))("profile edit (%s)", (engine) => {
  const on = scene(engine);
  const run = `${on.home}/.manyoyo/run`;
  const web = `${run}/web.json`;
  const before = '// mine\n{ shell: "before" }\n';

  beforeEach(() => {
    rmSync(run, { recursive: true, force: true });
    mkdirSync(run, { recursive: true });
    writeFileSync(web, before);
  });

  /** An editor that does this to the file `$1`. */
  function editor(lines: string): string {
    const file = `${on.home}/an editor`;
    writeFileSync(file, `#!/bin/sh\n${lines}\n`);
    chmodSync(file, 0o755);
    return `'${file}'`;
  }

  function edit(lines: string, more = "") {
    return on.at(["profile", "edit", "web"], {
      env: { VISUAL: undefined, EDITOR: `${editor(lines)}${more}` },
    });
  }

  const copies = () => readdirSync(run).filter((name) => name !== "web.json");

  test("replaces the profile by what the editor wrote, with its mode", async () => {
    chmodSync(web, 0o640);
    await using terminal = edit('printf \'{ shell: "after" }\\n\' >"$1"');
    await terminal.waitFor(`Changed ${web}.`);
    expect(await terminal.status()).toBe(0);
    expect(readFileSync(web, "utf8")).toBe('{ shell: "after" }\n');
    expect([statSync(web).mode & 0o777, copies()]).toEqual([0o640, []]);
  });

  test("hands an editor its arguments, the file last, and prefers VISUAL", async () => {
    const line = `${editor('printf \'[%s]\' "$1" "$2"; echo "${3##*.}"')} -a 'b c'`;
    await using terminal = on.at(["profile", "edit", "web"], { env: { VISUAL: line, EDITOR: "false" } });
    await terminal.waitFor("[-a][b c]json");
    await terminal.waitFor(`${web} stays as it was.`);
    expect(await terminal.status()).toBe(0);
    expect(copies()).toEqual([]);
  });

  test("shows a mistake with its place and goes on with the same text", async () => {
    await using terminal = edit(
      'if grep -q before "$1"; then printf \'{\\n  shel: "x",\\n}\\n\' >"$1"; else sed -i s/shel:/shell:/ "$1"; fi',
    );
    await terminal.waitFor(`${web}:2:3: There is no setting "shel".`);
    await terminal.waitFor('Did you mean "shell"?');
    await terminal.waitFor("Edit it again");
    expect(readFileSync(web, "utf8")).toBe(before);
    terminal.type(keys.enter);
    await terminal.waitFor(`Changed ${web}.`);
    expect(await terminal.status()).toBe(0);
    expect([readFileSync(web, "utf8"), copies()]).toEqual(['{\n  shell: "x",\n}\n', []]);
  });

  test.each([
    ["kept, when the question is left", [keys.escape], 1],
    ["kept", [keys.down, keys.enter], 1],
    ["thrown away", [keys.down, keys.down, keys.enter], 0],
  ])("leaves the profile as it was after a mistake; the text is %s", async (_what, typed, left) => {
    await using terminal = edit("echo '{ broken' >\"$1\"");
    await terminal.waitFor(`${web}:2:1: This is not JSON5`);
    await terminal.waitFor("throw this text away");
    for (const key of typed) terminal.type(key);
    await terminal.waitFor(`${web} was not changed.`);
    expect(await terminal.status()).toBe(2);
    expect([readFileSync(web, "utf8"), copies().length]).toEqual([before, left]);
    for (const name of copies()) expect(readFileSync(`${run}/${name}`, "utf8")).toBe("{ broken\n");
  });

  test("leaves all as it was when the editor fails or is not there", async () => {
    await using failed = edit("exit 3");
    await failed.waitFor("The editor ended with status 3");
    expect([await failed.status(), readFileSync(web, "utf8"), copies()]).toEqual([2, before, []]);
    await using missing = on.at(["profile", "edit", "web"], {
      env: { VISUAL: "", EDITOR: "no-such-editor" },
    });
    await missing.waitFor("status 127");
    expect([await missing.status(), readFileSync(web, "utf8"), copies()]).toEqual([2, before, []]);
  });

  test("keeps what a failing editor wrote beside the profile", async () => {
    await using terminal = edit("echo '{}' >\"$1\"; exit 1");
    await terminal.waitFor("What it wrote is in");
    expect([await terminal.status(), readFileSync(web, "utf8"), copies().length]).toEqual([2, before, 1]);
  });

  test("of two at once the second is asked before it writes over the first", async () => {
    const slow = 'while [ ! -e "$HOME/go" ]; do sleep 0.1; done; echo \'{ shell: "slow" }\' >"$1"';
    await using first = edit(slow);
    await until("the first has its copy", () => copies().length === 1);
    writeFileSync(web, '{ shell: "fast" }\n');
    writeFileSync(`${on.home}/go`, "");
    await first.waitFor("was changed meanwhile");
    await first.waitFor("Edit yours again");
    expect(readFileSync(web, "utf8")).toBe('{ shell: "fast" }\n');
    first.type(keys.enter);
    await first.waitFor("Your text is in");
    expect([await first.status(), readFileSync(web, "utf8")]).toEqual([2, '{ shell: "fast" }\n']);
    rmSync(`${on.home}/go`);
  });

  test("follows a link, which stays one", async () => {
    const real = `${on.home}/real.json`;
    writeFileSync(real, before);
    rmSync(web);
    symlinkSync(real, web);
    await using terminal = edit("echo '{}' >\"$1\"");
    await terminal.waitFor(`Changed`);
    expect(await terminal.status()).toBe(0);
    expect([lstatSync(web).isSymbolicLink(), readFileSync(real, "utf8")]).toEqual([true, "{}\n"]);
  });

  describe("of a profile elsewhere, where an agent may write,", () => {
    const file = `${on.folder}/p.json`;
    const victim = `${on.home}/victim`;
    const temporary = `${on.home}/tmp`;
    const editElsewhere = (lines: string) =>
      on.at(["profile", "edit", "./p.json"], {
        env: { VISUAL: undefined, EDITOR: editor(lines), TMPDIR: temporary },
      });
    const kept = () =>
      readdirSync(temporary)
        .map((name) => `${temporary}/${name}`)
        .filter((path) => existsSync(`${path}/p.json`));

    beforeEach(() => {
      rmSync(temporary, { recursive: true, force: true });
      mkdirSync(temporary);
      writeFileSync(file, before);
      chmodSync(file, 0o640);
      writeFileSync(victim, "precious");
      chmodSync(victim, 0o600);
    });

    test("has its copy where nobody else can reach it, and writes through no link", async () => {
      const agent = `for each in '${on.folder}'/.*.json; do ln -sf '${victim}' "$each"; done`;
      await using terminal = editElsewhere(
        `ls -A '${on.folder}' >'${on.home}/seen'; stat -c %a "\${1%/*}" "$1" >'${on.home}/modes'; ${agent}; echo '{}' >"$1"`,
      );
      await terminal.waitFor(`Changed ${file}.`);
      expect(await terminal.status()).toBe(0);
      expect(readFileSync(victim, "utf8")).toBe("precious");
      expect(statSync(victim).mode & 0o777).toBe(0o600);
      expect(readFileSync(`${on.home}/seen`, "utf8")).toBe("p.json\n");
      expect(readFileSync(`${on.home}/modes`, "utf8")).toBe("700\n600\n");
      expect([lstatSync(file).isFile(), statSync(file).mode & 0o777]).toEqual([true, 0o640]);
      expect(readFileSync(file, "utf8")).toBe("{}\n");
      expect([kept(), readdirSync(on.folder).filter((name) => name.startsWith(".p-"))]).toEqual([[], []]);
    });

    test("keeps it where the user chooses so, and says where", async () => {
      await using terminal = editElsewhere("echo '{ broken' >\"$1\"");
      await terminal.waitFor("throw this text away");
      terminal.type(keys.down);
      terminal.type(keys.enter);
      await terminal.waitFor("Your text is in");
      expect(await terminal.status()).toBe(2);
      expect(readFileSync(file, "utf8")).toBe(before);
      const [folder = ""] = kept();
      expect([readFileSync(`${folder}/p.json`, "utf8"), statSync(folder).mode & 0o777]).toEqual([
        "{ broken\n",
        0o700,
      ]);
    });

    test("takes it away where nothing was changed", async () => {
      await using terminal = editElsewhere("true");
      await terminal.waitFor(`${file} stays as it was.`);
      expect(await terminal.status()).toBe(0);
      expect(kept()).toEqual([]);
    });
  });

  test("of a profile in manyoyo.json edits and checks that file", async () => {
    const file = `${on.home}/.manyoyo/manyoyo.json`;
    const text = readFileSync(file, "utf8");
    writeFileSync(file, "{ runs: { api: {} } }\n");
    try {
      const env = { VISUAL: "", EDITOR: editor('echo \'{ runs: { api: { yolo: "c" } } }\' >"$1"') };
      await using terminal = on.at(["profile", "edit", "api"], { env });
      await terminal.waitFor(`Changed ${file}.`);
      expect(await terminal.status()).toBe(0);
      expect(readFileSync(file, "utf8")).toContain('yolo: "c"');
    } finally {
      writeFileSync(file, text);
    }
  });

  test("lets Ctrl-C be a key of the editor's", async () => {
    await using terminal = edit(
      "trap 'echo heard' INT; echo editing; sleep 1 & wait; wait; echo '{}' >\"$1\"",
    );
    await terminal.waitFor("editing");
    terminal.type(keys.ctrlC);
    await terminal.waitFor("heard");
    await terminal.waitFor("Changed");
    expect(await terminal.status()).toBe(0);
  });

  describe("profile rm at a terminal", () => {
    test.each([
      ["yes", "y", false],
      ["no", "n", true],
      ["Esc", keys.escape, true],
    ])("asks; %s", async (_what, key, stays) => {
      await using terminal = on.at(["profile", "rm", "web"]);
      await terminal.waitFor(/Remove the profile web \(.*web\.json\)\?/);
      terminal.type(key);
      expect(await terminal.status()).toBe(0);
      expect(existsSync(web)).toBe(stays);
    });
  });
});
