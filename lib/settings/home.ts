import { homedir, userInfo } from "node:os";
import { isAbsolute, resolve } from "node:path";
import type { Environment } from "./env.ts";

/** Bytes that are read of a settings or env file at most. */
export const largestFile = 10_000_000;

/** The user's home: HOME, else what the system says; undefined when it knows none. Never throws. */
export function userHome(env: Environment): string | undefined {
  const { HOME: named } = env;
  if (named !== undefined && isAbsolute(named)) return resolve(named);
  try {
    const known = homedir();
    return isAbsolute(known) ? known : undefined;
  } catch {
    return undefined;
  }
}

/** The host's name for whoever makes the call: sessions carry it as their maker's. Never throws. */
export function hostUser(env: Environment): string {
  const username = knownUser();
  // Bun says "unknown" where USER is not set.
  if (username !== "" && username !== "unknown") return username;
  const id = process.getuid?.();
  const { LOGNAME: login } = env;
  return id === 0 ? "root" : (login ?? String(id ?? "unknown"));
}

function knownUser(): string {
  try {
    return userInfo().username;
  } catch {
    return "";
  }
}

/** The folder of manyoyo's own files: MANYOYO_HOME, else `.manyoyo` in the user's home. It need not exist. Never throws. */
export function home(env: Environment): string | undefined {
  const { MANYOYO_HOME: moved } = env;
  if (moved !== undefined && moved !== "") return resolve(moved);
  const user = userHome(env);
  return user === undefined ? undefined : resolve(user, ".manyoyo");
}

/** The file of settings for everything, with `runs` in it. */
export function globalPath(home: string): string {
  return resolve(home, "manyoyo.json");
}

/** The file of the profile called `name`, which `isProfileName` has passed. */
export function runPath(home: string, name: string): string {
  return resolve(home, "run", `${name}.json`);
}

/** The folder of the env files that are called by name. */
export function envFolder(home: string): string {
  return resolve(home, "env");
}

/** The record of the profiles that were agreed to. */
export function trustedPath(home: string): string {
  return resolve(home, "trusted.json");
}
