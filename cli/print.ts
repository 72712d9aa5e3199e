import { writeSync } from "node:fs";
import type { QuietItem } from "../lib/settings/values.ts";

/** The number of the JSON documents' shape; it rises when a key changes its meaning or goes. */
export const schema = 1;

/**
 * Prints a line of the answer, at once and whole.
 * @throws an EPIPE error when the reader went away.
 */
export function answer(line: string): void {
  write(1, `${line}\n`);
}

/** Prints one JSON document as the answer; like other control characters, those that JSON would keep are escaped. */
export function answerJson(document: Readonly<Record<string, unknown>>): void {
  answer(
    JSON.stringify({ schema, ...document }).replace(
      /[\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
      (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`,
    ),
  );
}

/** A line of the conversation: stderr, so that it never mixes with an answer. A stderr that is gone is no failure. */
export function say(line: string): void {
  try {
    write(2, `${plain(line)}\n`);
  } catch {
    // Nobody listens.
  }
}

// Not console.*: console.error is red on a terminal, and both lose lines when the process ends at once.
function write(descriptor: number, text: string): void {
  let rest = Buffer.from(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(descriptor, rest));
    } catch (thrown) {
      if (!(thrown instanceof Error && "code" in thrown && thrown.code === "EAGAIN")) throw thrown;
      Bun.sleepSync(5);
    }
  }
}

/** Says something unless the user asked for quiet about it. */
export function sayUnless(quiet: readonly QuietItem[], item: QuietItem, line: string): void {
  if (!quiet.includes(item) && !quiet.includes("full")) say(line);
}

/**
 * Text that a container, an engine or a file gave, fit for a terminal: control characters, and those that turn the
 * direction of writing, are shown and not obeyed. Line ends stay.
 */
export function plain(text: string): string {
  return text.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
    /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    (found) => `\\x${found.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
}

/** Rows as columns, as wide as their widest cell; the last one keeps its length. */
export function table(rows: readonly (readonly string[])[]): readonly string[] {
  const clean = rows.map((row) =>
    row.map((cell) => {
      const text = plain(cell).replaceAll("\n", "\\x0a");
      return { text, width: Bun.stringWidth(text) };
    }),
  );
  const widths = clean.reduce<readonly number[]>(
    (widest, row) => row.map(({ width }, at) => Math.max(widest[at] ?? 0, width)),
    [],
  );
  return clean.map((row) =>
    row
      .map(({ text, width }, at) => text + " ".repeat(Math.max(0, (widths[at] ?? 0) - width)))
      .join("  ")
      .trimEnd(),
  );
}

/** How long ago, in the largest unit that fits: `3m`, `2h`, `5d`. */
export function age(since: number, now: number): string {
  const seconds = Math.max(0, Math.round((now - since) / 1000));
  if (!Number.isFinite(seconds)) return "-";
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 86_400 * 2) return `${Math.floor(seconds / 3600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
}
