import { closeSync, openSync, renameSync } from "node:fs";
import { resolve } from "node:path";
import { withTemporary } from "../lib/archive/temporary.ts";
import { writeAll } from "../lib/archive/write.ts";
import { Failure } from "../lib/failure.ts";
import { errorCode, giveName, reason, statOf } from "../lib/settings/files.ts";
import { isTerminal } from "../lib/terminal.ts";
import type { Call } from "./call.ts";
import { quoted } from "./quoted.ts";

/** What is written, for messages: `A backup`, and the line that says where to. */
interface Written {
  readonly what: string;
  readonly line: string;
  /** Without -o it goes to stdout. */
  readonly usual?: "stdout";
}

/** The full path to write to; undefined for stdout. @throws Failure `usage`, also for a file that is there, without `-f` */
export function placeFor(call: Call, { what, line, usual }: Written): string | undefined {
  const { output = usual === "stdout" ? "-" : undefined, force, json } = call.parsed.values;
  if (output === undefined) throw new Failure("usage", "Say where to: -o FILE, or -o - for stdout.", line);
  if (output !== "-") {
    const place = resolve(call.cwd, output);
    refuseTaken(place, output, force);
    return place;
  }
  if (isTerminal(1)) {
    throw new Failure(
      "usage",
      `${what} is no text, so it is not written to a terminal.`,
      "Give a file: -o FILE",
    );
  }
  if (json) {
    const noun = what.replace(/^An? /, "");
    throw new Failure("usage", `stdout is either the ${noun} or one JSON document.`, "Give a file: -o FILE");
  }
  return undefined;
}

// A device or a pipe would be replaced by a file, not written to.
function refuseTaken(place: string, output: string, force: boolean): void {
  const there = statOf(place);
  if (there === undefined) return;
  if (there.isDirectory()) throw new Failure("usage", `${quoted(output)} is a folder.`, "Name a file in it.");
  if (!there.isFile()) {
    throw new Failure(
      "usage",
      `${quoted(output)} is neither a file nor a place for one.`,
      "-o - writes to stdout, which a shell sends anywhere.",
    );
  }
  if (!force) throw isThere(output);
}

function isThere(output: string): Failure {
  return new Failure(
    "usage",
    `${quoted(output)} is there already.`,
    "Write over it: -f, or choose another file.",
  );
}

/** A file to write. */
interface OutFile {
  /** Its full path. */
  readonly place: string;
  /** As it was typed. */
  readonly output: string;
  /** Whether one that is there may be replaced. */
  readonly force: boolean;
}

/**
 * Writes a file that only its user can read. Under another name until it is whole: nobody finds half of it, whatever happens to
 * this call.
 * @throws Failure `usage` where it cannot be written, or is there; and what `write` throws
 */
export async function intoFile<Result>(
  { place, output, force }: OutFile,
  write: (sink: (bytes: Uint8Array) => void) => Promise<Result>,
): Promise<Result> {
  const draft = `${place}.${crypto.randomUUID().slice(0, 8)}.part`;
  const descriptor = opened(draft, output);
  return withTemporary(draft, async () => {
    try {
      const result = await write((bytes) => writeAll(descriptor, bytes));
      put(draft, { place, output, force });
      return result;
    } finally {
      closeSync(descriptor);
    }
  });
}

function put(draft: string, { place, output, force }: OutFile): void {
  try {
    if (force) renameSync(draft, place);
    else giveName(draft, place);
  } catch (thrown) {
    if (errorCode(thrown) === "EEXIST") throw isThere(output);
    throw new Failure("usage", `${quoted(output)} cannot be written: ${reason(thrown)}.`);
  }
}

function opened(draft: string, output: string): number {
  try {
    return openSync(draft, "wx", 0o600);
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message.replace(/, open .*$/, "") : String(thrown);
    throw new Failure("usage", `${quoted(output)} cannot be written: ${why}.`);
  }
}
