import type { Engine } from "../engine/engine.ts";
import type { Found } from "../engine/find.ts";
import type { Waits } from "../engine/holder.ts";
import { removedMeanwhile } from "../engine/problem.ts";
import { isToldImage } from "../engine/told.ts";
import { type Outcome, openUndo, type Undo } from "../engine/undo.ts";
import { Failure, Interrupted } from "../failure.ts";
import { keptVolume } from "../history/keep.ts";
import { isAnonymous } from "../session/body.ts";
import { isSessionImage } from "../session/images.ts";
import { asideName, passingName } from "../session/labels.ts";
import { type Said, signalStatus, start } from "../shell.ts";
import { type EndingSignal, onEndingSignal } from "../signals.ts";
import { lock } from "./lock.ts";

/** A place where one call alone changes what belongs to a session. */
export interface Desk {
  readonly engine: Engine;
  /** The session's name. */
  readonly name: string;
  /** Tells what this call makes from what others make: 8 digits. */
  readonly mark: string;
  readonly undo: Undo;
  /** Says which container the session is at the moment: what it alone has goes with it, whoever removes it. */
  sees(found: Found): void;
  /** Aborted when this call is told to end. */
  readonly signal: AbortSignal;
  /** Runs the engine's program for a step that was noted just before; no Ctrl-C reaches it, and it ends its step. */
  run(words: readonly string[], descriptors?: readonly number[]): Promise<Said>;
}

/** What a desk is for. */
export interface Affair extends Waits {
  readonly engine: Engine;
  readonly name: string;
  /** Any image that the engine has; undefined where nobody else can be at it, as there is no such session yet. */
  readonly image: string | undefined;
  /** The session as it was found. */
  readonly found?: Found | undefined;
}

/**
 * Does some work on a session while no other such call does. What it noted to be undone is undone unless the work says that it
 * is done, whatever happens: a failure, a signal, KILL, an engine that is stopped.
 * @throws Failure; Interrupted when told to end, with everything put back.
 */
export async function atDesk<Result>(affair: Affair, work: (desk: Desk) => Promise<Result>): Promise<Result> {
  const { engine, name } = affair;
  const call = crypto.randomUUID();
  const undo = openUndo(engine, call);
  const abort = new AbortController();
  const told: EndingSignal[] = [];
  const impatient = Promise.withResolvers<never>();
  impatient.promise.catch(() => undefined);
  const ignore = onEndingSignal((signal) => {
    told.push(signal);
    abort.abort();
    // Told twice, it waits for nothing: what undoes it goes on without this call.
    if (told.length > 1) impatient.reject(new Interrupted(signalStatus(signal)));
  });
  const noted = (note: Undo["note"]): Undo["note"] => {
    return (...step) => {
      // Nothing is begun any more: what would undo it may already be at work.
      if (abort.signal.aborted) throw new Failure("interrupted", "Interrupted.");
      note(...step);
    };
  };
  const seen = new Set<string>();
  const desk: Desk = {
    engine,
    name,
    mark: call.slice(0, 8),
    undo: { ...undo, note: noted(undo.note), always: noted(undo.always), done: noted(undo.done) },
    sees: ({ session: { id, image }, container }) => {
      if (seen.has(id)) return;
      seen.add(id);
      if (isSessionImage(image) && isToldImage(image)) undo.orphan(id, image);
      // Which of them are nobody's, the engine is asked when it comes to that.
      if (container.mounts.some((mount) => isAnonymous(mount, []))) undo.alone(id);
    },
    signal: abort.signal,
    run: async (words, descriptors = []) => {
      if (abort.signal.aborted) throw new Failure("interrupted", "Interrupted.");
      const held = descriptors.length === 0 ? [undo.descriptor] : [...descriptors, undo.descriptor];
      return start([engine.program, ...words], { descriptors: held, apart: true }).said;
    },
  };
  // Told to end, it takes no further step; the one that it is at must have ended before it is undone.
  const result = await Promise.race([lock(affair, desk).then(() => work(desk)), impatient.promise]).then(
    (value) => ({ value }),
    (thrown: unknown) => ({ thrown }),
  );
  const outcome = await Promise.race([undo.close(), impatient.promise]);
  ignore();
  const [signal] = told;
  if (outcome === "not filled again")
    throw notFilled(desk, affair, "thrown" in result ? result.thrown : undefined);
  if ("thrown" in result) {
    if (signal !== undefined) throw new Interrupted(signalStatus(signal));
    if (outcome === "not all could be done" && result.thrown instanceof Failure) {
      throw unfinished(name, result.thrown);
    }
    // Whichever step it was that did not find it.
    if (result.thrown instanceof Failure && result.thrown.code === "no-session") throw removedMeanwhile(name);
    throw result.thrown;
  }
  const failure = lastStepFailure(desk, outcome);
  if (failure !== undefined) throw failure;
  return result.value;
}

/** What is said where the last step of a call was not done as it should be. */
function lastStepFailure({ engine, name, mark }: Desk, outcome: Outcome): Failure | undefined {
  const notDone = `${engine.name} could not put the new session in the place of "${name}"`;
  switch (outcome) {
    case "taken back: removed":
      return removedMeanwhile(name);
    case "taken back: started":
      return new Failure(
        "in-use",
        `The session ${name} was started meanwhile, so it stays as it is.`,
        "Try again when nobody works in it.",
      );
    case "taken back":
      return new Failure(
        "engine-failed",
        `${notDone}, which stays as it is.`,
        "See what there is, and try again: manyoyo ls",
      );
    case "neither done nor taken back":
      return unfinished(name, new Failure("engine-failed", `${notDone}.`, "See what there is: manyoyo ls"));
    case "done beside the former one": {
      const former = passingName(name, "old", mark);
      return new Failure(
        "engine-failed",
        `"${name}" is the new session now, but ${engine.name} could not remove the former one, which is called "${former}".`,
        `See whether somebody works in it, and remove it: manyoyo rm ${former}`,
      );
    }
    default:
      // What is left of the way is cleared away by the next call of this kind.
      return undefined;
  }
}

function notFilled({ engine, name, mark }: Desk, { image = "IMAGE" }: Affair, thrown: unknown): Failure {
  const aside = asideName(name, mark);
  const cause = thrown instanceof Failure ? `${thrown.message} ` : "";
  return new Failure(
    "engine-failed",
    `${cause}The kept conversations of "${name}" could not be put back: they are in the volume "${aside}".`,
    `Put them back: ${engine.name} run --rm --user 0 -v ${aside}:/from:ro -v ${keptVolume(name).name}:/to --entrypoint cp ${image} -a /from/. /to/; then: ${engine.name} volume rm ${aside}`,
  );
}

function unfinished(name: string, { code, message, hint }: Failure): Failure {
  return new Failure(
    code,
    `${message} Not all of it could be put back.`,
    hint ?? `See what there is: manyoyo inspect ${name}`,
  );
}
