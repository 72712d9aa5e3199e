import { type Running, runningIn } from "../lib/engine/busy.ts";
import { letGo } from "../lib/engine/change.ts";
import type { Engine } from "../lib/engine/engine.ts";
import type { Found } from "../lib/engine/find.ts";
import type { Waits } from "../lib/engine/holder.ts";
import { Failure } from "../lib/failure.ts";
import { label } from "../lib/session/labels.ts";
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
  readonly found?: Found | undefined;
}

/** Why one session is to be left alone, after asking where somebody can answer; undefined where it may go on. */
export async function refusal(call: Call, context: VerbContext, plan: Plan): Promise<Failure | undefined> {
  return (await look(call, context, plan)).refused;
}

/**
 * Asks about a session that another call may have to itself for long yet.
 * @returns what to do once this call has it to itself, just before it ends what runs: refuses what has begun since.
 * @throws Failure `in-use`
 */
export async function askToEnd(call: Call, context: VerbContext, plan: Plan) {
  if (plan.found !== undefined) refuseToLose(plan.found);
  const { refused, agreed } = await look(call, context, plan);
  if (refused !== undefined) throw refused;
  return async (now: Found): Promise<void> => {
    refuseToLose(now);
    const { session } = now;
    if (call.parsed.values.force || !mayBeBusy(session)) return;
    const use = await useNow(context.choice.engine, session, { agreed });
    if (use !== undefined) throw refusedFor(session.name, use, plan);
  };
}

async function look(call: Call, context: VerbContext, plan: Plan) {
  const { word, ending, found: given } = plan;
  const goOn = (seen: Found | undefined, agreed: readonly string[] = []) => ({
    refused: undefined,
    seen,
    agreed,
  });
  if (call.parsed.values.force) return goOn(undefined);
  const found = given ?? (await sessionOf(call, context, word).catch(() => undefined));
  if (found === undefined || !mayBeBusy(found.session)) return goOn(found);
  // What goes on with it is refused, whatever would be answered.
  if (ending === "Restart" && goesWithCall(found)) return goOn(found);
  const { name, state } = found.session;
  const use = await useNow(context.choice.engine, found.session, { waits: waitsFor(name) });
  // One that was paused may have been waited for.
  if (use === undefined) return goOn(state === "paused" ? undefined : found);
  if (call.canAsk) {
    const { askYes } = await import("./menu.ts");
    const question = `${useOf(name, use)} ${ending} it all the same?`;
    if (await askYes(question)) return goOn(undefined, use.runs);
  }
  return { refused: refusedFor(name, use, plan), seen: undefined, agreed: [] };
}

function useOf(name: string, { words, isSeen }: UseNow): string {
  return `${name} ${isSeen ? "is" : "may be"} in use: ${words}`.replace(/[^.]$/, "$&.");
}

function refusedFor(name: string, use: UseNow, { word, ending }: Plan): Failure {
  return new Failure(
    "in-use",
    `The session ${useOf(name, use)}`,
    `${ending} it all the same: manyoyo ${verbs[ending]} -f ${word}`,
  );
}

/** Whether a session was made with `--rm-on-exit`: the engine removes it as soon as it stops. */
export function goesWithCall({ container }: Found): boolean {
  return (container.labels[label.call] ?? "") !== "";
}

/** Refuses to stop a session in order to go on with it where it would be gone then. @throws Failure `in-use` */
export function refuseToLose(found: Found): void {
  if (!goesWithCall(found)) return;
  const { name } = found.session;
  throw new Failure(
    "in-use",
    `The session ${name} was made with --rm, so it would be gone as soon as it is stopped.`,
    `Keep what is in it: manyoyo fork ${name} NEW`,
  );
}

/** Whether something may run in a session as it was seen. */
export function mayBeBusy({ state }: Pick<Session, "state">): boolean {
  return state === "running" || state === "paused";
}

/** Who uses a session. */
interface UseNow {
  /** In words, or why that cannot be seen. */
  readonly words: string;
  readonly isSeen: boolean;
  /** By the ids of their runs; what cannot be seen, by the words for it. */
  readonly runs: readonly string[];
}

/** How it is looked. */
interface Looking {
  /** Hears that a call that has paused the session to save it is waited for; undefined for who has it to itself. */
  readonly waits?: Waits;
  /** Use that does not count. */
  readonly agreed?: readonly string[];
}

/** Who uses a session; undefined when nobody does. @throws Failure */
export async function useNow(
  engine: Engine,
  session: Pick<Session, "id" | "name">,
  { waits, agreed = [] }: Looking,
): Promise<UseNow | undefined> {
  const settled = waits && (() => letGo(engine, session, waits));
  const running = await runningIn(engine, session.id, settled).catch(unknownUse);
  if (typeof running === "string") {
    return agreed.includes(running) ? undefined : { words: running, isSeen: false, runs: [running] };
  }
  const words = inUse(running.filter(({ id }) => !agreed.includes(id)));
  return words === undefined ? undefined : { words, isSeen: true, runs: running.map(({ id }) => id) };
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
