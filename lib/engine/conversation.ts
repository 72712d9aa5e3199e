import { capture } from "../shell.ts";
import type { Engine } from "./engine.ts";

/**
 * The files that the patterns mean (relative to the home inside) in a running session, the newest first. Their names were
 * chosen inside. None where they cannot be listed.
 */
export async function conversationFiles(
  engine: Engine,
  container: string,
  patterns: readonly string[],
): Promise<readonly string[]> {
  const text = `cd ~ && ls -td -- ${patterns.join(" ")} 2>/dev/null`;
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
  const text = `cd ~ && grep -qsE -e '${expression}' -- ${patterns.join(" ")}`;
  const said = await capture([engine.program, "exec", container, "/bin/sh", "-c", text]);
  return said.status === 0;
}

/** Whether a file that one of the patterns means (relative to the home inside) exists in a running session. */
export async function hasConversation(
  engine: Engine,
  container: string,
  patterns: readonly string[],
): Promise<boolean> {
  // The patterns come from the agents' own files, never from a user or a container.
  const text = `cd ~ || exit 1; for file in ${patterns.join(" ")}; do [ -e "$file" ] && exit 0; done; exit 1`;
  const said = await capture([engine.program, "exec", container, "/bin/sh", "-c", text]);
  return said.status === 0;
}
