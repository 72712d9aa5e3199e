import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname, resolve } from "node:path";
import zsh from "../../completions/_manyoyo" with { type: "text" };
import bash from "../../completions/manyoyo.bash" with { type: "text" };
import fish from "../../completions/manyoyo.fish" with { type: "text" };
import { Failure } from "../../lib/failure.ts";
import { quote } from "../../lib/session/command.ts";
import { realPath, reason } from "../../lib/settings/files.ts";
import { userHome } from "../../lib/settings/home.ts";
import type { shells } from "../verbs.ts";

export type Shell = (typeof shells)[number];
type Variables = Readonly<Record<string, string | undefined>>;

const texts: Readonly<Record<Shell, string>> = { bash, zsh, fish };

/** The completion of a shell, as text. */
export function completionText(shell: Shell): string {
  return texts[shell];
}

/** What belongs where for a shell: the file, and the lines of its start-up file that it needs. */
interface Place {
  readonly file: string;
  readonly startUp: { readonly file: string; readonly lines: readonly string[] } | undefined;
  /** The start-up file, in which a person may have set it up by hand. */
  readonly personal: string;
  /** Where packages put it. */
  readonly vendors: readonly string[];
}

/** @throws Failure `usage` without a home. */
function placeOf(shell: Shell, env: Variables): Place {
  const user = userHome(env);
  if (user === undefined) throw new Failure("usage", "There is no home folder to install into.", "Set HOME");
  const folder = (name: string, usual: string): string => {
    const said = env[name];
    return said?.startsWith("/") === true ? said : resolve(user, usual);
  };
  const data = folder("XDG_DATA_HOME", ".local/share");
  const shared = (...names: readonly string[]): readonly string[] =>
    dataFolders(env).flatMap((each) => names.map((name) => resolve(each, name)));
  if (shell === "fish") {
    const settings = resolve(folder("XDG_CONFIG_HOME", ".config"), "fish");
    return {
      file: resolve(settings, "completions/manyoyo.fish"),
      startUp: undefined,
      personal: resolve(settings, "config.fish"),
      vendors: shared("fish/vendor_completions.d/manyoyo.fish"),
    };
  }
  if (shell === "bash") {
    const file = resolve(data, "bash-completion/completions/manyoyo");
    // The package bash-completion loads the file at the first TAB; where it is not there, nobody else does.
    const guard = "declare -F _completion_loader >/dev/null || declare -F _comp_load >/dev/null";
    const lines = [`${guard} || { [ -r ${quote(file)} ] && . ${quote(file)}; } || true`];
    const personal = resolve(user, ".bashrc");
    const vendors = shared("bash-completion/completions/manyoyo");
    return { file, startUp: { file: personal, lines }, personal, vendors };
  }
  const functions = resolve(data, "zsh/site-functions");
  const lines = [
    `fpath=(${quote(functions)} $fpath)`,
    "(( $+functions[compdef] )) || { autoload -Uz compinit && compinit -i }",
    "autoload -Uz _manyoyo && compdef _manyoyo manyoyo",
  ];
  const personal = resolve(folder("ZDOTDIR", "."), ".zshrc");
  return {
    file: resolve(functions, "_manyoyo"),
    startUp: { file: personal, lines },
    personal,
    vendors: shared("zsh/vendor-completions/_manyoyo", "zsh/site-functions/_manyoyo"),
  };
}

function dataFolders(env: Variables): readonly string[] {
  const said = (env["XDG_DATA_DIRS"] ?? "").split(":").filter((each) => each.startsWith("/"));
  return [...new Set([...said, "/usr/local/share", "/usr/share"])];
}

const first = "# >>> manyoyo completion >>>";
const last = "# <<< manyoyo completion <<<";
// Such a file goes with its lines.
const madeFor = "# This file was made for these lines.";
const block = new RegExp(`${first}\n[^]*?${last}\n`, "g");

/**
 * Puts the completion where the shell looks for it. What is right already stays as it is.
 * @returns what was done, a sentence each.
 * @throws Failure `usage` for a file of that name that is not ours, `settings` where it cannot be written.
 */
export function install(shell: Shell, env: Variables): readonly string[] {
  const { file, startUp } = placeOf(shell, env);
  refuseForeign(file);
  const done = change(file, asBytes(texts[shell])) ? [`Wrote ${file}.`] : [`${file} is there already.`];
  if (startUp === undefined) return done;
  const before = read(startUp.file);
  const text = before ?? "";
  const rest = text.replace(block, "");
  const mark = before === undefined || isMade(before) ? [madeFor] : [];
  const ours = asBytes(`${[first, ...mark, ...startUp.lines, last].join("\n")}\n`);
  if (text.includes(ours)) return [...done, `${startUp.file} has its lines already.`];
  change(startUp.file, `${rest}${rest === "" || rest.endsWith("\n") ? "" : "\n"}${ours}`);
  return [...done, `Added ${startUp.lines.length === 1 ? "a line" : "lines"} to ${startUp.file}.`];
}

/** Whether `install` made the start-up file. */
function isMade(text: string): boolean {
  return text.includes(`${first}\n${madeFor}\n`);
}

/** What of a completion is there: all as `install` puts it, something else in its place, nothing; or what came another way. */
export type Installed =
  | { readonly kind: "yes" | "other" | "no" }
  | { readonly kind: "elsewhere"; readonly file: string; readonly isOurs: boolean };

// A line that takes it from manyoyo itself, as the README has it.
const taken = /^[^#\n]*\bmanyoyo["']? completion\b/m;

/** Looks what is there, also by hand or by a package. @throws Failure as `install` does. */
export function installed(shell: Shell, env: Variables): Installed {
  const { file, startUp, personal, vendors } = placeOf(shell, env);
  const text = read(file);
  const lines = startUp === undefined ? "" : asBytes(startUp.lines.join("\n"));
  const known = startUp === undefined || read(startUp.file)?.includes(lines) === true;
  const ours = asBytes(texts[shell]);
  if (text === ours && known) return { kind: "yes" };
  if (taken.test(read(personal) ?? "")) return { kind: "elsewhere", file: personal, isOurs: true };
  // Of the same name in the home it goes before a package's.
  if (text !== undefined) return { kind: "other" };
  const vendor = vendors.find((each) => existsSync(each));
  if (vendor === undefined) return { kind: "no" };
  return { kind: "elsewhere", file: vendor, isOurs: read(vendor) === ours };
}

/**
 * Takes away what `install` put there, and nothing else.
 * @returns what was done, a sentence each.
 * @throws Failure as `install` does.
 */
export function uninstall(shell: Shell, env: Variables): readonly string[] {
  const { file, startUp } = placeOf(shell, env);
  const done: string[] = [];
  if (existsSync(file)) {
    refuseForeign(file);
    written(file, () => rmSync(file));
    removeEmpty(dirname(file), userHome(env));
    done.push(`Removed ${file}.`);
  }
  const text = startUp === undefined ? undefined : read(startUp.file);
  const rest = text?.replace(block, "");
  if (startUp !== undefined && text !== undefined && rest !== undefined && rest !== text) {
    // Where it is a link, `install` made what that leads to.
    if (rest === "" && isMade(text)) written(startUp.file, () => rmSync(realPath(startUp.file)));
    else change(startUp.file, rest);
    done.push(`Removed its lines from ${startUp.file}.`);
  }
  return done.length === 0 ? [`There is no completion of manyoyo for ${shell} to remove.`] : done;
}

/** Removes a folder of the home and those above it, as far as nothing is in them: `install` may have made them. */
function removeEmpty(folder: string, user: string | undefined): void {
  if (user === undefined || !folder.startsWith(`${user}/`)) return;
  try {
    rmdirSync(folder);
  } catch {
    // Something is in it, or it is not ours to remove.
    return;
  }
  removeEmpty(dirname(folder), user);
}

/** @throws Failure `usage` for a completion file that manyoyo did not write. */
function refuseForeign(file: string): void {
  const text = read(file);
  if (text === undefined || text.includes("manyoyo complete -")) return;
  throw new Failure("usage", `${file} is not a file of manyoyo's.`, "Move it away first");
}

// Files are handled as bytes, a character each: a start-up file may be in any encoding, and what is the user's stays as it is.
function asBytes(text: string): string {
  return Buffer.from(text).toString("latin1");
}

function read(file: string): string | undefined {
  return existsSync(file) ? written(file, () => readFileSync(file, "latin1")) : undefined;
}

/** Whether the file had to be written. In place: a start-up file is often a link to elsewhere. */
function change(file: string, text: string): boolean {
  const before = read(file);
  if (before === text) return false;
  written(file, () => {
    mkdirSync(dirname(file), { recursive: true });
    const descriptor = openSync(file, before === undefined ? "w" : "r+");
    try {
      rewrite(descriptor, Buffer.from(before ?? "", "latin1"), Buffer.from(text, "latin1"));
    } catch (error) {
      if (before === undefined) rmSync(realPath(file), { force: true });
      throw error;
    } finally {
      closeSync(descriptor);
    }
  });
  return true;
}

// Only what differs is written, and put back where there is no room for all of it: nothing of the user's is ever off the disk.
function rewrite(descriptor: number, before: Buffer, after: Buffer): void {
  const differs = after.findIndex((byte, at) => byte !== before[at]);
  const from = differs === -1 ? after.length : differs;
  try {
    put(descriptor, after, from);
  } catch (error) {
    put(descriptor, before, from);
    throw error;
  }
}

function put(descriptor: number, bytes: Buffer, from: number): void {
  for (let at = from; at < bytes.length; ) at += writeSync(descriptor, bytes, at, bytes.length - at, at);
  ftruncateSync(descriptor, bytes.length);
  fsyncSync(descriptor);
}

function written<Result>(file: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw new Failure("settings", `${file} cannot be changed: ${reason(error)}.`);
  }
}
