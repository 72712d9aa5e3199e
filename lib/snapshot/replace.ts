import { stop } from "../engine/change.ts";
import type { Found } from "../engine/find.ts";
import { findVolume } from "../engine/volumes.ts";
import { keptVolume } from "../history/keep.ts";
import { imageFor } from "../session/images.ts";
import { passingName } from "../session/labels.ts";
import { makeLike } from "../session/likeness.ts";
import { keptPlace, type Make } from "../session/make.ts";
import { type Beginning, begin, provideKept, storesFor } from "./begin.ts";
import type { Desk } from "./desk.ts";
import type { Host } from "./fork.ts";
import { asideVolume, copyFolders, dismiss, nameImage } from "./helper.ts";
import type { Snapshot } from "./list.ts";

/**
 * Lets a session's container rest while another one is made to take its place. It is started again, where it ran, unless
 * the call comes to its end.
 */
export async function rest({ engine, undo }: Desk, { session }: Found): Promise<void> {
  if (session.state !== "running" && session.state !== "paused") return;
  undo.note("start", session.id);
  await stop(engine, session, { apart: true, descriptors: [undo.descriptor] });
}

/** Makes the session that takes the place of one that rests: under another name until it runs. @throws Failure */
export async function takePlace(desk: Desk, old: Found, beginning: Beginning): Promise<string> {
  const { name, mark, undo } = desk;
  const make = { ...beginning.make, nameNow: passingName(name, "new", mark) };
  const id = await begin(desk, { ...beginning, make });
  undo.done("swap", old.session.id, id, name);
  return id;
}

export interface Restoring {
  /** The session as it is; undefined where there is none any more. */
  readonly found: Found | undefined;
  readonly snapshot: Snapshot;
  readonly host: Host;
  /** Its workspace on the host. */
  readonly folder: string;
}

/**
 * Makes a session what it was when the snapshot was taken. What it replaces, conversations that are kept in a volume among
 * it, is kept until the new one runs.
 * @returns its container's id.
 * @throws Failure; whatever fails, the session is as it was
 */
export async function restore(desk: Desk, { found, snapshot, host, folder }: Restoring): Promise<string> {
  const { name, mark, undo } = desk;
  const { likeness } = snapshot;
  if (found !== undefined) await rest(desk, found);
  const image = imageFor("session", name, mark);
  undo.note("image", image);
  await nameImage(desk, snapshot.image, image);
  const stores = await storesFor(desk.engine, likeness.stores, { name, user: host.user });
  if (stores.some(({ target }) => target === keptPlace)) await secureKept(desk, image, host.user);
  const own = { ...host, name, folder, image, id: crypto.randomUUID() };
  const make: Make = { ...makeLike(likeness, own), stores };
  const beginning = { make, values: new Map<string, string>(), own: likeness.own };
  if (found !== undefined) return takePlace(desk, found, beginning);
  const id = await begin(desk, beginning);
  undo.done("keep");
  return id;
}

// The volume has one name, so what is in it is put aside, and comes back unless the call comes to its end.
async function secureKept(desk: Desk, image: string, user: string): Promise<void> {
  const { engine, name, undo } = desk;
  const kept = keptVolume(name);
  if ((await findVolume(engine, kept)) === undefined) return provideKept(desk, name, user);
  const aside = await asideVolume(desk, kept.name);
  const copier = await copyFolders(desk, {
    image,
    volumes: [
      { volume: kept.name, target: "/manyoyo/from", readonly: true },
      { volume: aside, target: "/manyoyo/to", readonly: false },
    ],
    folders: [{ what: "own", from: "/manyoyo/from", to: "/manyoyo/to" }],
    doing: `put the kept conversations of "${name}" aside`,
  });
  await dismiss(desk, copier);
  undo.note("refill", image, kept.name, aside);
}
