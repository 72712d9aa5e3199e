import { readOutput } from "../shell.ts";
import { dialect } from "./dialect.ts";
import type { Engine } from "./engine.ts";
import { held } from "./hold.ts";
import { engineFailure } from "./problem.ts";
import { withScratch } from "./scratch.ts";

/**
 * Copies a file or folder out of a container, running or not, as a tar stream that `read` gets. What is never read to its
 * end is broken off.
 * @returns what `read` gives; undefined when there is no such path.
 * @throws Failure when the engine cannot, and what `read` throws.
 */
export async function copyOut<Result>(
  engine: Engine,
  from: { readonly container: string; readonly path: string },
  read: (chunks: AsyncIterable<Uint8Array>) => Promise<Result>,
): Promise<Result | undefined> {
  const words = [engine.program, "cp", `${from.container}:${from.path}`, "-"];
  const { failed, result } = await held(engine, from.container, (descriptors) =>
    readOutput(words, { descriptors }, read),
  );
  if (failed !== undefined) {
    if (dialect(engine.name).noSuchPath.test(failed.stderr)) return undefined;
    throw engineFailure(engine, failed, `copy ${from.path} out of the container`);
  }
  if (result.status === "rejected") throw result.reason;
  return result.value;
}

/**
 * Unpacks a tar file into a folder of a container, running or not; owners and modes are those of the archive.
 * @throws Failure when the engine cannot.
 */
export async function copyIn(
  engine: Engine,
  to: { readonly container: string; readonly path: string },
  tar: string,
): Promise<void> {
  const words = [...dialect(engine.name).copyIn, `${to.container}:${to.path}`];
  // podman 4.3 leaves a copy of what comes on its stdin where it keeps temporary files, also when all went well.
  await withScratch(engine, async ({ variables, descriptors }) => {
    const { failed } = await held(engine, to.container, (more) => {
      const reading = { file: tar, variables, descriptors: [...descriptors, ...more] };
      return readOutput([engine.program, ...words], reading, (chunks) => Array.fromAsync(chunks));
    });
    if (failed !== undefined) throw engineFailure(engine, failed, "copy into the container");
  });
}
