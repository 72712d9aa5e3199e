import { appendFileSync, existsSync, readFileSync } from "node:fs";

/** What was tried against manyoyo, and how often what is promised then did not hold. */
export interface Tried {
  readonly fault: string;
  readonly promised: string;
  readonly tries: number;
  readonly broken: number;
}

const file = process.env["MANYOYO_TEST_TALLY"];

/** Whether the long form of the tests of what survives is asked for. */
export const isLong = process.env["MANYOYO_TEST_FAULTS"] === "long";

/** One of two numbers: that of the short form, which every run goes through, or that of the long one. */
export function times(short: number, long: number): number {
  return isLong ? long : short;
}

/** Notes tries for the table at the end of the run. Nobody is told outside of such a run. */
export function note(tried: Tried): void {
  // One write a line: files of two processes are noted in one place.
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(tried)}\n`);
}

/** Makes one try and notes it; a rejection says that the promise was broken, and is passed on. */
export async function tried<T>(
  what: Pick<Tried, "fault" | "promised">,
  attempt: () => T | Promise<T>,
): Promise<T> {
  try {
    const result = await attempt();
    note({ ...what, tries: 1, broken: 0 });
    return result;
  } catch (error) {
    note({ ...what, tries: 1, broken: 1 });
    throw error;
  }
}

/** The tries noted in a file, one entry for each fault and promise, in the order in which they first came. */
export function readTally(path: string): readonly Tried[] {
  const sums = new Map<string, Tried>();
  const lines = existsSync(path) ? readFileSync(path, "utf8").split("\n") : [];
  for (const line of lines.filter((each) => each !== "")) {
    const each = JSON.parse(line) as Tried;
    const key = JSON.stringify([each.fault, each.promised]);
    const before = sums.get(key);
    sums.set(key, {
      ...each,
      tries: each.tries + (before?.tries ?? 0),
      broken: each.broken + (before?.broken ?? 0),
    });
  }
  return [...sums.values()];
}

/** The table of what was tried: fault, tries, what was promised, how often it did not hold. */
export function tallyTable(all: readonly Tried[]): string {
  const rows = [
    ["FAULT", "TRIES", "PROMISED", "BROKEN"],
    ...all.map(({ fault, tries, promised, broken }) => [fault, String(tries), promised, String(broken)]),
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
