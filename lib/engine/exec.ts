import { ownerText, runText } from "../inside/texts.ts";
import { asLine, type Command } from "../session/command.ts";
import { envFileWord } from "../session/make.ts";
import { type Owner, ownerWord } from "../session/owner.ts";
import { writeNote } from "../session/runs.ts";
import { dialect } from "./dialect.ts";
import type { Engine } from "./engine.ts";

/** One command in a session. */
export interface Run {
  /** Marks the command and all its children inside. */
  readonly id: string;
  readonly command: Command;
  /** Who runs it, for the session's log. */
  readonly user: string;
  /** The host's user that it runs as; undefined for the image's own user. */
  readonly owner: Owner | undefined;
  /** Whether the engine is to give it a terminal. */
  readonly terminal: boolean;
  /** In the background, its output in the session's log. */
  readonly background: boolean;
  /** Names of variables that arrive encoded, the container's own among them. */
  readonly encoded: readonly string[];
  /** Whether an env file goes with it. */
  readonly variables: boolean;
}

/**
 * How a program inside is asked for a short answer: what runs there may have put one of its own in the place of /bin/sh, that never
 * ends or never stops talking. A loaded machine takes seconds.
 */
export const wary = { limit: 15_000, most: 4 << 20 } as const;

/** A fresh id for a run. */
export function runId(): string {
  // Not node:crypto, which takes 4 ms to load.
  return crypto.getRandomValues(new Uint8Array(8)).toHex();
}

/** What a terminal's program wants to know; taken from our own environment by name. */
const terminalVariables = ["TERM", "COLORTERM", "LANG", "TZ"];

/** The engine's words that run a command in a container, the engine's program first. User words are the last ones. */
export function execWords(engine: Engine, container: string, run: Run): string[] {
  const { command } = run;
  const passed = run.terminal ? terminalVariables.filter((name) => process.env[name] !== undefined) : [];
  return [
    engine.program,
    "exec",
    ...(run.background ? ["--detach"] : ["--interactive"]),
    ...(run.terminal ? ["--tty"] : []),
    ...dialect(engine.name).detachKeys,
    "--env",
    `MANYOYO_EXEC=${run.id}`,
    ...passed.flatMap((name) => ["--env", name]),
    ...(run.variables ? ["--env-file", envFileWord] : []),
    container,
    "/bin/sh",
    "-c",
    runText(),
    "manyoyo",
    run.id,
    note(run),
    run.encoded.join(" "),
    command.kind,
    run.background ? "log" : "",
    run.terminal ? size() : "",
    ownerWord(run.owner),
    run.owner === undefined ? "" : ownerText(),
    ...(command.kind === "line" ? [command.line, ...command.args] : command.words),
  ];
}

// For stty, inside.
function size(): string {
  const { rows = 0, columns = 0 } = process.stdout;
  return rows > 0 && columns > 0 ? `rows ${rows} cols ${columns}` : "";
}

// Who and what, in words without blanks.
function note(run: Run): string {
  return writeNote({ user: run.user, line: asLine(run.command), background: run.background });
}
