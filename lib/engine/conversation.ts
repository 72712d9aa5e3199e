import { Failure } from "../failure.ts";
import { capture, type Said } from "../shell.ts";
import type { Engine } from "./engine.ts";
import { wary } from "./exec.ts";

// The shell's own printf takes any number of names; a program's words are limited to some megabytes, which 50,000
// conversations fill: `ls -- *.jsonl` then lists none of them. The patterns come from the agents' own files, never from a
// user or a container.
const namesOf = (patterns: readonly string[]): string => `printf '%s\\0' ${patterns.join(" ")}`;

// As long as very many conversations take, and not for ever.
const patient = { limit: 120_000, most: 64 << 20 } as const;

// No answer is not the answer that there are none.
function mustTell({ name }: Engine, { signal }: Said): void {
  if (signal === undefined) return;
  throw new Failure(
    "engine-failed",
    `${name} could not tell in time which conversations there are in it.`,
    "Try again, or begin with words of your own: manyoyo -n NAME -- ...",
  );
}

/**
 * The files that the patterns mean (relative to the home inside) in a running session, the newest first. Their names were
 * chosen inside. None where they cannot be listed. @throws Failure where it takes too long
 */
export async function conversationFiles(
  engine: Engine,
  container: string,
  patterns: readonly string[],
): Promise<readonly string[]> {
  // Each batch of `ls` is in its order, to the nanosecond; over several batches the seconds decide.
  const sorted =
    "xargs -0 ls -td -- | tr '\\n' '\\0' | xargs -0 stat -c '%Y %n' -- | sort -s -k 1,1nr | cut -d ' ' -f 2-";
  const text = `cd ~ && { ${namesOf(patterns)} | ${sorted}; } 2>/dev/null`;
  const said = await capture([engine.program, "exec", container, "/bin/sh", "-c", text], patient);
  mustTell(engine, said);
  return said.status !== 0 ? [] : said.stdout.split("\n").filter((line) => line !== "");
}

/** Whether one of those files holds a text that the extended regular expression means. */
export async function someHolds(
  engine: Engine,
  container: string,
  patterns: readonly string[],
  expression: string,
): Promise<boolean> {
  const found = `${namesOf(patterns)} | xargs -0 grep -lsE -e '${expression}' -- | head -n 1`;
  const text = `cd ~ && [ -n "$(${found})" ]`;
  const said = await capture([engine.program, "exec", container, "/bin/sh", "-c", text], patient);
  mustTell(engine, said);
  return said.status === 0;
}

/**
 * Which of those paths there are in a running session; undefined where it does not tell.
 * @param paths absolute, as links inside lead
 */
export async function pathsThere(
  engine: Engine,
  container: string,
  paths: readonly string[],
): Promise<readonly string[] | undefined> {
  const text = 'at=0; for path do [ ! -e "$path" ] || echo "$at"; at=$((at + 1)); done';
  // As root: some may lie where the image's own user sees nothing.
  const words = ["exec", "--user", "0", "--workdir", "/", container, "/bin/sh", "-c", text, "sh", ...paths];
  const said = await capture([engine.program, ...words], wary);
  const lines = said.stdout.split("\n").slice(0, -1);
  if (said.status !== 0 || !lines.every((line) => /^\d+$/.test(line))) return undefined;
  return paths.filter((_, at) => lines.includes(String(at)));
}

/** Whether a file that one of the patterns means (relative to the home inside) exists in a running session. */
export async function hasConversation(
  engine: Engine,
  container: string,
  patterns: readonly string[],
): Promise<boolean> {
  const text = `cd ~ || exit 1; for file in ${patterns.join(" ")}; do [ -e "$file" ] && exit 0; done; exit 1`;
  const said = await capture([engine.program, "exec", container, "/bin/sh", "-c", text], wary);
  mustTell(engine, said);
  return said.status === 0;
}
