import { Failure } from "../failure.ts";
import type { Command } from "../session/command.ts";
import { envFile, type Values } from "../session/environment.ts";
import { type RunsAs, runner } from "../session/owner.ts";
import type { UserHabit } from "../settings/values.ts";
import { ask, attach, capture, start } from "../shell.ts";
import type { Ahead } from "./ahead.ts";
import { attachRun, endRun, leaveRun, type RunCall, type RunEnd } from "./attach.ts";
import { runningIn } from "./busy.ts";
import { settledState, stateNow } from "./change.ts";
import { dialect } from "./dialect.ts";
import type { Engine } from "./engine.ts";
import { execWords, type Run, runId, wary } from "./exec.ts";
import type { Obtained } from "./obtain.ts";
import { engineFailure, removedMeanwhile } from "./problem.ts";
import { withSecret } from "./secret.ts";

/** How one call wants its command run. */
export interface RunOptions {
  readonly user: string;
  /** Whom the command runs as. */
  readonly as: RunsAs;
  readonly terminal: boolean;
  /** Variables of this command alone. */
  readonly values: Values;
  /** Milliseconds; undefined for no limit. */
  readonly limit: number | undefined;
}

/** The session as a run needs it. */
export type Place = Pick<Obtained, "session" | "encoded" | "joined">;

/**
 * A run of that command, as the options want it; not yet in any session.
 * @param habit what its session was made with, where that is known by now.
 */
export function newRun(command: Command, { user, as, terminal }: RunOptions, habit?: UserHabit): Run {
  const owner = runner(as, habit);
  return { id: runId(), command, user, owner, terminal, background: false, encoded: [], variables: false };
}

/**
 * Runs a command in a session on our own stdin, stdout and stderr.
 * @param ahead the same command, already begun; it is given up where the session needs another start.
 * @returns its status, and whether this call was told to end.
 * @throws Failure when the engine, not the command, is why it ended.
 */
export async function runIn(
  engine: Engine,
  place: Place,
  command: Command,
  options: RunOptions,
  ahead?: Ahead,
) {
  const { terminal, limit } = options;
  const container = place.session.id;
  const habit = place.joined?.userHabit;
  if (ahead !== undefined && isReady(place) && ahead.owner === runner(options.as, habit)) {
    return judged(engine, place, {
      container,
      id: ahead.id,
      terminal,
      limit,
      start: () => ahead.go(container),
    });
  }
  ahead?.abandon();
  return withVariables(place, options.values, async (encoded, descriptors) => {
    const run = { ...newRun(command, options, habit), encoded, variables: descriptors.length > 0 };
    const start = () => attach(execWords(engine, container, run), { descriptors });
    return judged(engine, place, { container, id: run.id, terminal, limit, start });
  });
}

// Whether the session ran when it was found, and has nothing to decode.
function isReady(place: Place): boolean {
  return place.joined?.state === "running" && place.encoded.length === 0;
}

async function judged(engine: Engine, place: Place, call: RunCall): Promise<RunEnd> {
  const began = Date.now();
  const end = await attachRun(engine, call);
  if (end.cause !== "ended") return end;
  try {
    return { ...end, status: await blame(engine, place, { id: call.id, status: end.status, began }) };
  } catch (failure) {
    // A session may go on without its daemon, and what ran in it too; nobody holds that any more.
    if (failure instanceof Failure && failure.code === "engine-down") {
      await endRun(engine, call, "SIGTERM");
    }
    await end.restore?.();
    throw failure;
  }
}

/**
 * Starts a command in the background; its output goes to the session's log. Once it runs, signals end this process no more.
 * @returns undefined, or the status of a call that was told to end before it could leave the command: it is ended too.
 * @throws Failure when the engine could not start it.
 */
export async function runBehind(
  engine: Engine,
  place: Place,
  command: Command,
  options: RunOptions,
): Promise<number | undefined> {
  const container = place.session.id;
  return withVariables(place, options.values, async (encoded, descriptors) => {
    const variables = descriptors.length > 0;
    const begun = newRun(command, options, place.joined?.userHabit);
    const run = { ...begun, terminal: false, background: true, encoded, variables };
    // Apart: a Ctrl-C at our terminal would end it in between.
    const begin = () => start(execWords(engine, container, run), { descriptors, apart: true });
    const said = await leaveRun(engine, { container, id: run.id }, begin);
    if (typeof said === "number") return said;
    if (said.status === 0) return undefined;
    await mustRun(engine, place);
    throw engineFailure(engine, said, `run in the session "${place.session.name}"`);
  });
}

async function withVariables<Result>(
  place: Place,
  values: Values,
  work: (encoded: readonly string[], descriptors: readonly number[]) => Promise<Result>,
): Promise<Result> {
  if (values.size === 0) return work(place.encoded, []);
  const variables = envFile(values);
  const kept = place.encoded.filter((name) => !values.has(name));
  return withSecret(variables.text, (secret) => work([...kept, ...variables.encoded], [secret]));
}

// Some statuses are both a command's and the engine's own. Where the run itself wrote its end, it is a command's, whatever has
// become of the session since; else whether the session still runs tells whose it was. @returns the command's
async function blame(
  engine: Engine,
  place: Place,
  { id, status, began }: Ran & { readonly status: number },
): Promise<number> {
  if (!dialect(engine.name).ownStatuses.includes(status)) return status;
  const { end, hasBegun } = await tracesOf(engine, place, id);
  if (end !== undefined) return handedOn(engine, end);
  // A command that is ended with its session says 137, a moment before the engine knows.
  if (status === 137) {
    await mustAnswer(engine, place);
    return status;
  }
  if (status === 126 && !hasBegun) await outliveStop(engine, place);
  await mustRun(engine, place);
  if (status === 127) return status;
  const own = await mustHaveEnded(engine, place, { id, began });
  return own === undefined ? status : handedOn(engine, own);
}

// The engine's program also fails where it cannot write what the command says: that is lost, whatever became of the command.
async function handedOn(engine: Engine, own: number): Promise<number> {
  if (own !== 0) return own;
  const loss = await lossOf(engine, "the command itself ended with status 0");
  if (loss !== undefined) throw loss;
  return own;
}

async function lossOf({ name }: Engine, became: string): Promise<Failure | undefined> {
  // Loaded only now, as hardly any call comes here.
  const { isFull } = await import("../full.ts");
  if (!isFull(1)) return undefined;
  return new Failure(
    "engine-failed",
    `${name} could not write all that the command said, as there is no space left for it; ${became}.`,
    "Make room, and run it again.",
  );
}

// What the end of the log tells of a run: its status, once it has ended, and whether it began.
async function tracesOf(engine: Engine, place: Place, id: string) {
  const log = await capture([engine.program, "logs", "--tail", "200", place.session.id]);
  const text = `${log.stdout}${log.stderr}`;
  const [, status] = new RegExp(`manyoyo end ${id} (\\d{1,3})\\b`).exec(text) ?? [];
  const end = status === undefined ? undefined : Number(status);
  return { end, hasBegun: text.includes(`manyoyo start ${id} `) };
}

interface Ran {
  readonly id: string;
  /** When the engine was told to begin it, in milliseconds since 1970. */
  readonly began: number;
}

/**
 * Passes when a run has come to its end: its log says so, or nothing of it is left. Else either it could not begin, or the engine
 * has lost it (its daemon was restarted while the session went on, a process of it was killed): nobody holds it then, and it is ended.
 * @returns its status by its own log, which an engine with a full disk does not know; undefined where that does not tell it.
 * @throws Failure
 */
async function mustHaveEnded(engine: Engine, place: Place, { id, began }: Ran): Promise<number | undefined> {
  const { end, hasBegun } = await tracesOf(engine, place, id);
  if (end !== undefined) return end;
  // Without a line of its own (some images' users cannot write there) a session that takes other commands took this one.
  const { name } = place.session;
  if (!hasBegun) {
    await mustAnswer(engine, place);
    // It runs, but it did not when the command was to begin. Loaded only now, as hardly any call comes here.
    const { startedAt } = await import("./used.ts");
    if (((await startedAt(engine, place.session.id)) ?? 0) > began)
      throw new Failure(
        "engine-failed",
        `The session "${name}" was restarted before the command in it began.`,
        `Run it again: manyoyo -n ${name}`,
      );
  }
  const isThere = (await runningIn(engine, place.session.id)).some((run) => run.id === id);
  if (!isThere) return undefined;
  await endRun(engine, { container: place.session.id, id }, "SIGTERM");
  const loss = await lossOf(engine, "so the command was ended");
  if (loss !== undefined) throw loss;
  throw new Failure(
    "engine-failed",
    `${engine.name} lost the command in the session "${name}", so it was ended.`,
    `Go on: manyoyo -n ${name}`,
  );
}

/**
 * Waits until a session that is being stopped has stopped, where a run has not even begun: what the engine starts it by is ended
 * with everything else inside, and docker calls that 126 (error writing config to pipe: write init-p: broken pipe). A run that
 * has begun is in the session's log, and its 126 is the command's.
 */
async function outliveStop(engine: Engine, place: Place): Promise<void> {
  for (let tenth = 0; tenth < 15 && (await stateNow(engine, place.session.id)) === "running"; tenth += 1) {
    await Bun.sleep(100);
  }
}

/**
 * Passes when the session answers, for a call that ends without having run anything in it. The engine's word alone is not
 * enough: it says "running" for a moment after the first process has died.
 * @throws Failure as `mustRun` does.
 */
export async function mustAnswer(engine: Engine, place: Place): Promise<void> {
  const said = await capture([engine.program, "exec", place.session.id, "/bin/sh", "-c", ":"], wary);
  if (said.status === 0) return;
  await mustRun(engine, place);
  throw engineFailure(engine, said, `run in the session "${place.session.name}"`);
}

/**
 * Passes when the first process of a session that was just made has begun: its log says so. Cheaper than `mustAnswer`,
 * which has the last word.
 * @throws Failure as `mustRun` does.
 */
export async function mustHaveBegun(engine: Engine, place: Place): Promise<void> {
  const log = await ask([engine.program, "logs", place.session.id]);
  if (log.status !== 0 || !/^manyoyo made$/m.test(log.stdout)) await mustAnswer(engine, place);
}

// Passes when the session runs; else says what became of it. One that died as soon as it was made is cleared away.
async function mustRun(engine: Engine, place: Place): Promise<void> {
  const state = await settledState(engine, place.session.id);
  if (state === "running") return;
  const { name } = place.session;
  if (state === undefined) throw removedMeanwhile(name);
  if (place.joined === undefined) {
    // Loaded only now, as hardly any call comes here.
    const { buryStillborn, isStillborn } = await import("./stillborn.ts");
    if (await isStillborn(engine, place.session)) throw await buryStillborn(engine, place.session);
  }
  throw new Failure(
    "engine-failed",
    `The session "${name}" is ${state} now, so its command was ended.`,
    `Wake it and go on: manyoyo -n ${name}`,
  );
}
