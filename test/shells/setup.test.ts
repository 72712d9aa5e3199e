import { beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { prints } from "../support/fake.ts";
import { runProgram } from "../support/manyoyo.ts";
import { listed, loading, type ShellName, shellNames, shellPlace } from "../support/shells.ts";

const place = shellPlace();
const completions = join(import.meta.dir, "../../completions");
const files: Readonly<Record<ShellName, string>> = {
  bash: "manyoyo.bash",
  zsh: "_manyoyo",
  fish: "manyoyo.fish",
};
const installed: Readonly<Record<ShellName, string>> = {
  bash: ".local/share/bash-completion/completions/manyoyo",
  zsh: ".local/share/zsh/site-functions/_manyoyo",
  fish: ".config/fish/completions/manyoyo.fish",
};
const startUps = { bash: ".bashrc", zsh: ".zshrc" } as const;
const bashCompletion = "/usr/share/bash-completion/bash_completion";
const own = (file: string): string => join(place.home, file);

beforeEach(() => {
  for (const name of [".local", ".config", ".bashrc", ".zshrc", ".zcompdump"])
    rmSync(own(name), { recursive: true, force: true });
  place.engine("docker", { ps: prints(listed("my-app", {})) });
});

describe.each(shellNames.map((name) => [name] as const))("the completion for %s", (name) => {
  const completion = (...words: readonly string[]) =>
    place.manyoyo(["completion", ...words], { env: { SHELL: `/usr/bin/${name}` } });

  test("is printed as the file of that shell", async () => {
    const { status, stdout, stderr } = await place.manyoyo(["completion", name]);
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toBe(readFileSync(join(completions, files[name]), "utf8"));
    expect((await completion()).stdout).toBe(stdout);
  });

  test("is installed for the user's own shell, once, and taken away without a trace", async () => {
    const startUp = name === "fish" ? undefined : own(startUps[name]);
    if (startUp !== undefined) writeFileSync(startUp, "# mine\nX=1\n");
    const first = await completion("--install");
    expect([first.status, first.stdout]).toEqual([0, ""]);
    expect(first.stderr).toContain(`Wrote ${own(installed[name])}.`);
    const text = startUp === undefined ? "" : readFileSync(startUp, "utf8");
    if (startUp !== undefined) {
      expect(first.stderr).toContain(startUp);
      expect(text).toStartWith("# mine\nX=1\n");
    }
    const again = await completion("--install", name);
    expect(again.status).toBe(0);
    expect(again.stderr).toContain(`${own(installed[name])} is there already.`);
    if (startUp !== undefined) expect(readFileSync(startUp, "utf8")).toBe(text);
    const gone = await completion("--uninstall");
    expect(gone.stderr).toContain(`Removed ${own(installed[name])}.`);
    expect(existsSync(own(installed[name]))).toBe(false);
    if (startUp !== undefined) expect(readFileSync(startUp, "utf8")).toBe("# mine\nX=1\n");
    expect((await completion("--uninstall")).status).toBe(0);
  });

  test("replaces an older one of ours, and nothing that is not ours", async () => {
    const file = own(installed[name]);
    mkdirSync(join(file, ".."), { recursive: true });
    writeFileSync(file, "# old\ncommand manyoyo complete -- x\n");
    expect((await completion("--install")).status).toBe(0);
    expect(readFileSync(file, "utf8")).toBe(readFileSync(join(completions, files[name]), "utf8"));
    writeFileSync(file, "# somebody else's\n");
    for (const option of ["--install", "--uninstall"]) {
      const { status, stderr } = await completion(option);
      expect([status, stderr]).toEqual([2, expect.stringContaining("is not a file of manyoyo's")]);
    }
    expect(readFileSync(file, "utf8")).toBe("# somebody else's\n");
  });

  test("is there in the next shell once it is installed", async () => {
    await completion("--install");
    const startUp = {
      bash: `HOME=${place.home}; . "$HOME/.bashrc"`,
      zsh: name === "zsh" ? readFileSync(own(".zshrc"), "utf8") : "",
      fish: "",
    }[name];
    await using shell = await place.open(name, { startUp });
    expect(await shell.line("manyoyo stop my\t")).toBe("manyoyo stop my-app ");
  });

  test("holds for an alias", async () => {
    const more = name === "bash" ? "\ncomplete -F _manyoyo my" : "";
    await using shell = await place.open(name, { startUp: `${loading[name]}\nalias my=manyoyo${more}` });
    expect(await shell.line("my -n my-a\t")).toBe("my -n my-app ");
    expect(await shell.line("my --cont-name=my-a\t")).toBe("my --cont-name=my-app ");
    expect(await shell.line("my config sh\t")).toBe("my config show ");
  });

  test("hands a command over to that command's own completion", async () => {
    const foreign = {
      bash: "_foreign() { COMPREPLY=($(compgen -W 'first-word second-word' -- \"$2\")); [[ $COMP_CWORD == 2 && $1 == foreign ]] || COMPREPLY=(); }; complete -F _foreign foreign",
      zsh: "_foreign() { (( CURRENT == 3 )) && compadd first-word second-word }; compdef _foreign foreign",
      fish: "complete -c foreign -f -n 'test (count (commandline -opc)) = 2' -a 'first-word second-word'",
    }[name];
    await using shell = await place.open(name, { startUp: `${loading[name]}\n${foreign}` });
    for (const before of ["manyoyo -x", "manyoyo --cont-name=my-app -y c -x", "manyoyo exec my-app --"]) {
      expect(await shell.line(`${before} foreign a:b sec\t`)).toBe(
        `${before} foreign a:b sec${name === "bash" ? "" : "ond-word "}`,
      );
      expect(await shell.line(`${before} foreign ab sec\t`)).toBe(`${before} foreign ab second-word `);
    }
  });
});

describe("bash", () => {
  test("with its package of completions finds the installed file at the first TAB", async () => {
    expect(existsSync(bashCompletion)).toBe(true);
    await place.manyoyo(["completion", "--install", "bash"]);
    await using shell = await place.open("bash", {
      startUp: `. ${bashCompletion}; . ~/.bashrc; declare -F _manyoyo`,
    });
    expect(shell.terminal.text()).not.toContain("_manyoyo");
    expect(await shell.line("manyoyo -n my-a\t")).toBe("manyoyo -n my-app ");
    expect(await shell.line("manyoyo --cont-name=my-a\t")).toBe("manyoyo --cont-name=my-app ");
    expect(await shell.line("manyoyo --image a:\t")).toBe("manyoyo --image a:");
    await using loaded = await place.open("bash", { startUp: `. ${bashCompletion}; ${loading.bash}` });
    expect(await loaded.line("manyoyo -x kill -l SIGHU\t")).toMatch(/^manyoyo -x kill -l SIGHU/);
    expect(await loaded.line("manyoyo -n my-a\t")).toBe("manyoyo -n my-app ");
  });

  test("where = and : part no words", async () => {
    await using shell = await place.open("bash", {
      startUp: `${loading.bash}\nCOMP_WORDBREAKS=\${COMP_WORDBREAKS//[=:]/}`,
    });
    expect(await shell.line("manyoyo --cont-name=my-a\t")).toBe("manyoyo --cont-name=my-app ");
  });

  test("with options that are strict or odd", async () => {
    const startUp = `${loading.bash}\nset -u; shopt -s nullglob failglob 2>/dev/null; IFS=m`;
    await using shell = await place.open("bash", { startUp });
    expect(await shell.line("manyoyo -n my-a\t")).toBe("manyoyo -n my-app ");
    expect(shell.terminal.text()).not.toContain("unbound");
  });
});

describe("zsh", () => {
  test.each([
    [
      "menus as in oh-my-zsh",
      "zstyle ':completion:*' menu select; setopt auto_menu complete_in_word always_to_end; zstyle ':completion:*' matcher-list 'm:{a-zA-Z-_}={A-Za-z_-}' 'r:|=*' 'l:|=* r:|=*'",
    ],
    [
      "lists",
      "setopt auto_list list_ambiguous; unsetopt auto_menu; zstyle ':completion:*' verbose yes; zstyle ':completion:*' format '%d'; zstyle ':completion:*' group-name ''",
    ],
    ["odd options", "setopt ksh_arrays sh_word_split no_unset extended_glob null_glob"],
    ["globs for completion", "setopt glob_complete complete_aliases"],
  ])("with %s", async (_what, style) => {
    await using shell = await place.open("zsh", { startUp: `${loading.zsh}\n${style}` });
    expect(await shell.line("manyoyo -n my-a\t")).toBe("manyoyo -n my-app ");
    expect(await shell.line("manyoyo --cont-name=my-a\t")).toBe("manyoyo --cont-name=my-app ");
    expect(await shell.line("manyoyo conf\tsh\t")).toBe("manyoyo config show ");
  });

  test("from a folder of fpath", async () => {
    const startUp = `fpath=(${completions} $fpath); autoload -Uz compinit; compinit -u -D`;
    await using shell = await place.open("zsh", { startUp });
    // The first call loads the file, the second has its function.
    expect(await shell.line("manyoyo -n my-a\t")).toBe("manyoyo -n my-app ");
    expect(await shell.line("manyoyo rm my-a\t")).toBe("manyoyo rm my-app ");
  });

  test("that has no completion loads the file without a word", async () => {
    const said = await runProgram(["zsh", "-fc", `source ${completions}/_manyoyo; echo $?`]);
    expect(said).toMatchObject({ stdout: "0\n", stderr: "" });
  });
});

describe("fish", () => {
  test("from a folder of completions", async () => {
    const folder = own(".local/share/fish/vendor_completions.d");
    mkdirSync(folder, { recursive: true });
    symlinkSync(join(completions, files.fish), join(folder, "manyoyo.fish"));
    await using shell = await place.open("fish", { startUp: "" });
    expect(await shell.line("manyoyo -n my-a\t")).toBe("manyoyo -n my-app ");
  });
});

describe("manyoyo completion", () => {
  test.each([
    [["tcsh"], "/bin/bash", "There is no completion for tcsh."],
    [[], "/bin/tcsh", "Which shell? $SHELL names none that manyoyo knows."],
    [["--install"], "", "Which shell? $SHELL names none that manyoyo knows."],
    [["bash", "--install", "--uninstall"], "", "--install and --uninstall are two different things to do."],
  ])("%j with %s is refused in a sentence", async (words, shell, sentence) => {
    const said = await place.manyoyo(["completion", ...words], { env: { SHELL: shell } });
    expect([said.status, said.stdout]).toEqual([2, ""]);
    expect(said.stderr).toContain(sentence);
  });

  test("goes where XDG_DATA_HOME, XDG_CONFIG_HOME and ZDOTDIR say", async () => {
    const env = {
      XDG_DATA_HOME: own(".local/d a"),
      XDG_CONFIG_HOME: own(".config/c"),
      ZDOTDIR: own(".config/z"),
    };
    for (const shell of shellNames) {
      expect((await place.manyoyo(["completion", "--install", shell], { env })).status).toBe(0);
    }
    for (const file of ["d a/bash-completion/completions/manyoyo", "d a/zsh/site-functions/_manyoyo"])
      expect(existsSync(own(`.local/${file}`))).toBe(true);
    expect(existsSync(own(".config/c/fish/completions/manyoyo.fish"))).toBe(true);
    expect(readFileSync(own(".config/z/.zshrc"), "utf8")).toContain(`'${own(".local/d a")}/zsh`);
  });

  test("writes through a link to the start-up file, and leaves none behind that was not there", async () => {
    writeFileSync(own(".config-bashrc"), "# mine");
    symlinkSync(own(".config-bashrc"), own(".bashrc"));
    await place.manyoyo(["completion", "--install", "bash"]);
    expect(readFileSync(own(".config-bashrc"), "utf8")).toContain("manyoyo completion");
    await place.manyoyo(["completion", "--uninstall", "bash"]);
    expect(readFileSync(own(".config-bashrc"), "utf8").trimEnd()).toBe("# mine");
    await place.manyoyo(["completion", "--install", "zsh"]);
    await place.manyoyo(["completion", "--uninstall", "zsh"]);
    expect(existsSync(own(".zshrc"))).toBe(false);
  });

  test("says what it did as JSON", async () => {
    const { stdout } = await place.manyoyo(["completion", "--install", "fish", "--json"]);
    expect(JSON.parse(stdout)).toEqual({ schema: 1, shell: "fish", done: [`Wrote ${own(installed.fish)}.`] });
  });
});

test("the files are small, and shellcheck has nothing to say", async () => {
  for (const file of Object.values(files)) expect(statSync(join(completions, file)).size).toBeLessThan(1500);
  const said = await runProgram(["shellcheck", "--shell=bash", join(completions, files.bash)]);
  expect(said).toMatchObject({ status: 0, stdout: "" });
});
