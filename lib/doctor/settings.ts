import { chmodSync } from "node:fs";
import { resolve } from "node:path";
import { Failure } from "../failure.ts";
import { quote } from "../session/command.ts";
import { environmentLayer } from "../settings/command-line.ts";
import type { Environment } from "../settings/env.ts";
import { parseEnvFile } from "../settings/env-file.ts";
import { namesIn, readText, reason, statOf } from "../settings/files.ts";
import { envFolder } from "../settings/home.ts";
import { fileOfProfile } from "../settings/profiles.ts";
import { envFileNames, findProfile, foundLayer, globalLayer, profileNames } from "../settings/sources.ts";
import { isProfileName } from "../settings/values.ts";
import type { Finding } from "./finding.ts";

/** Where the settings are. */
export interface Where {
  readonly home: string | undefined;
  readonly env: Environment;
}

/** Looks at manyoyo.json, every profile and every env file of manyoyo's own folder. Never throws. */
export async function lookAtSettings(where: Where): Promise<readonly Finding[]> {
  const { home, env } = where;
  if (home === undefined) {
    return [problem("There is no home folder, so there are no settings.", "Set HOME.")];
  }
  const profiles = await profileNames(home);
  const mistakes = [
    await mistake(() => environmentLayer(env)),
    await mistake(() => globalLayer(home, env)),
    ...(await Promise.all(profiles.map((name) => ofProfile(name, where, home)))),
    ...oddNames(home),
  ].filter((finding) => finding !== undefined);
  const files = envFileNames(home);
  const found = [
    ...distinct(mistakes),
    ...files.flatMap((name) => ofEnvFile(resolve(envFolder(home), `${name}.env`))),
  ];
  if (found.length > 0) return found;
  const counted = [
    "the settings",
    ...(profiles.length === 0 ? [] : [number(profiles.length, "profile")]),
    ...(files.length === 0 ? [] : [number(files.length, "env file")]),
  ];
  const message = `${counted.join(", ").replace(/, ([^,]*)$/, " and $1")} can be read.`;
  return [{ about: "settings", level: "ok", message: message.replace(/^t/, "T") }];
}

function number(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

async function ofProfile(name: string, { env }: Where, home: string): Promise<Finding | undefined> {
  const found = await mistake(async () => foundLayer(await findProfile(name, home, home, env), home, env));
  if (found !== undefined) return { ...found, remedy: found.remedy ?? `manyoyo profile edit ${quote(name)}` };
  const { key } = await fileOfProfile(name, home, home, env);
  if (key !== undefined) return undefined;
  return hiding(name, home);
}

/** A file of `run` that hides a profile of the same name in manyoyo.json. */
async function hiding(name: string, home: string): Promise<Finding | undefined> {
  const { globalPath, runPath } = await import("../settings/home.ts");
  const { runNames } = await import("../settings/glance.ts");
  const { tryReadText } = await import("../settings/files.ts");
  const global = globalPath(home);
  if (!runNames(tryReadText(global) ?? "{}").includes(name)) return undefined;
  const message = `The profile ${name} is in ${runPath(home, name)} and in ${global} (runs.${name}), which is never used.`;
  return { about: "settings", level: "note", message };
}

/** Files in `run` that no name reaches. */
function oddNames(home: string): readonly Finding[] {
  const folder = resolve(home, "run");
  return namesIn(folder, ".json")
    .filter((name) => !isProfileName(name))
    .map((name) => problem(`No -r can name the profile ${resolve(folder, `${name}.json`)}.`, "Rename it."));
}

function ofEnvFile(file: string): readonly Finding[] {
  const findings: Finding[] = [];
  try {
    parseEnvFile(readText(file) ?? "", file);
  } catch (error) {
    findings.push(ofError(error));
  }
  const mode = statOf(file)?.mode ?? 0;
  if ((mode & 0o077) !== 0) {
    findings.push({
      ...problem(`Others may read or change ${file}, which can hold secrets.`, `chmod 600 ${quote(file)}`),
      mend: () => protect(file),
    });
  }
  return findings;
}

function protect(file: string): void {
  try {
    chmodSync(file, 0o600);
  } catch (error) {
    throw new Failure("settings", `${file} cannot be protected: ${reason(error)}.`);
  }
}

async function mistake(act: () => unknown): Promise<Finding | undefined> {
  try {
    await act();
    return undefined;
  } catch (error) {
    return ofError(error);
  }
}

function ofError(error: unknown): Finding {
  if (error instanceof Failure) return problem(error.message, error.hint);
  throw error;
}

function problem(message: string, remedy: string | undefined): Finding {
  return { about: "settings", level: "problem", message, remedy };
}

// A fault in manyoyo.json is met again with each profile in it.
function distinct(findings: readonly Finding[]): readonly Finding[] {
  return findings.filter(
    (finding, at) => findings.findIndex((other) => other.message === finding.message) === at,
  );
}
