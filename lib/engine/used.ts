import * as v from "valibot";
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
