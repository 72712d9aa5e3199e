import { existsSync, readFileSync } from "node:fs";
import { tail } from "../support/command.ts";

/** One program as it is measured: its words, what it reads, and what it is run under. */
export interface Program {
  readonly words: readonly string[];
  /** A file for its stdin; nothing without it. */
  readonly input?: string;
}

/** Where programs are measured: the same for both sides of a comparison. */
export interface Under {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** How long one run took, in milliseconds, and the most memory that the program itself ever had, in MB. */
export interface Run {
  readonly time: number;
  readonly memory: number;
}

/**
 * Runs a program once, its output thrown away.
 * Throws an Error with its last words when it fails: a time of something that failed means nothing.
 */
export async function once({ words, input }: Program, under: Under): Promise<Run> {
  const start = performance.now();
  const child = Bun.spawn([...words], {
    ...under,
    stdin: input === undefined ? "ignore" : Bun.file(input),
    stdout: "ignore",
    stderr: "pipe",
  });
  const watch = input === undefined ? undefined : watchMemory(child.pid);
  const stderr = await child.stderr.text();
  const status = await child.exited;
  const time = performance.now() - start;
  if (status !== 0)
    throw new Error(`${words.slice(0, 6).join(" ")} ...: ${tail({ status, stdout: "", stderr })}`);
  return { time, memory: watch?.() ?? 0 };
}

/** Looks at the peak of a process's memory until it is told to stop; its children do not count. */
function watchMemory(pid: number): () => number {
  const file = `/proc/${pid}/status`;
  const peaks: number[] = [];
  const look = (): void => {
    const text = existsSync(file) ? readFileSync(file, "utf8") : "";
    peaks.push(Number(text.match(/^VmHWM:\s+(\d+) kB/m)?.[1] ?? 0) / 1024);
  };
  const timer = setInterval(look, 50);
  return () => {
    clearInterval(timer);
    return Math.max(0, ...peaks);
  };
}

/** The middle one of some numbers. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((one, other) => one - other);
  const half = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[half - 1] ?? Number.NaN, sorted[half] ?? Number.NaN];
  return sorted.length % 2 === 1 ? high : (low + high) / 2;
}

/** Both sides of a comparison, in the order in which they were run. */
export interface Pair {
  readonly ours: readonly Run[];
  readonly raw: readonly Run[];
}

export interface Comparison {
  readonly ours: (round: number) => Program;
  readonly raw: (round: number) => Program;
  readonly rounds: number;
  /** Runs before the counted ones; one of each side unless said. */
  readonly warmUp?: number;
  /** What is done before each single run, uncounted. */
  readonly before?: () => Promise<void>;
  /** What is done after each round, uncounted. */
  readonly after?: (round: number) => Promise<void>;
}

/** Runs both sides in turn, so that whatever else the machine does falls on both, after a round that does not count. */
export async function compare(comparison: Comparison, under: Under): Promise<Pair> {
  const { rounds, warmUp = 1, before, after } = comparison;
  const ours: Run[] = [];
  const raw: Run[] = [];
  for (let round = 0; round < rounds + warmUp; round += 1) {
    const first = round % 2 === 0;
    const sides = first ? (["ours", "raw"] as const) : (["raw", "ours"] as const);
    for (const side of sides) {
      await before?.();
      const run = await once(comparison[side](round), under);
      if (round >= warmUp) (side === "ours" ? ours : raw).push(run);
    }
    await after?.(round);
  }
  return { ours, raw };
}

/** What one line of the table says. */
export interface Result {
  readonly what: string;
  readonly ours: string;
  readonly raw: string;
  readonly measured: string;
  readonly limit: string;
  readonly ok: boolean;
}

/** The middle one of the times of some runs. */
export const times = (runs: readonly Run[]): number => median(runs.map(({ time }) => time));

export const ms = (value: number): string => `${value.toFixed(1)} ms`;

/** A line whose measure is how many times as long as the engine's own program we take: the middle one of all rounds. */
export function ratio(what: string, { ours, raw }: Pair, limit = Number.POSITIVE_INFINITY): Result {
  const measured = median(ours.map(({ time }, round) => time / (raw[round]?.time ?? Number.NaN)));
  return {
    what,
    ours: ms(times(ours)),
    raw: ms(times(raw)),
    measured: `${measured.toFixed(2)} x`,
    limit: Number.isFinite(limit) ? `${limit.toFixed(2)} x` : "none",
    ok: measured <= limit,
  };
}
