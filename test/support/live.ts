import { executable } from "./engines.ts";
import { type Bench, type Outcome, type RunHow, until } from "./manyoyo.ts";

/** A call of manyoyo that is still running. */
export interface Live {
  readonly pid: number;
  /** Ended, and its output too: who inherited that must have ended as well. */
  readonly ended: Promise<Outcome>;
  /** Ended itself. */
  readonly exited: Promise<number>;
  kill(signal: NodeJS.Signals): void;
  /** What it has printed so far. */
  stdout(): string;
  /** Waits until it has printed that text. */
  says(text: string): Promise<void>;
  /** The same, on its stderr. */
  warns(text: string): Promise<void>;
}

/** Starts the executable in the bench's workspace and leaves it running, with nothing on its stdin. */
export function start(bench: Bench, words: readonly string[], how: Omit<RunHow, "input"> = {}): Live {
  const started = Bun.spawn([executable(), ...words], {
    cwd: how.cwd ?? bench.folder,
    env: { ...process.env, ...bench.env, ...how.env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const listen = (stream: ReadableStream<Uint8Array>) => {
    const chunks: string[] = [];
    const listening = (async () => {
      const decoder = new TextDecoder();
      for await (const chunk of stream) chunks.push(decoder.decode(chunk, { stream: true }));
    })();
    return { listening, text: () => chunks.join("") };
  };
  const [stdout, stderr] = [listen(started.stdout), listen(started.stderr)];
  const ended = started.exited.then(async (): Promise<Outcome> => {
    await Promise.all([stdout.listening, stderr.listening]);
    const signal = started.signalCode ?? undefined;
    return {
      status: started.exitCode ?? -1,
      signal: signal === undefined ? undefined : String(signal),
      stdout: stdout.text(),
      stderr: stderr.text(),
    };
  });
  return {
    pid: started.pid,
    ended,
    exited: started.exited,
    kill: (signal) => started.kill(signal),
    stdout: stdout.text,
    says: (text) => until(`it says ${text}`, () => stdout.text().includes(text)),
    warns: (text) => until(`it warns ${text}`, () => stderr.text().includes(text)),
  };
}
