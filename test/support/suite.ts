import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { environment, interruption, tell } from "./command.ts";
import { times } from "./tally.ts";
import { countTests, filesToRunAgain, type Totals, withSecondTry } from "./totals.ts";

const root = join(import.meta.dir, "../..");
const watchdogMinutes = times(45, 7 * 24 * 60);

const hour = 3600;

// How many tests of a group that says they may (`describe.concurrent`) run at once. One alone leaves a third of two processors
// idle, as it waits for the engine; with more, what is said of time would hold no longer.
const atOnce = 2;

/** One folder of tests: how long a test of it may take, and what it cannot do without. */
export interface Suite {
  readonly name: string;
  readonly seconds: number;
  readonly needs: readonly ("executable" | "engines")[];
}

/** The folders of tests in the order in which they are run: what is quick and needs nothing comes first. */
export const suites: readonly Suite[] = [
  { name: "unit", seconds: 5, needs: [] },
  { name: "fake", seconds: 20, needs: ["executable"] },
  { name: "hostile", seconds: times(60, 4 * hour), needs: ["executable"] },
  { name: "engine", seconds: 150, needs: ["executable", "engines"] },
  { name: "faults", seconds: times(120, 4 * hour), needs: ["executable", "engines"] },
  { name: "load", seconds: times(180, 4 * hour), needs: ["executable", "engines"] },
  { name: "pty", seconds: 120, needs: ["executable", "engines"] },
  { name: "shells", seconds: 60, needs: ["executable", "engines"] },
  { name: "agents", seconds: 180, needs: ["executable", "engines"] },
  { name: "release", seconds: 300, needs: ["executable", "engines"] },
];

/** The test files of a suite, as paths from the top of the checkout. */
export function testFiles(suite: Suite): readonly string[] {
  const folder = join(root, "test", suite.name);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => relative(root, join(folder, name)))
    .sort();
}

/** Ends every process that carries the mark of a test process which we stopped; containers do not carry it. */
function endMarked(mark: string): void {
  if (!existsSync("/proc/self/environ")) return;
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const variables = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
      if (Number(pid) !== process.pid && variables.includes(`MANYOYO_TEST_RUN=${mark}`))
        process.kill(Number(pid), "SIGKILL");
    } catch {
      // It ended meanwhile, or it is somebody else's.
    }
  }
}

/**
 * Runs test files of a suite as `runOnce` does. Where real engines are needed, the files of a few failed tests get a
 * second try, which the totals tell of.
 */
export async function runSuite(
  suite: Suite,
  files: readonly string[],
  more: Readonly<Record<string, string>>,
): Promise<Totals> {
  const first = await runOnce(suite, files, more);
  const again = suite.needs.includes("engines") ? filesToRunAgain(first) : [];
  if (again.length === 0 || interruption.signal.aborted) return first;
  tell(`\n== ${suite.name}, a second try: ${again.join(" ")}`);
  return withSecondTry(first, await runOnce(suite, again, more));
}

/**
 * Runs test files of a suite in one `bun test` process of its own session and counts its tests. It is stopped with all
 * its children after 45 minutes (a week in the long form), and when the run is interrupted.
 */
async function runOnce(
  suite: Suite,
  files: readonly string[],
  more: Readonly<Record<string, string>>,
): Promise<Totals> {
  const folder = mkdtempSync(join(tmpdir(), "manyoyo-report-"));
  const file = join(folder, "junit.xml");
  const mark = crypto.randomUUID();
  const report = ["--reporter=junit", `--reporter-outfile=${file}`];
  const limits = [`--timeout=${suite.seconds * 1000}`, `--max-concurrency=${atOnce}`];
  const words = ["test", ...limits, ...report, ...files.map((path) => `./${path}`)];
  const child = spawn(process.execPath, words, {
    cwd: root,
    detached: true,
    stdio: ["ignore", "inherit", "inherit"],
    // What a developer has set for manyoyo itself must not decide what the tests see.
    env: environment({ MANYOYO_ENGINE: undefined, MANYOYO_HOME: undefined, MANYOYO_TEST_RUN: mark, ...more }),
  });
  const stopping = new AbortController();
  const stop = (reason: string) => () => {
    stopping.abort(reason);
    // Its tests get a moment to remove their containers.
    child.kill("SIGTERM");
    setTimeout(() => child.kill("SIGKILL"), 3_000).unref();
  };
  const watchdog = setTimeout(stop(`stopped after ${watchdogMinutes} minutes`), watchdogMinutes * 60_000);
  const interrupted = stop("interrupted");
  interruption.signal.addEventListener("abort", interrupted, { once: true });
  const status = await new Promise<number>((resolve) => {
    child.once("error", () => resolve(127));
    child.once("exit", (code) => resolve(code ?? 128));
  });
  clearTimeout(watchdog);
  interruption.signal.removeEventListener("abort", interrupted);
  if (stopping.signal.aborted) endMarked(mark);
  const text = existsSync(file) ? readFileSync(file, "utf8") : undefined;
  rmSync(folder, { recursive: true, force: true });
  const stopped = stopping.signal.aborted ? String(stopping.signal.reason) : undefined;
  return countTests({ report: text, status, stopped, files, strict: suite.needs.includes("engines") });
}
