import { findVolume } from "../../lib/engine/volumes.ts";
import { Failure } from "../../lib/failure.ts";
import { keptVolume } from "../../lib/history/keep.ts";
import { keptPlace } from "../../lib/session/make.ts";
import { userHome } from "../../lib/settings/home.ts";
import { checkWorkspace } from "../../lib/settings/workspace.ts";
import { atDesk } from "../../lib/snapshot/desk.ts";
import type { Snapshot } from "../../lib/snapshot/list.ts";
import { restore as restoreSession } from "../../lib/snapshot/replace.ts";
import type { Call } from "../call.ts";
import { affairOf, hostOf, maybeSession, seenNow, snapshotOf } from "../copies.ts";
import { refusal } from "../in-use.ts";
import { answer, answerJson } from "../print.ts";
import { during } from "../progress.ts";
import { nameOf, type VerbContext, verbContext } from "../sessions.ts";

/** `manyoyo snapshot restore NAME TAG`: makes a session what it was, also one that is gone. */
export async function restore(call: Call): Promise<number> {
  const context = await verbContext(call);
  const { engine } = context.choice;
  const [word = ".", given = ""] = call.parsed.operands;
  const name = await nameOf(call, context, word);
  const snapshot = await snapshotOf(context, name, given);
  const found = await maybeSession(context, name);
  if (found !== undefined) {
    const refused = await refusal(call, context, { word: name, ending: "Restore", found });
    if (refused !== undefined) throw refused;
  }
  await mayReplace(call, context, { snapshot, isThere: found !== undefined });
  const folder = checkWorkspace(
    snapshot.likeness.folder ?? found?.session.folder ?? call.cwd,
    userHome(call.env),
  );
  const host = hostOf(call, context);
  await during(call, `Restoring ${name}`, () =>
    atDesk(affairOf(context, { name, image: snapshot.image, found }), async (desk) => {
      await restoreSession(desk, { found: await seenNow(desk), snapshot, host, folder });
    }),
  );
  if (call.parsed.values.json) answerJson({ engine: engine.name, name, tag: snapshot.tag });
  else answer(name);
  return 0;
}

// What it is now is gone afterwards. A script has said so, but conversations that were kept for good need its -f.
async function mayReplace(
  call: Call,
  { choice }: VerbContext,
  { snapshot, isThere }: { readonly snapshot: Snapshot; readonly isThere: boolean },
): Promise<void> {
  const { name, tag, likeness } = snapshot;
  const kept =
    likeness.stores.some(({ target }) => target === keptPlace) &&
    (await findVolume(choice.engine, keptVolume(name))) !== undefined;
  if (call.parsed.values.force || (!kept && !isThere)) return;
  const what = kept ? "what it holds now, and its kept conversations" : "what it holds now";
  if (!call.canAsk) {
    if (!kept) return;
    throw new Failure(
      "usage",
      `Nobody can be asked here whether the kept conversations of ${name} may be replaced by those of ${tag}.`,
      `Replace them: manyoyo snapshot restore -f ${name} ${tag}`,
    );
  }
  const { askYes } = await import("../menu.ts");
  if (await askYes(`Make ${name} what it was at ${tag}? Lost is ${what} (a snapshot first keeps it).`))
    return;
  throw new Failure("interrupted", `The session ${name} stays as it is.`);
}
