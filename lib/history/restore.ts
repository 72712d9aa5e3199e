import { closeSync, openSync } from "node:fs";
import type { Agent } from "../agents/agent.ts";
import { agents } from "../agents/known.ts";
import { Cut } from "../archive/bytes.ts";
import { BadArchive, type Entry, type ReadEntry, readTar } from "../archive/tar.ts";
import { tarEnd } from "../archive/tar-write.ts";
import { withPrivateFolder } from "../archive/temporary.ts";
import { writeAll } from "../archive/write.ts";
import { isOpen, runningIn } from "../engine/busy.ts";
import { copyIn } from "../engine/copy.ts";
import { Failure } from "../failure.ts";
import { type Manifest, manifestName, readManifest } from "./manifest.ts";
import { isPlain } from "./read.ts";
import { homePath, inside, placeIn, type Source, topOf } from "./source.ts";
import { hasFile, putFile, targetOf, topOwner } from "./target.ts";

/** What became of a backup's files. */
export interface Restored {
  readonly manifest: Manifest;
  /** Paths, as they are named in the backup. */
  readonly written: readonly string[];
  /** What was there already, and stays. */
  readonly left: readonly string[];
}

// What one backup may unpack to, on our disk and in the session.
const sizeLimit = 16 * 1024 ** 3;
const manifestLimit = 16 * 1024 ** 2;

/**
 * Puts the conversations of a backup into a source. Everything in the backup is checked before anything is written: only
 * plain files of conversations, in the folders of known agents.
 * @param force also what is there already is written, over it.
 * @throws Failure `usage` for what is no backup, or one that holds anything else; `in-use` where a database would be
 * replaced under a program.
 */
export async function restore(
  source: Source,
  archive: AsyncIterable<Uint8Array>,
  force: boolean,
): Promise<Restored> {
  return withPrivateFolder(async (folder) => {
    const spool = `${folder}/restore.tar`;
    const descriptor = openSync(spool, "w", 0o600);
    try {
      const restored = await sift(source, archive, { force, write: (bytes) => writeAll(descriptor, bytes) });
      writeAll(descriptor, tarEnd());
      if (restored.written.length > 0) {
        await copyIn(source.engine, placeIn(source, topOf(source)), spool, await topOwner(source));
      }
      return restored;
    } catch (thrown) {
      throw broken(thrown);
    } finally {
      closeSync(descriptor);
    }
  });
}

interface Sieve {
  readonly force: boolean;
  readonly write: (bytes: Uint8Array) => void;
}

// Goes through the backup once: what is good and not there yet goes into the archive for the engine.
async function sift(
  source: Source,
  archive: AsyncIterable<Uint8Array>,
  { force, write }: Sieve,
): Promise<Restored> {
  const target = targetOf(source, write);
  const written: string[] = [];
  const left: string[] = [];
  const seen = new Set<string>();
  let manifest: Manifest | undefined;
  let size = 0;
  for await (const entry of readTar(archive)) {
    if (manifest === undefined) {
      manifest = await manifestIn(entry);
      continue;
    }
    if (entry.kind === "folder") continue;
    const { agent, path } = placeOf(entry);
    size += entry.size;
    if (size > sizeLimit) throw refused("holds more than", `${sizeLimit / 1024 ** 3} GiB`);
    if (seen.has(entry.path)) throw refused("holds twice", entry.path);
    seen.add(entry.path);
    const isThere = await hasFile(target, agent, path);
    if (isThere && !force) {
      left.push(entry.path);
      continue;
    }
    if (isThere && agent.transcripts?.kind === "database") await mayReplace(source, agent, path);
    await putFile(target, agent, path, entry);
    written.push(entry.path);
  }
  if (manifest === undefined) throw notOurs();
  return { manifest, written, left };
}

async function manifestIn(entry: ReadEntry): Promise<Manifest> {
  if (entry.path !== manifestName || entry.kind !== "file" || entry.size > manifestLimit) throw notOurs();
  const text = Buffer.concat(await Array.fromAsync(entry.body(), (piece) => piece.slice())).toString("utf8");
  const manifest = readManifest(text);
  if (manifest === undefined) throw notOurs();
  if (manifest !== "newer") return manifest;
  throw new Failure("usage", "This backup was made by a later manyoyo.", "Update manyoyo first.");
}

/**
 * Where an entry of a backup goes.
 * @throws Failure `usage` for anything but a conversation's plain file.
 */
export function placeOf(entry: Pick<Entry, "path" | "kind">): {
  readonly agent: Agent;
  readonly path: string;
} {
  if (entry.kind !== "file") throw refused("holds a link or a device", entry.path);
  if (!isPlain(entry.path)) throw refused("holds a path that leads elsewhere", entry.path);
  for (const agent of agents) {
    const path = homePath(agent, entry.path);
    const { transcripts } = agent;
    if (path === undefined || transcripts === undefined || agent.credentials.includes(path)) continue;
    if (transcripts.kind === "records" ? transcripts.belongs(path) : path === transcripts.file)
      return { agent, path };
  }
  throw refused("holds what is no conversation", entry.path);
}

function refused(what: string, path: string): Failure {
  return new Failure("usage", `This backup ${what}: ${path}; nothing of it was restored.`);
}

function notOurs(): Failure {
  return new Failure(
    "usage",
    "This is no backup of conversations.",
    "Backups are made by: manyoyo history backup NAME -o FILE",
  );
}

function broken(thrown: unknown): unknown {
  const zlib = thrown instanceof Error && "code" in thrown && /^(Z_|ERR_.*ZLIB)/.test(String(thrown.code));
  if (thrown instanceof Cut) {
    return new Failure(
      "usage",
      "The backup is not whole; nothing of it was restored.",
      "Copy or make it again.",
    );
  }
  return zlib || thrown instanceof BadArchive || thrown instanceof TypeError ? notOurs() : thrown;
}

// A program that has the file open would go on with the old one, and spoil the new.
async function mayReplace(source: Source, agent: Agent, path: string): Promise<void> {
  const { engine, container, name, state } = source;
  const refusal = (why: string, hint: string): Failure =>
    new Failure(
      "in-use",
      `${why} ${name}, and the database of ${agent.title} cannot be replaced under it.`,
      hint,
    );
  if (state === "paused") {
    throw refusal("Something may run in", `Let it go on, then stop it first: manyoyo stop ${name}`);
  }
  if (state !== "running") return;
  const runs = await runningIn(engine, container);
  const isUsed = runs.length > 0 || (await isOpen(engine, container, inside(source, agent, path)));
  if (isUsed) throw refusal("A command runs in", `Stop the session first: manyoyo stop ${name}`);
}
