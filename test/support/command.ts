/** What a program said and how it ended; 127 where there is no such program, 128+n after a signal. */
export interface Result {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  /** Added to our own variables; `undefined` takes one away. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Milliseconds after which it is killed; a minute unless said. */
  readonly limit?: number;
  /** Runs even when the whole run was interrupted: for putting things back in order. */
  readonly always?: boolean;
}

/** Aborted when the run is to end early: every program that is running is ended, and no other one starts. */
export const interruption = new AbortController();

/** Our variables, with the folders of a system administrator's programs on PATH, where `su` may have left them out. */
export function environment(more: CommandOptions["environment"] = {}): Record<string, string | undefined> {
  const path = (process.env["PATH"] ?? "").split(":");
  const missing = ["/usr/local/sbin", "/usr/sbin", "/sbin"].filter((folder) => !path.includes(folder));
  return { ...process.env, PATH: [...path, ...missing].join(":"), ...more };
}

/** The path of a program, as {@link run} would find it. */
export function which(program: string): string | undefined {
  return Bun.which(program, { PATH: environment()["PATH"] ?? "" }) ?? undefined;
}

/** Runs one program to its end without a terminal and without input; never throws. */
export async function run(words: readonly string[], options: CommandOptions = {}): Promise<Result> {
  const [program = "", ...rest] = words;
  const path = program.includes("/") ? program : which(program);
  if (path === undefined) return { status: 127, stdout: "", stderr: `${program}: not found` };
  if (interruption.signal.aborted && !options.always) {
    return { status: 130, stdout: "", stderr: "interrupted" };
  }
  const child = Bun.spawn([path, ...rest], {
    env: environment(options.environment),
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    timeout: options.limit ?? 60_000,
    killSignal: "SIGKILL",
    ...(options.always ? {} : { signal: interruption.signal }),
  });
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  return { status: await child.exited, stdout, stderr };
}

/** The last lines of what a program said, to put into a message. */
export function tail(result: Result, lines = 15): string {
  return `${result.stdout}\n${result.stderr}`.trim().split("\n").slice(-lines).join("\n");
}

/** One line about what is going on. stdout belongs to the results, so it goes to stderr. */
export function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}
