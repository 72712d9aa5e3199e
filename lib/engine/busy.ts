import { Failure } from "../failure.ts";
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
 * @param settled asked for its state where it could not be looked into: `letGo`, for who waits for a call that has paused it
 * @throws Failure where the engine cannot look into one that runs or is paused: it may be in use all the same.
 */
export async function runningIn(
  engine: Engine,
  container: string,
  settled = () => stateNow(engine, container),
): Promise<readonly Running[]> {
  // Not in its workspace, which may be gone.
  const words = ["exec", "--workdir", "/", container, "/bin/sh", "-c", whoText(), "who"];
  for (let attempt = 0; ; attempt += 1) {
    const said = await capture([engine.program, ...words], wary);
    if (said.status === 0) return readRunning(said.stdout);
    // It says "running" for a moment after its first process has died.
    const state = await settled();
    if (state !== "running" && state !== "paused") return [];
    if (state === "paused" && !(await hasRecord(engine, container))) return [];
    // Other calls pause it for a moment, to copy what is in it.
    if (state === "paused" && attempt === 2) throw unseen();
    if (attempt === 3 || said.status === 137) throw engineFailure(engine, said, "look what runs in it");
    await Bun.sleep(200);
  }
}

// A paused one begins nothing that could look inside, but the engine has on record what it has begun there. podman has ids of some
// that have ended too.
async function hasRecord(engine: Engine, container: string): Promise<boolean> {
  const words = ["container", "inspect", "--format", "{{json .ExecIDs}}", container];
  const said = await capture([engine.program, ...words]);
  return said.status !== 0 || !/^(null|\[\])$/.test(said.stdout.trim());
}

// A database is written by way of files beside it as well. Root sees what all programs have open.
const openText = `file=$(readlink -f "$1") || exit 1
for each in /proc/[0-9]*/fd/*; do
  case $(readlink "$each" 2>/dev/null) in "$file" | "$file"-*) exit 0 ;; esac
done
exit 1`;

/** Whether a program in a running session has a file open, or one beside it whose name begins alike. @throws Failure */
export async function isOpen(engine: Engine, container: string, path: string): Promise<boolean> {
  const words = [
    "exec",
    "--user",
    "0",
    "--workdir",
    "/",
    container,
    "/bin/sh",
    "-c",
    openText,
    "manyoyo",
    path,
  ];
  const said = await capture([engine.program, ...words], wary);
  if (said.status !== 0 && said.status !== 1) throw engineFailure(engine, said, "look what runs in it");
  return said.status === 0;
}

function unseen(): Failure {
  return new Failure("engine-failed", "it is paused, and what runs in it cannot be seen.");
}

/** Reads the lines of who.sh; what a program inside made up to look like one is shown as it is. */
export function readRunning(text: string): readonly Running[] {
  return text.split("\n").flatMap((line) => {
    const [id, epoch, note = ""] = line.split(" ");
    if (id === undefined || !/^[0-9a-f]+$/.test(id)) return [];
    return [{ id, since: Number(epoch) * 1000, ...readNote(note) }];
  });
}
