import * as v from "valibot";
import { parsedJson } from "../json.ts";
import { pooled } from "../pool.ts";
import type { Session } from "../session/session.ts";
import { capture } from "../shell.ts";
import { forgetOwnImage } from "./change.ts";
import { dialect } from "./dialect.ts";
import type { Engine } from "./engine.ts";
import { lastLine } from "./logs.ts";
import { engineFailure } from "./problem.ts";

const moments = v.object({
  Id: v.string(),
  SizeRw: v.nullish(v.number()),
  State: v.object({ StartedAt: v.optional(v.string(), ""), FinishedAt: v.optional(v.string(), "") }),
});

/** What an engine tells of a container: when it was last started and stopped, and the bytes that only it holds. */
export interface Moments {
  readonly started: number | undefined;
  readonly finished: number | undefined;
  readonly size: number | undefined;
}

/** When a session was last used, where the engine tells, and the bytes that only its container holds, where they were asked for. */
export interface LastUse {
  readonly used: number | undefined;
  readonly size: number | undefined;
}

/**
 * When sessions were last used, by their ids: one call of the engine for all. A log is read, one by one, only of those that run, or
 * whose end the engine missed: there each run writes its start and end. Sessions that are gone meanwhile are left out.
 * @throws Failure when the engine does not answer.
 */
export async function lastUses(
  engine: Engine,
  sessions: readonly Session[],
  { sizes }: { readonly sizes: boolean },
): Promise<ReadonlyMap<string, LastUse>> {
  const told = await momentsOf(engine, sessions, sizes ? ["--size"] : []);
  const uses = await pooled([...told], 12, async ([{ id, state }, { started, finished, size }]) => {
    const runs = state === "running" || state === "paused";
    const isOver = started === undefined || (finished !== undefined && finished >= started);
    const last = runs || !isOver ? await lastLine(engine, id) : undefined;
    const all = [started, finished, last].filter((moment) => moment !== undefined);
    return [id, { used: all.length === 0 ? undefined : Math.max(...all), size }] as const;
  });
  return new Map(uses);
}

// Of one that is gone meanwhile the engine complains, and tells of the others.
async function momentsOf(
  engine: Engine,
  sessions: readonly Session[],
  options: readonly string[],
): Promise<ReadonlyMap<Session, Moments>> {
  const told = new Map<Session, Moments>();
  for (let from = 0; from < sessions.length; from += 500) {
    const some = sessions.slice(from, from + 500);
    const words = ["container", "inspect", ...options, ...some.map(({ id }) => id)];
    const said = await capture([engine.program, ...words]);
    if (said.status !== 0 && !dialect(engine.name).noSuchContainer.test(said.stderr))
      throw engineFailure(engine, said, "look when the sessions were used");
    const found = readMoments(said.stdout);
    for (const session of some) {
      const moments = found.get(session.id);
      if (moments !== undefined) told.set(session, moments);
      else if (said.status === 0) told.set(session, untold);
    }
  }
  return told;
}

/** When a container was last started, in milliseconds since 1970; undefined where the engine does not tell. */
export async function startedAt(engine: Engine, id: string): Promise<number | undefined> {
  const said = await capture([engine.program, "container", "inspect", id]);
  return readMoments(said.stdout).get(id)?.started;
}

const untold: Moments = { started: undefined, finished: undefined, size: undefined };

/**
 * Those of the sessions that may have been unused for that long, by when they were made, started and stopped: one call of the
 * engine for all, so that only what is old is looked at one by one. What the engine does not tell of stays in.
 * @throws Failure when the engine does not answer.
 */
export async function unusedFor(
  engine: Engine,
  sessions: readonly Session[],
  { olderThan, now }: { readonly olderThan: number; readonly now: number },
): Promise<readonly Session[]> {
  const isOld = (moment: number): boolean => now - moment >= olderThan;
  // The list's own last use is no measure: docker tells it in whole days and weeks.
  const old = sessions.filter(({ created }) => !(now - created < olderThan));
  if (olderThan === 0) return old;
  const told = await momentsOf(engine, old, []);
  return [...told].flatMap(([session, { started = Number.NEGATIVE_INFINITY, finished = started }]) =>
    isOld(Math.max(started, finished)) ? [session] : [],
  );
}

/** Reads what `container inspect` tells of several containers, by their ids. What it does not understand it leaves out. */
export function readMoments(text: string): ReadonlyMap<string, Moments> {
  const all = v.safeParse(v.array(v.unknown()), parsedJson(text));
  if (!all.success) return new Map();
  const told = all.output.flatMap((each) => {
    const parsed = v.safeParse(moments, each);
    if (!parsed.success) return [];
    const { Id, SizeRw, State } = parsed.output;
    const [started, finished] = [momentOf(State.StartedAt), momentOf(State.FinishedAt)];
    return [[Id, { started, finished, size: SizeRw ?? undefined }] as const];
  });
  return new Map(told);
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
