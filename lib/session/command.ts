import type { Agent } from "../agents/agent.ts";
import { agentNames, agentOfLine, findAgent } from "../agents/known.ts";
import { Failure } from "../failure.ts";
import { nearest } from "../nearest.ts";
import type { Scalars } from "../settings/layer.ts";
import type { Session } from "./session.ts";

/** What is run in a session: a shell line with arguments that follow it, or exact words that no shell sees. */
export type Command =
  | { readonly kind: "line"; readonly line: string; readonly args: readonly string[] }
  | { readonly kind: "words"; readonly words: readonly string[] };

// No `exec "$(...)"`: where the session is being stopped, the inner shell alone would be ended, and nothing be left to run.
/** An interactive shell: bash where the image has it. */
export const shell: Command = {
  kind: "line",
  line: "if command -v bash >/dev/null; then exec bash; else exec sh; fi",
  args: [],
};

/**
 * The shell line that settings ask for: the agent's own for `yolo`, else `shell`, between prefix and suffix.
 * Undefined when they ask for none. `own` are the user's own agents.
 * @throws Failure `usage` for an unknown agent.
 */
export function lineOf(settings: Scalars, own: readonly Agent[] = []): string | undefined {
  const { yolo, shell: line, shellPrefix, shellSuffix } = settings;
  const middle = yolo === undefined ? line : yoloLine(yolo, own);
  if (middle === undefined) return undefined;
  return [shellPrefix, middle, shellSuffix].filter((part) => part !== undefined && part !== "").join(" ");
}

function yoloLine(word: string, own: readonly Agent[]): string {
  const agent = findAgent(word, own);
  if (agent !== undefined) return agent.yolo;
  const meant = nearest(word, agentNames(own));
  throw new Failure(
    "usage",
    `No agent is called "${word}".${meant === undefined ? "" : ` Did you mean ${meant}?`}`,
    `Known agents: ${agentNames(own).join(" ")}.`,
  );
}

/** What the words after `-x` mean: one is a shell line, several are exact. */
export function commandOf(words: readonly string[]): Command {
  const [line, ...more] = words;
  return more.length === 0 && line !== undefined
    ? { kind: "line", line, args: [] }
    : { kind: "words", words };
}

/** A command as one shell line, so that it can be remembered and shown. */
export function asLine(command: Command): string {
  if (command === shell) return "shell";
  if (command.kind === "words") return command.words.map(quote).join(" ");
  return [command.line, ...command.args.map(quote)].join(" ");
}

/** A word that every POSIX shell reads back as it is. */
export function quote(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** What one call wants to run, as far as it was said. */
export interface Wish {
  /** The words after `-x`. */
  readonly exact: readonly string[] | undefined;
  /** The line that this call's own options or its profile ask for. */
  readonly said: string | undefined;
  /** The line of the global settings. */
  readonly usual: string | undefined;
  /** The words after `--`. */
  readonly args: readonly string[] | undefined;
}

/** Where a command comes from: whether the menu comes after it, and how it is remembered. */
export interface Chosen {
  readonly command: Command;
  /** `-x`, or the line with or without words of its own. */
  readonly origin: "exact" | "line" | "line with words" | "shell";
}

/** The command of a call that joins a session: what was said, else its first command, else the usual one. */
export function joinCommand(wish: Wish, session: Session): Chosen | undefined {
  if (wish.exact !== undefined) return { command: commandOf(wish.exact), origin: "exact" };
  if (wish.said !== undefined) return withArgs(wish.said, wish.args, []);
  if (session.firstCommand !== "") return withArgs(session.firstCommand, wish.args, session.args);
  return wish.usual === undefined ? undefined : withArgs(wish.usual, wish.args, []);
}

/** The command of a call that makes its session. */
export function makeCommand(wish: Wish): Chosen | undefined {
  if (wish.exact !== undefined) return { command: commandOf(wish.exact), origin: "exact" };
  const line = wish.said ?? wish.usual;
  return line === undefined ? undefined : withArgs(line, wish.args, []);
}

function withArgs(line: string, args: readonly string[] | undefined, first: readonly string[]): Chosen {
  return {
    command: { kind: "line", line, args: args ?? first },
    origin: args === undefined ? "line" : "line with words",
  };
}

/** What a new session remembers as its first command: the line it was made for, else the `-x` of the call that made it. */
export function firstCommand(wish: Wish): { readonly line: string; readonly args: readonly string[] } {
  const line = wish.said ?? wish.usual;
  if (line !== undefined) return { line, args: wish.args ?? [] };
  return { line: wish.exact === undefined ? "" : asLine(commandOf(wish.exact)), args: [] };
}

/**
 * Refuses to start an agent's screen where there is no terminal: it would draw for ever.
 * @throws Failure `usage`
 */
export function refuseScreen(command: Command, terminal: boolean, own: readonly Agent[] = []): void {
  if (terminal || command.kind === "words" || command.args.length > 0) return;
  const agent = agentOfLine(command.line, own);
  if (agent === undefined || !isBare(command.line)) return;
  throw new Failure(
    "usage",
    `${agent.title} needs a terminal on stdin and stdout.`,
    "Give it something to do by words after --, or make the session without running it: -d",
  );
}

// An agent with words of its own (`-s 'claude -p hello'`) may well be made for a pipe; with flags alone it draws.
function isBare(line: string): boolean {
  return !/\s(-p|--print|--prompt|exec|run|--version|--help|-h|-v)(\s|$)/.test(line);
}
