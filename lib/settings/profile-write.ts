import { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { Failure } from "../failure.ts";
import type { EnvValue } from "./env.ts";
import { envFileText } from "./env-text.ts";
import { errorCode, giveName, readText, reason } from "./files.ts";
import { envFolder, runPath } from "./home.ts";
import { type Draft, mergeDrafts, profileText } from "./profile-text.ts";
import { readSettings } from "./schema.ts";
import { ownAgents } from "./sources.ts";

/** What a new profile is to hold. */
export interface Kept {
  readonly draft: Draft;
  /** Variables with values: they go into an env file of their own. */
  readonly values: readonly EnvValue[];
  /** Sentences for the top of the file. */
  readonly heading: readonly string[];
}

/** Where it goes. */
export interface Aim {
  readonly name: string;
  readonly home: string;
  /** Whether what is there already is written over. */
  readonly force: boolean;
}

/** What was written. */
export interface Written {
  readonly file: string;
  readonly envFile: string | undefined;
  /** The variables in the env file. */
  readonly names: readonly string[];
}

/**
 * Writes a profile, and an env file with mode 0600 for the values. The text is read back first as a run will read it.
 * @throws Failure `usage` for what is there already or cannot be written down, `settings` where the disk refuses.
 */
export async function writeProfile({ name, home, force }: Aim, kept: Kept): Promise<Written> {
  const file = runPath(home, name);
  const envFile = kept.values.length === 0 ? undefined : resolve(envFolder(home), `${name}.env`);
  if (envFile !== undefined && (kept.draft.envFile ?? []).includes(name)) {
    throw new Failure(
      "usage",
      `The values would be written over the env file ${envFile}, which the profile is to use.`,
      "Choose another name for the profile, or put the values into that file yourself.",
    );
  }
  const draft = mergeDrafts(kept.draft, { envFile: envFile === undefined ? [] : [name] });
  const text = profileText(draft, kept.heading);
  readSettings(text, file, await ownAgents(home));
  const secrets = envFileText(kept.values, [`Variables of the profile ${name}.`]);
  if (!force) refuse(name, file, envFile);
  if (envFile !== undefined) put(envFile, secrets, force);
  try {
    put(file, text, force);
  } catch (error) {
    if (envFile !== undefined && !force) rmSync(envFile, { force: true });
    throw error;
  }
  return { file, envFile, names: kept.values.map((each) => each.name) };
}

function refuse(name: string, ...files: readonly (string | undefined)[]): void {
  const there = files.find((file) => file !== undefined && readText(file) !== undefined);
  if (there !== undefined) throw taken(there, name);
}

function taken(file: string, name?: string): Failure {
  const edit = name === undefined ? "" : `Change it: manyoyo profile edit ${name}; or `;
  return new Failure("usage", `${file} is there already.`, `${edit}write over it: -f.`);
}

// In one step, so that a reader never sees half of it, and of two writers one is told that it came late.
function put(file: string, text: string, force: boolean): void {
  const beside = `${dirname(file)}/.${crypto.randomUUID()}`;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(beside, text, { mode: 0o600, flag: "wx" });
    chmodSync(beside, 0o600);
  } catch (error) {
    throw new Failure("settings", `${file} cannot be written: ${reason(error)}.`);
  }
  try {
    if (force) renameSync(beside, file);
    else giveName(beside, file);
  } catch (error) {
    if (errorCode(error) === "EEXIST") throw taken(file);
    throw new Failure("settings", `${file} cannot be written: ${reason(error)}.`);
  } finally {
    rmSync(beside, { force: true });
  }
}
