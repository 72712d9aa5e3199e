import { capture } from "../shell.ts";
import type { Engine } from "./engine.ts";

// The shell's own printf takes any number of names; a program's words are limited to some megabytes, which 50,000
// conversations fill: `ls -- *.jsonl` then lists none of them. The patterns come from the agents' own files, never from a
// user or a container.
const namesOf = (patterns: readonly string[]): string => `printf '%s\\0' ${patterns.join(" ")}`;

/**
 * The files that the patterns mean (relative to the home inside) in a running session, the newest first. Their names were
 * chosen inside. None where they cannot be listed.
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
  const said = await capture([engine.program, "exec", container, "/bin/sh", "-c", text]);
  return said.stdout.split("\n").filter((line) => line !== "");
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
  const said = await capture([engine.program, "exec", container, "/bin/sh", "-c", text]);
  return said.status === 0;
}

/** Whether a file that one of the patterns means (relative to the home inside) exists in a running session. */
export async function hasConversation(
  engine: Engine,
  container: string,
  patterns: readonly string[],
): Promise<boolean> {
  const text = `cd ~ || exit 1; for file in ${patterns.join(" ")}; do [ -e "$file" ] && exit 0; done; exit 1`;
  const said = await capture([engine.program, "exec", container, "/bin/sh", "-c", text]);
  return said.status === 0;
}
