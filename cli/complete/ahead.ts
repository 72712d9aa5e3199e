import { chooseEngine, type Engine } from "../../lib/engine/engine.ts";
import { type Glance, glanceAt } from "../../lib/engine/glance.ts";
import { sessionRows } from "../../lib/engine/glimpses.ts";
import { home } from "../../lib/settings/home.ts";
import { engines } from "../../lib/settings/values.ts";
import { verbOfWord, verbSpec } from "../verbs.ts";
import { settingsText } from "./settings-text.ts";

type Variables = Readonly<Record<string, string | undefined>>;

/** An engine that is looked at, and the answer to the question for its sessions where that was asked already. */
export interface Look {
  readonly engine: Engine;
  readonly glance: Glance;
  readonly rows: Promise<string | undefined> | undefined;
}

const limit = 2000;

/** Opens a look at `engine`, which ends by itself after two seconds, and with the shell's patience. */
function lookAt(engine: Engine, isAhead = false): Look {
  const glance = glanceAt(engine, limit);
  // A shell ends its completion by a signal, and nothing is to be left behind.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, glance.stop);
  return { engine, glance, rows: isAhead ? sessionRows(engine, glance) : undefined };
}

/**
 * Asks for the sessions where the words plainly want one, before they are understood and anything is loaded for that:
 * the engine takes longer. A guess only; undefined where it cannot be made or a setting may name another engine.
 */
export async function lookAhead(words: readonly string[], env: Variables): Promise<Look | undefined> {
  const named = env["MANYOYO_ENGINE"] || undefined;
  if (!wantsSession(words) || words.some((word) => word.startsWith("--engine"))) return undefined;
  if (named !== undefined && named !== "docker" && named !== "podman") return undefined;
  if (named === undefined && (await mayNameEngine(home(env)))) return undefined;
  try {
    return lookAt(chooseEngine(named, env).engine, true);
  } catch {
    return undefined;
  }
}

function wantsSession(words: readonly string[]): boolean {
  const [before = "", word = ""] = words.slice(-2);
  if (/^(-n|--cont-name)$/.test(before) || /^(-n|--cont-name)=/.test(word)) return true;
  const verb = words.includes("--") || word.startsWith("-") ? undefined : verbOfWord(words[0] ?? "");
  const sessions = verb === undefined ? undefined : verbSpec(verb).sessions;
  return words.length === 2 ? sessions !== undefined : words.length > 2 && sessions === "many";
}

/** Opens a look at the engine that the line names, else a variable or the settings; undefined where there is none. Never throws. */
export async function lookFor(said: string | undefined, env: Variables): Promise<Look | undefined> {
  const named = said ?? (env["MANYOYO_ENGINE"] || (await engineOfSettings(home(env))));
  const known = engines.find((name) => name === named);
  if (named !== undefined && known === undefined) return undefined;
  try {
    return lookAt(chooseEngine(known, env).engine);
  } catch {
    return undefined;
  }
}

async function engineOfSettings(folder: string | undefined): Promise<string | undefined> {
  const { globalEngine } = await import("../../lib/settings/sources.ts");
  return globalEngine(folder);
}

/** Whether manyoyo.json may name an engine, without reading it as settings. */
async function mayNameEngine(folder: string | undefined): Promise<boolean> {
  return (await settingsText(folder)).includes("engine");
}
