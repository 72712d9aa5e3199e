import { closeSync, writeSync } from "node:fs";
import { thawText } from "../inside/texts.ts";
import { capture, waiting } from "../shell.ts";
import type { Engine } from "./engine.ts";

/**
 * Does some work while a running container stands still, and lets it go on afterwards, even when this call is killed.
 * Where the engine cannot pause it (rootless podman without cgroups v2; somebody else has paused it), it goes on meanwhile, and the work is told.
 */
export async function frozen<Result>(
  engine: Engine,
  container: string,
  work: (isStill: boolean) => Promise<Result>,
): Promise<Result> {
  const guard = waiting(["/bin/sh", "-c", thawText(), "manyoyo", engine.program, container]);
  const paused = await capture([engine.program, "pause", container], {
    apart: true,
    // Killed before it has paused, this call must not be undone too early.
    descriptors: [guard.descriptor],
  });
  try {
    if (paused.status !== 0) writeSync(guard.descriptor, "leave");
    return await work(paused.status === 0);
  } finally {
    closeSync(guard.descriptor);
    await guard.ended;
  }
}
