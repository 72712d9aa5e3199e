import * as v from "valibot";
import { parsedJson } from "../json.ts";
import type { Session } from "../session/session.ts";
import { capture } from "../shell.ts";
import { forgetOwnImage } from "./change.ts";
import { dialect } from "./dialect.ts";
import type { Engine } from "./engine.ts";
import { lastLine } from "./logs.ts";
import { engineFailure } from "./problem.ts";

const moments = v.object({
  SizeRw: v.nullish(v.number()),
  State: v.object({ StartedAt: v.optional(v.string(), ""), FinishedAt: v.optional(v.string(), "") }),
});

/**
 * When a session was last used: the last line of its log, where each run writes its start and end, else when it was
 * started or stopped. Undefined for one that is gone meanwhile, or of which the engine tells none of these.
 * @throws Failure when the engine does not answer.
 */
export async function lastUse(engine: Engine, { id }: Pick<Session, "id">) {
  const [last, said] = await Promise.all([
    lastLine(engine, id),
    capture([engine.program, "container", "inspect", "--size", id]),
  ]);
  if (said.status !== 0) {
    if (dialect(engine.name).noSuchContainer.test(said.stderr)) return undefined;
    throw engineFailure(engine, said, "look at the session");
  }
  const { started, size } = readMoments(said.stdout);
  const all = [...started, last].filter((moment) => moment !== undefined);
  return { used: all.length === 0 ? undefined : Math.max(...all), size };
}

/**
 * Those of the sessions that may have been unused for that long, by when they were made, started and stopped: one call of the
 * engine for all, so that only what is old is looked at one by one. What the engine does not tell of stays in.
 */
export async function unusedFor(
  engine: Engine,
  sessions: readonly Session[],
  { olderThan, now }: { readonly olderThan: number; readonly now: number },
): Promise<readonly Session[]> {
  const isOld = (moment: number): boolean => now - moment >= olderThan;
  // The list's own last use is no measure: docker tells it in whole days and weeks.
  const old = sessions.filter(({ created }) => !(now - created < olderThan));
  const newest = new Map<string, number>();
  for (let from = 0; from < old.length && olderThan > 0; from += 500) {
    const ids = old.slice(from, from + 500).map(({ id }) => id);
    // Of one that is gone meanwhile it complains, and tells of the others.
    const said = await capture([engine.program, "container", "inspect", ...ids]);
    for (const [id, moment] of readNewest(said.stdout)) newest.set(id, moment);
  }
  return old.filter(({ id }) => isOld(newest.get(id) ?? Number.NEGATIVE_INFINITY));
}

const named = v.array(v.intersect([v.object({ Id: v.string() }), moments]));

/** Reads when each of several containers was last started or stopped, by its id. */
export function readNewest(text: string): ReadonlyMap<string, number> {
  const parsed = v.safeParse(named, parsedJson(text));
  if (!parsed.success) return new Map();
  return new Map(
    parsed.output.map(({ Id, State: { StartedAt, FinishedAt } }) => [
      Id,
      Math.max(...[StartedAt, FinishedAt].map((each) => momentOf(each) ?? Number.NEGATIVE_INFINITY)),
    ]),
  );
}

/** Reads when a container was started and stopped, and its size, from what `inspect --size` prints. */
export function readMoments(text: string): {
  readonly started: readonly (number | undefined)[];
  readonly size: number | undefined;
} {
  try {
    const [first] = v.parse(v.array(moments), JSON.parse(text));
    const { StartedAt = "", FinishedAt = "" } = first?.State ?? {};
    return { started: [momentOf(StartedAt), momentOf(FinishedAt)], size: first?.SizeRw ?? undefined };
  } catch {
    return { started: [], size: undefined };
  }
}

// Both engines write the year 1 for what never happened.
function momentOf(text: string): number | undefined {
  const moment = /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN;
  return moment > 0 ? moment : undefined;
}

/**
 * Removes a session unless somebody has started it meanwhile; the engine itself decides that.
 * @returns whether it is gone.
 * @throws Failure when it is still there for another reason.
 */
export async function removeIdle(
  engine: Engine,
  session: Pick<Session, "id" | "name" | "image">,
): Promise<boolean> {
  const isGone = await removedIdle(engine, session);
  if (isGone) await forgetOwnImage(engine, session.image);
  return isGone;
}

async function removedIdle(engine: Engine, session: Pick<Session, "id" | "name">): Promise<boolean> {
  const said = await capture([engine.program, "rm", "--volumes", session.id]);
  if (said.status === 0) return !(await isThere(engine, session.id));
  if (!(await isThere(engine, session.id))) return true;
  // docker: You cannot remove a running container X. podman: cannot remove container X as it is running
  if (/cannot remove .*(running|paused)/is.test(said.stderr)) return false;
  throw engineFailure(engine, said, `remove the session "${session.name}"`);
}

async function isThere(engine: Engine, id: string): Promise<boolean> {
  const said = await capture([engine.program, "container", "inspect", id]);
  if (said.status === 0) return true;
  if (dialect(engine.name).noSuchContainer.test(said.stderr)) return false;
  throw engineFailure(engine, said, "look whether it is gone");
}
