import { runningIn } from "../../lib/engine/busy.ts";
import { remove } from "../../lib/engine/change.ts";
import type { Engine } from "../../lib/engine/engine.ts";
import { findSession } from "../../lib/engine/find.ts";
import { Failure } from "../../lib/failure.ts";
import type { Session } from "../../lib/session/session.ts";
import type { Call } from "../call.ts";
import { each } from "../each.ts";
import { age, answer } from "../print.ts";
import { nameOf, sessionOf, verbContext } from "../sessions.ts";

/** `manyoyo rm NAME...`: removes sessions. One in which a command runs is asked about, or needs `-f`. */
export async function rm(call: Call): Promise<number> {
  const context = await verbContext(call);
  const { engine } = context.choice;
  const { force, json } = call.parsed.values;
  // Questions come one after the other, and before anything is removed.
  const agreed = new Map<string, Failure | undefined>();
  if (!force) {
    for (const word of call.parsed.operands)
      agreed.set(word, await refusal(call, engine, word, () => sessionOf(call, context, word)));
  }
  return each(call, call.parsed.operands, async (word) => {
    const refused = agreed.get(word);
    if (refused !== undefined) throw refused;
    const found = force
      ? await findSession(engine, await nameOf(call, context, word))
      : await sessionOf(call, context, word);
    if (found === undefined) return { result: "missing" };
    await remove(engine, found.session);
    if (!json) answer(found.session.name);
    return { result: "removed" };
  });
}

/** Why a session is not removed; undefined when it may be, or when another step will say what is wrong. */
async function refusal(
  call: Call,
  engine: Engine,
  word: string,
  find: () => Promise<{ readonly session: Session }>,
): Promise<Failure | undefined> {
  const session = await find().then(
    (found) => found.session,
    () => undefined,
  );
  if (session === undefined || session.state !== "running") return undefined;
  const running = await runningIn(engine, session.id);
  if (running.length === 0) return undefined;
  const [first] = running;
  const what =
    first === undefined ? "" : `${first.user} runs ${first.line} (since ${age(first.since, Date.now())})`;
  const more = running.length > 1 ? `, and ${running.length - 1} more` : "";
  if (call.canAsk) {
    const { askYes } = await import("../menu.ts");
    if (await askYes(`${session.name} is in use: ${what}${more}. Remove it all the same?`)) return undefined;
  }
  return new Failure(
    "in-use",
    `The session ${session.name} is in use: ${what}${more}.`,
    `Remove it all the same: manyoyo rm -f ${word}`,
  );
}
