import { Failure } from "../failure.ts";
import { type EnvEntry, envEntry } from "./env.ts";

const escapes: ReadonlyMap<string, string> = new Map([
  ["n", "\n"],
  ["t", "\t"],
  ["r", "\r"],
  ["\\", "\\"],
  ['"', '"'],
  ["$", "$"],
]);

interface Line {
  readonly entry: EnvEntry;
  /** Where the next line begins. */
  readonly end: number;
}

/**
 * The variables of an env file, in its order: `[export ]K=V`, `'..'` as it stands, `".."` with `\n \t \r \\ \" \$`, real
 * newlines in both, `#` at a line's start, bare `K` for ours. Nothing is expanded: a `$` is a `$`.
 * Throws Failure("settings", "FILE:LINE: ..."), never with a line's text in it, which may be a secret.
 * @param makeEntry judges names, for who takes others than sessions do.
 */
export function parseEnvFile(text: string, file: string, makeEntry = envEntry): readonly EnvEntry[] {
  return placedEntries(text, file, makeEntry).map(({ entry }) => entry);
}

/** A variable of an env file, and the line where it begins. */
export interface PlacedEntry {
  readonly entry: EnvEntry;
  readonly line: number;
}

/** `parseEnvFile` with the lines. Throws as it does. */
export function placedEntries(text: string, file: string, makeEntry = envEntry): readonly PlacedEntry[] {
  const clean = text.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n");
  const entries: PlacedEntry[] = [];
  let number = 1;
  for (let at = 0; at < clean.length; ) {
    const line = readLine(clean, at, { file, makeEntry });
    if ("entry" in line) entries.push({ entry: line.entry, line: number });
    number += clean.slice(at, line.end).split("\n").length - 1;
    at = line.end;
  }
  return entries;
}

function readLine(
  text: string,
  start: number,
  { file, makeEntry }: { readonly file: string; readonly makeEntry: typeof envEntry },
): Line | { readonly end: number } {
  const stop = text.indexOf("\n", start);
  const end = stop === -1 ? text.length : stop;
  const whole = text.slice(start, end);
  if (/^\s*(?:#|$)/.test(whole)) return { end: end + 1 };
  const [lead = "", name = ""] = /^[ \t]*(?:export[ \t]+)?([^=]*)/.exec(whole) ?? [];
  const fail = (why: string, hint?: string) =>
    new Failure("settings", `${file}:${lineAt(text, start)}: ${why}`, hint);
  const make = (value?: string): EnvEntry => {
    try {
      return makeEntry(value === undefined ? name.trimEnd() : name, value);
    } catch (error) {
      throw error instanceof Failure ? fail(error.message, error.hint) : error;
    }
  };
  if (lead.length === whole.length) return { entry: make(), end: end + 1 };
  const blanks = /^[ \t]*/.exec(whole.slice(lead.length + 1))?.[0].length ?? 0;
  const from = start + lead.length + 1 + blanks;
  const quote = text[from];
  if (quote !== "'" && quote !== '"') return { entry: make(text.slice(from, end).trimEnd()), end: end + 1 };

  const close = closing(text, from + 1, quote);
  if (close === undefined) throw fail(`The quote ${quote} is never closed.`);
  const next = text.indexOf("\n", close);
  const after = next === -1 ? text.length : next;
  if (text.slice(close + 1, after).trim() !== "") {
    throw fail(
      "There is text after the closing quote.",
      "Quote the whole value; a comment stands on a line of its own.",
    );
  }
  const inner = text.slice(from + 1, close);
  return { entry: make(quote === "'" ? inner : unescaped(inner)), end: after + 1 };
}

function closing(text: string, from: number, quote: string): number | undefined {
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === quote) return at;
    if (quote === '"' && text[at] === "\\") at += 1;
  }
  return undefined;
}

/** A backslash before any other character stays, as in sh. */
function unescaped(text: string): string {
  return text.replace(/\\([\s\S])/g, (both, after: string) => escapes.get(after) ?? both);
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}
