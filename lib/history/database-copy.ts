import { closeSync, openSync } from "node:fs";
import type { Agent } from "../agents/agent.ts";
import { readTar } from "../archive/tar.ts";
import { withPrivateFolder } from "../archive/temporary.ts";
import { writeAll } from "../archive/write.ts";
import { stateNow } from "../engine/change.ts";
import { copyOut } from "../engine/copy.ts";
import { frozen } from "../engine/freeze.ts";
import { Failure } from "../failure.ts";
import { entryAt, inside, type Source } from "./source.ts";

/** How long a database may be; one that is longer is not read. */
const databaseLimit = 2 * 1024 ** 3;

/**
 * Copies an agent's database out of a container as it is at one moment, and does some work with the copy, which lies in a
 * folder that nobody else can read and that is gone afterwards.
 * @returns undefined where there is none.
 * @throws Failure for one that is too long, and `in-use` for one that does not stand still.
 */
export async function withDatabase<Result>(
  source: Source,
  agent: Agent,
  work: (file: string) => Result | Promise<Result>,
): Promise<Result | undefined> {
  const { transcripts } = agent;
  if (transcripts?.kind !== "database" || !(await isThere(source, agent, transcripts.file))) return undefined;
  const from = inside(source, agent, transcripts.file);
  return withPrivateFolder(async (folder) => work(await copied(source, from, folder)));
}

const attempts = 20;

// Nothing may write it while it is copied, or it is torn. @returns the copy
async function copied(source: Source, from: string, folder: string): Promise<string> {
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const file = `${folder}/copy-${attempt}.db`;
    const copy = async (): Promise<void> => {
      const inTime = watch(source);
      const all = async (): Promise<void> => {
        await copyFile(source, { from, to: file }, inTime.goesOn);
        // What was written since the last checkpoint; what belongs to it in memory (-shm) is made anew.
        await copyFile(source, { from: `${from}-wal`, to: `${file}-wal` }, inTime.goesOn);
      };
      await Promise.race([all(), inTime.late]).finally(inTime.end);
    };
    if (source.state !== "running") {
      await copy();
      return file;
    }
    if (await atOneMoment(source, copy, attempt)) return file;
    await Bun.sleep(200);
  }
  throw new Failure(
    "in-use",
    `The database ${from} of ${source.name} was written each time that it was copied.`,
    "Try again when no other call saves the session.",
  );
}

// Whether nothing ran in the container while it was copied.
async function atOneMoment(source: Source, copy: () => Promise<void>, attempt: number): Promise<boolean> {
  const { engine, container } = source;
  return frozen(engine, { id: container, imageId: source.image }, async (isStill) => {
    if (await isStill()) {
      await copy();
      return isStill();
    }
    // Somebody else has paused it, or it has ended; or the engine cannot pause at all (rootless podman without cgroups v2).
    const state = await stateNow(engine, container);
    if (state === "running" && attempt < 4) return false;
    await copy();
    return (await stateNow(engine, container)) === state;
  });
}

/** Milliseconds without a byte after which an engine that stands still is given up: what it has paused is then let go on. */
const patience = 20_000;

function watch({ engine, name }: Source) {
  const late = Promise.withResolvers<never>();
  const last = { at: performance.now() };
  const timer = setInterval(() => {
    if (performance.now() - last.at < patience) return;
    const message = `${engine.name} copied nothing of the database of ${name} for ${patience / 1000} seconds.`;
    late.reject(new Failure("engine-failed", message, "Try again."));
  }, 1000);
  return {
    late: late.promise,
    goesOn: () => {
      last.at = performance.now();
    },
    end: () => clearInterval(timer),
  };
}

// Before the container is stopped for it: most have none.
async function isThere(source: Source, agent: Agent, path: string): Promise<boolean> {
  return (await entryAt(source, inside(source, agent, path)))?.kind === "file";
}

// The container stands still.
async function copyFile(
  source: Source,
  { from, to }: { readonly from: string; readonly to: string },
  goesOn: () => void,
): Promise<void> {
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
        for await (const chunk of body()) {
          writeAll(descriptor, chunk);
          goesOn();
        }
      } finally {
        closeSync(descriptor);
      }
    }
  });
}
