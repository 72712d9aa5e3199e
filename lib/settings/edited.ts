import {
  closeSync,
  fchmodSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, resolve } from "node:path";
import { Failure } from "../failure.ts";
import { errorCode, readText, realPath, reason } from "./files.ts";
import { isInside } from "./trust.ts";

/** A settings file, and a copy of it that is edited. */
export interface Copy {
  /** The file, by its real path: a link to it stays a link. */
  readonly file: string;
  /** The file's mode. */
  readonly mode: number;
  readonly path: string;
  /** A folder that goes with the copy, where it lies in one of its own. */
  readonly folder: string | undefined;
  /** What both held at the beginning. */
  readonly before: string;
}

/**
 * Makes a copy to edit: of manyoyo's own files beside the file, hidden, and as readable to others. What lies elsewhere may be where
 * an agent writes, who could read the copy, or put a link in its place: it is copied into a folder that nobody else can read.
 * @throws Failure `settings` where that folder cannot be written.
 */
export function copyFor(named: string, before: string, home: string | undefined): Copy {
  const file = realPath(named);
  const isOurs = home !== undefined && isInside(file, realPath(home));
  const make = (): Copy => {
    const mode = statSync(file).mode & 0o777;
    const folder = isOurs ? undefined : mkdtempSync(`${tmpdir()}/manyoyo-`);
    const path = folder === undefined ? beside(file) : resolve(folder, basename(file));
    write(path, before, folder === undefined ? mode : 0o600);
    return { file, mode, path, folder, before };
  };
  return work(
    file,
    make,
    isOurs ? undefined : `It is copied into ${tmpdir()} first; TMPDIR names another folder.`,
  );
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

/** Puts the text in the file's place, in one step, and takes the copy away. @throws Failure `settings`; then the copy stays */
export function putInPlace(copy: Copy, text: string): void {
  const draft = beside(copy.file);
  work(
    copy.file,
    () => {
      try {
        write(draft, text, copy.mode);
        renameSync(draft, copy.file);
      } catch (error) {
        if (errorCode(error) !== "EEXIST") rmSync(draft, { force: true });
        throw error;
      }
    },
    `Your text is in ${copy.path}`,
  );
  discard(copy);
}

/** Takes the copy away. */
export function discard({ path, folder }: Copy): void {
  rmSync(folder ?? path, { recursive: true, force: true });
}

// A name that nobody can foresee.
function beside(file: string): string {
  const name = basename(file).replace(/\.json$/, "");
  return resolve(dirname(file), `.${name}-${crypto.randomUUID().slice(0, 8)}.json`);
}

// A new file, whose mode no link can turn elsewhere.
function write(path: string, text: string, mode: number): void {
  const descriptor = openSync(path, "wx", 0o600);
  try {
    writeFileSync(descriptor, text);
    fchmodSync(descriptor, mode);
  } finally {
    closeSync(descriptor);
  }
}

function work<Result>(file: string, act: () => Result, hint?: string): Result {
  try {
    return act();
  } catch (error) {
    throw new Failure("settings", `${file} cannot be changed: ${reason(error)}.`, hint);
  }
}
