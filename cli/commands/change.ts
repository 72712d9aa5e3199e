import { stop as stopSession, wake } from "../../lib/engine/change.ts";
import type { Call } from "../call.ts";
import { each } from "../each.ts";
import { goesWithCall, lookAtAll, mayBeBusy, refuseToLose } from "../in-use.ts";
import { answer, say } from "../print.ts";
import { sessionOf, verbContext, waitsFor } from "../sessions.ts";

/** `manyoyo start NAME...`: wakes sessions. */
export async function start(call: Call): Promise<number> {
  const context = await verbContext(call);
  return each(call, call.parsed.operands, async (word) => {
    const { session, container } = await sessionOf(call, context, word);
    await wake(context.choice.engine, session, { container, waits: waitsFor(session.name) });
    return done(call, session.name, "started");
  });
}

/** `manyoyo stop NAME...`: stops sessions, politely. One in which a command runs is asked about, or needs `-f`. */
export async function stop(call: Call): Promise<number> {
  const context = await verbContext(call);
  const { refused, seen } = await lookAtAll(call, context, "Stop");
  return each(call, call.parsed.operands, async (word) => {
    const refusal = refused.get(word);
    if (refusal !== undefined) throw refusal;
    const found = seen ?? (await sessionOf(call, context, word));
    const { session } = found;
    if (!mayBeBusy(session)) return done(call, session.name, "stopped");
    await stopSession(context.choice.engine, session, { waits: waitsFor(session.name) });
    if (!goesWithCall(found)) return done(call, session.name, "stopped");
    if (!call.parsed.values.json) say(`${session.name} is removed with that, as it was made with --rm.`);
    return done(call, session.name, "removed");
  });
}

/** `manyoyo restart NAME...`: stops and wakes sessions, as `stop` does. */
export async function restart(call: Call): Promise<number> {
  const context = await verbContext(call);
  const { refused, seen } = await lookAtAll(call, context, "Restart");
  return each(call, call.parsed.operands, async (word) => {
    const refusal = refused.get(word);
    if (refusal !== undefined) throw refusal;
    const found = seen ?? (await sessionOf(call, context, word));
    refuseToLose(found);
    const { session, container } = found;
    const { engine } = context.choice;
    const waits = waitsFor(session.name);
    if (mayBeBusy(session)) await stopSession(engine, session, { waits });
    await wake(engine, { ...session, state: "stopped" }, { container, waits });
    return done(call, session.name, "restarted");
  });
}

function done(call: Call, name: string, result: string): Readonly<Record<string, unknown>> {
  if (!call.parsed.values.json) answer(name);
  return { result };
}
