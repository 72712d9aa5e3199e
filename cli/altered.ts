import { isUtf8 } from "node:buffer";
import { readFileSync } from "node:fs";
import { Failure } from "../lib/failure.ts";

/**
 * Refuses words that are not UTF-8: they have arrived here with other bytes in the place of theirs, and would mean another file. On
 * systems without /proc they cannot be told.
 * @throws Failure `usage`
 */
export function refuseAltered(words: readonly string[]): void {
  // What stands in the place of such bytes; anybody may also write it.
  if (!words.some((word) => word.includes("\uFFFD"))) return;
  const raw = rawWords();
  const at = raw.findIndex((word) => !isUtf8(word));
  if (at === -1) return;
  const place = at - (raw.length - words.length) + 1;
  throw new Failure(
    "usage",
    `Word ${place} of this call is not UTF-8, and would not arrive as it is.`,
    "Let a shell inside write it, for example by a pattern: manyoyo -n NAME -x 'cat caf?.txt'; or call the file something else.",
  );
}

function rawWords(): readonly Uint8Array[] {
  try {
    const bytes = readFileSync("/proc/self/cmdline");
    const ends = [...bytes.keys()].filter((at) => bytes[at] === 0);
    return ends.map((end, at) => bytes.subarray((ends[at - 1] ?? -1) + 1, end));
  } catch {
    return [];
  }
}
