import { label } from "../session/labels.ts";
import { standingWords } from "../settings/mounts.ts";
import { start } from "../shell.ts";
import type { Engine } from "./engine.ts";
import { guardSession } from "./guard.ts";
import { engineFailure } from "./problem.ts";
import { wordsIn } from "./told.ts";
import { isVolumeGone } from "./volumes.ts";

/** A container of ours that has a volume and never runs, so that the engine can be asked what is in there. */
export interface Shelf {
  /** What its name begins with. */
  readonly name: string;
  readonly volume: string;
  /** Where it has the volume. */
  readonly target: string;
  /** No program of it is run. */
  readonly image: string;
}

/**
 * Does some work with such a container, which is removed whatever happens to this call.
 * @param work gets its id
 * @returns undefined when there is no such volume any more.
 * @throws Failure, and what the work throws.
 */
export async function withShelf<Result>(
  engine: Engine,
  { name, volume, target, image }: Shelf,
  work: (container: string) => Promise<Result>,
): Promise<Result | undefined> {
  const call = crypto.randomUUID();
  const shelf = `${name}-${call.slice(0, 8)}`;
  const guard = guardSession(engine, shelf, call);
  try {
    const words = [
      ...["create", "--name", shelf, "--label", `${label.call}=${call}`, "--network", "none"],
      ...standingWords({ volume, target }),
      ...["--entrypoint", "/bin/true", image],
    ];
    const said = await start([engine.program, ...words], { descriptors: [guard.descriptor], apart: true })
      .said;
    if (isVolumeGone(engine, said)) return undefined;
    if (said.status !== 0) throw engineFailure(engine, said, `look into the volume "${volume}"`);
    return await work(wordsIn(said.stdout).at(-1) ?? shelf);
  } finally {
    await guard.release();
  }
}
