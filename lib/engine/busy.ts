import { whoText } from "../inside/texts.ts";
import { readNote } from "../session/runs.ts";
import { capture } from "../shell.ts";
import type { Engine } from "./engine.ts";

/** A command that runs in a session at this moment. */
export interface Running {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly user: string;
  readonly line: string;
  /** Nobody is attached to it, and its output is in the session's log. */
  readonly background: boolean;
}

/** What runs in a session: only commands that manyoyo started. Nothing where the session does not run. */
export async function runningIn(engine: Engine, container: string): Promise<readonly Running[]> {
  // What runs inside may have put a program of its own in the place of /bin/sh, that says nothing or never ends.
  const who = [engine.program, "exec", container, "/bin/sh", "-c", whoText(), "who"];
  return readRunning((await capture(who, { limit: patience, most })).stdout);
}

// A loaded machine takes seconds for it.
const patience = 15_000;
const most = 4 << 20;

/** Reads the lines of who.sh; what a program inside made up to look like one is shown as it is. */
export function readRunning(text: string): readonly Running[] {
  return text.split("\n").flatMap((line) => {
    const [id, epoch, note = ""] = line.split(" ");
    if (id === undefined || id === "") return [];
    return [{ id, since: Number(epoch) * 1000, ...readNote(note) }];
  });
}
