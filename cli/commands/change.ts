import { stop as stopSession, wake } from "../../lib/engine/change.ts";
import type { Call } from "../call.ts";
import { each } from "../each.ts";
import { lookAtAll, mayBeBusy } from "../in-use.ts";
import { answer } from "../print.ts";
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
    const { session } = seen ?? (await sessionOf(call, context, word));
    if (mayBeBusy(session)) {
      await stopSession(context.choice.engine, session, { waits: waitsFor(session.name) });
    }
    return done(call, session.name, "stopped");
  });
}

/** `manyoyo restart NAME...`: stops and wakes sessions, as `stop` does. */
export async function restart(call: Call): Promise<number> {
  const context = await verbContext(call);
  const { refused, seen } = await lookAtAll(call, context, "Restart");
  return each(call, call.parsed.operands, async (word) => {
    const refusal = refused.get(word);
    if (refusal !== undefined) throw refusal;
    const { session, container } = seen ?? (await sessionOf(call, context, word));
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
