import { wake } from "../lib/engine/change.ts";
import type { Found } from "../lib/engine/find.ts";
import { placeOf } from "../lib/engine/obtain.ts";
import { runIn } from "../lib/engine/run.ts";
import type { Command } from "../lib/session/command.ts";
import { parseDuration } from "../lib/settings/durations.ts";
import { type Call, runsAs, userName } from "./call.ts";
import type { VerbContext } from "./sessions.ts";

/** Runs a command in a session that is there, waking it first; no menu comes after it. @returns its status */
export async function enter(
  call: Call,
  context: VerbContext,
  found: Found,
  command: Command,
): Promise<number> {
  const { engine } = context.choice;
  await wake(engine, found.session, found.container);
  const end = await runIn(engine, placeOf(found), command, optionsOf(call, context));
  return end.status;
}

/** How a verb runs a command: with the caller's terminal, and no variables of its own. */
export function optionsOf(call: Call, { choice, settings }: VerbContext) {
  const { timeout, root } = call.parsed.values;
  return {
    user: userName(call),
    as: runsAs(call, choice, { user: root ? "root" : undefined }, settings),
    terminal: call.terminal,
    values: new Map<string, string>(),
    limit: timeout === undefined ? undefined : parseDuration(timeout),
  };
}
