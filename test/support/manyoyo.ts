import { afterAll } from "bun:test";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { type EngineName, executable, testImage } from "./engines.ts";

/** What a program said and how it ended. */
export interface Outcome {
  readonly status: number;
  readonly signal: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunHow {
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
}

/** Runs any program to its end. */
export async function runProgram(words: readonly string[], how: RunHow = {}): Promise<Outcome> {
  const started = Bun.spawn([...words], {
    cwd: how.cwd ?? process.cwd(),
    env: { ...process.env, ...how.env },
    stdin: how.input === undefined ? "ignore" : Buffer.from(how.input),
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr] = await Promise.all([started.stdout.text(), started.stderr.text()]);
  await started.exited;
  const signal = started.signalCode ?? undefined;
  return {
    status: started.exitCode ?? -1,
    signal: signal === undefined ? undefined : String(signal),
    stdout,
    stderr,
  };
}

/** Runs the engine's own program. */
export function raw(engine: EngineName, ...words: readonly string[]): Promise<Outcome> {
  return runProgram([engine, ...words]);
}

/** A place for the tests of one file on one engine: own folder, own home, own names; all of it goes afterwards. */
export interface Bench {
  readonly engine: EngineName;
  /** The workspace, by its real path. */
  readonly folder: string;
  /** HOME of every call; its `.manyoyo` is there and empty. */
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A name that nobody else has; what has it at the end is removed. */
  name(hint?: string): string;
  /** Also removes this name at the end, for names that manyoyo chose. */
  forget(name: string): void;
  /** Runs the executable in the workspace, with the test image as the default one. */
  manyoyo(words: readonly string[], how?: RunHow): Promise<Outcome>;
}

/** Must be called while tests are being defined (it registers the clean-up). */
export function bench(engine: EngineName): Bench {
  const root = realpathSync(mkdtempSync(`${tmpdir()}/manyoyo-test-${process.pid}-`));
  const folder = `${root}/work space`;
  const home = `${root}/home`;
  mkdirSync(folder, { recursive: true });
  mkdirSync(`${home}/.manyoyo`, { recursive: true });
  const [imageName, imageVersion] = [testImage.replace(/:[^:/]*$/, ""), testImage.replace(/^.*:/, "")];
  Bun.write(`${home}/.manyoyo/manyoyo.json`, JSON.stringify({ imageName, imageVersion }));
  const env = { HOME: home, MANYOYO_ENGINE: engine, MANYOYO_HOME: undefined, XDG_CACHE_HOME: undefined };
  const names = new Set<string>();
  afterAll(async () => {
    // Of those that are gone already it complains, and removes the others.
    const remove = ["rm", "-f", "-v", ...(engine === "podman" ? ["-t", "0", "-i"] : [])];
    if (names.size > 0) await raw(engine, ...remove, ...names);
    rmSync(root, { recursive: true, force: true });
  });
  return {
    engine,
    folder,
    home,
    env,
    name: (hint = "t") => {
      const name = `myt-${hint}-${randomBytes(4).toString("hex")}`;
      names.add(name);
      return name;
    },
    forget: (name) => {
      names.add(name);
    },
    manyoyo: (words, how = {}) =>
      runProgram([executable(), ...words], { cwd: folder, ...how, env: { ...env, ...how.env } }),
  };
}

/** Waits until `condition` holds, looking every 50 ms. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  limit = 20_000,
): Promise<void> {
  const end = Date.now() + limit;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`waited ${limit} ms in vain until ${what}`);
    await Bun.sleep(50);
  }
}
