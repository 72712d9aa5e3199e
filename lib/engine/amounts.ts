const units: ReadonlyMap<string, number> = new Map([
  ["b", 1],
  ["kb", 1e3],
  ["mb", 1e6],
  ["gb", 1e9],
  ["tb", 1e12],
  ["kib", 2 ** 10],
  ["mib", 2 ** 20],
  ["gib", 2 ** 30],
  ["tib", 2 ** 40],
]);

/** The bytes that an engine's `1.5GiB` or `12kB (virtual 169MB)` begins with; undefined for `--` and the like. */
export function bytesIn(text: string): number | undefined {
  const [, amount, unit = ""] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]+)/i.exec(text) ?? [];
  const factor = units.get(unit.toLowerCase());
  return amount === undefined || factor === undefined ? undefined : Math.round(Number(amount) * factor);
}

const spans: ReadonlyMap<string, number> = new Map([
  ["second", 1],
  ["minute", 60],
  ["hour", 3600],
  ["day", 86_400],
  ["week", 7 * 86_400],
  ["month", 30 * 86_400],
  ["year", 365 * 86_400],
]);

/**
 * How long ago a container was started or stopped, in milliseconds, by docker's words for it: `Up About an hour (Paused)`,
 * `Exited (0) 3 days ago`. Undefined for those that tell no time, such as `Created`.
 */
export function agoIn(text: string): number | undefined {
  const [, words = ""] = /^(?:Up|Exited \(-?\d+\)|Restarting \(-?\d+\)) (.*)$/.exec(text) ?? [];
  if (/^less than a second/i.test(words)) return 0;
  const [, amount = "", span = ""] = /^(\d+|About an?) ([a-z]+?)s?\b/i.exec(words) ?? [];
  const seconds = spans.get(span);
  return seconds === undefined ? undefined : (/^\d/.test(amount) ? Number(amount) : 1) * seconds * 1000;
}
