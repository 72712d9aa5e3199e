import { statSync } from "node:fs";
import { askFor, askForAll } from "../lib/engine/ask.ts";
import { chooseEngine, type Engine } from "../lib/engine/engine.ts";
import { globalPath, home } from "../lib/settings/home.ts";
import type { Said } from "../lib/shell.ts";

/** A question to an engine for the container of a name. */
interface Question {
  readonly engine: Engine;
  readonly name: string;
  readonly said: Promise<Said>;
}

/** What was asked on a guess. */
export interface Early {
  /**
   * The answer of that engine about that name, or without one about all sessions; undefined where something else was asked.
   * It is given once: later it may not be true any more.
   */
  take(engine: Engine, name: string | undefined): Promise<Said> | undefined;
  /** The same question to the other engine, for a session that will likely be made. */
  readonly elsewhere: Question | undefined;
}

type Variables = Readonly<Record<string, string | undefined>>;

// Verbs that find the session of their first word before they do anything else.
const findingVerbs = "inspect logs wait resume shell exec start stop restart rm".split(" ");

/**
 * Asks what the most frequent lines begin with, `[-d] -n NAME [-d | -x CMD... | -- ARGS...]`, `ls` and `VERB NAME`, before
 * the words are parsed and anything is loaded, so that all this costs no time: the engine takes longer. A guess only, which
 * the parsed words and the settings may put aside; undefined where a setting may name another engine.
 */
export function earlyQuestion(words: readonly string[], env: Variables): Early | undefined {
  const made = nameOf(words[0] === "-d" ? words.slice(1) : words);
  const name = made ?? operandOf(words);
  if (name === undefined && !isList(words)) return undefined;
  const named = env["MANYOYO_ENGINE"] || undefined;
  if (named !== undefined && named !== "docker" && named !== "podman") return undefined;
  try {
    if (named === undefined && hasSettings(env)) return undefined;
    const { engine, other } = chooseEngine(named, env);
    const said = name === undefined ? askForAll(engine) : askFor(engine, name);
    const isNew = words[0] === "-d" || words[2] === "-d";
    const elsewhere =
      made !== undefined && other !== undefined && isNew
        ? { engine: other, name: made, said: askFor(other, made) }
        : undefined;
    return { take: once(said, engine, name), elsewhere };
  } catch {
    // Said when it is certain.
    return undefined;
  }
}

function once(said: Promise<Said>, engine: Engine, name: string | undefined): Early["take"] {
  let isTaken = false;
  return (asked, about) => {
    if (isTaken || about !== name || asked.program !== engine.program) return undefined;
    isTaken = true;
    return said;
  };
}

function nameOf(words: readonly string[]): string | undefined {
  const [option, name, next] = words;
  if (option !== "-n" && option !== "--cont-name") return undefined;
  return next === undefined || ["-x", "--", "-d"].includes(next) ? plainName(name) : undefined;
}

function operandOf([verb = "", name, ...more]: readonly string[]): string | undefined {
  if (!findingVerbs.includes(verb) || more.some((word) => word.startsWith("--engine"))) return undefined;
  return plainName(name);
}

// What is a session's name for certain, and never an option of the engine's program.
function plainName(word: string | undefined): string | undefined {
  return word !== undefined && /^[A-Za-z0-9][A-Za-z0-9_.-]{1,59}$/.test(word) ? word : undefined;
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
