import { beginRun } from "../lib/engine/ahead.ts";
import { wake } from "../lib/engine/change.ts";
import { placeOf } from "../lib/engine/obtain.ts";
import { newRun, runIn } from "../lib/engine/run.ts";
import type { Command } from "../lib/session/command.ts";
import { parseLimit } from "../lib/settings/durations.ts";
import { type Call, runsAs, userName } from "./call.ts";
import { nameOf, sessionOf, type VerbContext, waitsFor } from "./sessions.ts";

/**
 * Runs a command in the session of an operand, waking it first; no menu comes after it.
 * @returns its status
 * @throws Failure `no-session`, `not-ours`
 */
export async function enter(
  call: Call,
  context: VerbContext,
  word: string,
  command: Command,
): Promise<number> {
  const { engine } = context.choice;
  const options = optionsOf(call, context);
  const name = await nameOf(call, context, word);
  const ahead = await beginRun(engine, name, newRun(command, options), options.values);
  try {
    const found = await sessionOf(call, context, name);
    await wake(engine, found.session, { container: found.container, waits: waitsFor(name) });
    const end = await runIn(engine, placeOf(found), command, options, ahead);
    return end.status;
  } finally {
    ahead?.abandon();
  }
}

/** How a verb runs a command: with the caller's terminal, and no variables of its own. */
export function optionsOf(call: Call, { choice, settings }: VerbContext) {
  const { timeout, root } = call.parsed.values;
  return {
    user: userName(call),
    as: runsAs(call, choice, { user: root ? "root" : undefined }, settings),
    terminal: call.terminal,
    values: new Map<string, string>(),
    limit: timeout === undefined ? undefined : parseLimit(timeout),
  };
}
