import type { ChildProcess } from "node:child_process";

/** How a program ended: exactly one of a status and a signal is set by the kernel; `status` holds 128+n for a signal. */
export interface Ended {
  readonly status: number;
  readonly signal: NodeJS.Signals | undefined;
}

/** How a program ended and all it said. */
export interface Said extends Ended {
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that has our own stdin, stdout and stderr. */
export interface Attached {
  readonly ended: Promise<Ended>;
  kill(signal: NodeJS.Signals): void;
}

/** What a call may be given besides its words. */
export interface CallOptions {
  /** Open descriptors of ours that the program finds as 3, 4, ... */
  readonly descriptors?: readonly number[];
  /** Text for its stdin; without it stdin is empty. */
  readonly input?: string;
  /** Milliseconds after which it is killed (status 137). */
  readonly limit?: number;
  /** Bytes on stdout after which it is killed (status 137): for what is said by somebody who is not trusted. */
  readonly most?: number;
  /** Variables that it has besides ours. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Runs in a session of its own, so that Ctrl-C at our terminal does not reach it. */
  readonly apart?: boolean;
  /** An engine's program that only lists something: it does not tidy its memory, which it has for a moment only. */
  readonly hasty?: boolean;
  /** What it says on stderr is thrown away. */
  readonly mute?: boolean;
  /** It holds a pipe besides, so that somebody else can tell when it has ended. */
  readonly leashed?: boolean;
}

// Bun.spawn by itself hands on the variables that this program was started with, and so the PATH that main.ts has replaced.
const inherited = (variables?: CallOptions["variables"]) => ({
  env: variables === undefined ? process.env : { ...process.env, ...variables },
});

/** The path of a program; undefined where there is none. Bun.which by itself looks along the PATH that we were started with. */
export function which(program: string): string | undefined {
  return Bun.which(program, { PATH: process.env["PATH"] ?? "" }) ?? undefined;
}

/** 128 + the number of the signal, as shells report it. */
export function signalStatus(signal: NodeJS.Signals): number {
  // Not at the start: node's modules cost a millisecond, and hardly a call needs them.
  return 128 + process.getBuiltinModule("node:os").constants.signals[signal];
}

// zx joins its words to one text for a shell. Each word is percent-encoded on the way in and decoded at the spawn, so
// no shell ever sees it and every byte of it arrives: blanks, quotes, newlines, empty words.
const encode = (word: string): string => (word === "" ? "%" : encodeURIComponent(word));
const decode = (word: string): string => (word === "%" ? "" : decodeURIComponent(word));

/** zx without its shell; loaded at the first use, as it costs 9 ms that an earlier question to the engine can hide. */
async function zx(stdio: readonly (number | "inherit" | "ignore" | "pipe")[], options: CallOptions) {
  const [{ $ }, { spawn }] = await Promise.all([import("zx/core"), import("node:child_process")]);
  return $({
    shell: "none",
    prefix: "",
    postfix: "",
    quote: encode,
    verbose: false,
    quiet: true,
    // Said even where they are the defaults: zx takes its defaults from ZX_* variables.
    cwd: process.cwd(),
    preferLocal: false,
    timeout: 0,
    timeoutSignal: "SIGTERM",
    killSignal: "SIGTERM",
    nothrow: true,
    ...inherited(options.variables),
    detached: options.apart ?? false,
    stdio: [...stdio, ...(options.descriptors ?? [])],
    ...(options.input === undefined ? {} : { input: options.input }),
    spawn: Object.assign((text: string, _none: readonly string[], how: object): ChildProcess => {
      const [program = "", ...rest] = text.trim().split(" ").map(decode);
      return spawn(program, rest, { ...how, shell: false });
    }, spawn),
  });
}

/** Runs a program to its end and keeps what it says. A program that cannot be started has status 127. */
export async function capture(words: readonly string[], options: CallOptions = {}): Promise<Said> {
  const $ = await zx([options.input === undefined ? "ignore" : "pipe", "pipe", "pipe"], options);
  const running = $`${words}`;
  const timer =
    options.limit === undefined ? undefined : setTimeout(() => running.child?.kill("SIGKILL"), options.limit);
  const { most } = options;
  if (most !== undefined) {
    let bytes = 0;
    for (const stream of [running.child?.stdout, running.child?.stderr]) {
      stream?.on("data", (piece: Uint8Array) => {
        bytes += piece.length;
        if (bytes > most) running.child?.kill("SIGKILL");
      });
    }
  }
  const said = await running;
  clearTimeout(timer);
  return { ...endedBy(said.exitCode, said.signal), stdout: said.stdout, stderr: said.stderr };
}

/**
 * Runs a program to its end and tells each line that it says, on stdout or stderr, as soon as it is there.
 * @param options.signal ends it politely.
 */
export async function follow(
  words: readonly string[],
  tell: (line: string) => void,
  options: CallOptions & { readonly signal?: AbortSignal } = {},
): Promise<Said> {
  const $ = await zx([options.input === undefined ? "ignore" : "pipe", "pipe", "pipe"], options);
  const running = $`${words}`;
  const { child } = running;
  options.signal?.addEventListener("abort", () => child?.kill("SIGTERM"));
  for (const stream of [child?.stdout, child?.stderr]) {
    const rest = { text: "" };
    stream?.setEncoding("utf8");
    stream?.on("data", (text: string) => {
      const lines = (rest.text + text).split("\n");
      rest.text = lines.pop() ?? "";
      lines.forEach(tell);
    });
    stream?.on("end", () => rest.text !== "" && tell(rest.text));
  }
  const said = await running;
  return { ...endedBy(said.exitCode, said.signal), stdout: said.stdout, stderr: said.stderr };
}

/**
 * Starts a program on our own stdin, stdout and stderr: its bytes never pass through us. Not zx, whose loading and
 * start-up are a fifth of the time that a short command takes.
 */
export function attach(words: readonly string[], options: Pick<CallOptions, "descriptors"> = {}): Attached {
  const started = Bun.spawn([...words], {
    stdio: ["inherit", "inherit", "inherit", ...(options.descriptors ?? [])],
    ...inherited(),
  });
  return {
    ended: started.exited.then(() => endedBy(started.exitCode, started.signalCode)),
    kill: (signal) => started.kill(signal),
  };
}

// What cannot be started has the code null or, by zx, NaN. Bun's types let a signal be a number, which it never is here.
function endedBy(code: number | null, signal: NodeJS.Signals | number | null): Ended {
  if (typeof signal === "string") return { status: signalStatus(signal), signal };
  return { status: Number.isInteger(code) ? Number(code) : 127, signal: undefined };
}

/** A program that runs while we do other things. */
export interface Started {
  readonly said: Promise<Said>;
  /** Our end of a pipe that the program holds until its end, where it was asked for. */
  readonly leash: number | undefined;
  kill(signal: NodeJS.Signals): void;
}

/**
 * As `capture`, without zx: for what begins before zx could be loaded, or must be ended early. The program must exist.
 */
export function start(
  words: readonly string[],
  options: Pick<CallOptions, "descriptors" | "apart" | "hasty" | "mute" | "leashed"> = {},
): Started {
  const given = [...(options.descriptors ?? []), ...(options.leashed ? (["pipe"] as const) : [])];
  const started = Bun.spawn([...words], {
    stdio: ["ignore", "pipe", options.mute ? "ignore" : "pipe", ...given],
    detached: options.apart ?? false,
    // Both programs are written in Go: without its collector a list takes a tenth less time.
    env: options.hasty ? { GOGC: "off", ...process.env } : process.env,
  });
  const all = [started.stdout.text(), started.stderr?.text() ?? "", started.exited] as const;
  const said = Promise.all(all).then(([stdout, stderr]) => ({
    ...endedBy(started.exitCode, started.signalCode),
    stdout,
    stderr,
  }));
  const last = options.leashed ? started.stdio[2 + given.length] : undefined;
  const leash = typeof last === "number" ? last : undefined;
  return { said, leash, kill: (signal) => started.kill(signal) };
}

type Given = Pick<CallOptions, "descriptors" | "variables">;

/** What came of reading a program's output. */
export interface Read<Result> {
  /** How the program failed, where its output was read to the end. */
  readonly failed: Said | undefined;
  /** Whether the program ended by itself. */
  readonly ended: boolean;
  readonly result: PromiseSettledResult<Result>;
}

/**
 * Starts a program whose output may be long, and is no text, and has `read` get it as it comes. A program that is not read to its end
 * is killed. Its stdin is the file of that path, else empty. Never throws what `read` throws: it is the result.
 */
export async function readOutput<Result>(
  words: readonly string[],
  { file, descriptors = [], variables }: Given & { readonly file?: string },
  read: (chunks: AsyncIterable<Uint8Array>) => Promise<Result>,
): Promise<Read<Result>> {
  const started = Bun.spawn([...words], {
    stdio: [file === undefined ? "ignore" : Bun.file(file), "pipe", "pipe", ...descriptors],
    ...inherited(variables),
    detached: true,
  });
  const stderr = started.stderr.text();
  const seen = { end: false };
  const chunks = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of started.stdout) yield chunk;
    seen.end = true;
  };
  const [result] = await Promise.allSettled([read(chunks())]);
  if (!seen.end) started.kill("SIGKILL");
  const said = { stdout: "", stderr: await stderr };
  await started.exited;
  const ended = endedBy(started.exitCode, started.signalCode);
  const failed = seen.end && ended.status !== 0 ? { ...ended, ...said } : undefined;
  return { failed, ended: seen.end && ended.signal === undefined, result };
}

/** A program that is listened to while it runs. */
export interface Heard {
  /** Its end, after its last words. Rejects with what `hear` throws. */
  readonly ended: Promise<Ended>;
  kill(signal: NodeJS.Signals): void;
}

/** Starts a program and hands on all it says, on stdout (1) and on stderr (2), as it comes. Its stdin is empty. */
export function heard(words: readonly string[], hear: (bytes: Uint8Array, from: 1 | 2) => void): Heard {
  const started = Bun.spawn([...words], {
    stdio: ["ignore", "pipe", "pipe"],
    ...inherited(),
    detached: true,
  });
  const listen = async (output: ReadableStream<Uint8Array>, from: 1 | 2): Promise<void> => {
    for await (const bytes of output) hear(bytes, from);
  };
  const ended = Promise.all([listen(started.stdout, 1), listen(started.stderr, 2), started.exited]);
  return {
    ended: ended.then(() => endedBy(started.exitCode, started.signalCode)),
    kill: (signal) => started.kill(signal),
  };
}

/** The answer of a program, without zx; see `start`. */
export function ask(words: readonly string[], options: Pick<CallOptions, "hasty"> = {}): Promise<Said> {
  return start(words, options).said;
}

/** A program that waits for us: `descriptor` is our end of its fd 3, which it sees closed when all who hold it are gone. */
export interface Waiting {
  readonly descriptor: number;
  readonly ended: Promise<Ended>;
}

/**
 * Starts a program in a session of its own, with nothing of ours but a pipe (its fd 3): whoever holds our end keeps it
 * waiting, and it outlives us. Not zx: only Bun.spawn gives the bare descriptor that other programs can inherit.
 */
export function waiting(words: readonly string[]): Waiting {
  const started = Bun.spawn([...words], {
    stdio: ["ignore", "ignore", "ignore", "pipe"],
    ...inherited(),
    detached: true,
  });
  started.unref();
  const descriptor = started.stdio[3];
  if (typeof descriptor !== "number") throw new Error("no descriptor for a waiting program");
  return { descriptor, ended: started.exited.then(() => endedBy(started.exitCode, started.signalCode)) };
}

/** A program that waits for us as soon as it is ready. */
export interface Holding extends Waiting {
  /** Whether it is ready; else, once it has ended, all it said. */
  readonly ready: Promise<"ready" | Said>;
}

/** As `waiting`, for a program that says `word` on stdout, alone on a line, when it is ready; what it says after that is not heard. */
export function holding(words: readonly string[], word: string): Holding {
  const started = Bun.spawn([...words], {
    stdio: ["ignore", "pipe", "ignore", "pipe"],
    ...inherited(),
    detached: true,
  });
  started.unref();
  const descriptor = started.stdio[3];
  if (typeof descriptor !== "number") throw new Error("no descriptor for a waiting program");
  const ended = started.exited.then(() => endedBy(started.exitCode, started.signalCode));
  const listen = async (): Promise<"ready" | Said> => {
    let stdout = "";
    const decoder = new TextDecoder();
    for await (const piece of started.stdout) {
      stdout += decoder.decode(piece, { stream: true });
      if (stdout.split("\n").slice(0, -1).includes(word)) return "ready";
    }
    return { ...(await ended), stdout, stderr: "" };
  };
  return { descriptor, ended, ready: listen() };
}

/** Starts a program that outlives us, in a session of its own, with nothing of ours. */
export function leaveBehind(words: readonly string[], descriptors: readonly number[] = []): void {
  const stdio = ["ignore", "ignore", "ignore", ...descriptors] as const;
  Bun.spawn([...words], { stdio: [...stdio], ...inherited(), detached: true }).unref();
}

/**
 * Remembers how our terminal is set, for a program that may be stopped before it can put it back.
 * @returns what puts it back, and takes away what a full-screen program may have left: the alternate screen, mouse and
 * keyboard reports, a hidden cursor. The cursor is saved first: leaving an alternate screen that was never entered would
 * move it.
 */
export async function terminalModes(): Promise<() => Promise<void>> {
  const stty = (words: readonly string[]) =>
    Bun.spawn(["stty", ...words], { stdin: "inherit", stdout: "pipe", stderr: "ignore", ...inherited() });
  if (which("stty") === undefined) return async () => {};
  const { writeSync } = await import("node:fs");
  const saved = (await stty(["-g"]).stdout.text()).trim();
  return async () => {
    if (saved !== "") await stty([saved]).exited;
    try {
      writeSync(
        1,
        "\x1b7\x1b[?1049l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?2004l\x1b[<u\x1b[?25h\x1b[0m",
      );
    } catch {
      // The terminal was closed.
    }
  };
}

/** A program that runs in a terminal of our own making, which nobody sees. */
export interface InTerminal {
  readonly ended: Promise<Ended>;
  /** All that it has sent so far. */
  said(): string;
  type(keys: string): void;
  kill(): void;
}

/** Starts a program in a terminal of that size: for what only shows there. Not zx: only Bun.spawn makes terminals. */
export function inTerminal(
  words: readonly string[],
  size: { readonly columns: number; readonly rows: number },
): InTerminal {
  const heard: Uint8Array[] = [];
  const started = Bun.spawn([...words], {
    ...inherited(),
    terminal: { cols: size.columns, rows: size.rows, data: (_terminal, bytes) => heard.push(bytes.slice()) },
  });
  return {
    ended: started.exited.then(() => {
      started.terminal?.close();
      return endedBy(started.exitCode, started.signalCode);
    }),
    said: () => Buffer.concat(heard).toString(),
    type: (keys) => started.terminal?.write(keys),
    kill: () => started.kill("SIGKILL"),
  };
}

/** A program that reads what we write. */
export interface Fed {
  /** Writes a piece, and waits while the program has enough. @returns false once it takes no more: its end tells why */
  write(bytes: Uint8Array): Promise<boolean>;
  /** The end of what is written, and the program's own. */
  end(): Promise<Said>;
  kill(signal: NodeJS.Signals): void;
}

/** Starts a program in a session of its own and feeds its stdin. Not Bun.spawn, whose writing does not wait for the reader. */
export async function fed(
  words: readonly string[],
  { descriptors = [], variables }: Given = {},
): Promise<Fed> {
  const { spawn } = await import("node:child_process");
  const [program = "", ...rest] = words;
  const child = spawn(program, rest, {
    stdio: ["pipe", "pipe", "pipe", ...descriptors],
    ...inherited(variables),
    detached: true,
  });
  const heard = { stdout: "", stderr: "" };
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    heard.stdout += text;
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    heard.stderr += text;
  });
  const closed = new Promise<Ended>((resolve) => {
    child.on("error", () => resolve(endedBy(127, null)));
    child.on("close", (code, signal) => resolve(endedBy(code, signal)));
  });
  // One that ends early closes its end: its own words say why.
  child.stdin?.on("error", () => undefined);
  return {
    write: async (bytes) => {
      if (child.stdin === null || child.stdin.destroyed) return false;
      if (child.stdin.write(bytes)) return true;
      await Promise.race([new Promise((resolve) => child.stdin?.once("drain", resolve)), closed]);
      return !child.stdin.destroyed;
    },
    end: async () => {
      child.stdin?.end();
      return { ...(await closed), ...heard };
    },
    kill: (signal) => child.kill(signal),
  };
}
