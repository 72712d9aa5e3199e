import { whoText } from "../inside/texts.ts";
import { readNote } from "../session/runs.ts";
import { capture } from "../shell.ts";
import { stateNow } from "./change.ts";
import type { Engine } from "./engine.ts";
import { wary } from "./exec.ts";
import { engineFailure } from "./problem.ts";

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

/**
 * What runs in a session: only commands that manyoyo started. Nothing where the session does not run.
 * @throws Failure where the engine cannot look into one that runs: it may be in use all the same.
 */
export async function runningIn(engine: Engine, container: string): Promise<readonly Running[]> {
  // Not in its workspace, which may be gone.
  const words = ["exec", "--workdir", "/", container, "/bin/sh", "-c", whoText(), "who"];
  for (let attempt = 0; ; attempt += 1) {
    const said = await capture([engine.program, ...words], wary);
    if (said.status === 0) return readRunning(said.stdout);
    // It says "running" for a moment after its first process has died.
    if ((await stateNow(engine, container)) !== "running") return [];
    if (attempt === 3 || said.status === 137) throw engineFailure(engine, said, "look what runs in it");
    await Bun.sleep(200);
  }
}

/** Reads the lines of who.sh; what a program inside made up to look like one is shown as it is. */
export function readRunning(text: string): readonly Running[] {
  return text.split("\n").flatMap((line) => {
    const [id, epoch, note = ""] = line.split(" ");
    if (id === undefined || !/^[0-9a-f]+$/.test(id)) return [];
    return [{ id, since: Number(epoch) * 1000, ...readNote(note) }];
  });
}
