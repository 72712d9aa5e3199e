import type { Agent } from "../agents/agent.ts";
import { padding, type ReadEntry } from "../archive/tar.ts";
import { tarHeader } from "../archive/tar-write.ts";
import { Failure } from "../failure.ts";
import { keptPlace } from "../session/make.ts";
import { eachEntry } from "./read.ts";
import { entryAt, inside, type Source, topOf, volumePath } from "./source.ts";

/** Whose a folder is. */
interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** What is known of the container that conversations are put into, and the archive that its engine is going to unpack. */
export interface Target {
  readonly source: Source;
  readonly write: (bytes: Uint8Array) => void;
  /** The files below the places of conversations; paths are relative to the home. */
  readonly files: Set<string>;
  readonly folders: Map<string, Owner>;
  /** By agent, what looks for its files. */
  readonly looked: Map<string, Promise<void>>;
}

/** A target of which nothing is known yet. @param write takes the archive, piece by piece */
export function targetOf(source: Source, write: (bytes: Uint8Array) => void): Target {
  return { source, write, files: new Set(), folders: new Map(), looked: new Map() };
}

/** Whether the file is there already. */
export async function hasFile(target: Target, agent: Agent, path: string): Promise<boolean> {
  const looking = target.looked.get(agent.name) ?? look(target, agent);
  target.looked.set(agent.name, looking);
  await looking;
  return target.files.has(path);
}

async function look({ source, files, folders }: Target, agent: Agent): Promise<void> {
  const { transcripts } = agent;
  if (transcripts?.kind === "database" && (await ownerOf(source, inside(source, agent, transcripts.file)))) {
    files.add(transcripts.file);
  }
  for (const place of placesOf(agent)) {
    await eachEntry(source, { agent, place }, async ({ entry, path }) => {
      if (entry.kind === "folder") folders.set(path, entry);
      else files.add(path);
    });
  }
}

function placesOf({ transcripts }: Agent): readonly string[] {
  return transcripts?.kind === "records" ? transcripts.places : [];
}

/** Puts a file into the archive, and before it the folders that are not there yet, each with the owner of the one above. */
export async function putFile(target: Target, agent: Agent, path: string, entry: ReadEntry): Promise<void> {
  const { uid, gid } = await folder(target, agent, path.replace(/\/[^/]*$/, ""));
  const { write, source, files } = target;
  const about = { ...entry, mode: 0o600, uid, gid };
  write(tarHeader({ ...about, path: nameOf(source, agent, path) }));
  for await (const piece of entry.body()) write(piece);
  write(new Uint8Array(padding(entry.size)));
  if (agent.transcripts?.kind !== "database" || !files.has(path)) return;
  // What an old database had not yet taken in must not get into the new one.
  write(tarHeader({ ...about, size: 0, path: nameOf(source, agent, `${path}-wal`) }));
}

function nameOf(source: Source, agent: Agent, path: string): string {
  return source.kept ? volumePath(agent, path) : path;
}

async function folder(target: Target, agent: Agent, path: string): Promise<Owner> {
  const { source, folders, write } = target;
  const there = folders.get(path) ?? (await probe(target, agent, path));
  if (there !== undefined) {
    folders.set(path, there);
    return there;
  }
  const above = path.replace(/\/?[^/]*$/, "");
  const isTop = above === "" || (source.kept && Object.values(agent.state).includes(path));
  const { uid, gid } = isTop ? await topOwner(source) : await folder(target, agent, above);
  const modified = Math.floor(Date.now() / 1000);
  const name = nameOf(source, agent, path);
  write(tarHeader({ path: name, kind: "folder", size: 0, mode: 0o755, uid, gid, modified }));
  folders.set(path, { uid, gid });
  return { uid, gid };
}

// What lies below a place is known; only what leads there is asked for.
async function probe({ source }: Target, agent: Agent, path: string): Promise<Owner | undefined> {
  if (placesOf(agent).some((place) => `${path}/`.startsWith(`${place}/`))) return undefined;
  return ownerOf(source, inside(source, agent, path));
}

/** Whose the folder is below which conversations lie: the home, or the volume that keeps them. */
export async function topOwner(source: Source): Promise<Owner> {
  const path = topOf(source);
  // podman's archive of that begins with what is in it.
  const owner = path === "/" ? undefined : await ownerOf(source, path);
  return owner ?? { uid: 0, gid: 0 };
}

// Of a folder or file in the container; undefined where there is none.
async function ownerOf(source: Source, path: string): Promise<Owner | undefined> {
  const entry = await entryAt(source, path);
  // A session of a snapshot may have our own links.
  if (entry?.link === undefined || entry.link.startsWith(`${keptPlace}/`)) return entry;
  throw new Failure(
    "usage",
    `In ${source.name} ${path} is a link to ${entry.link}, and nothing is restored through one.`,
    `Put a folder in its place: manyoyo shell ${source.name}`,
  );
}
