import { Failure } from "../failure.ts";

const milliseconds: ReadonlyMap<string, number> = new Map([
  ["ms", 1],
  ["s", 1_000],
  ["", 1_000],
  ["m", 60_000],
  ["h", 3_600_000],
  ["d", 86_400_000],
]);

/**
 * The milliseconds that `90`, `500ms`, `30s`, `10m`, `2h`, `7d` stand for; a bare number is seconds, as for timeout(1).
 * Throws Failure("usage") for anything else.
 */
export function parseDuration(word: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)([a-z]*)$/.exec(word) ?? [];
  const factor = milliseconds.get(unit ?? "-");
  const total = Math.round(Number(amount) * (factor ?? Number.NaN));
  if (Number.isSafeInteger(total)) return total;
  throw new Failure(
    "usage",
    `${JSON.stringify(word)} is not a length of time.`,
    "Write a number and ms, s, m, h or d: 30s, 10m, 7d.",
  );
}

/**
 * The milliseconds that a command may take. None at all would end what had hardly begun, and means no limit to timeout(1).
 * @throws Failure `usage`
 */
export function parseLimit(word: string): number {
  const limit = parseDuration(word);
  if (limit > 0) return limit;
  throw new Failure(
    "usage",
    `--timeout ${word} leaves the command no time.`,
    "Say how long it may take (30s, 10m, 2h), or leave --timeout out: then there is no limit.",
  );
}

/**
 * The moment that `10m` (so long before `now`) or `2026-01-31`, `2026-01-31T09:00` (here) stand for, in milliseconds since 1970.
 * @throws Failure `usage` for anything else.
 */
export function parseMoment(word: string, now: number): number {
  if (/^\d+(\.\d+)?[a-z]*$/.test(word)) return now - parseDuration(word);
  const [date, time] = word.split(/[T ]/);
  // Without a time of day it would be taken for one in Greenwich.
  const moment = /^\d{4}-\d\d-\d\d$/.test(date ?? "") ? Date.parse(`${date}T${time ?? "00:00"}`) : Number.NaN;
  if (!Number.isNaN(moment)) return moment;
  throw new Failure(
    "usage",
    `${JSON.stringify(word)} is neither a length of time nor a moment.`,
    "Write 30s, 10m, 2h, 7d, or 2026-01-31T09:00.",
  );
}
