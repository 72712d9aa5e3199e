import { askForAll } from "../lib/engine/ask.ts";
import type { Running } from "../lib/engine/busy.ts";
import type { Holder } from "../lib/engine/clients.ts";
import type { Engine } from "../lib/engine/engine.ts";
import { listSessions } from "../lib/engine/list.ts";
import { Failure } from "../lib/failure.ts";
import { pooled } from "../lib/pool.ts";
import { type Session, type SortKey, sortKeys, states } from "../lib/session/session.ts";
import { realPath } from "../lib/settings/files.ts";
import { type Call, userName } from "./call.ts";

/** A session with what runs in it; undefined where nobody asked, or the engine could not look into it. */
export interface Listed extends Session {
  readonly runs: readonly (Running & { readonly held: Holder })[] | undefined;
}

/** Whether sizes are asked for, which takes the engine long. */
export function sized(call: Call): boolean {
  return call.parsed.values.size || call.parsed.values.sort === "size";
}

/**
 * The sessions that a call wants to see, in its order: one's own unless it says otherwise. One call of the engine; with
 * `--busy` and `--sort used` some more for each session.
 * @param asked the engine's answer, where it was asked already.
 * @throws Failure
 */
export async function listed(
  call: Call,
  engine: Engine,
  asked: ReturnType<typeof askForAll> | undefined,
): Promise<readonly Listed[]> {
  const { state, sort, busy } = call.parsed.values;
  const all = await listSessions(engine, undefined, asked ?? askForAll(engine, sized(call)));
  const mine = shown(call, all).filter((session) => state.length === 0 || state.includes(session.state));
  const exact = busy || sort === "used" ? await withLastUse(engine, mine) : mine;
  const sessions = busy
    ? await withRuns(call, engine, exact)
    : exact.map((each) => ({ ...each, runs: undefined }));
  const here = realPath(call.cwd);
  const key = sortKeys.find((word) => word === sort);
  return sessions.toSorted(key === undefined ? hereFirst(here) : orders[key]);
}

/** Those of the sessions that a call is shown: one's own, unless it says otherwise. */
export function shown(call: Call, sessions: readonly Session[]): readonly Session[] {
  const me = userName(call);
  // One whose maker nobody wrote down, as the original tool did not, may be anybody's.
  return sessions.filter(({ user }) => call.parsed.values.allUsers || user === undefined || user === me);
}

// A few dozen programs at a time: each has its own of the engine.
const atOnce = 12;

async function withLastUse(engine: Engine, sessions: readonly Session[]): Promise<readonly Session[]> {
  // Loaded only now, as plain `ls` is to be quick.
  const { lastUses } = await import("../lib/engine/used.ts");
  const exact = await lastUses(engine, sessions, { sizes: false }).catch(notTold);
  return sessions.map((session) => ({ ...session, used: exact?.get(session.id)?.used ?? session.used }));
}

async function withRuns(
  call: Call,
  engine: Engine,
  sessions: readonly Session[],
): Promise<readonly Listed[]> {
  const [{ runningIn }, { clients, holderOf, isLocal }] = await Promise.all([
    import("../lib/engine/busy.ts"),
    import("../lib/engine/clients.ts"),
  ]);
  const local = isLocal(engine, call.env);
  const me = userName(call);
  const running = await pooled(sessions, atOnce, async (session) =>
    session.state === "running" ? runningIn(engine, session.id).catch(notTold) : [],
  );
  // Only now: a run that began before has its program by now.
  const isBusy = running.some((runs) => runs !== undefined && runs.length > 0);
  const found = isBusy ? await clients() : new Map<string, boolean>();
  return sessions.map((session, at) => ({
    ...session,
    runs: running[at]?.map((run) => ({
      ...run,
      held: holderOf(run, found, local && run.user === me),
    })),
  }));
}

// One session that cannot be looked into must not hide the others, nor what the list itself tells of it; nor is it idle for that.
function notTold(thrown: unknown): undefined {
  if (thrown instanceof Failure && thrown.code !== "engine-down") return undefined;
  throw thrown;
}

/** The order of a list: that folder's sessions first, the newest first among equals. */
export function hereFirst(here: string): (one: Session, other: Session) => number {
  return (one, other) => {
    const near = Number(other.folder === here) - Number(one.folder === here);
    return near !== 0 ? near : other.created - one.created;
  };
}

const byName = (one: Session, other: Session): number => (one.name < other.name ? -1 : 1);

const orders: Readonly<Record<SortKey, (one: Session, other: Session) => number>> = {
  name: byName,
  state: (one, other) => states.indexOf(one.state) - states.indexOf(other.state) || byName(one, other),
  used: (one, other) => (other.used ?? 0) - (one.used ?? 0),
  created: (one, other) => other.created - one.created,
  size: (one, other) => (other.size ?? 0) - (one.size ?? 0),
};
