import type { Agent } from "../agents/agent.ts";
import { type Entry, readTar } from "../archive/tar.ts";
import { copyOut, type Place } from "../engine/copy.ts";
import type { Engine } from "../engine/engine.ts";
import type { Found } from "../engine/find.ts";
import { lastingImage } from "../engine/images.ts";
import { withShelf } from "../engine/shelf.ts";
import { findVolume } from "../engine/volumes.ts";
import { Failure } from "../failure.ts";
import { keptPlace } from "../session/make.ts";
import { type State, stateOf } from "../session/session.ts";
import { keptVolume } from "./keep.ts";

/** A container out of which conversations can be read, and into which they can be put. */
export interface Source {
  readonly engine: Engine;
  /** The session's name. */
  readonly name: string;
  readonly container: string;
  /** The id of its image. */
  readonly image: string;
  /** What the session is doing; `gone` where only its kept conversations are left. */
  readonly state: State | "gone";
  /** Whether the conversations are in a volume that outlives the container. */
  readonly kept: boolean;
  /** The home inside, without a slash at its end: of `/` nothing is left. */
  readonly home: string;
}

/** A session as a source of its conversations. */
export async function sourceOf(engine: Engine, { session, container }: Found): Promise<Source> {
  const kept = container.namedVolumes[keptPlace] !== undefined;
  const { runsAs, homeVariable } = container;
  const root = runsAs === "" || /^(0|root)(:|$)/.test(runsAs);
  const state = stateOf(container.status);
  const about = { container: session.id, image: container.imageId, state };
  const home = homeVariable ?? (root ? "/root" : await homeOf(engine, about, runsAs));
  return {
    engine,
    name: session.name,
    ...about,
    kept,
    home: home.replace(/\/+$/, ""),
  };
}

// The image may call its user anything: its own list of users knows the home.
async function homeOf(
  engine: Engine,
  about: Pick<Source, "container" | "image" | "state">,
  user: string,
): Promise<string> {
  const text = await copyOut(engine, placeIn(about, "/etc/passwd"), async (chunks) => {
    for await (const { kind, size, body } of readTar(chunks)) {
      if (kind !== "file" || size > 1 << 20) continue;
      return new TextDecoder().decode(Buffer.concat(await Array.fromAsync(body())));
    }
    return "";
  });
  return homeIn(text ?? "", user);
}

/** A path in a source, for the engine. */
export function placeIn(
  { container, image, state }: Pick<Source, "container" | "image" | "state">,
  path: string,
): Place {
  return { container, path, ...(state === "running" ? { running: image } : {}) };
}

/** What there is at a path in a source; undefined where there is nothing. @throws Failure */
export function entryAt(source: Source, path: string): Promise<Entry | undefined> {
  const first = async (chunks: AsyncIterable<Uint8Array>): Promise<Entry | undefined> => {
    for await (const entry of readTar(chunks)) return entry;
    return undefined;
  };
  return copyOut(source.engine, placeIn(source, path), first, "first");
}

/** The home that a list of users has for one, by name or number; root's without any. */
export function homeIn(passwd: string, user: string): string {
  const word = user.replace(/:.*$/s, "");
  const fields = passwd.split("\n").map((line) => line.split(":"));
  return fields.find(([name, , uid]) => name === word || uid === word)?.[5] || "/root";
}

/** The folder that a backup is unpacked into. */
export function topOf({ kept, home }: Source): string {
  return kept ? keptPlace : home || "/";
}

/** Where a path relative to the home lies in the container. */
export function inside(source: Source, agent: Agent, path: string): string {
  if (!source.kept) return `${source.home}/${path}`;
  return `${keptPlace}/${volumePath(agent, path)}`;
}

/** Where a path relative to the home lies in a volume of ours; by this name it is in archives as well. */
export function volumePath({ state }: Pick<Agent, "state">, path: string): string {
  const [name, folder] = Object.entries(state).find(([, each]) => `${path}/`.startsWith(`${each}/`)) ?? [];
  return name === undefined || folder === undefined ? path : `${name}${path.slice(folder.length)}`;
}

/** The path relative to the home of what has that name in a volume; undefined for what is in no folder of a state. */
export function homePath({ state }: Pick<Agent, "state">, path: string): string | undefined {
  const [name = ""] = path.split("/", 1);
  const folder = Object.hasOwn(state, name) ? state[name] : undefined;
  return folder === undefined || !path.startsWith(`${name}/`)
    ? undefined
    : `${folder}${path.slice(name.length)}`;
}

/**
 * Does some work with a volume of kept conversations that no session has, by means of a container of ours that never runs
 * and is removed whatever happens to this call.
 * @returns undefined when nothing is kept under that name.
 * @throws Failure
 */
export async function withKept<Result>(
  engine: Engine,
  name: string,
  work: (source: Source) => Promise<Result>,
): Promise<Result | undefined> {
  const volume = await findVolume(engine, keptVolume(name));
  if (volume === undefined) return undefined;
  const image = await lastingImage(engine);
  if (image === undefined) {
    throw new Failure(
      "no-image",
      `${engine.name} has no image at all, and a volume can only be looked into by means of one.`,
      "Build one: manyoyo image build",
    );
  }
  const shelf = { name: "manyoyo-history-reader", volume: volume.name, target: keptPlace, image };
  return withShelf(engine, shelf, (container) =>
    work({ engine, name, container, image, state: "gone", kept: true, home: "/root" }),
  );
}
