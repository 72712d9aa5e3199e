import { type Running, runningIn } from "../lib/engine/busy.ts";
import type { Engine } from "../lib/engine/engine.ts";
import { Failure } from "../lib/failure.ts";
import type { Call } from "./call.ts";
import { age } from "./print.ts";
import { sessionOf, type VerbContext } from "./sessions.ts";

/** What is about to be done to sessions, in the words of its question. */
export type Ending = "Remove" | "Stop" | "Restart" | "Recreate" | "Restore";

const verbs: Readonly<Record<Ending, string>> = {
  Remove: "rm",
  Stop: "stop",
  Restart: "restart",
  Recreate: "recreate",
  Restore: "snapshot restore",
};

/**
 * Looks which of the operands' sessions are in use, and asks about each, one after the other and before anything is done.
 * @returns why a session is to be left alone, by its word; none with `--force`. What else is wrong with a word is left to
 * whoever does it.
 */
export async function refusals(
  call: Call,
  context: VerbContext,
  ending: Ending,
): Promise<ReadonlyMap<string, Failure>> {
  const refused = new Map<string, Failure>();
  for (const word of call.parsed.operands) {
    const failure = await refusal(call, context, { word, ending });
    if (failure !== undefined) refused.set(word, failure);
  }
  return refused;
}

/** Why one session is to be left alone, after asking where somebody can answer; undefined where it may go on. */
export async function refusal(
  call: Call,
  context: VerbContext,
  { word, ending }: { readonly word: string; readonly ending: Ending },
): Promise<Failure | undefined> {
  if (call.parsed.values.force) return undefined;
  const found = await sessionOf(call, context, word).catch(() => undefined);
  if (found?.session.state !== "running") return undefined;
  const { name, id } = found.session;
  const use = await useNow(context.choice.engine, id);
  if (use === undefined) return undefined;
  const message = `${name} ${use.isSeen ? "is" : "may be"} in use: ${use.words}`.replace(/[^.]$/, "$&.");
  if (call.canAsk) {
    const { askYes } = await import("./menu.ts");
    if (await askYes(`${message} ${ending} it all the same?`)) return undefined;
  }
  return new Failure(
    "in-use",
    `The session ${message}`,
    `${ending} it all the same: manyoyo ${verbs[ending]} -f ${word}`,
  );
}

/** Who uses a running session, in words, or why that cannot be seen; undefined when nobody does. @throws Failure */
export async function useNow(engine: Engine, id: string) {
  const running = await runningIn(engine, id).catch(unknownUse);
  const words = typeof running === "string" ? running : inUse(running);
  return words === undefined ? undefined : { words, isSeen: typeof running !== "string" };
}

/** What to say of a session of which the engine cannot tell what runs in it. @throws what is no Failure of the engine */
export function unknownUse(thrown: unknown): string {
  if (thrown instanceof Failure && thrown.code === "engine-failed") return thrown.message;
  throw thrown;
}

/** Who runs what in a session since when, of several the first; undefined when nobody does. */
export function inUse([first, ...others]: readonly Running[]): string | undefined {
  if (first === undefined) return undefined;
  const more = others.length === 0 ? "" : `, and ${others.length} more`;
  return `${first.user} runs ${first.line} (since ${age(first.since, Date.now())})${more}`;
}
