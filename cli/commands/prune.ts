import { remove } from "../../lib/engine/change.ts";
import type { Engine } from "../../lib/engine/engine.ts";
import { listSessions } from "../../lib/engine/list.ts";
import { type LastUse, lastUses, removeIdle, unusedFor } from "../../lib/engine/used.ts";
import { Failure } from "../../lib/failure.ts";
import { lostCount, lostWith } from "../../lib/history/lost.ts";
import type { Image } from "../../lib/image/list.ts";
import { removable, removeImage } from "../../lib/image/prune.ts";
import { pooled } from "../../lib/pool.ts";
import { isCandidate, judge, type PruneWish, type Spared, type Use } from "../../lib/session/prune.ts";
import type { Session } from "../../lib/session/session.ts";
import { parseDuration } from "../../lib/settings/durations.ts";
import { type Call, userName } from "../call.ts";
import { eachResult } from "../each.ts";
import { titled } from "../images.ts";
import { mayBeBusy, useNow } from "../in-use.ts";
import { age, answer, answerJson, say, size, table } from "../print.ts";
import { verbContext, waitsFor } from "../sessions.ts";

/** What goes unless it is said otherwise. */
const usualAge = "7d";

/** `manyoyo prune`: removes sessions that nobody has used for long, after saying which. */
export async function prune(call: Call): Promise<number> {
  const { values } = call.parsed;
  const wish: PruneWish = {
    olderThan: parseDuration(values.olderThan ?? usualAge),
    all: values.all,
    force: values.force,
  };
  const { choice } = await verbContext(call);
  const { engine } = choice;
  const sessions = (await listSessions(engine)).filter(
    // One whose maker nobody wrote down, as the original tool did not, may be anybody's.
    (session) => isCandidate(session, wish) && (values.allUsers || session.user === userName(call)),
  );
  const now = Date.now();
  const old = await unusedFor(engine, sessions, { olderThan: wish.olderThan, now });
  const last = await lastUses(engine, old, { sizes: true });
  const there = old.flatMap((session) => {
    const use = last.get(session.id);
    return use === undefined ? [] : [{ session, ...use }];
  });
  const uses = await pooled(there, 8, (each) => useOf(engine, each));
  const { gone, spared } = judge(uses, wish, now);
  const images = values.images ? await removable(engine, false) : [];
  tell(call, gone, spared);
  for (const image of images) if (!values.json) say(`Image: ${titled(image)}, ${size(image.size)}`);
  if (gone.length + images.length === 0 && !values.json) say("There is nothing to remove.");
  if (
    gone.length + images.length > 0 &&
    !values.dryRun &&
    !(await agreed(call, gone.length, images.length))
  ) {
    return 130;
  }
  const { sessions: removed, status } = values.dryRun
    ? { sessions: gone.map(documentOf), status: 0 }
    : await removeAll(call, engine, gone);
  const without = values.dryRun ? images : await removeImages(call, engine);
  if (values.json) {
    const left = spared.map(({ use, reason }) => ({ ...documentOf(use), reason }));
    const names = without.map(({ id, names, size: bytes }) => ({ id, names, size: bytes }));
    answerJson({
      engine: engine.name,
      dryRun: values.dryRun,
      sessions: removed,
      spared: left,
      images: names,
    });
  }
  return status;
}

// Asked for once more: with their sessions gone, more images may go.
async function removeImages(call: Call, engine: Engine): Promise<readonly Image[]> {
  const gone: Image[] = [];
  for (const image of call.parsed.values.images ? await removable(engine, false) : []) {
    if (!(await removeImage(engine, image))) continue;
    gone.push(image);
    if (!call.parsed.values.json) say(`Removed the image ${titled(image)}.`);
  }
  return gone;
}

async function useOf(engine: Engine, known: LastUse & { readonly session: Session }): Promise<Use> {
  const { session, size: bytes } = known;
  const [busy, lost] = await Promise.all([
    mayBeBusy(session) ? useNow(engine, session, { waits: waitsFor(session.name) }) : undefined,
    // Also of one that was made for no agent: one may have been started in it since.
    lostWith(engine, { ...session, size: bytes }),
  ]);
  return { ...known, busy: busy?.words, conversations: lost && lostCount(lost) };
}

function tell(call: Call, gone: readonly Use[], spared: readonly Spared[]): void {
  const { json, dryRun } = call.parsed.values;
  if (json) return;
  const heading = ["NAME", "STATE", "USED", "SIZE", "FOLDER"];
  const lines = gone.length === 0 ? [] : table([heading, ...gone.map(row)]);
  for (const line of lines) (dryRun ? answer : say)(line);
  for (const { use, reason } of spared) say(`Left out: ${use.session.name}, ${reason}.`);
}

function row({ session, used, size: bytes }: Use): readonly string[] {
  const when = used === undefined ? "-" : `${age(used, Date.now())} ago`;
  return [session.name, session.state, when, bytes === undefined ? "-" : size(bytes), session.folder ?? "-"];
}

// Removing is asked about at a terminal; a script says --yes, which at this verb is a word about removing.
async function agreed(call: Call, sessions: number, images: number): Promise<boolean> {
  if (call.parsed.values.yes) return true;
  if (!call.canAsk) {
    throw new Failure(
      "usage",
      "Nothing was removed, as nobody can be asked.",
      "Say --yes, or --dry-run to see what would go",
    );
  }
  const counted = (count: number, what: string): string[] =>
    count === 0 ? [] : [`${count} ${what}${count === 1 ? "" : "s"}`];
  const { askYes } = await import("../menu.ts");
  return askYes(`Remove ${[...counted(sessions, "session"), ...counted(images, "image")].join(" and ")}?`);
}

function documentOf({ session, used, size: bytes }: Use): Readonly<Record<string, unknown>> {
  const { name, state, folder = null } = session;
  return {
    name,
    state,
    folder,
    used: used === undefined ? null : new Date(used).toISOString(),
    size: bytes ?? null,
  };
}

async function removeAll(call: Call, engine: Engine, gone: readonly Use[]) {
  const byName = new Map(gone.map((use) => [use.session.name, use]));
  return eachResult(call, [...byName.keys()], async (name) => {
    const use = byName.get(name);
    if (use === undefined) return { result: "missing" };
    if (call.parsed.values.force || use.session.state === "running" || use.session.state === "paused") {
      await remove(engine, use.session);
    } else if (!(await removeIdle(engine, use.session))) {
      throw new Failure("in-use", `The session ${name} was started meanwhile, so it stays.`);
    }
    if (!call.parsed.values.json) answer(name);
    return { result: "removed", size: use.size ?? null };
  });
}
