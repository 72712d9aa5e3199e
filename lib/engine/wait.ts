import { Failure } from "../failure.ts";
import { entriesOf, runsOf } from "../session/runs.ts";
import type { Session } from "../session/session.ts";
import { capture } from "../shell.ts";
import { runningIn } from "./busy.ts";
import { stateNow } from "./change.ts";
import type { Engine } from "./engine.ts";
import { engineFailure, isOutrun, removedMeanwhile } from "./problem.ts";

const pause = 300;

/**
 * Waits until no run is left in a session or it stops.
 * @param limit milliseconds; undefined waits for ever.
 * @returns the status of the run that began last: 137 for one that left no end in the log, 0 when nothing ever ran.
 * @throws Failure `timeout`, `no-session` when it is removed meanwhile.
 */
export async function waitFor(engine: Engine, session: Session, limit: number | undefined): Promise<number> {
  // Not the time of day, which may be set back meanwhile.
  const until = limit === undefined ? Number.POSITIVE_INFINITY : performance.now() + limit;
  while (await isBusy(engine, session)) {
    if (performance.now() > until) {
      throw new Failure(
        "timeout",
        `Something still runs in the session ${session.name}.`,
        "Wait longer, or look: manyoyo ls",
      );
    }
    await Bun.sleep(pause);
  }
  const log = await capture([engine.program, "logs", session.id]);
  if (log.status !== 0) throw engineFailure(engine, log, `read the log of "${session.name}"`);
  const status = endOfLast(log.stdout, session);
  if (status === undefined) await mustStay(engine, session);
  return status ?? 137;
}

// A run without an end went with its session, which may be about to be removed: engines stop first.
async function mustStay(engine: Engine, session: Session): Promise<void> {
  for (let attempt = 0; attempt < 8; attempt += 1) {
    if ((await stateNow(engine, session.id)) === undefined) throw removedMeanwhile(session.name);
    await Bun.sleep(pause);
  }
}

// A session that stopped may be about to be removed: engines stop first.
async function isBusy(engine: Engine, session: Session): Promise<boolean> {
  const state = await stateNow(engine, session.id);
  if (state === "running") {
    try {
      return (await runningIn(engine, session.id)).length > 0;
    } catch (thrown) {
      if (isOutrun(thrown) || (await stateNow(engine, session.id)) === "paused") return true;
      throw thrown;
    }
  }
  if (state === "paused") return true;
  if (state !== undefined) await Bun.sleep(2 * pause);
  if (state === undefined || (await stateNow(engine, session.id)) === undefined)
    throw removedMeanwhile(session.name);
  return false;
}

/**
 * The status of the run that a session's log tells of last: undefined where its end is missing, 0 where there was none. Engines drop
 * what is old from a long log: a run may be known by its end alone, and where the beginning is missing there may have been any.
 */
export function endOfLast(log: string, { legacy }: Pick<Session, "legacy">): number | undefined {
  const entries = log.split("\n").flatMap(entriesOf);
  const last = runsOf(entries).runs.at(-1);
  if (last !== undefined) return last.status;
  const made = entries.findIndex(({ kind }) => kind === "made");
  // An end without its start, in a log that has its beginning, was written by something inside.
  const end = entries.slice(0, made < 0 ? undefined : made).findLast((entry) => entry.kind === "end");
  if (end !== undefined) return end.status;
  return legacy || log === "" || made >= 0 ? 0 : undefined;
}
