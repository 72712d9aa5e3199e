import type { Engine } from "../engine/engine.ts";
import type { Found } from "../engine/find.ts";
import { imageFor } from "../session/images.ts";
import { type Likeness, makeLike } from "../session/likeness.ts";
import { keptPlace, type Make } from "../session/make.ts";
import { begin, provideKept, storesFor } from "./begin.ts";
import type { Desk } from "./desk.ts";
import { nameImage } from "./helper.ts";
import type { Snapshot } from "./list.ts";
import { save } from "./save.ts";
import { likenessOfSession } from "./variables.ts";

/** This machine's facts that every session made here has in it. */
export type Host = Pick<Make, "user" | "socket" | "selinux">;

/** What a second session is made from: a session as it is now, or a snapshot. */
export type Origin =
  | { readonly kind: "session"; readonly found: Found }
  | { readonly kind: "snapshot"; readonly snapshot: Snapshot };

export interface Forking {
  readonly origin: Origin;
  /** The new session's name. */
  readonly name: string;
  /** Its workspace on the host. */
  readonly folder: string;
  readonly host: Host;
}

/** A second session. */
export interface Forked {
  readonly make: Make;
  /** Its container. */
  readonly id: string;
  /** Whether all of it is of one moment. */
  readonly isWhole: boolean;
}

/** What the origin is like. @throws Failure */
export async function likenessOfOrigin(engine: Engine, origin: Origin): Promise<Likeness> {
  return origin.kind === "session" ? likenessOfSession(engine, origin.found) : origin.snapshot.likeness;
}

/**
 * Makes a second, independent session that is like the first, with the same files and conversations.
 * @throws Failure; whatever fails, nothing of it stays
 */
export async function fork(desk: Desk, { origin, name, folder, host }: Forking): Promise<Forked> {
  const { undo, mark } = desk;
  const like = await likenessOfOrigin(desk.engine, origin);
  const image = imageFor("session", name, mark);
  const isWhole = await filesOf(desk, origin, { image, likeness: like });
  const stores = await storesFor(desk.engine, like.stores, { name, user: host.user });
  if (stores.some(({ target }) => target === keptPlace)) await provideKept(desk, name, host.user);
  const own = { ...host, name, folder, image, id: crypto.randomUUID() };
  const make = { ...makeLike(like, own), stores, ports: like.ports.map(anyPort) };
  const id = await begin(desk, { make, values: new Map(), own: like.own });
  undo.done("keep");
  return { make, id, isWhole };
}

async function filesOf(
  desk: Desk,
  origin: Origin,
  { image, likeness }: { readonly image: string; readonly likeness: Likeness },
): Promise<boolean> {
  if (origin.kind === "session") return save(desk, { found: origin.found, likeness, image });
  desk.undo.note("image", image);
  await nameImage(desk, origin.snapshot.image, image);
  return true;
}

// The first session has its ports: the engine chooses others. ADDRESS:HOST:CONTAINER[/PROTOCOL]
function anyPort(port: string): string {
  return port.replace(/:[\d-]*:([\d-]+)(?=\/|$)/, "::$1");
}
