import { Failure, Interrupted } from "../lib/failure.ts";
import { plain, say, sayFailure, schema } from "./print.ts";

/**
 * Turns whatever was thrown into words on stderr and an exit status: the only place where errors become text.
 * @param json one JSON document instead of sentences.
 */
export function report(thrown: unknown, json: boolean): number {
  if (thrown instanceof Interrupted) return thrown.status;
  if (brokenPipe(thrown)) return 141;
  const failure =
    thrown instanceof Failure ? thrown : (unwritten(thrown) ?? unstarted(thrown) ?? defect(thrown));
  const { code, message, hint, status } = failure;
  if (json) {
    sayFailure(JSON.stringify({ schema, error: { code, message, hint: hint ?? null } }));
    return status;
  }
  say(`manyoyo: ${oneLine(message)}`);
  if (hint !== undefined) say(`  ${oneLine(hint)}`);
  if (code === "no-engine" || code === "engine-down") say("  More: manyoyo doctor");
  return status;
}

function oneLine(text: string): string {
  return plain(text.replace(/\s*\n\s*/g, " "));
}

function brokenPipe(thrown: unknown): boolean {
  return thrown instanceof Error && "code" in thrown && thrown.code === "EPIPE";
}

// A full disk behind `> file`: the answer is lost, and a script must know.
function unwritten(thrown: unknown): Failure | undefined {
  if (!(thrown instanceof Error && "syscall" in thrown && thrown.syscall === "write")) return undefined;
  return new Failure("engine-failed", `The answer could not be written: ${thrown.message}.`);
}

// What the system does not let any program start, whatever it is.
function unstarted(thrown: unknown): Failure | undefined {
  if (!(thrown instanceof Error && "code" in thrown)) return undefined;
  if (thrown.code === "E2BIG") {
    return new Failure(
      "usage",
      "The words of this call are too long, or the environment is: a program is given 128 KiB a word, and some 2 MiB in all.",
      "Put long text into a file, and name that.",
    );
  }
  if (!(thrown.code === "EAGAIN" || thrown.code === "EMFILE" || thrown.code === "ENFILE")) return undefined;
  return new Failure(
    "engine-failed",
    `The system lets no further program start: ${thrown.message}.`,
    "End some, or raise the limit (ulimit -u, ulimit -n), and try again.",
  );
}

// A defect of ours: no stack, but enough to report it.
function defect(thrown: unknown): Failure {
  const words = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  return new Failure(
    "engine-failed",
    `manyoyo itself failed: ${words.slice(0, 300)}`,
    "This is a defect; please report it with the command line that shows it.",
  );
}
