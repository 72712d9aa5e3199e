import { capture } from "../shell.ts";
import type { Engine } from "./engine.ts";

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
