import type { Failure } from "../failure.ts";
import type { Session } from "../session/session.ts";
import { heard } from "../shell.ts";
import { dialect } from "./dialect.ts";
import type { Engine } from "./engine.ts";
import { engineFailure, removedMeanwhile } from "./problem.ts";

/** A session's log: a character a byte, each line with the engine's time before it (see `entriesOf`). */
export interface Log {
  /** Whole lines, those of both of its streams, by their times. */
  readonly lines: readonly string[];
  /** A last line that has no end yet. */
  readonly rest: string | undefined;
  /** How many whole lines either stream gave: what somebody who follows knows already. */
  readonly known: Known;
}

/** Lines of the two streams of a log. */
export interface Known {
  readonly out: number;
  readonly err: number;
}

type Named = Pick<Session, "id" | "name">;

const logWords = ["logs", "--timestamps"] as const;

/** All that the engine kept of a session's log. @throws Failure */
export async function readLog(engine: Engine, session: Named): Promise<Log> {
  const pieces: Record<1 | 2, string[]> = { 1: [], 2: [] };
  const { ended } = heard([engine.program, ...logWords, session.id], (bytes, from) => {
    pieces[from].push(Buffer.from(bytes).toString("latin1"));
  });
  const { status, signal } = await ended;
  const [out, err] = [split(pieces[1].join("")), split(pieces[2].join(""))];
  if (status !== 0) throw unread(engine, session, { status, signal, stdout: "", stderr: pieces[2].join("") });
  return {
    // Words of the engine's program itself have no time before them.
    lines: merged(out.lines, err.lines.filter(isStamped)),
    rest: out.rest ?? (isStamped(err.rest ?? "") ? err.rest : undefined),
    known: { out: out.lines.length, err: err.lines.length },
  };
}

/** A log that is being followed. */
export interface Followed {
  /** Resolves when the session has stopped, or `stop` was called. */
  readonly ended: Promise<void>;
  stop(): void;
}

/** Hands on every line of a session's log that comes after those that are known. @throws Failure by `ended`. */
export function followLog(
  engine: Engine,
  session: Named,
  known: Known,
  hear: (line: string) => void,
): Followed {
  const state = { stopped: false, error: "" };
  const out = lineReader(known.out, hear);
  const err = lineReader(known.err, (line) => {
    if (isStamped(line)) hear(line);
    else state.error += `${line}\n`;
  });
  const program = heard([engine.program, ...logWords, "--follow", session.id], (bytes, from) => {
    (from === 1 ? out : err)(Buffer.from(bytes).toString("latin1"));
  });
  const stop = (): void => {
    state.stopped = true;
    program.kill("SIGKILL");
  };
  const ended = program.ended.then(({ status, signal }) => {
    if (status === 0 || state.stopped) return;
    throw unread(engine, session, { status, signal, stdout: "", stderr: state.error });
  });
  return { ended, stop };
}

/** When the last line of a session's log was written; undefined where there is none, or it cannot be read. */
export async function lastLine(engine: Engine, id: string): Promise<number | undefined> {
  const pieces: string[] = [];
  const { ended } = heard([engine.program, ...logWords, "--tail", "1", id], (bytes) => {
    pieces.push(Buffer.from(bytes).toString("latin1"));
  });
  const { status } = await ended;
  // What was written last may have no line end.
  const { lines, rest = "" } = split(pieces.join(""));
  const [line = rest] = lines;
  const moment = status === 0 && isStamped(line) ? Date.parse(line.split(" ", 1).join()) : Number.NaN;
  return Number.isNaN(moment) ? undefined : moment;
}

function unread(engine: Engine, session: Named, said: Parameters<typeof engineFailure>[1]): Failure {
  if (dialect(engine.name).noSuchContainer.test(said.stderr)) {
    return removedMeanwhile(session.name);
  }
  return engineFailure(engine, said, `read the log of "${session.name}"`);
}

function isStamped(line: string): boolean {
  return /^\d{4}-\d\d-\d\dT\S+ /.test(line);
}

function split(text: string): { readonly lines: readonly string[]; readonly rest: string | undefined } {
  const lines = text.split("\n");
  const rest = lines.pop();
  return { lines, rest: rest === "" ? undefined : rest };
}

/** Two lists of stamped lines as one; the times of one engine are all written in the same zone. */
function merged(one: readonly string[], other: readonly string[]): readonly string[] {
  if (other.length === 0) return one;
  const moment = (line: string): number => Date.parse(line.split(" ", 1).join());
  return [...one, ...other]
    .map((line) => ({ line, at: moment(line) }))
    .toSorted((first, second) => first.at - second.at)
    .map(({ line }) => line);
}

/** Takes pieces of text and hands on whole lines, but not the first ones that are known. */
function lineReader(known: number, hear: (line: string) => void): (text: string) => void {
  const state = { left: known, rest: "" };
  return (text) => {
    const { lines, rest = "" } = split(state.rest + text);
    state.rest = rest;
    for (const line of lines) {
      if (state.left > 0) state.left -= 1;
      else hear(line);
    }
  };
}
