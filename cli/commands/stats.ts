import type { Engine } from "../../lib/engine/engine.ts";
import { findSession } from "../../lib/engine/find.ts";
import { listSessions } from "../../lib/engine/list.ts";
import { type Meter, meterOf, type Use } from "../../lib/engine/stats.ts";
import type { Session } from "../../lib/session/session.ts";
import type { Call } from "../call.ts";
import { answer, answerJson, say, size, table } from "../print.ts";
import { shown } from "../session-list.ts";
import { sessionOf, verbContext } from "../sessions.ts";

/** A session with what it uses; undefined for one that does not run. */
interface Measured {
  readonly session: Session;
  readonly use: Use | undefined;
}

/** `manyoyo stats [NAME...]`: what one's sessions that run, or these, use: again and again at a terminal. */
export async function stats(call: Call): Promise<number> {
  const { json, noStream } = call.parsed.values;
  const context = await verbContext(call);
  const { engine } = context.choice;
  const named = await Promise.all(call.parsed.operands.map((word) => sessionOf(call, context, word)));
  const known = named.length === 0 ? undefined : named.map(({ session }) => session);
  const meter = meterOf(engine);
  const shownNow = async (): Promise<readonly Session[]> =>
    shown(call, await listSessions(engine)).filter(isOn);
  if (call.terminal && !json && !noStream) {
    const { watch } = await import("../watch.ts");
    const next = known === undefined ? shownNow : () => again(engine, known);
    await watch(async () => lines(await measured(meter, await next())));
    return 0;
  }
  // Those that are named were found just now.
  const all = await measured(meter, known ?? (await shownNow()));
  if (json) answerJson({ engine: engine.name, sessions: all.map(document) });
  else if (all.length > 0) answer(lines(all).join("\n"));
  else if (call.terminal) say("No session runs.");
  return 0;
}

const isOn = ({ state }: Session): boolean => state === "running" || state === "paused";

/** What sessions use, by their names. */
async function measured(meter: Meter, wanted: readonly Session[]) {
  const sessions = wanted.toSorted((one, other) => (one.name < other.name ? -1 : 1));
  const uses = await meter(sessions.filter(isOn).map(({ id }) => id));
  return sessions.map((session): Measured => ({ session, use: uses.get(session.id) }));
}

// Those that are still there. Each by its own name: the list of all sessions may be long, and none of the others is asked about.
async function again(engine: Engine, known: readonly Session[]): Promise<readonly Session[]> {
  const ids = new Set(known.map(({ id }) => id));
  const found = await Promise.all(known.map(({ name }) => findSession(engine, name)));
  return found.flatMap((each) => (each !== undefined && ids.has(each.session.id) ? [each.session] : []));
}

const heading = ["NAME", "STATE", "CPU", "MEMORY", "LIMIT", "PIDS", "RECEIVED", "SENT"];

function lines(all: readonly Measured[]): readonly string[] {
  const bytes = (amount: number | undefined): string => (amount === undefined ? "-" : size(amount));
  const rows = all.map(({ session, use }) => [
    session.name,
    session.state,
    use?.cpu === undefined ? "-" : `${use.cpu.toFixed(1)}%`,
    bytes(use?.memory),
    bytes(use?.memoryLimit),
    use?.pids === undefined ? "-" : String(use.pids),
    bytes(use?.received),
    bytes(use?.sent),
  ]);
  return table([heading, ...rows]);
}

function document({ session, use }: Measured): Readonly<Record<string, unknown>> {
  const { name, id, state } = session;
  return {
    name,
    id,
    state,
    cpu: use?.cpu ?? null,
    memory: use?.memory ?? null,
    memoryLimit: use?.memoryLimit ?? null,
    pids: use?.pids ?? null,
    received: use?.received ?? null,
    sent: use?.sent ?? null,
  };
}
