import { closeSync, writeSync } from "node:fs";
import { holdText } from "../inside/texts.ts";
import { ask, type Holding, holding } from "../shell.ts";
import { dialect } from "./dialect.ts";
import type { Engine } from "./engine.ts";
import { engineFailure } from "./problem.ts";

/** What came of a copy: whether the engine's program ended by itself. */
interface Copied {
  readonly ended: boolean;
}

interface Hold {
  readonly holding: Holding;
  copies: number;
  /** How many copies were broken off. */
  broken: number;
}

// Several copies at once out of one container have one.
const holds = new Map<string, Hold>();
const versions = new Map<string, Promise<string>>();

/**
 * Copies out of a container or into it by an engine's `cp`, so that nothing is lost where somebody removes the container meanwhile.
 * docker before 25 makes what the container is handed visible in its files for that, on the host, and takes away all that it sees
 * there: workspace and named volumes too (docker 20.10: in 6 of 390 rounds of `docker cp` beside `docker rm -f`; held, in 0 of 300).
 * @param copy starts the engine's program, which must hold the descriptors until its end
 * @throws Failure when the engine cannot, and what `copy` throws.
 */
export async function held<Result extends Copied>(
  engine: Engine,
  container: string,
  copy: (descriptors: readonly number[]) => Promise<Result>,
): Promise<Result> {
  if (!(await takesAway(engine))) return copy([]);
  const hold = holds.get(container) ?? begin(engine, container);
  hold.copies += 1;
  try {
    const ready = await hold.holding.ready;
    if (ready !== "ready") {
      throw engineFailure(engine, { ...ready, stderr: ready.stdout }, "copy files of the container");
    }
    hold.broken += 1;
    const copied = await copy([hold.holding.descriptor]);
    if (copied.ended) hold.broken -= 1;
    return copied;
  } finally {
    hold.copies -= 1;
    if (hold.copies === 0) end(hold, container);
  }
}

function begin({ program }: Engine, container: string): Hold {
  const words = ["/bin/sh", "-c", holdText(), "manyoyo", program, container];
  const hold = { holding: holding(words, "held"), copies: 0, broken: 0 };
  holds.set(container, hold);
  return hold;
}

function end({ holding: { descriptor }, broken }: Hold, container: string): void {
  holds.delete(container);
  try {
    if (broken === 0) writeSync(descriptor, "done");
  } catch {
    // Somebody has ended it.
  }
  closeSync(descriptor);
}

// A version that is none (a build of somebody's own) is taken for an old one.
async function takesAway({ name, program }: Engine): Promise<boolean> {
  const { safeCopies } = dialect(name);
  if (safeCopies === undefined) return false;
  const words = [program, "version", "--format", "{{.Server.Version}}"];
  const asking = versions.get(program) ?? ask(words).then(({ stdout }) => stdout.trim());
  versions.set(program, asking);
  return !((Number.parseInt(await asking, 10) || 0) >= safeCopies);
}
