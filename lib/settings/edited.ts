import { chmodSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { Failure } from "../failure.ts";
import { readText, realPath, reason } from "./files.ts";

/** A settings file, and a copy of it that is edited. */
export interface Copy {
  /** The file, by its real path: a link to it stays a link. */
  readonly file: string;
  /** The copy, in the same folder, hidden. */
  readonly path: string;
  /** What both held at the beginning. */
  readonly before: string;
}

/** Makes a copy to edit, as readable to others as the file. @throws Failure `settings` where the folder cannot be written. */
export function copyFor(named: string, before: string): Copy {
  const file = realPath(named);
  const name = basename(file).replace(/\.json$/, "");
  const path = resolve(dirname(file), `.${name}-${crypto.randomUUID().slice(0, 8)}.json`);
  return work(file, () => {
    writeFileSync(path, before, { mode: 0o600, flag: "wx" });
    chmodSync(path, statSync(file).mode & 0o777);
    return { file, path, before };
  });
}

/** What the copy holds now. @throws Failure `settings` where it cannot be read. */
export function textOf(copy: Copy): string {
  const text = readText(copy.path);
  if (text !== undefined) return text;
  throw new Failure("settings", `The editor took the copy ${copy.path} away.`, "Nothing was changed.");
}

/** Whether the file is still what the copy was made of. */
export function isCurrent(copy: Copy): boolean {
  return readText(copy.file) === copy.before;
}

/** Puts the text in the file's place, in one step, and takes the copy away. @throws Failure `settings` */
export function putInPlace(copy: Copy, text: string): void {
  work(copy.file, () => {
    // Anew: an editor may have made the copy another file, with other rights.
    const mode = statSync(copy.file, { throwIfNoEntry: false })?.mode ?? 0o600;
    writeFileSync(copy.path, text);
    chmodSync(copy.path, mode & 0o777);
    renameSync(copy.path, copy.file);
  });
}

/** Takes the copy away. */
export function discard(copy: Copy): void {
  rmSync(copy.path, { force: true });
}

function work<Result>(file: string, act: () => Result): Result {
  try {
    return act();
  } catch (error) {
    throw new Failure("settings", `${file} cannot be changed: ${reason(error)}.`);
  }
}
