import { type Running, runningIn } from "../lib/engine/busy.ts";
import { letGo } from "../lib/engine/change.ts";
import type { Engine } from "../lib/engine/engine.ts";
import type { Found } from "../lib/engine/find.ts";
import type { Waits } from "../lib/engine/holder.ts";
import { Failure } from "../lib/failure.ts";
import type { Session } from "../lib/session/session.ts";
import type { Call } from "./call.ts";
import { age } from "./print.ts";
import { sessionOf, type VerbContext, waitsFor } from "./sessions.ts";

/** What is about to be done to sessions, in the words of its question. */
export type Ending = "Remove" | "Stop" | "Restart" | "Recreate" | "Restore";

const verbs: Readonly<Record<Ending, string>> = {
  Remove: "rm",
  Stop: "stop",
  Restart: "restart",
  Recreate: "recreate",
  Restore: "snapshot restore",
};

/** What was seen of the operands' sessions before anything is done to them. */
export interface Looked {
  /** Why a session is to be left alone, by its word; none with `--force`. */
  readonly refused: ReadonlyMap<string, Failure>;
  /** The session of the only word, where it was looked at a moment ago and nobody was asked since. */
  readonly seen: Found | undefined;
}

/**
 * Looks which of the operands' sessions are in use, and asks about each, one after the other and before anything is done.
 * What else is wrong with a word is left to whoever does it.
 */
export async function lookAtAll(call: Call, context: VerbContext, ending: Ending): Promise<Looked> {
  const refused = new Map<string, Failure>();
  let seen: Found | undefined;
  for (const word of call.parsed.operands) {
    const looked = await look(call, context, { word, ending });
    if (looked.refused !== undefined) refused.set(word, looked.refused);
    seen = looked.seen;
  }
  return { refused, seen: call.parsed.operands.length === 1 ? seen : undefined };
}

/** What is about to be done to which session. */
interface Plan {
  readonly word: string;
  readonly ending: Ending;
  /** The session, where it was found a moment ago. */
  readonly found?: Found;
}

/** Why one session is to be left alone, after asking where somebody can answer; undefined where it may go on. */
export async function refusal(call: Call, context: VerbContext, plan: Plan): Promise<Failure | undefined> {
  return (await look(call, context, plan)).refused;
}

async function look(call: Call, context: VerbContext, { word, ending, found: given }: Plan) {
  const goOn = (seen: Found | undefined) => ({ refused: undefined, seen });
  if (call.parsed.values.force) return goOn(undefined);
  const found = given ?? (await sessionOf(call, context, word).catch(() => undefined));
  if (found === undefined || !mayBeBusy(found.session)) return goOn(found);
  const { name, state } = found.session;
  const use = await useNow(context.choice.engine, found.session, waitsFor(name));
  // One that was paused may have been waited for.
  if (use === undefined) return goOn(state === "paused" ? undefined : found);
  const message = `${name} ${use.isSeen ? "is" : "may be"} in use: ${use.words}`.replace(/[^.]$/, "$&.");
  if (call.canAsk) {
    const { askYes } = await import("./menu.ts");
    if (await askYes(`${message} ${ending} it all the same?`)) return goOn(undefined);
  }
  const refused = new Failure(
    "in-use",
    `The session ${message}`,
    `${ending} it all the same: manyoyo ${verbs[ending]} -f ${word}`,
  );
  return { refused, seen: undefined };
}

/** Whether something may run in a session as it was seen. */
export function mayBeBusy({ state }: Pick<Session, "state">): boolean {
  return state === "running" || state === "paused";
}

/**
 * Who uses a session, in words, or why that cannot be seen; undefined when nobody does.
 * @param waits hears that a call that has paused it to save it is waited for; undefined for who has it to itself
 * @throws Failure
 */
export async function useNow(engine: Engine, session: Pick<Session, "id" | "name">, waits?: Waits) {
  const settled = waits && (() => letGo(engine, session, waits));
  const running = await runningIn(engine, session.id, settled).catch(unknownUse);
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
