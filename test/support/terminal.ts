import { constants } from "node:os";
import { until } from "./manyoyo.ts";

/** What the keys of a keyboard send. */
export const keys = {
  enter: "\r",
  escape: "\x1b",
  down: "\x1b[B",
  up: "\x1b[A",
  ctrlC: "\x03",
  ctrlD: "\x04",
  ctrlP: "\x10",
  ctrlQ: "\x11",
  ctrlU: "\x15",
  ctrlZ: "\x1a",
  ctrlSpace: "\x00",
  ctrlBackslash: "\x1c",
} as const;

export interface TerminalHow {
  readonly cols?: number;
  readonly rows?: number;
  /** Added to our own variables; `undefined` takes one away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
}

/** Keys that are typed when these words are shown for the first time. */
export type Answer = readonly [shown: string | RegExp, typed: string];

/** A program in a terminal of its own, with what a person at it can see and do. */
export interface Terminal extends AsyncDisposable {
  readonly pid: number;
  /** Everything it sent so far, a character a byte. */
  bytes(): string;
  /** Everything it sent so far, without control sequences: what a person can read. */
  text(): string;
  /**
   * Waits for readable text after what the call before found, and goes behind it.
   * @returns the match. @throws an Error with all that was there when it does not come.
   */
  waitFor(what: string | RegExp, limit?: number): Promise<RegExpMatchArray>;
  /** Waits until these bytes are there, as they are. */
  waitForBytes(bytes: string, limit?: number): Promise<void>;
  /**
   * Types what answers these words, each once, when they are shown for the first time, until the program ends.
   * @returns its exit status. @throws an Error when it does not end.
   */
  converse(answers: readonly Answer[], limit?: number): Promise<number>;
  /** Types text, or any bytes (a character a byte). */
  type(text: string): void;
  resize(cols: number, rows: number): void;
  /** Hangs up, as closing the window does. */
  close(): void;
  kill(signal: NodeJS.Signals): void;
  /** How it ended: its exit status, 128+n after a signal. @throws an Error when it does not end. */
  status(limit?: number): Promise<number>;
}

/** Starts a program in a new terminal. Hung up and killed when it is disposed of. */
export function openTerminal(argv: readonly string[], how: TerminalHow = {}): Terminal {
  const chunks: Buffer[] = [];
  const seen = { upTo: 0 };
  const program = Bun.spawn([...argv], {
    cwd: how.cwd ?? process.cwd(),
    env: { ...process.env, TERM: "xterm-256color", ...how.env },
    terminal: {
      cols: how.cols ?? 100,
      rows: how.rows ?? 30,
      data: (_terminal, bytes) => {
        chunks.push(Buffer.from(bytes));
      },
    },
  });
  const { terminal } = program;
  if (terminal === undefined) throw new Error("there is no terminal");
  const ended = program.exited.then(() => true);
  const bytes = (): string => Buffer.concat(chunks).toString("latin1");
  const text = (): string => Bun.stripANSI(Buffer.concat(chunks).toString("utf8")).replaceAll("\r", "");
  const shown = (what: string): string =>
    `${what} did not come; the terminal of ${argv.slice(0, 8).join(" ")} shows:\n${text()}`;
  const close = (): void => {
    if (!terminal.closed) terminal.close();
  };
  const status = async (limit = 20_000): Promise<number> => {
    if (!(await Promise.race([ended, Bun.sleep(limit).then(() => false)]))) throw new Error(shown("The end"));
    return program.exitCode ?? 128 + signalNumber(program.signalCode);
  };
  return {
    pid: program.pid,
    bytes,
    text,
    waitFor: async (what, limit = 20_000) => {
      const pattern = typeof what === "string" ? new RegExp(RegExp.escape(what)) : what;
      const found: RegExpMatchArray[] = [];
      await until(
        String(what),
        () => {
          const match = text().slice(seen.upTo).match(pattern);
          if (match !== null) found.push(match);
          return match !== null;
        },
        limit,
      ).catch(() => undefined);
      const [match] = found;
      if (match === undefined) throw new Error(shown(String(what)));
      seen.upTo += (match.index ?? 0) + match[0].length;
      return match;
    },
    waitForBytes: async (wanted, limit = 20_000) => {
      await until("the bytes", () => bytes().includes(wanted), limit).catch(() => {
        throw new Error(`${shown(JSON.stringify(wanted))}\n${JSON.stringify(bytes())}`);
      });
    },
    converse: async (answers, limit = 60_000) => {
      const waiting = new Set(answers);
      const step = (): boolean => {
        const seen = text();
        for (const answer of waiting) {
          const [words, typed] = answer;
          if (!(typeof words === "string" ? seen.includes(words) : words.test(seen))) continue;
          waiting.delete(answer);
          terminal.write(Buffer.from(typed, "latin1"));
        }
        return program.exitCode !== null || program.signalCode !== null;
      };
      await until("the end", step, limit).catch(() => {
        throw new Error(shown("The end"));
      });
      return status();
    },
    type: (words) => {
      terminal.write(Buffer.from(words, "latin1"));
    },
    resize: (cols, rows) => terminal.resize(cols, rows),
    close,
    kill: (signal) => program.kill(signal),
    status,
    [Symbol.asyncDispose]: async () => {
      close();
      if (!(await Promise.race([ended, Bun.sleep(5_000).then(() => false)]))) program.kill("SIGKILL");
      await ended;
    },
  };
}

// Bun's types let a signal be a number, which it never is here.
function signalNumber(signal: NodeJS.Signals | number | null): number {
  return typeof signal === "string" ? constants.signals[signal] : 0;
}
