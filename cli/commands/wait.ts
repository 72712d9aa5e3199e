import { waitFor } from "../../lib/engine/wait.ts";
import { parseDuration } from "../../lib/settings/durations.ts";
import type { Call } from "../call.ts";
import { answerJson } from "../print.ts";
import { sessionOf, verbContext } from "../sessions.ts";

/** `manyoyo wait NAME`: waits until nothing runs in the session, and ends with the status of its last run. */
export async function wait(call: Call): Promise<number> {
  const context = await verbContext(call);
  const [word = "."] = call.parsed.operands;
  const { session } = await sessionOf(call, context, word);
  const { timeout, json } = call.parsed.values;
  const limit = timeout === undefined ? undefined : parseDuration(timeout);
  const status = await waitFor(context.choice.engine, session, limit);
  if (json) answerJson({ name: session.name, status });
  return status;
}
