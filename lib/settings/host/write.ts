import { lstatSync, mkdirSync, unlinkSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { envFileText } from "../env-text.ts";
import { errorCode, giveName, reason, tryReadText } from "../files.ts";
import { envFolder, runPath } from "../home.ts";
import { profileText } from "../profile-text.ts";
import type { Found } from "./ground.ts";

/** A file that is to be there, and how it is with it now. */
export interface Wanted {
  readonly agent: string;
  readonly kind: "profile" | "env file";
  readonly path: string;
  readonly text: string;
  /** The variables in it, by name. */
  readonly names: readonly string[];
  /** `same` and `differs` are left alone. */
  readonly now: "missing" | "same" | "differs";
}

/** The files that what was found makes; none for an agent of which nothing can be taken over. */
export function wantedFiles(found: Found, home: string): readonly Wanted[] {
  const { agent, sources, shellSuffix } = found;
  const values = [...found.variables].map(([name, value]) => ({ name, value }));
  if (values.length === 0 && shellSuffix === undefined) return [];
  const origin = `Written by manyoyo init, from ${sources.join(", ")}.`;
  const envFile = resolve(envFolder(home), `${agent}.env`);
  const profile = runPath(home, agent);
  const files = [
    ...(values.length === 0
      ? []
      : [{ kind: "env file" as const, path: envFile, text: envFileText(values, [origin]) }]),
    {
      kind: "profile" as const,
      path: profile,
      text: profileText({ yolo: agent, shellSuffix, envFile: values.length === 0 ? undefined : [agent] }, [
        origin,
        `Use it: manyoyo -r ${agent}`,
      ]),
    },
  ];
  return files.map(({ kind, path, text }) => {
    const names = kind === "profile" ? [] : values.map(({ name }) => name);
    return { agent, kind, path, text, names, now: stateOf(path, text) };
  });
}

/**
 * Writes a file that is missing, for its user alone; whatever is there by now stays.
 * @returns the sentence that says why it could not; undefined when it is written.
 */
export function writeWanted({ path, text }: Wanted): string | undefined {
  const beside = `${path}.${crypto.randomUUID()}`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(beside, text, { mode: 0o600, flag: "wx" });
    // In one step, and only where nothing is: a half-written file would be read, a rename would overwrite.
    giveName(beside, path);
    return undefined;
  } catch (error) {
    return `${path} cannot be written: ${errorCode(error) === "EEXIST" ? "it is there by now" : reason(error)}.`;
  } finally {
    try {
      unlinkSync(beside);
    } catch {
      // It was never written.
    }
  }
}

function stateOf(path: string, text: string): Wanted["now"] {
  const there = tryReadText(path);
  if (there === text) return "same";
  return there === undefined && !exists(path) ? "missing" : "differs";
}

function exists(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    // Writing it will say why.
    return false;
  }
}
