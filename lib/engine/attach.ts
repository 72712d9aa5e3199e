import { endText, laterText } from "../inside/texts.ts";
import {
  type Attached,
  capture,
  type Ended,
  leaveBehind,
  type Said,
  type Started,
  signalStatus,
  terminalModes,
} from "../shell.ts";
import { type EndingSignal, onEndingSignal } from "../signals.ts";
import { isTerminal } from "../terminal.ts";
import { inTime } from "../timer.ts";
import type { Engine } from "./engine.ts";
import { wary } from "./exec.ts";

/** How a command in a session ended for us. */
export interface RunEnd {
  readonly status: number;
  /** `ended` by itself, or by what happened to this call. */
  readonly cause: "ended" | "signal" | "timeout";
  /** We were told to end, and the engine did not answer in time. */
  readonly unanswered?: boolean;
  /** Puts our terminal in order, for a caller that finds that the command did not end of its own accord. */
  readonly restore?: Restore;
}

/** What `attachRun` needs besides the words. */
export interface RunCall {
  readonly container: string;
  readonly id: string;
  readonly terminal: boolean;
  /** Starts the engine's `exec` on our own stdin, stdout and stderr. */
  readonly start: () => Attached;
  /** Milliseconds; undefined for no limit. */
  readonly limit: number | undefined;
}

type Reason = EndingSignal | "timeout";

/**
 * Runs an engine's `exec` on our own stdin, stdout and stderr until it ends. When this call is told to end, or its
 * terminal or its reader goes away, what runs inside gets that signal, and is killed when it does not heed it: ending
 * the engine's client alone would leave it running (moby#9098).
 */
export async function attachRun(engine: Engine, call: RunCall): Promise<RunEnd> {
  const restore = call.terminal ? await terminalModes() : undefined;
  const told = Promise.withResolvers<Reason>();
  const ignore = onEndingSignal(told.resolve);
  const forget = call.limit === undefined ? undefined : inTime(call.limit, () => told.resolve("timeout"));
  try {
    const client = call.start();
    const first = await Promise.race([client.ended, told.promise]);
    if (typeof first === "string") return await endedByUs(engine, call, client, first, restore);
    return await endedThere(engine, call, first, restore);
  } finally {
    forget?.();
    ignore();
  }
}

type Restore = (() => Promise<void>) | undefined;

async function endedByUs(
  engine: Engine,
  call: RunCall,
  client: Attached,
  reason: Reason,
  restore: Restore,
): Promise<RunEnd> {
  const signal = reason === "timeout" ? "SIGTERM" : reason;
  // Who asks twice does not want to wait.
  const again = Promise.withResolvers<undefined>();
  const ignore = onEndingSignal(() => again.resolve(undefined));
  const answered = (await Promise.race([endRun(engine, call, signal), again.promise])) === true;
  ignore();
  // The client ends by itself now, after the last output; a paused or dead engine must not hold us.
  const ended = await Promise.race([client.ended, Bun.sleep(1000)]);
  if (ended === undefined) {
    client.kill("SIGTERM");
    if ((await Promise.race([client.ended, Bun.sleep(500)])) === undefined) client.kill("SIGKILL");
    // Where the client was slow to begin, there was nothing inside to be ended yet, and it would run on without it.
    await client.ended;
    if (answered) await endRun(engine, call, signal);
  }
  await restore?.();
  if (reason === "timeout") return { status: 124, cause: "timeout" };
  return { status: signalStatus(reason), cause: "signal", unanswered: !answered };
}

async function endedThere(engine: Engine, call: RunCall, ended: Ended, restore: Restore): Promise<RunEnd> {
  // The client itself was killed, by a reader that went away or by somebody: what it ran is still there.
  if (ended.signal !== undefined) {
    await endRun(engine, call, ended.signal);
    await restore?.();
    return { status: ended.status, cause: "signal" };
  }
  // A terminal that was closed may show as an ordinary end of the client.
  if (call.terminal && !isTerminal(0)) {
    await endRun(engine, call, "SIGHUP");
    return { status: signalStatus("SIGHUP"), cause: "signal" };
  }
  // A program that was killed could not put back its screen; 130 is an ordinary Ctrl-C.
  if (ended.status > 128 && ended.status !== 130) await restore?.();
  return { status: ended.status, cause: "ended", restore };
}

/**
 * Runs an engine's `exec` that begins a run and leaves it. When this call is told to end meanwhile, the run is ended, once the engine's
 * program has ended and nothing more can begin. When it is not, signals do not end this process any more from then on: whoever
 * has a run that stays says so and ends with 0.
 * @returns what the program said, or the status of a call that was told to end.
 */
export async function leaveRun(
  engine: Engine,
  call: Pick<RunCall, "container" | "id">,
  begin: () => Started,
): Promise<Said | number> {
  const told = Promise.withResolvers<EndingSignal>();
  const again = Promise.withResolvers<undefined>();
  const signals: EndingSignal[] = [];
  const ignore = onEndingSignal((signal) => {
    told.resolve(signal);
    if (signals.push(signal) > 1) again.resolve(undefined);
  });
  const client = begin();
  const first = await Promise.race([client.said, told.promise]);
  if (typeof first !== "string") {
    if (first.status !== 0) ignore();
    return first;
  }
  // A paused or dead engine must not hold us, nor anybody who asks twice.
  const isOver =
    (await Promise.race([client.said, again.promise, Bun.sleep(3000)])) !== undefined &&
    (await Promise.race([endRun(engine, call, first), again.promise])) !== undefined;
  if (!isOver) {
    client.kill("SIGTERM");
    endLater(call, endWords(engine, call, first));
  }
  return signalStatus(first);
}

/**
 * Ends a run by a signal, with all its children. An engine that cannot now, as it is hung or away or the session is paused,
 * is left to a process that tries it until it can: we have been told to end, and shall not wait for it.
 * @returns whether it is ended.
 */
export async function endRun(
  engine: Engine,
  { container, id }: Pick<RunCall, "container" | "id">,
  signal: NodeJS.Signals,
): Promise<boolean> {
  const words = endWords(engine, { container, id }, signal);
  const said = await capture(words, { ...wary, apart: true, limit: 3000 });
  if (said.status !== 0) endLater({ container }, words);
  return said.status === 0;
}

function endWords(
  engine: Engine,
  { container, id }: Pick<RunCall, "container" | "id">,
  signal: NodeJS.Signals,
): readonly string[] {
  const words = ["/bin/sh", "-c", endText(), "manyoyo", id];
  const how = [signal.replace(/^SIG/, ""), String(signalStatus(signal))];
  // Not in the workspace, which may be gone.
  return [engine.program, "exec", "--workdir", "/", container, ...words, ...how];
}

function endLater({ container }: Pick<RunCall, "container">, words: readonly string[]): void {
  leaveBehind(["/bin/sh", "-c", laterText(), "manyoyo", container, ...words]);
}
