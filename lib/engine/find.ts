import { Failure } from "../failure.ts";
import {
  claimsToBeSession,
  doubtful,
  isInTheMaking,
  type Labels,
  ownLabels,
  ownWithoutImage,
} from "../session/labels.ts";
import { type Container, type Session, sessionOf } from "../session/session.ts";
import type { Said } from "../shell.ts";
import { askFor } from "./ask.ts";
import { dialect } from "./dialect.ts";
import type { Engine } from "./engine.ts";
import type { Inspected } from "./inspect.ts";
import { engineFailure } from "./problem.ts";

/** A session found by its name, with what joining it needs. */
export interface Found {
  readonly session: Session;
  readonly container: Inspected;
}

/**
 * The session of exactly that name; undefined when there is no container of that name.
 * @throws Failure `not-ours` for a container that is no session, and the engine's own failures.
 */
export async function findSession(
  engine: Engine,
  name: string,
  asked: Promise<Said> = askFor(engine, name),
): Promise<Found | undefined> {
  const [said, { readInspect }] = await Promise.all([asked, import("./inspect.ts")]);
  if (said.status !== 0) {
    if (dialect(engine.name).noSuchContainer.test(said.stderr)) return undefined;
    throw engineFailure(engine, said, `look for "${name}"`);
  }
  const container = readInspect(said.stdout);
  if (container === undefined) {
    throw new Failure(
      "engine-failed",
      `${engine.name} describes "${name}" in a way that manyoyo does not know.`,
    );
  }
  // Engines take an id or the start of one for a name.
  if (container.name !== name) return undefined;
  if (!(await isSession(engine, container))) {
    throw new Failure(
      "not-ours",
      `The container "${name}" was not made by manyoyo.`,
      "Choose another name; manyoyo leaves that container alone.",
    );
  }
  return { session: sessionOf(container), container };
}

async function isSession(engine: Engine, container: Inspected): Promise<boolean> {
  const { labels, name, imageId } = container;
  if (!claimsToBeSession(labels) || isInTheMaking(labels, name)) return false;
  return !doubtful(container) || isOwn(container, await imageLabels(engine, imageId));
}

/** Whether a container of this image is a session by its own labels. @param ofImage undefined where the image is gone */
export function isOwn({ labels, name, binds }: Container, ofImage: Labels | undefined): boolean {
  return ofImage === undefined ? ownWithoutImage(labels, name, binds) : ownLabels(labels, ofImage);
}

/** The labels that an image carries; undefined where it is gone. @throws Failure when the engine does not tell */
export async function imageLabels(engine: Engine, image: string): Promise<Labels | undefined> {
  // Loaded only now, as most sessions need no such look.
  const { imagesOf } = await import("./images.ts");
  const [found] = await imagesOf(engine, [image]);
  return found?.labels;
}
