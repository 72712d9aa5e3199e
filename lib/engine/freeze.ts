import { closeSync, writeSync } from "node:fs";
import { Failure } from "../failure.ts";
import { thawText } from "../inside/texts.ts";
import { capture, waiting } from "../shell.ts";
import { stateNow } from "./change.ts";
import type { Engine } from "./engine.ts";

/** A container by its full id, and the id of its image, which has a shell. */
export interface Freezable {
  readonly id: string;
  readonly imageId: string;
}

/**
 * Does some work while a running container stands still, and lets it go on afterwards, even when this call is killed.
 * Where the engine cannot pause it (rootless podman without cgroups v2; somebody else has paused it), it goes on meanwhile.
 * @param work is told at its end, where it asks then, whether the container has stood still until now
 * @throws Failure where it stands still all the same, and what the work throws.
 */
export async function frozen<Result>(
  engine: Engine,
  { id: container, imageId }: Freezable,
  work: (isStill: () => Promise<boolean>) => Promise<Result>,
): Promise<Result> {
  const guard = waiting(["/bin/sh", "-c", thawText(), "manyoyo", engine.program, container, imageId]);
  const paused = await capture([engine.program, "pause", container], {
    apart: true,
    // Killed before it has paused, this call must not be undone too early.
    descriptors: [guard.descriptor],
  });
  if (paused.status !== 0) writeSync(guard.descriptor, "leave");
  const isStill = async (): Promise<boolean> =>
    // Anybody may let it go on.
    paused.status === 0 && (await stateNow(engine, container)) === "paused";
  const [done] = await Promise.allSettled([work(isStill)]);
  closeSync(guard.descriptor);
  const { status } = await guard.ended;
  if (done.status === "rejected") throw done.reason;
  if (status === 0) return done.value;
  throw new Failure(
    "engine-failed",
    `${engine.name} does not let the session go on that it paused to save it.`,
    `Try it yourself: ${engine.name} unpause ${container.slice(0, 12)}; where that never ends, restart ${engine.name}.`,
  );
}
