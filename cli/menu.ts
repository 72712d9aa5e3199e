import { closeSync, constants, openSync, readSync } from "node:fs";
import { isatty } from "node:tty";
import { confirm, isCancel, password, select, selectKey, text } from "@clack/prompts";
import { Interrupted } from "../lib/failure.ts";
import type { Answer, Choice } from "../lib/session/exit.ts";
import { signalStatus } from "../lib/shell.ts";
import { type EndingSignal, onEndingSignal } from "../lib/signals.ts";
import { plain } from "./print.ts";

// Every question is drawn on stderr, and is only asked where stdin, stdout and stderr are terminals: clack waits for ever
// without one. Names and commands in it may come out of a container, so it is made plain.
const output = process.stderr;

type Answered = string | boolean | undefined;

/**
 * Asks one question. Esc, Ctrl-C and Ctrl-D give undefined; TERM and HUP leave the terminal as it was.
 * @throws Interrupted when the call is told to end.
 */
async function asked(question: (signal: AbortSignal) => Promise<Answered | symbol>): Promise<Answered> {
  const abort = new AbortController();
  const told = Promise.withResolvers<number>();
  // clack reads Ctrl-C as a key; an INT that arrives as a signal is meant for the whole call.
  const ignore = onEndingSignal((signal) => tell(signal));
  const tell = (signal: EndingSignal): void => {
    told.resolve(signalStatus(signal));
    // On a terminal that was closed there is nothing to put back, and clack would fail at it and never answer.
    if (isatty(0)) abort.abort();
  };
  const onKey = (
    _text: unknown,
    key: { readonly name?: string; readonly ctrl?: boolean } | undefined,
  ): void => {
    if (key?.ctrl === true && key.name === "d") abort.abort();
  };
  const onEnd = (): void => tell("SIGHUP");
  process.stdin.on("keypress", onKey);
  process.stdin.once("end", onEnd);
  process.stdin.once("error", onEnd);
  try {
    const answer = await Promise.race([told.promise, question(abort.signal)]);
    if (typeof answer === "number") throw new Interrupted(answer);
    return isCancel(answer) || typeof answer === "symbol" ? undefined : answer;
  } finally {
    ignore();
    process.stdin.off("keypress", onKey);
    process.stdin.off("end", onEnd);
    process.stdin.off("error", onEnd);
    if (isatty(0)) process.stdin.setRawMode(false);
    process.stdin.pause();
  }
}

/** Forgets what was typed so far: it was meant for what ran, and here a single key can remove a session. */
function forgetTyped(): void {
  try {
    process.stdin.setRawMode(true);
    const terminal = openSync("/dev/tty", constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const typed = Buffer.alloc(4096);
      while (readSync(terminal, typed) > 0);
    } finally {
      closeSync(terminal);
    }
  } catch {
    // EAGAIN: there is no more. A terminal that was closed is noticed by the question itself.
  }
}

/** The exit menu: one key decides. Enter, Esc, Ctrl-C and Ctrl-D keep. */
export async function askLeave(name: string, lines: readonly Choice[]): Promise<Answer> {
  forgetTyped();
  const answer = await asked((signal) =>
    selectKey({
      message: plain(`You left the session ${name}. What becomes of it?`),
      options: lines.map(({ answer: value, label }) => ({ value, label: plain(label) })),
      initialValue: "y",
      caseSensitive: false,
      output,
      signal,
    }),
  );
  return lines.find((line) => line.answer === answer)?.answer ?? "y";
}

/** Yes or no; anything but a clear yes is no. */
export async function askYes(message: string): Promise<boolean> {
  const answer = await asked((signal) =>
    confirm({ message: plain(message), initialValue: false, output, signal }),
  );
  return answer === true;
}

/** Yes or no, where yes is harmless and likely; undefined when the question was left. */
export async function askLikely(message: string): Promise<boolean | undefined> {
  const answer = await asked((signal) =>
    confirm({ message: plain(message), initialValue: true, output, signal }),
  );
  return typeof answer === "boolean" ? answer : undefined;
}

/** A line of text; undefined when the question was left or answered with nothing. */
export async function askLine(message: string): Promise<string | undefined> {
  const line = await asked((signal) => text({ message: plain(message), output, signal }));
  return typeof line !== "string" || line.trim() === "" ? undefined : line;
}

/** A line of text that is not shown; undefined when the question was left or answered with nothing. */
export async function askSecret(message: string): Promise<string | undefined> {
  const line = await asked((signal) => password({ message: plain(message), output, signal }));
  return typeof line !== "string" || line.trim() === "" ? undefined : line;
}

/** One of several; undefined when the question was left. */
export async function askOne<Value extends string>(
  message: string,
  options: readonly { readonly value: Value; readonly label: string }[],
): Promise<Value | undefined> {
  const lines: { value: string; label: string }[] = options.map(({ value, label }) => ({
    value,
    label: plain(label),
  }));
  const chosen = await asked((signal) =>
    select<string>({ message: plain(message), options: lines, output, signal }),
  );
  return options.find((option) => option.value === chosen)?.value;
}
