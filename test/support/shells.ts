import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { executable } from "./engines.ts";
import { type Fake, fake } from "./fake.ts";
import { openTerminal, type Terminal } from "./terminal.ts";

export const shellNames = ["bash", "zsh", "fish"] as const;
export type ShellName = (typeof shellNames)[number];

/** A shell in a terminal, whose line can be read at any time. */
export interface Shell extends AsyncDisposable {
  readonly terminal: Terminal;
  /** Types keys on an empty line and says what the line is then, the cursor as `|` where it is not at the end. */
  line(typed: string): Promise<string>;
  /** Types keys on an empty line and waits for a text that they bring up. */
  shows(typed: string, what: string | RegExp): Promise<RegExpMatchArray>;
  /** Runs a line and waits until the shell is ready again; what it printed. */
  run(line: string): Promise<string>;
}

/** How a shell is set up, after its usual start and before the first prompt. */
export interface ShellHow {
  /** Lines for its start-up file, in place of those that load the completion. */
  readonly startUp?: string | undefined;
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

/** How each shell loads the completion without any file. */
export const loading: Readonly<Record<ShellName, string>> = {
  bash: "source <(manyoyo completion bash)",
  zsh: "autoload -Uz compinit; compinit -u -D; source <(manyoyo completion zsh)",
  fish: "manyoyo completion fish | source",
};

// Ctrl-X p shows the line as the shell has it, for all its redrawing.
const reading: Readonly<Record<ShellName, string>> = {
  bash: String.raw`PS1='ready> '; HISTFILE=; bind 'set bell-style none'; bind 'set enable-bracketed-paste off'
bind -x '"\C-xp": printf "\n<<%s>>%s,\n" "$READLINE_LINE" "$((${"$"}{#READLINE_LINE} - READLINE_POINT))"'`,
  zsh: String.raw`PS1='ready> '; HISTFILE=; unsetopt beep; unset zle_bracketed_paste
_show() { print -r -- $'\n'"<<$BUFFER>>$(( $#BUFFER - CURSOR ))," ; zle reset-prompt }
zle -N _show; bindkey '^Xp' _show`,
  fish: String.raw`function fish_prompt; printf 'ready> '; end; function fish_greeting; end
set -g fish_autosuggestion_enabled 0
function _show; printf '\n<<%s>>%s,\n' (commandline | string collect) (math (string length -- "$(commandline)") - (commandline -C)); commandline -f repaint; end
bind \cxp _show`,
};

/** As a keyboard sends text: a terminal takes a character a byte. */
const keysOf = (text: string): string => Buffer.from(text, "utf8").toString("latin1");

/** A place whose only engines are fake ones, and in which shells are started. */
export interface ShellPlace extends Fake {
  /** Puts a program there that is no engine. */
  program(name: string, text: string): void;
  /** Starts a shell there, with docker as its engine unless it is told otherwise. */
  open(shell: ShellName, how?: ShellHow): Promise<Shell>;
}

/** Must be called while tests are being defined (it registers the clean-up). */
export function shellPlace(): ShellPlace {
  const place = fake();
  const root = join(place.home, "..");
  mkdirSync(join(place.home, ".manyoyo"));
  const bin = join(root, "bin");
  return {
    ...place,
    program: (name, text) => writeFileSync(join(bin, name), text, { mode: 0o755 }),
    open: (shell, { startUp, env } = {}) =>
      openShell(shell, {
        home: place.home,
        folder: place.folder,
        bin,
        startUp,
        env: { MANYOYO_ENGINE: "docker", ...env },
      }),
  };
}

/** A line of docker's `ps` in the form that completion asks for: a session of ours. */
export function listed(
  name: string,
  {
    state = "running",
    agent = "claude",
    folder = "",
  }: { readonly state?: string; readonly agent?: string; readonly folder?: string },
): string {
  const image = "localhost/manyoyo:1-common";
  return `${JSON.stringify([name, state, image, "uuid", "a line", agent, folder, image, name])}\n`;
}

interface At extends ShellHow {
  readonly home: string;
  readonly folder: string;
  /** Comes first on PATH. */
  readonly bin?: string;
}

/** Starts a shell in a folder, with a home of its own, and waits for its first prompt. */
export async function openShell(shell: ShellName, { home, folder, bin, startUp, env }: At): Promise<Shell> {
  const own = join(home, "../programs");
  mkdirSync(own, { recursive: true });
  try {
    symlinkSync(executable(), join(own, "manyoyo"));
  } catch {
    // It is there since an earlier shell.
  }
  const lines = `${startUp ?? loading[shell]}\n${reading[shell]}\n`;
  const file = join(home, { bash: "rc.bash", zsh: ".zshrc", fish: ".config/fish/config.fish" }[shell]);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, lines);
  const words = {
    bash: ["bash", "--noprofile", "--rcfile", file, "-i"],
    zsh: ["zsh", "-d", "-i"],
    fish: ["fish", "-i"],
  }[shell];
  const path = [...(bin === undefined ? [] : [bin]), own, process.env["PATH"] ?? ""].join(":");
  const moved = {
    ZDOTDIR: undefined,
    // npm says EDITOR=vi, for which zsh takes other keys.
    EDITOR: undefined,
    VISUAL: undefined,
    XDG_CONFIG_HOME: undefined,
    XDG_DATA_HOME: undefined,
    MANYOYO_HOME: undefined,
  };
  const terminal = openTerminal(words, {
    cwd: folder,
    cols: 150,
    rows: 50,
    env: { ...moved, HOME: home, PATH: path, MANYOYO_ENGINE: undefined, LC_ALL: "C.UTF-8", ...env },
  });
  await terminal.waitFor("ready> ");
  const clear = "\x05\x15";
  const count = { marks: 0 };
  return {
    terminal,
    line: async (typed) => {
      terminal.type(`${keysOf(typed)}\x18p`);
      const [, line = "", back = "0"] = await terminal.waitFor(/<<([\s\S]*?)>>(\d+),/);
      terminal.type(clear);
      const at = [...line].length - Number(back);
      return back === "0" ? line : `${[...line].slice(0, at).join("")}|${[...line].slice(at).join("")}`;
    },
    shows: async (typed, what) => {
      terminal.type(keysOf(typed));
      const found = await terminal.waitFor(what);
      terminal.type(`\x07${clear}`);
      return found;
    },
    run: async (line) => {
      count.marks += 1;
      const from = terminal.text().length;
      // In two parts, as the line itself is shown too.
      terminal.type(`${line}; echo end''ed-${count.marks}\r`);
      await terminal.waitFor(`ended-${count.marks}`);
      await terminal.waitFor("ready> ");
      return terminal.text().slice(from);
    },
    [Symbol.asyncDispose]: () => terminal[Symbol.asyncDispose](),
  };
}
