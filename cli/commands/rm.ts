import { remove } from "../../lib/engine/change.ts";
import { type Found, findSession } from "../../lib/engine/find.ts";
import { removeVolume } from "../../lib/engine/volumes.ts";
import { keptVolume } from "../../lib/history/keep.ts";
import { goneWords, type Lost, lostWith, lostWords } from "../../lib/history/lost.ts";
import { isSessionImage } from "../../lib/session/images.ts";
import type { Call } from "../call.ts";
import { each } from "../each.ts";
import { lookAtAll, refusal } from "../in-use.ts";
import { keptRefusals } from "../kept-refusals.ts";
import { answer, sayUnless } from "../print.ts";
import { nameOf, sessionOf, type VerbContext, verbContext } from "../sessions.ts";
import { noSession } from "../target.ts";

/**
 * `manyoyo rm NAME...`: removes sessions. One in which a command runs is asked about, or needs `-f`. With `--history` the
 * conversations that were kept under the name go as well, also those of a session that is gone.
 */
export async function rm(call: Call): Promise<number> {
  const context = await verbContext(call);
  const { engine } = context.choice;
  const { force, json, history } = call.parsed.values;
  const { refused, seen } = await lookAtAll(call, context, "Remove");
  const kept = history ? await keptRefusals(call, context, refused) : undefined;
  return each(call, call.parsed.operands, async (word) => {
    const refusal = refused.get(word) ?? kept?.get(word);
    if (refusal !== undefined) throw refusal;
    const found =
      force || history
        ? await findSession(engine, await nameOf(call, context, word))
        : (seen ?? (await sessionOf(call, context, word)));
    const result = found === undefined ? { result: "missing" } : await removed(call, context, found);
    if (!history) return result;
    const name = found?.session.name ?? word;
    const isGone = await removeVolume(engine, keptVolume(name), 5000);
    if (found === undefined && !isGone && !force) throw await noSession(engine, name);
    if (found === undefined && isGone && !json) answer(name);
    return { ...result, history: isGone ? "removed" : "missing" };
  });
}

// What is only told must not hold up for long what was asked for.
const hintLimit = 20_000;

async function removed(call: Call, context: VerbContext, { session }: Found) {
  const { choice, settings } = context;
  const { engine } = choice;
  const isAgents = session.agent !== undefined;
  const lost = isAgents ? await lostWith(engine, session, hintLimit) : undefined;
  if (!(await remove(engine, session))) await removeSuccessor(call, context, session);
  const { json } = call.parsed.values;
  if (!json) answer(session.name);
  const unseen = isAgents && lost === undefined ? "its conversations, if it had any" : undefined;
  const words = unseen ?? lostWords(lost ?? []);
  if (words !== undefined && !json) sayUnless(settings.quiet, "crm", `${session.name}: ${goneWords(words)}`);
  return { result: "removed", ...(isAgents ? { lost: lost?.map(lostDocument) ?? null } : {}) };
}

// Somebody else was quicker, maybe to put one that was made like it in its place (recreate, snapshot restore): who is told that
// the session is removed must not find that one. It may be in use by now.
async function removeSuccessor(
  call: Call,
  context: VerbContext,
  { id, name }: Found["session"],
): Promise<void> {
  const { engine } = context.choice;
  const now = await findSession(engine, name);
  if (now === undefined || now.session.id === id || !isSessionImage(now.session.image)) return;
  const refused = await refusal(call, context, { word: name, ending: "Remove" });
  if (refused !== undefined) throw refused;
  await remove(engine, now.session);
}

function lostDocument({ agent, count }: Lost) {
  return { agent: agent.name, conversations: count ?? null };
}
