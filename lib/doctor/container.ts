import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { stop } from "../engine/change.ts";
import type { Engine } from "../engine/engine.ts";
import { execWords, type Run } from "../engine/exec.ts";
import { findSession } from "../engine/find.ts";
import { guardSession } from "../engine/guard.ts";
import { makeSession } from "../engine/make.ts";
import { newRun, type RunOptions } from "../engine/run.ts";
import { Failure, Interrupted } from "../failure.ts";
import { quote } from "../session/command.ts";
import type { Make } from "../session/make.ts";
import { realPath, reason } from "../settings/files.ts";
import { capture, signalStatus } from "../shell.ts";
import { onEndingSignal } from "../signals.ts";
import type { Finding } from "./finding.ts";
import { within } from "./patience.ts";
import { lookAtTerminal, type Size } from "./terminal.ts";

/** A container to be tried, and how. */
export interface Trial {
  readonly engine: Engine;
  /** Folders, of which the first that can be written gets the workspace. */
  readonly within: readonly string[];
  /** What the container is made like, by its workspace, name and call: exactly as a session is. */
  readonly make: (folder: string, name: string, call: string) => Promise<Make>;
  readonly options: RunOptions;
  readonly size: Size;
}

// For each step: a slow machine may well take half a minute to make its first container.
const patience = 60_000;

/**
 * Makes a container as a session is made, runs in it, stops it, and sees that it is gone, whatever happens meanwhile.
 * @throws Interrupted when the call is told to end.
 */
export async function tryContainer(trial: Trial): Promise<readonly Finding[]> {
  const word = crypto.randomUUID();
  const folder = workspaceIn(trial.within, word);
  if (folder === undefined)
    return [problem(`No folder can be made in ${trial.within.join(" or ")}.`, "Set TMPDIR.")];
  const told: NodeJS.Signals[] = [];
  const ignore = onEndingSignal((signal) => told.push(signal));
  const name = `manyoyo-doctor-${crypto.randomUUID().slice(0, 8)}`;
  const findings: Finding[] = [];
  const call = crypto.randomUUID();
  const guard = guardSession(trial.engine, name, call);
  let answers = true;
  try {
    const make = await within(trial.engine, patience, trial.make(folder, name, call));
    const since = performance.now();
    const making = makeSession(trial.engine, make, new Map(), { guard });
    const made = await within(trial.engine, patience, making);
    if (made.kind === "made") {
      findings.push(ok(`A container of ${make.image} was made in ${seconds(since)}.`));
      for (const look of [lookAtMount, lookAtTerminal, lookAtNetwork, lookAtStop]) {
        if (told.length > 0) break;
        const looking = look({ ...trial, folder, word, name, id: made.id });
        findings.push(...(await within(trial.engine, patience, looking)));
      }
    }
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    answers = error.code !== "engine-down";
    if (told.length === 0) findings.push(problem(error.message, error.hint));
  } finally {
    // Where the engine does not answer there is nothing to wait for: the guard begins when this call is over, and goes on trying.
    const gone = !answers || (await guard.release());
    findings.push(...removed(folder));
    if (!gone)
      findings.push(
        problem(`The container ${name} could not be removed.`, `${trial.engine.name} rm -f ${name}`),
      );
    ignore();
  }
  const [signal] = told;
  if (signal !== undefined) throw new Interrupted(signalStatus(signal));
  return findings;
}

// The word is there before the image's first program is: by what that puts in the file's place, we would write elsewhere.
function workspaceIn([first, ...others]: readonly string[], word: string): string | undefined {
  if (first === undefined) return undefined;
  const made: string[] = [];
  try {
    const folder = realPath(mkdtempSync(join(first, "doctor-")));
    made.push(folder);
    writeFileSync(join(folder, "outside"), word, { flag: "wx" });
    return folder;
  } catch {
    made.forEach(removed);
    return workspaceIn(others, word);
  }
}

// What programs inside have written as another user may be theirs alone.
function removed(folder: string): readonly Finding[] {
  try {
    rmSync(folder, { recursive: true, force: true });
    return [];
  } catch (error) {
    return [
      problem(`The folder ${folder} could not be removed: ${reason(error)}.`, `sudo rm -rf ${quote(folder)}`),
    ];
  }
}

/** A container that runs. */
export interface Tried extends Trial {
  readonly folder: string;
  /** What is in its file `outside`. */
  readonly word: string;
  readonly name: string;
  readonly id: string;
}

const limit = 20_000;

function inside(tried: Tried, line: string): Promise<Awaited<ReturnType<typeof capture>>> {
  const run: Run = newRun({ kind: "line", line, args: [] }, { ...tried.options, terminal: false });
  return capture(execWords(tried.engine, tried.id, run), { limit });
}

async function lookAtMount(tried: Tried): Promise<readonly Finding[]> {
  const { folder, engine, word } = tried;
  // Neither may be a pipe, at which it would wait for ever.
  const said = await inside(
    tried,
    "test -f outside && test ! -e inside && cat outside && cat outside >inside",
  );
  const file = written(join(folder, "inside"), word.length);
  if (said.status !== 0 || said.stdout !== word || file?.text !== word) {
    const why = said.stderr.trim().split("\n").at(-1) ?? "";
    return [
      problem(
        `A session cannot read and write its workspace${why === "" ? "" : `: ${why}`}.`,
        `See whether ${engine.name} runs on this machine and may reach ${folder.replace(/\/[^/]*$/, "")}.`,
      ),
    ];
  }
  const [owner, own] = [file.owner, process.getuid?.()];
  if (owner === own) return [ok("A session reads and writes its workspace, and its files belong to you.")];
  const message = `A session reads and writes its workspace, but what it writes belongs to user ${owner}, not to you (${own}).`;
  return [{ about: "container", level: "note", message, remedy: 'Set user: "auto" in manyoyo.json.' }];
}

// Whatever is there is from inside: a link is not followed, a pipe or a device not opened, and of a long file the beginning is enough.
function written(
  path: string,
  length: number,
): { readonly text: string; readonly owner: number } | undefined {
  try {
    if (!lstatSync(path).isFile()) return undefined;
    const descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const told = fstatSync(descriptor);
      if (!told.isFile()) return undefined;
      const bytes = Buffer.alloc(length + 1);
      return { text: bytes.toString("utf8", 0, readSync(descriptor, bytes)), owner: told.uid };
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return undefined;
  }
}

// Any answer counts, also a refusal of the certificate.
const reach = `
host=api.anthropic.com
if command -v curl >/dev/null 2>&1; then
  curl -sS -o /dev/null --connect-timeout 4 -m 8 "https://$host/" 2>/dev/null
  case $? in 5|6|7|28) echo no ;; *) echo yes ;; esac
elif command -v bash >/dev/null 2>&1; then
  timeout 4 bash -c "exec 3<>/dev/tcp/$host/443" 2>/dev/null && echo yes || echo no
else
  echo unknown
fi`;

async function lookAtNetwork(tried: Tried): Promise<readonly Finding[]> {
  const said = await inside(tried, reach);
  const answer = said.stdout.trim();
  if (answer === "yes") return [ok("A session reaches the network.")];
  if (answer !== "no") return [note("Whether a session reaches the network cannot be told with this image.")];
  return [
    note(
      "A session does not reach api.anthropic.com; agents need the network, unless their models are elsewhere.",
      "Look at this machine's own network, a proxy (-e HTTPS_PROXY) and the DNS of its engine.",
    ),
  ];
}

async function lookAtStop(tried: Tried): Promise<readonly Finding[]> {
  const found = await findSession(tried.engine, tried.name);
  if (found === undefined)
    return [problem("The container ended by itself.", "Try another image: manyoyo image build")];
  const since = performance.now();
  await stop(tried.engine, found.session);
  const time = performance.now() - since;
  if (time < 2000) return [ok(`It was stopped in ${seconds(since)}.`)];
  return [
    note(`Stopping it took ${seconds(since)}, which is long: its first process may not hear of the end.`),
  ];
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}

function ok(message: string): Finding {
  return { about: "container", level: "ok", message };
}

function note(message: string, remedy?: string): Finding {
  return { about: "container", level: "note", message, remedy };
}

function problem(message: string, remedy: string | undefined): Finding {
  return { about: "container", level: "problem", message, remedy };
}
