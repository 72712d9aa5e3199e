import { mkdtempSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import packageJson from "../../package.json" with { type: "json" };
import { run, tail } from "./command.ts";
import { hostName } from "./release/targets.ts";

const root = join(import.meta.dir, "../..");

/** Where the executable lies once it is built. */
export const executablePath = join(root, "dist", "manyoyo");

// Without the autoload flags an executable runs what a bunfig.toml or .env of the folder it is started in says, and
// without --reject-unresolved a computed import() loads from that folder: an agent could write those into a workspace.
// A source map would be 0.8 MB that nobody reads: errors are sentences, never stacks. Functions within functions within
// functions would be 0.4 MB of bytecode for what hardly any start gets to.
/** How the executable is compiled. */
export const flags: readonly string[] = [
  ..."--compile --minify --bytecode --bytecode-depth=2 --splitting --format=esm --sourcemap=none --reject-unresolved".split(
    " ",
  ),
  ..."dotenv bunfig tsconfig package-json".split(" ").map((name) => `--no-compile-autoload-${name}`),
];

/** The latest change of a file or of anything in a folder, in milliseconds; folders count, for what was removed. */
function changed(path: string): number {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return 0;
  const inside = stat.isDirectory() ? readdirSync(path).map((name) => changed(join(path, name))) : [];
  return Math.max(stat.mtimeMs, ...inside);
}

/** Whether the executable is newer than everything it is made of. */
function isCurrent(): boolean {
  const sources = ["cli", "lib", "completions", "package.json", "package-lock.json", "test/support/build.ts"];
  return Math.max(...sources.map((path) => changed(join(root, path)))) < changed(executablePath);
}

/** What an executable is made for and of, where it is not for this machine alone. */
export interface Compile {
  /** Where it is written. */
  readonly outfile: string;
  /** The target's name, which `--version --json` tells. */
  readonly target: string;
  /** The commit that it tells; none without. */
  readonly commit?: string;
  /** How the compiler is told of another system: its name there, and the path of the runtime that is put in. */
  readonly more?: readonly string[];
}

/** Compiles the program. Throws an Error with the compiler's words. */
export async function compile({ outfile, target, commit = "", more = [] }: Compile): Promise<void> {
  const constants = {
    MANYOYO_VERSION: packageJson.version,
    MANYOYO_COMMIT: commit,
    MANYOYO_TARGET: target,
  };
  const defines = Object.entries(constants).flatMap(([name, value]) => [
    "--define",
    `${name}=${JSON.stringify(value)}`,
  ]);
  const words = [process.execPath, "build", ...flags, ...more, ...defines, "--outfile", outfile];
  const result = await run([...words, join(root, "cli/main.ts")], { limit: 300_000 });
  if (result.status !== 0) throw new Error(`the build failed:\n${tail(result, 40)}`);
}

/**
 * Makes `dist/manyoyo`, unless it is newer than all its sources; puts it in its place in one step, so that one that
 * runs meanwhile goes on. It knows no commit: what it is made of may not be in any.
 * Throws an Error with the compiler's words.
 */
export async function build(): Promise<{ readonly made: boolean }> {
  if (isCurrent()) return { made: false };
  await mkdir(join(root, "dist"), { recursive: true });
  const folder = mkdtempSync(join(root, "dist", ".build-"));
  try {
    await compile({ outfile: join(folder, "manyoyo"), target: hostName() });
    renameSync(join(folder, "manyoyo"), executablePath);
    return { made: true };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (import.meta.main) {
  const { made } = await build();
  console.log(made ? "dist/manyoyo is built." : "dist/manyoyo is newer than its sources: nothing to build.");
}
