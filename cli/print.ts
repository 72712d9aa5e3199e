import { writeSync } from "node:fs";
import { Failure } from "../lib/failure.ts";
import type { QuietItem } from "../lib/settings/values.ts";
import { isClosed } from "../lib/terminal.ts";

/** The number of the JSON documents' shape; it rises when a key changes its meaning or goes. */
export const schema = 1;

/**
 * Prints a line of the answer, at once and whole.
 * @throws an EPIPE error when the reader went away; Failure where stdout was closed from the start.
 */
export function answer(line: string): void {
  answerBytes(Buffer.from(`${line}\n`));
}

/**
 * Prints bytes of the answer as they are: for a pipe, never for a terminal.
 * @throws an EPIPE error when the reader went away; Failure where stdout was closed from the start.
 */
export function answerBytes(bytes: Uint8Array): void {
  mustBeOpen();
  write(1, bytes);
}

// Bun has put /dev/null in its place, which takes everything.
function mustBeOpen(): void {
  if (!isClosed(1)) return;
  throw new Failure("engine-failed", "The answer could not be written: stdout is closed.");
}

/** Prints one JSON document as the answer; like other control characters, those that JSON would keep are escaped. */
export function answerJson(document: Readonly<Record<string, unknown>>): void {
  answer(
    JSON.stringify({ schema, ...document }).replace(
      /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
      (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`,
    ),
  );
}

// Under --json a failure is all that stderr may hold, so what else is said waits until it is clear that there is none.
const remarks: { held: string[] | undefined; failed: boolean } = { held: undefined, failed: false };

/** Keeps back what is said from now on, until `tellRemarks`. */
export function holdRemarks(): void {
  remarks.held = [];
}

/** Says what was kept back, unless a failure was told. */
export function tellRemarks(): void {
  const { held = [], failed } = remarks;
  remarks.held = undefined;
  for (const line of failed ? [] : held) say(line);
}

/** Says a failure at once; what was kept back is never said. */
export function sayFailure(line: string): void {
  remarks.failed = true;
  tell(line);
}

/**
 * A line of the conversation: stderr, so that it never mixes with an answer. It stays one line, whatever a path or a name in it
 * holds. A stderr that is gone is no failure.
 */
export function say(line: string): void {
  if (remarks.held === undefined) tell(line);
  else remarks.held.push(line);
}

function tell(line: string): void {
  try {
    write(2, `${plainLine(line)}\n`);
  } catch {
    // Nobody listens.
  }
}

/** Draws at the terminal of the conversation; control sequences in it are obeyed, so whatever it holds must be plain. */
export function paint(text: string): void {
  try {
    write(2, text);
  } catch {
    // The terminal was closed.
  }
}

/** A line at a terminal that the next one takes the place of, no wider than the terminal; undefined takes it away. */
export function passing(line: string | undefined): void {
  const room = (process.stderr.columns || 80) - 1;
  try {
    write(
      2,
      `\r\x1b[K${plain(line ?? "")
        .replaceAll("\n", " ")
        .slice(0, room)}`,
    );
  } catch {
    // Nobody listens.
  }
}

/** A text that fits so many columns; what is cut off is told by dots. */
export function cut(text: string, columns: number): string {
  if (Bun.stringWidth(text) <= columns) return text;
  let short = "";
  let width = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    width += Bun.stringWidth(segment);
    if (width > columns - 3) break;
    short += segment;
  }
  return `${short}...`;
}

// Not console.*: console.error is red on a terminal, and both lose lines when the process ends at once.
function write(descriptor: number, text: string | Uint8Array): void {
  let rest: Uint8Array = typeof text === "string" ? Buffer.from(text) : text;
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
    /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (found) => `\\x${found.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
}

/** Such a text in one line: a line end is shown as well. */
export function plainLine(text: string): string {
  return plain(text).replaceAll("\n", "\\x0a");
}

/** Rows as columns, as wide as their widest cell; the last one keeps its length. */
export function table(rows: readonly (readonly string[])[]): readonly string[] {
  const clean = rows.map((row) =>
    row.map((cell) => {
      // Most are, and a list may have thousands.
      if (/^[ -~]*$/.test(cell)) return { text: cell, width: cell.length };
      const text = plainLine(cell);
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

/** Bytes in the largest unit that fits, as engines write them: `12kB`, `1.5GB`. */
export function size(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const step = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const amount = bytes / 1000 ** step;
  return `${amount < 10 && step > 0 ? amount.toFixed(1).replace(/\.0$/, "") : Math.round(amount)}${units[step]}`;
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
