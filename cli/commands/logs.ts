import { runningIn } from "../../lib/engine/busy.ts";
import type { Engine } from "../../lib/engine/engine.ts";
import { followLog, type Log, readLog } from "../../lib/engine/logs.ts";
import { Failure, Interrupted } from "../../lib/failure.ts";
import { type Entry, entriesOf, type Line, type Part, partOf, partOfRuns } from "../../lib/session/runs.ts";
import type { Session } from "../../lib/session/session.ts";
import { parseMoment } from "../../lib/settings/durations.ts";
import { signalStatus } from "../../lib/shell.ts";
import { onEndingSignal } from "../../lib/signals.ts";
import { isTerminal } from "../../lib/terminal.ts";
import type { Call } from "../call.ts";
import { logTeller, readable, runText, type Teller, utf8 } from "../log-lines.ts";
import { age, answer, answerBytes, answerJson, say } from "../print.ts";
import { sessionOf, verbContext } from "../sessions.ts";

/** `manyoyo logs NAME`: the runs of a session, the output of those in the background, and the rest of its log. */
export async function logs(call: Call): Promise<number> {
  const { since, tail, follow, json } = call.parsed.values;
  if (follow && json) {
    throw new Failure("usage", "--json is one document, so it cannot follow.", "Leave one of them out.");
  }
  const part: Part = {
    since: since === undefined ? undefined : parseMoment(since, Date.now()),
    tail: tail === undefined ? undefined : lineCount(tail),
  };
  const context = await verbContext(call);
  const { engine } = context.choice;
  const { session } = await sessionOf(call, context, call.parsed.operands[0] ?? ".");
  const log = await readLog(engine, session);
  // Whoever follows sees the rest of the last line with its end.
  const lines = follow || log.rest === undefined ? log.lines : [...log.lines, log.rest];
  const entries = lines.flatMap(entriesOf);
  if (json) {
    answerJson(await document(engine, session, partOfRuns(entries, part)));
    return 0;
  }
  const teller = logTeller();
  show(teller, entries, new Set(partOf(entries, part)));
  if (follow) return goOn(engine, session, log, teller);
  await tellOpen(engine, session, teller);
  if (entries.length === 0 && isTerminal(1)) say(`The log of ${session.name} is empty.`);
  return 0;
}

/** Whole lines only: 0 is a fair answer to "how many". */
function lineCount(word: string): number {
  if (/^\d{1,9}$/.test(word)) return Number(word);
  throw new Failure("usage", `--tail takes a number of lines, not ${JSON.stringify(word)}.`, "--tail 100");
}

/** Prints the wanted ones of these entries: to a pipe the output's own bytes, to a terminal what it may obey without harm. */
function show(teller: Teller, entries: readonly Entry[], wanted: ReadonlySet<Entry>): void {
  const raw = !isTerminal(1);
  const pieces: Uint8Array[] = [];
  for (const entry of entries) {
    const lines = teller.tell(entry);
    if (!wanted.has(entry)) continue;
    for (const line of lines) pieces.push(Buffer.from(`${line}\n`));
    if (entry.kind !== "text") continue;
    pieces.push(raw ? Buffer.from(`${entry.text}\n`, "latin1") : Buffer.from(`${readable(entry.text)}\n`));
  }
  if (pieces.length > 0) answerBytes(Buffer.concat(pieces));
}

async function goOn(engine: Engine, session: Session, log: Log, teller: Teller): Promise<number> {
  const told = Promise.withResolvers<number>();
  const ignore = onEndingSignal((signal) => told.resolve(signalStatus(signal)));
  const followed = followLog(engine, session, log.known, (line) => {
    const entries = entriesOf(line);
    show(teller, entries, new Set(entries));
  });
  try {
    const status = await Promise.race([followed.ended.then(() => 0), told.promise]);
    if (status !== 0) throw new Interrupted(status);
    return 0;
  } finally {
    followed.stop();
    ignore();
  }
}

/** Says of each run without an end in the log what became of it. */
async function tellOpen(engine: Engine, session: Session, teller: Teller): Promise<void> {
  const open = teller.open();
  const running = open.length === 0 ? new Set<string>() : await idsIn(engine, session);
  for (const start of open) {
    const since = start.at === undefined ? "" : ` since ${age(start.at, Date.now())}`;
    answer(
      running.has(start.id)
        ? `--- still running${since}: ${runText(start)}`
        : `--- ${runText(start)}: ended without a word`,
    );
  }
}

async function idsIn(engine: Engine, { id, state }: Session): Promise<ReadonlySet<string>> {
  return new Set(
    state === "running" ? (await runningIn(engine, id).catch(() => [])).map((run) => run.id) : [],
  );
}

async function document(engine: Engine, session: Session, told: ReturnType<typeof partOfRuns>) {
  const open = told.runs.some(({ state }) => state === "open");
  const running = open ? await idsIn(engine, session) : new Set<string>();
  return {
    engine: engine.name,
    name: session.name,
    id: session.id,
    state: session.state,
    runs: told.runs.map(({ id, user, line, background, start, end, status, output }) => ({
      id,
      user,
      line,
      background,
      start: iso(start),
      end: iso(end),
      status: status ?? null,
      running: running.has(id),
      output: output.map(lineDocument),
    })),
    log: told.own.map(lineDocument),
  };
}

function lineDocument({ at, text }: Line) {
  return { time: iso(at), text: utf8(text) };
}

function iso(at: number | undefined): string | null {
  return at === undefined || Number.isNaN(at) ? null : new Date(at).toISOString();
}
