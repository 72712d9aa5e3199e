import { mkdtempSync } from "node:fs";
import { withTemporary } from "../archive/temporary.ts";
import { ask } from "../shell.ts";
import { dialect } from "./dialect.ts";
import type { Engine } from "./engine.ts";

/** What an engine's program is given besides its words, so that what it keeps for a while goes with it. */
export interface Scratch {
  readonly variables: Readonly<Record<string, string>>;
  /** It must hold them until its end. */
  readonly descriptors: readonly number[];
}

/**
 * Does some work with an engine's program that is given much, or hands much on: images, archives. podman's keeps copies in a folder
 * for temporary files, and may leave them there: it gets a folder of its own in there, which is gone once it and we are.
 */
export async function withScratch<Result>(
  engine: Engine,
  work: (scratch: Scratch) => Promise<Result>,
): Promise<Result> {
  const folder = await newFolder(engine);
  if (folder === undefined) return work({ variables: {}, descriptors: [] });
  return withTemporary(folder, (held) => work({ variables: { TMPDIR: folder }, descriptors: [held] }));
}

async function newFolder({ name, program }: Engine): Promise<string | undefined> {
  const { temporaryFolder } = dialect(name);
  if (temporaryFolder === undefined) return undefined;
  const parent = process.env["TMPDIR"] || (await ask([program, ...temporaryFolder])).stdout.trim();
  try {
    return parent.startsWith("/") ? mkdtempSync(`${parent}/manyoyo-`) : undefined;
  } catch {
    // Its own words say better what is wrong there; or it is a folder of another machine.
    return undefined;
  }
}
