import { Failure, Interrupted } from "../lib/failure.ts";
import { plain, say, schema } from "./print.ts";

/**
 * Turns whatever was thrown into words on stderr and an exit status: the only place where errors become text.
 * @param json one JSON document instead of sentences.
 */
export function report(thrown: unknown, json: boolean): number {
  if (thrown instanceof Interrupted) return thrown.status;
  if (brokenPipe(thrown)) return 141;
  const failure = thrown instanceof Failure ? thrown : (unwritten(thrown) ?? defect(thrown));
  const { code, message, hint, status } = failure;
  if (json) {
    say(JSON.stringify({ schema, error: { code, message, hint: hint ?? null } }));
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

// A defect of ours: no stack, but enough to report it.
function defect(thrown: unknown): Failure {
  const words = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  return new Failure(
    "engine-failed",
    `manyoyo itself failed: ${words.slice(0, 300)}`,
    "This is a defect; please report it with the command line that shows it.",
  );
}
