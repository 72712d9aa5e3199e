import { Failure } from "../failure.ts";
import type { Session } from "../session/session.ts";
import { capture } from "../shell.ts";
import { remove } from "./change.ts";
import type { Engine } from "./engine.ts";
import { readMoments } from "./used.ts";

// A first process that cannot be run ends at once; making an old machine's engine say so takes longer.
const shortLife = 5000;

/**
 * Whether a session that has stopped never came to life: it ended within seconds, and its log tells neither that it was made
 * ready nor of any command. The log alone is no proof: engines drop what is old from a long one. Where the engine does not tell,
 * it may hold somebody's work.
 */
export async function isStillborn(engine: Engine, { id }: Pick<Session, "id">): Promise<boolean> {
  const told = await capture([engine.program, "container", "inspect", id]);
  const moments = readMoments(told.stdout).get(id);
  if (moments === undefined) return false;
  const { started, finished } = moments;
  const life = started === undefined ? 0 : (finished ?? Number.NaN) - started;
  // docker writes down the start of what ends at once a moment after its end.
  if (!(Math.abs(life) < shortLife)) return false;
  const log = await capture([engine.program, "logs", id]);
  return log.status === 0 && !/^manyoyo (made$|start |end )/m.test(log.stdout);
}

/**
 * Clears away a session that died as soon as it was made, and says why: the last lines of its log.
 * @returns the Failure to throw.
 */
export async function buryStillborn(engine: Engine, session: Pick<Session, "id" | "name">): Promise<Failure> {
  const log = await capture([engine.program, "logs", "--tail", "5", session.id]);
  await remove(engine, session);
  const words = `${log.stdout}${log.stderr}`.trim().replace(/\s+/g, " ");
  return new Failure(
    "engine-failed",
    `The new session "${session.name}" ended at once${words === "" ? "" : `, and its log says: ${words}`}.`,
    "Its image cannot run manyoyo's first process; try another one: --image REF.",
  );
}
