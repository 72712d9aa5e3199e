import { resolve } from "node:path";
import { Failure } from "../failure.ts";
import { envFolder } from "./home.ts";
import { type Base, expandPath } from "./paths.ts";
import { quoted } from "./values.ts";

/** A variable for the session; without a value it is handed on from our own environment, if it is set there. */
export interface EnvEntry {
  readonly name: string;
  readonly value?: string;
}

/** A variable whose value is known. */
export interface EnvValue {
  readonly name: string;
  readonly value: string;
}

/** Our own environment, or a test's. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * `K=V`, or `K` to hand ours on. Any value is legal, a NUL apart.
 * Throws Failure("usage"), whose words never hold the value nor what might be one.
 */
export function parseEnvWord(word: string): EnvEntry {
  const at = word.indexOf("=");
  return at === -1 ? envEntry(word) : envEntry(word.slice(0, at), word.slice(at + 1));
}

// What travels with a command, and what the shell that runs it calls its own (see run.sh).
const ours = /^manyoyo_|^MANYOYO_(ENV_|(EXEC|CONTAINER|READY)$)/;

/**
 * The entry for a name and a value, both checked. A shell begins each command, and dash and busybox drop variables of their
 * environment that they could not set themselves. Throws Failure("usage") without the value in its words.
 */
export function envEntry(name: string, value?: string): EnvEntry {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    throw new Failure(
      "usage",
      "An environment variable has no usable name.",
      "Write NAME=value, or NAME to hand yours on; a name has letters, digits and _, no digit first, as many a sh hands on no other. For a program that wants one: -x env NAME=value PROGRAM",
    );
  }
  if (ours.test(name)) {
    throw new Failure(
      "usage",
      `The environment variable ${quoted(name)} is manyoyo's own.`,
      "Choose another name, one that does not begin so.",
    );
  }
  if (value === undefined) return { name };
  if (value.includes("\0")) {
    throw new Failure(
      "usage",
      `The value of the environment variable ${quoted(name)} has a NUL character in it.`,
    );
  }
  return { name, value };
}

/**
 * Later ones win by name. A name without a value does not take away an earlier value: it may turn out to be unset here,
 * and is then as if it had never been said.
 */
export function mergeEnv(entries: readonly EnvEntry[]): readonly EnvEntry[] {
  const valued = new Set<string>();
  const bare = new Set<string>();
  const kept = entries.toReversed().filter(({ name, value }) => {
    const said = valued.has(name) || (value === undefined && bare.has(name));
    (value === undefined ? bare : valued).add(name);
    return !said;
  });
  return kept.reverse();
}

/** What the session gets: the entries, later ones winning, those without a value taken from `ours` or dropped. */
export function resolveEnv(entries: readonly EnvEntry[], ours: Environment): readonly EnvValue[] {
  const values = new Map<string, string>();
  for (const { name, value } of entries) {
    const known = value ?? (Object.hasOwn(ours, name) ? ours[name] : undefined);
    if (known !== undefined) values.set(name, known);
  }
  return [...values].map(([name, value]) => ({ name, value }));
}

/** Where an env file lies, and its name where it is one of those kept in manyoyo's own folder. */
export interface EnvFilePlace {
  readonly path: string;
  readonly name?: string;
}

/**
 * A word with `/`, with `.` at its start or `.env` at its end is a path in `base`; any other is a name: `env/NAME.env` in
 * manyoyo's own folder `home`. Throws Failure("usage") for an empty word, and for a name when there is no such folder.
 */
export function envFilePath(word: string, where: Base & { readonly home: string | undefined }): EnvFilePlace {
  if (word === "" || word.includes("/") || word.startsWith(".") || word.endsWith(".env")) {
    return { path: expandPath(word, where) };
  }
  if (where.home === undefined) {
    throw new Failure(
      "usage",
      `The env file ${quoted(word)} is looked for in ~/.manyoyo/env, and there is no home folder.`,
      "Set HOME or MANYOYO_HOME, or write a path.",
    );
  }
  return { path: resolve(envFolder(where.home), `${word}.env`), name: word };
}
