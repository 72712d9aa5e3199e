import { statSync } from "node:fs";
import { askFor, askForAll } from "../lib/engine/ask.ts";
import { chooseEngine, type Engine } from "../lib/engine/engine.ts";
import { globalPath, home } from "../lib/settings/home.ts";
import type { Said } from "../lib/shell.ts";

/** A question to an engine; without a name it is about all sessions. */
interface Question<Name extends string | undefined> {
  readonly engine: Engine;
  readonly name: Name;
  readonly said: Promise<Said>;
}

/** What was asked on a guess: whoever takes an answer checks that it is about its engine and its name. */
export interface Early extends Question<string | undefined> {
  /** The same question to the other engine, for a session that will likely be made. */
  readonly elsewhere: Question<string> | undefined;
}

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Asks what the most frequent lines begin with, `[-d] -n NAME [-d | -x CMD... | -- ARGS...]` and `ls`, before the words
 * are parsed and anything is loaded, so that all this costs no time: the engine takes longer. A guess only, which the
 * parsed words and the settings may put aside; undefined where a setting may name another engine.
 */
export function earlyQuestion(words: readonly string[], env: Variables): Early | undefined {
  const name = nameOf(words[0] === "-d" ? words.slice(1) : words);
  if (name === undefined && !isList(words)) return undefined;
  const named = env["MANYOYO_ENGINE"] || undefined;
  if (named !== undefined && named !== "docker" && named !== "podman") return undefined;
  if (named === undefined && hasSettings(env)) return undefined;
  try {
    const { engine, other } = chooseEngine(named, env);
    if (name === undefined) return { engine, name, said: askForAll(engine), elsewhere: undefined };
    const isNew = other !== undefined && (words[0] === "-d" || words[2] === "-d");
    const said = askFor(engine, name);
    const elsewhere = isNew ? { engine: other, name, said: askFor(other, name) } : undefined;
    return { engine, name, said, elsewhere };
  } catch {
    // Said when it is certain.
    return undefined;
  }
}

function nameOf(words: readonly string[]): string | undefined {
  const [option, name, next] = words;
  if (option !== "-n" && option !== "--cont-name") return undefined;
  if (name === undefined || !/^[A-Za-z0-9][A-Za-z0-9_.-]{1,59}$/.test(name)) return undefined;
  return next === undefined || ["-x", "--", "-d"].includes(next) ? name : undefined;
}

function isList([verb, ...words]: readonly string[]): boolean {
  return (
    verb === "ls" && words.every((word) => ["--json", "--names", "--busy", "--all-users"].includes(word))
  );
}

function hasSettings(env: Variables): boolean {
  const folder = home(env);
  return folder !== undefined && statSync(globalPath(folder), { throwIfNoEntry: false }) !== undefined;
}
