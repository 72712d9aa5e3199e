import type { Entry } from "../lib/session/runs.ts";
import { age, plain, plainLine } from "./print.ts";

type Start = Extract<Entry, { kind: "start" }>;

/** Tells of a log's events in the order in which they came, as lines that a person reads. */
export interface Teller {
  /** The lines for an event; none for a line of output, which speaks for itself. */
  tell(entry: Entry): readonly string[];
  /** The runs whose end was not told yet. */
  open(): readonly Start[];
}

/** A teller that knows of nothing yet: also what is not shown has to go through it. */
export function logTeller(): Teller {
  const open = new Map<string, Start>();
  const tell = (entry: Entry): readonly string[] => {
    if (entry.kind === "text") return [];
    if (entry.kind === "made") {
      const lost = [...open.values()].map((start) => `--- ${runText(start)}: ended with the session`);
      open.clear();
      return [...lost, `--- ${clock(entry.at)} started`];
    }
    if (entry.kind === "start") {
      open.set(entry.id, entry);
      return [`--- ${clock(entry.at)} ${runText(entry)}${entry.background ? " (in the background)" : ""}`];
    }
    const start = open.get(entry.id);
    open.delete(entry.id);
    const what = start === undefined ? "a run whose start is not in the log" : runText(start);
    const took = start?.at === undefined || entry.at === undefined ? "" : ` after ${age(start.at, entry.at)}`;
    return [`--- ${clock(entry.at)} ${what}: status ${entry.status}${took}`];
  };
  return { tell, open: () => [...open.values()] };
}

/** Who runs what, on one line. */
export function runText({ user, line }: Pick<Start, "user" | "line">): string {
  return plainLine(`${user}: ${line}`);
}

/** A moment as the clock on the wall shows it: `2026-01-31 09:00:00`. */
export function clock(at: number | undefined): string {
  if (at === undefined || Number.isNaN(at)) return "-";
  const date = new Date(at);
  const two = (number: number): string => String(number).padStart(2, "0");
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join("-");
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":")}`;
}

/** The text that the bytes of a log are (a character a byte). */
export function utf8(bytes: string): string {
  return Buffer.from(bytes, "latin1").toString("utf8");
}

/** A line of output, fit for a terminal: colours are taken out, tabs stay, everything else that a terminal obeys is shown. */
export function readable(bytes: string): string {
  return Bun.stripANSI(utf8(bytes).replace(/\r$/, "")).split("\t").map(plain).join("\t");
}
