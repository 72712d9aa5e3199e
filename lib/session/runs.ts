/**
 * A session's log, read. Every run writes a line at its start and one at its end (see run.sh), and what runs in the
 * background has its output between them. Whoever runs inside can write there too: what this says is what the log says.
 */

/** One thing that a log tells. `at` is when, in milliseconds since 1970, where the engine stamped the line. */
export type Entry =
  /** The session was made, or started again. */
  | { readonly kind: "made"; readonly at: number | undefined }
  | {
      readonly kind: "start";
      readonly at: number | undefined;
      readonly id: string;
      readonly user: string;
      readonly line: string;
      /** Its output is in the log. */
      readonly background: boolean;
    }
  | { readonly kind: "end"; readonly at: number | undefined; readonly id: string; readonly status: number }
  | { readonly kind: "text"; readonly at: number | undefined; readonly text: string };

/** A line of output. */
export type Line = Pick<Extract<Entry, { kind: "text" }>, "at" | "text">;

/** One command that ran, as the log tells of it. */
export interface LoggedRun {
  readonly id: string;
  readonly user: string;
  readonly line: string;
  readonly background: boolean;
  readonly start: number | undefined;
  readonly end: number | undefined;
  readonly status: number | undefined;
  /** `open`: no end is there, so it may still run; `lost`: it has none, and the session was started again since. */
  readonly state: "ended" | "open" | "lost";
  readonly output: readonly Line[];
}

/** All runs of a log in the order in which they began, and the lines that belong to none of them for certain. */
export interface Told {
  readonly runs: readonly LoggedRun[];
  readonly own: readonly Line[];
}

const stamp = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(?:Z|[+-]\d\d:\d\d) /g;
const event = /manyoyo (start|end) ([0-9a-f]{16}) (\S*)$/;

/** What one line of a log says, with or without the engine's time before it: nothing, a text, an event, or a text and an event. */
export function entriesOf(line: string): readonly Entry[] {
  const { at, text } = unstamped(line);
  if (text === "manyoyo made") return [{ kind: "made", at }];
  // Output without a line end has the next run's words behind it.
  const found = event.exec(text);
  const told = found === null ? undefined : eventOf(found, at);
  if (found === null || told === undefined) return [{ kind: "text", at, text }];
  return found.index === 0 ? [told] : [{ kind: "text", at, text: text.slice(0, found.index) }, told];
}

function eventOf(found: RegExpExecArray, at: number | undefined): Entry | undefined {
  const { index } = found;
  const [, kind, id = "", rest = ""] = found;
  if (kind === "end") return /^\d+$/.test(rest) ? { kind, at, id, status: Number(rest) } : undefined;
  // In the middle of a line it must be more like one of ours.
  if (index > 0 && !rest.includes(",")) return undefined;
  const { user, line, background } = readNote(rest);
  return { kind: "start", at, id, user, line, background };
}

/** What a run says of itself in its note: who, what, and whether it is in the background. */
export function readNote(note: string): Pick<LoggedRun, "user" | "line" | "background"> {
  const [user = "", line = "", way] = note.split(",");
  return { user: decoded(user), line: decoded(line), background: way === "background" };
}

/** The note that `readNote` reads: words without blanks. A long line is cut, as the log is for reading. */
export function writeNote({
  user,
  line,
  background,
}: Pick<LoggedRun, "user" | "line" | "background">): string {
  const words = [user, line.slice(0, 300).toWellFormed()].map(encodeURIComponent);
  return [...words, ...(background ? ["background"] : [])].join(",");
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * A line without the engine's time. Both engines put one before each piece of a line that came in pieces (docker every
 * 16 KiB, podman whenever a program wrote half a line): such a time is not earlier than the line's own, as one would be
 * that the program wrote itself.
 */
function unstamped(line: string): { readonly at: number | undefined; readonly text: string } {
  stamp.lastIndex = 0;
  const first = stamp.exec(line);
  if (first === null || first.index !== 0) return { at: undefined, text: line };
  const own = Date.parse(first[0].trim());
  const text = line
    .slice(first[0].length)
    .replace(stamp, (found) => (Date.parse(found.trim()) >= own ? "" : found));
  return { at: own, text };
}

interface Building {
  readonly start: Extract<Entry, { kind: "start" }>;
  readonly output: Line[];
  end?: Extract<Entry, { kind: "end" }>;
  lost?: true;
}

/** All runs that a log tells of. Output is a run's where it is the only one in the background at that moment. */
export function runsOf(entries: Iterable<Entry>): Told {
  const runs = new Map<string, Building>();
  const open = new Map<string, Building>();
  const own: Line[] = [];
  for (const entry of entries) {
    if (entry.kind === "start" && !runs.has(entry.id)) {
      const run = { start: entry, output: [] };
      runs.set(entry.id, run);
      open.set(entry.id, run);
    } else if (entry.kind === "end") {
      const run = runs.get(entry.id);
      if (run !== undefined) run.end ??= entry;
      open.delete(entry.id);
    } else if (entry.kind === "made") {
      for (const run of open.values()) run.lost = true;
      open.clear();
    } else if (entry.kind === "text") {
      const behind = [...open.values()].filter(({ start }) => start.background);
      const [only, other] = behind;
      (only === undefined || other !== undefined ? own : only.output).push(entry);
    }
  }
  return { runs: [...runs.values()].map(built), own };
}

/** How much of a log is wanted: entries from a moment on, and of these so many of the last. */
export interface Part {
  readonly since: number | undefined;
  readonly tail: number | undefined;
}

/** The wanted part of a log. */
export function partOf(entries: readonly Entry[], { since, tail }: Part): readonly Entry[] {
  const late = since === undefined ? entries : entries.filter(({ at }) => at === undefined || at >= since);
  return tail === undefined ? late : late.slice(Math.max(0, late.length - tail));
}

/** What the wanted part of a log tells: whole runs, as far as one of their lines is in it, with the output that is. */
export function partOfRuns(entries: readonly Entry[], part: Part): Told {
  const wanted = new Set<unknown>(partOf(entries, part));
  const ids = new Set([...wanted].flatMap((entry) => (isOfRun(entry) ? [entry.id] : [])));
  const { runs, own } = runsOf(entries);
  const some = runs.map((run) => ({ ...run, output: run.output.filter((line) => wanted.has(line)) }));
  return {
    runs: some.filter(({ id, output }) => ids.has(id) || output.length > 0),
    own: own.filter((line) => wanted.has(line)),
  };
}

function isOfRun(entry: unknown): entry is { readonly id: string } {
  return typeof entry === "object" && entry !== null && "id" in entry;
}

function built({ start, end, output, lost }: Building): LoggedRun {
  const { id, user, line, background, at } = start;
  const state = end !== undefined ? "ended" : lost === true ? "lost" : "open";
  return { id, user, line, background, start: at, end: end?.at, status: end?.status, state, output };
}
