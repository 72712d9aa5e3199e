import type { Found } from "../../lib/engine/find.ts";
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
import { askToEnd } from "../in-use.ts";
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
  const mustBeAgreed = await askToEnd(call, context, { word: name, ending: "Restore", found });
  const asked = await stakeOf(context, snapshot, found);
  await mayReplace(call, snapshot, asked);
  const folder = checkWorkspace(
    snapshot.likeness.folder ?? found?.session.folder ?? call.cwd,
    userHome(call.env),
    call.home,
  );
  const host = hostOf(call, context);
  await during(call, `Restoring ${name}`, () =>
    atDesk(affairOf(context, { name, image: snapshot.image, found }), async (desk) => {
      const now = await seenNow(desk);
      refuseUnasked(call, snapshot, { asked, now: await stakeOf(context, snapshot, now) });
      if (now !== undefined) await mustBeAgreed(now);
      await restoreSession(desk, { found: now, snapshot, host, folder });
    }),
  );
  if (call.parsed.values.json) answerJson({ engine: engine.name, name, tag: snapshot.tag });
  else answer(name);
  return 0;
}

/** What would be replaced. */
interface Stake {
  /** A session. */
  readonly isThere: boolean;
  /** Conversations that were kept for good. */
  readonly kept: boolean;
}

async function stakeOf(
  { choice }: VerbContext,
  { name, likeness }: Snapshot,
  found: Found | undefined,
): Promise<Stake> {
  const kept =
    likeness.stores.some(({ target }) => target === keptPlace) &&
    (await findVolume(choice.engine, keptVolume(name))) !== undefined;
  return { isThere: found !== undefined, kept };
}

// What it is now is gone afterwards. A script has said so, but conversations that were kept for good need its -f.
async function mayReplace(call: Call, { name, tag }: Snapshot, { isThere, kept }: Stake): Promise<void> {
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

// Another call may have been waited for, under which it became more.
function refuseUnasked(
  call: Call,
  { name, tag }: Snapshot,
  { asked, now }: { readonly asked: Stake; readonly now: Stake },
): void {
  if (call.parsed.values.force) return;
  const hint = `Replace what is there now: manyoyo snapshot restore -f ${name} ${tag}`;
  if (now.kept && !asked.kept) {
    throw new Failure("in-use", `Conversations of ${name} were kept meanwhile, so they stay.`, hint);
  }
  if (call.canAsk && now.isThere && !asked.isThere) {
    throw new Failure("in-use", `A session ${name} was made meanwhile, so it stays.`, hint);
  }
}
