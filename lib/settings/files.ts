import {
  accessSync,
  closeSync,
  constants,
  linkSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
} from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { Failure } from "../failure.ts";
import { largestFile } from "./home.ts";

const reasons: ReadonlyMap<string, string> = new Map([
  ["EACCES", "permission denied"],
  ["EPERM", "permission denied"],
  ["EFBIG", "it is larger than 10 MB"],
  ["EISDIR", "it is a folder"],
  ["ELOOP", "its symbolic links go round in a circle"],
  ["ENAMETOOLONG", "its name is too long"],
  ["ENOENT", "there is no such file"],
  ["ENOTDIR", "a part of its path is not a folder"],
]);

/** The system's own word for what went wrong (`ENOENT`), where `error` comes from the system. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** `error` of the system as the end of a sentence: `permission denied`. */
export function reason(error: unknown): string {
  const code = errorCode(error);
  return (code === undefined ? undefined : reasons.get(code)) ?? code ?? String(error);
}

/** What the system tells of a path, its links followed; undefined where it cannot be looked at, or is not there. Never throws. */
export function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

// What link(2) says where there are no hard links: on vfat and exfat, on some network mounts, on a file that has enough of them.
const noLinks = ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"];

/**
 * Gives a finished draft, which lies in the same folder, its name in one step, where nothing has it yet. What is left of the draft
 * is the caller's to remove.
 * @throws an Error of the system; EEXIST where something has that name.
 */
export function giveName(draft: string, file: string): void {
  try {
    linkSync(draft, file);
    return;
  } catch (error) {
    if (!noLinks.includes(errorCode(error) ?? "")) throw error;
  }
  // An empty file holds the name for a moment; of two calls only one can make it.
  closeSync(openSync(file, "wx", 0o600));
  try {
    renameSync(draft, file);
  } catch (error) {
    rmSync(file, { force: true });
    throw error;
  }
}

/**
 * What is in a file, or in a pipe of the shell's (`<(...)`), up to 10 MB: a device such as /dev/zero would fill the memory.
 * @throws an Error of the system; EFBIG where there is more.
 */
export function readBytes(file: string): Buffer {
  const descriptor = openSync(file, "r");
  try {
    return bytesOf(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** `readBytes` of a file that is open. Throws as it does. */
export function bytesOf(descriptor: number): Buffer {
  const parts: Buffer[] = [];
  for (let size = 0; size <= largestFile; ) {
    const part = Buffer.allocUnsafe(65_536);
    const count = readSync(descriptor, part);
    if (count === 0) return Buffer.concat(parts);
    parts.push(part.subarray(0, count));
    size += count;
  }
  throw Object.assign(new Error("file too large"), { code: "EFBIG" });
}

/** The text of a file; undefined when it is not there. Throws Failure("settings") when it cannot be read or is not UTF-8. */
export function readText(file: string): string | undefined {
  return textIn(file, () => readBytes(file));
}

/** `readText` of a file whose bytes are got in another way. Throws as it does. */
export function textIn(file: string, bytes: () => Buffer): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes());
  } catch (error) {
    const code = errorCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    if (error instanceof TypeError) throw new Failure("settings", `${file} is not UTF-8 text.`);
    throw new Failure("settings", `Cannot read ${file}: ${reason(error)}.`);
  }
}

/** The names, without `ending`, of the files in a folder that end so; none where the folder cannot be read. */
export function namesIn(folder: string, ending: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(ending) && !name.startsWith("."))
      .map((name) => name.slice(0, -ending.length))
      .sort();
  } catch {
    return [];
  }
}

/** Whether files in a folder can be reached at all. */
export function canEnter(folder: string): boolean {
  try {
    accessSync(folder, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** `readText` for a caller that can do without: undefined also when the file cannot be read. */
export function tryReadText(file: string): string | undefined {
  try {
    return readText(file);
  } catch {
    return undefined;
  }
}

/**
 * `path` with its symbolic links followed as far as it exists; what does not exist yet stays as it is written, but a link to
 * what does not exist yet is followed too. Never throws.
 */
export function realPath(path: string): string {
  return followed(resolve(path), 40);
}

function followed(path: string, hops: number): string {
  try {
    return realpathSync.native(path);
  } catch {
    const folder = dirname(path);
    if (folder === path) return path;
    const whole = resolve(followed(folder, hops), basename(path));
    const aim = hops === 0 ? undefined : linkAim(whole);
    return aim === undefined ? whole : followed(resolve(dirname(whole), aim), hops - 1);
  }
}

/** Where a symbolic link leads; undefined for what is none. Never throws. */
export function linkAim(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
