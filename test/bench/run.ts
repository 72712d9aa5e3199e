import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "../support/build.ts";
import { environment, interruption, tell } from "../support/command.ts";
import { allEngines, type EngineName, parseEngines, testImage } from "../support/engines.ts";
import { prepareMachine } from "../support/machine.ts";
import { engineLines as usualLines, version } from "./lines.ts";
import { load } from "./load.ts";
import type { Result } from "./measure.ts";
import type { Bench } from "./sessions.ts";

// npm run bench [-- LINE...]: LINE is version, exec, create, ls, complete, stream, copies or load; all of them without any. It prints
// a table of what our program takes against the engine's own. A limit that is broken fails nothing: times depend on the machine.

const engineLines = { ...usualLines, load };
const lines = ["version", ...Object.keys(engineLines)];
const words = process.argv.slice(2);
const unknown = words.find((word) => !lines.includes(word));
if (unknown !== undefined) {
  tell(`npm run bench does not know "${unknown}". It takes ${lines.join(", ")}.`);
  process.exit(2);
}
const wanted = (line: string): boolean => words.length === 0 || words.includes(line);
const rows: (readonly string[])[] = [["", "line", "ours", "raw", "measured", "limit", "ok?"]];
const failures: string[] = [];

async function measure(engine: string, line: string, work: () => Promise<readonly Result[]>): Promise<void> {
  if (!wanted(line) || interruption.signal.aborted) return;
  tell(`measuring ${engine} ${line} ...`);
  try {
    for (const { what, ours, raw, measured, limit, ok } of await work())
      rows.push([engine, what, ours, raw, measured, limit, ok ? "yes" : "NO"]);
  } catch (error) {
    failures.push(`${engine} ${line}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** A home and a workspace of this run, with the test image as the usual one. */
function benchIn(
  folder: string,
  engine: EngineName | undefined,
  more: Readonly<Record<string, string>>,
): Bench {
  const [home, cwd] = [join(folder, "home"), join(folder, "work")];
  mkdirSync(join(home, ".manyoyo"), { recursive: true });
  mkdirSync(cwd, { recursive: true });
  const [imageName, imageVersion] = testImage.split(/:(?=[^:/]*$)/);
  writeFileSync(join(home, ".manyoyo", "manyoyo.json"), JSON.stringify({ imageName, imageVersion }));
  const ours = { HOME: home, MANYOYO_ENGINE: engine, MANYOYO_HOME: undefined };
  const mark = `myb-${randomBytes(4).toString("hex")}`;
  return { folder, cwd, mark, env: environment({ ...more, ...ours }) };
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => interruption.abort());
await build();
// Not /tmp itself: its own children make good workspaces, and a gigabyte is no matter for a sparse file.
const folder = realpathSync(mkdtempSync("/var/tmp/manyoyo-bench-"));
try {
  await measure("", "version", () => version(benchIn(folder, undefined, {})));
  if (Object.keys(engineLines).some(wanted)) {
    const named = parseEngines(process.env["MANYOYO_TEST_ENGINES"] ?? "");
    const machine = await prepareMachine(named.length === 0 ? allEngines : named);
    failures.push(...machine.problems);
    try {
      for (const engine of parseEngines(machine.environment["MANYOYO_TEST_ENGINES"] ?? "")) {
        const bench = benchIn(folder, engine, machine.environment);
        for (const [line, work] of Object.entries(engineLines)) {
          await measure(engine, line, () => work(bench, engine));
        }
      }
    } finally {
      await machine.stop();
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
for (const row of rows)
  console.log(
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join("  ")
      .trimEnd(),
  );
for (const failure of failures) tell(`could not be measured: ${failure}`);
process.exit(failures.length === 0 && !interruption.signal.aborted ? 0 : 1);
