import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { install } from "./support/apt.ts";
import { build, executablePath } from "./support/build.ts";
import { environment, interruption, tell } from "./support/command.ts";
import { allEngines, type EngineName, parseEngines } from "./support/engines.ts";
import { type Machine, prepareMachine } from "./support/machine.ts";
import { runSuite, type Suite, suites, testFiles } from "./support/suite.ts";
import { readTally, tallyTable } from "./support/tally.ts";
import type { Totals } from "./support/totals.ts";

// npm test [-- NAME...]: NAME is a check (format, lint, types, build), a suite (a folder of test/) or a test file. Its last
// line is "N passed, N failed". `npm run test:faults` is the long form of the suites that tell what manyoyo survives.

const checks: Readonly<Record<string, string>> = { format: "format:check", lint: "lint", types: "types" };
const shellPackages = ["zsh", "fish", "bash-completion", "shellcheck", "tmux", "mandoc", "groff-base"];
const tallyFolder = mkdtempSync(join(tmpdir(), "manyoyo-tally-"));
const tally = join(tallyFolder, "tries");
const under = { MANYOYO_BIN: executablePath, MANYOYO_TEST_TALLY: tally };
const results: { readonly name: string; readonly seconds: number; readonly totals: Totals }[] = [];

/** Which of the files a call asks for; all of them when it names none or their suite. */
function asked(words: readonly string[], suite: Suite): readonly string[] {
  const all = testFiles(suite);
  if (words.length === 0 || words.includes(suite.name)) return all;
  return all.filter((file) => words.some((word) => word.replace(/^\.\//, "") === file));
}

async function step(name: string, work: () => Promise<Totals>): Promise<boolean> {
  if (interruption.signal.aborted) return false;
  tell(`\n== ${name}`);
  const start = performance.now();
  const totals = await work().catch((error: unknown): Totals => {
    return { passed: 0, failed: 1, remarks: [error instanceof Error ? error.message : String(error)] };
  });
  for (const remark of totals.remarks) tell(`${name}: ${remark}`);
  results.push({ name, seconds: (performance.now() - start) / 1000, totals });
  return totals.failed === 0;
}

/** Something that is done or not: one passed or one failed. */
function outcome(done: boolean, ...remarks: readonly string[]): Totals {
  return { passed: done ? 1 : 0, failed: done ? 0 : 1, remarks };
}

async function check(script: string): Promise<Totals> {
  const child = Bun.spawn([process.execPath, "run", "--silent", script], {
    cwd: join(import.meta.dir, ".."),
    env: environment(),
    stdio: ["ignore", "inherit", "inherit"],
    signal: interruption.signal,
  });
  return outcome((await child.exited) === 0);
}

/** The engines that a run without them would fail for. On CI all of them are required, whatever is set. */
function requiredEngines(): readonly EngineName[] {
  const named = process.env["CI"] === "true" ? "" : (process.env["MANYOYO_TEST_ENGINES"] ?? "");
  const list = parseEngines(named);
  return list.length === 0 ? allEngines : list;
}

/** Makes the machine ready; an engine each and the shells count as one test. */
async function readyMachine(required: readonly EngineName[], shells: boolean): Promise<Machine> {
  const machine = await prepareMachine(required);
  await step("engines", async () => ({
    passed: required.length - machine.problems.length,
    failed: machine.problems.length,
    remarks: machine.problems,
  }));
  if (shells) {
    await step("shells' packages", async () => {
      await install(shellPackages);
      return outcome(true);
    });
  }
  return machine;
}

/** Runs the suites that need a machine, and leaves the machine as it was. */
async function onMachine(chosen: readonly Suite[], words: readonly string[]): Promise<void> {
  const shells = chosen.some(({ name }) => ["pty", "shells", "release"].includes(name));
  const machine = await readyMachine(requiredEngines(), shells);
  try {
    for (const suite of chosen) {
      await step(suite.name, async () => {
        if (machine.environment["MANYOYO_TEST_ENGINES"] === "")
          return outcome(false, "not run: there is no engine");
        return runSuite(suite, asked(words, suite), {
          ...machine.environment,
          ...under,
        });
      });
    }
  } finally {
    await machine.stop();
  }
}

async function main(words: readonly string[]): Promise<void> {
  const wants = (name: string) => words.length === 0 || words.includes(name);
  for (const [name, script] of Object.entries(checks)) if (wants(name)) await step(name, () => check(script));
  const chosen = suites.filter((suite) => asked(words, suite).length > 0);
  for (const suite of chosen.filter(({ needs }) => needs.length === 0)) {
    await step(suite.name, () => runSuite(suite, asked(words, suite), {}));
  }
  const compiled = chosen.filter(({ needs }) => needs.includes("executable"));
  if (!wants("build") && compiled.length === 0) return;
  const built = await step("build", async () => {
    await build();
    return outcome(true);
  });
  if (!built) {
    for (const { name } of compiled)
      await step(name, async () => outcome(false, "not run: there is no executable"));
    return;
  }
  for (const suite of compiled.filter(({ needs }) => !needs.includes("engines"))) {
    await step(suite.name, () => runSuite(suite, asked(words, suite), under));
  }
  const engined = compiled.filter(({ needs }) => needs.includes("engines"));
  if (engined.length > 0 && !interruption.signal.aborted) await onMachine(engined, words);
}

const words = process.argv.slice(2);
const files = suites.flatMap((suite) => testFiles(suite));
const names = [...Object.keys(checks), "build", ...suites.map(({ name }) => name)];
const unknown = words.find((word) => !names.includes(word) && !files.includes(word.replace(/^\.\//, "")));
if (unknown !== undefined) {
  tell(`npm test does not know "${unknown}". It takes ${names.join(", ")}, or the path of a test file.`);
  process.exit(2);
}
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => interruption.abort());
try {
  await main(words);
} catch (error) {
  results.push({ name: "the run itself", seconds: 0, totals: outcome(false, String(error)) });
}
if (interruption.signal.aborted) {
  results.push({ name: "interrupted", seconds: 0, totals: outcome(false) });
}
const sum = (key: "passed" | "failed") => results.reduce((total, { totals }) => total + totals[key], 0);
console.log("");
for (const { name, seconds, totals } of results) {
  const verdict = totals.failed === 0 ? "ok    " : "FAILED";
  const numbers = `${totals.passed} of ${totals.passed + totals.failed}`.padStart(12);
  const remark = totals.remarks[0]?.split("\n")[0] ?? "";
  console.log(
    `${verdict} ${name.padEnd(17)} ${numbers} ${seconds.toFixed(1).padStart(6)} s  ${remark}`.trimEnd(),
  );
}
const tries = readTally(tally);
rmSync(tallyFolder, { recursive: true, force: true });
if (tries.length > 0) console.log(`\n${tallyTable(tries)}\n`);
for (const { totals } of results) for (const { text } of totals.failures ?? []) console.log(text);
console.log(`${sum("passed")} passed, ${sum("failed")} failed`);
process.exit(sum("failed") === 0 ? 0 : 1);
