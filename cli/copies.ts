import type { Found } from "../lib/engine/find.ts";
import { findSession } from "../lib/engine/find.ts";
import { enforcesSelinux, socketOf } from "../lib/engine/host.ts";
import { removedMeanwhile } from "../lib/engine/problem.ts";
import { Failure } from "../lib/failure.ts";
import { nearest } from "../lib/nearest.ts";
import { isTag } from "../lib/session/images.ts";
import type { Affair, Desk } from "../lib/snapshot/desk.ts";
import type { Host } from "../lib/snapshot/fork.ts";
import { findSnapshot, listSnapshots, type Snapshot } from "../lib/snapshot/list.ts";
import { bringBack } from "../lib/snapshot/sweep.ts";
import { type Call, userName } from "./call.ts";
import { quoted } from "./quoted.ts";
import { nameOf, type VerbContext, waitsFor } from "./sessions.ts";
import { noSession } from "./target.ts";

/** This machine's facts for a session that is made like another one. */
export function hostOf(call: Call, { choice }: VerbContext): Host {
  return {
    user: userName(call),
    socket: socketOf(choice.engine.name, call.env),
    selinux: enforcesSelinux(),
  };
}

/** What a call does to a session alone; says so where another one is at it. */
export function affairOf(
  { choice }: VerbContext,
  { name, image, found }: Pick<Affair, "name" | "image" | "found">,
): Affair {
  return {
    engine: choice.engine,
    name,
    image,
    found,
    ...waitsFor(name),
  };
}

/** The session of a word, also one whose name a call took from it that was cut off. @throws Failure `no-session` */
export async function sessionToChange(call: Call, context: VerbContext, word: string): Promise<Found> {
  const { engine } = context.choice;
  const name = await nameOf(call, context, word);
  const found = await maybeSession(context, name);
  if (found === undefined) throw await noSession(engine, name);
  return found;
}

/** The same; undefined where there is none. */
export async function maybeSession({ choice }: VerbContext, name: string): Promise<Found | undefined> {
  const { engine } = choice;
  const found = await findSession(engine, name);
  if (found !== undefined) return found;
  await bringBack(engine, name);
  return findSession(engine, name);
}

/** What a call does to a session that was found. */
export function affairWith(context: VerbContext, found: Found): Affair {
  return affairOf(context, { name: found.session.name, image: found.container.imageId, found });
}

/** The session as it is once nobody else is at it; undefined where it is gone by now. */
export async function seenNow({ engine, name, sees }: Desk): Promise<Found | undefined> {
  const found = await findSession(engine, name);
  if (found !== undefined) sees(found);
  return found;
}

/** The same. @throws Failure `no-session` where it is gone by now */
export async function foundNow(desk: Desk): Promise<Found> {
  const found = await seenNow(desk);
  if (found !== undefined) return found;
  throw removedMeanwhile(desk.name);
}

/** A word as a snapshot's tag. @throws Failure `usage` */
export function tagOf(word: string): string {
  if (isTag(word)) return word;
  throw new Failure(
    "usage",
    `${quoted(word)} is no tag.`,
    "Use up to 50 letters, digits, dots, dashes and underscores, a letter, a digit or an underscore first, no two dashes together",
  );
}

/** That snapshot. @throws Failure `no-image` with those that there are */
export async function snapshotOf({ choice }: VerbContext, name: string, word: string): Promise<Snapshot> {
  const tag = tagOf(word);
  const found = await findSnapshot(choice.engine, name, tag);
  if (found !== undefined) return found;
  const tags = (await listSnapshots(choice.engine, name)).map((each) => each.tag);
  const near = nearest(tag, tags);
  throw new Failure(
    "no-image",
    `${name} has no snapshot ${quoted(tag)}.${near === undefined ? "" : ` Did you mean ${near}?`}`,
    tags.length === 0
      ? `It has none at all. Take one: manyoyo snapshot ${name}`
      : `There are: ${tags.slice(-5).join(", ")}`,
  );
}
