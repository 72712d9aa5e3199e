import { closeSync, openSync } from "node:fs";
import type { Agent } from "../agents/agent.ts";
import { readTar } from "../archive/tar.ts";
import { withPrivateFolder } from "../archive/temporary.ts";
import { writeAll } from "../archive/write.ts";
import { copyOut } from "../engine/copy.ts";
import { frozen } from "../engine/freeze.ts";
import { Failure } from "../failure.ts";
import { inside, placeIn, type Source } from "./source.ts";

/** How long a database may be; one that is longer is not read. */
const databaseLimit = 2 * 1024 ** 3;

/**
 * Copies an agent's database out of a container as it is at one moment, and does some work with the copy, which lies in a
 * folder that nobody else can read and that is gone afterwards.
 * @returns undefined where there is none.
 * @throws Failure for one that is too long.
 */
export async function withDatabase<Result>(
  source: Source,
  agent: Agent,
  work: (file: string) => Result | Promise<Result>,
): Promise<Result | undefined> {
  const { transcripts } = agent;
  if (transcripts?.kind !== "database" || !(await isThere(source, agent, transcripts.file))) return undefined;
  const from = inside(source, agent, transcripts.file);
  return withPrivateFolder(async (folder) => {
    const file = `${folder}/copy.db`;
    const copy = async (): Promise<void> => {
      await copyFile(source, { from, to: file });
      // What was written since the last checkpoint; what belongs to it in memory (-shm) is made anew.
      await copyFile(source, { from: `${from}-wal`, to: `${file}-wal` });
    };
    if (source.state === "running")
      await frozen(source.engine, { id: source.container, imageId: source.image }, copy);
    else await copy();
    return work(file);
  });
}

// Before the container is stopped for it: most have none.
async function isThere(source: Source, agent: Agent, path: string): Promise<boolean> {
  const read = async (chunks: AsyncIterable<Uint8Array>) => {
    for await (const entry of readTar(chunks)) return entry.kind;
    return undefined;
  };
  const kind = await copyOut(source.engine, placeIn(source, inside(source, agent, path)), read, "first");
  return kind === "file";
}

// The container stands still.
async function copyFile(source: Source, { from, to }: { readonly from: string; readonly to: string }) {
  await copyOut(source.engine, { container: source.container, path: from }, async (chunks) => {
    for await (const { kind, size, body } of readTar(chunks)) {
      if (kind !== "file") continue;
      if (size > databaseLimit) {
        throw new Failure(
          "engine-failed",
          `The database ${from} of ${source.name} is longer than ${databaseLimit / 1024 ** 3} GiB, which is not read.`,
        );
      }
      const descriptor = openSync(to, "w", 0o600);
      try {
        for await (const chunk of body()) writeAll(descriptor, chunk);
      } finally {
        closeSync(descriptor);
      }
    }
  });
}
