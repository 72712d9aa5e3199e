import type { Engine } from "../engine/engine.ts";
import { type EngineImage, imagesIn, imagesOf } from "../engine/images.ts";
import { imageFor, placeOfImages, readImageName } from "../session/images.ts";
import { label } from "../session/labels.ts";
import { type Likeness, readLikeness } from "../session/likeness.ts";

/** A saved state of a session. */
export interface Snapshot {
  /** The session's name. */
  readonly name: string;
  readonly tag: string;
  readonly note: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The image's name, and its id. */
  readonly image: string;
  readonly id: string;
  /** Bytes that it takes beyond the image that it was saved on top of. */
  readonly cost: number;
  readonly likeness: Likeness;
}

/** Every snapshot, or those of one session, the oldest first. @throws Failure when the engine does not answer */
export async function listSnapshots(engine: Engine, name?: string): Promise<readonly Snapshot[]> {
  const images = await imagesOf(engine, await imagesIn(engine, placeOfImages("snapshot")));
  return snapshotsIn(engine, images, name);
}

/** That snapshot; undefined where there is none. @throws Failure when the engine does not answer */
export async function findSnapshot(engine: Engine, name: string, tag: string): Promise<Snapshot | undefined> {
  const images = await imagesOf(engine, [imageFor("snapshot", name, tag)]);
  return (await snapshotsIn(engine, images, name)).find((snapshot) => snapshot.tag === tag);
}

async function snapshotsIn(
  engine: Engine,
  images: readonly EngineImage[],
  name: string | undefined,
): Promise<readonly Snapshot[]> {
  const below = await imagesOf(engine, [
    ...new Set(images.flatMap(({ labels }) => labels[label.below] || [])),
  ]).catch(() => []);
  const sizes = new Map(below.map(({ id, size }) => [id, size]));
  return images
    .flatMap((image) => snapshotOf(image, sizes))
    .filter((snapshot) => name === undefined || snapshot.name === name)
    .toSorted((one, other) => one.at - other.at);
}

// A name alone can be given by anybody, and the label alone is on whatever was made from the image.
function snapshotOf(image: EngineImage, sizes: ReadonlyMap<string, number>): readonly Snapshot[] {
  const { labels, names, id, size } = image;
  const likeness = readLikeness(labels);
  return names.flatMap((each) => {
    const read = readImageName("snapshot", each);
    if (read === undefined || likeness === undefined) return [];
    if (labels[label.saved] !== read.name || labels[label.tag] !== read.mark) return [];
    const cost = size - (sizes.get(labels[label.below] ?? "") ?? 0);
    return [
      {
        name: read.name,
        tag: read.mark,
        note: noteOf(labels[label.note]),
        at: Date.parse(labels[label.moment] ?? ""),
        image: each,
        id,
        cost: Math.max(0, cost),
        likeness,
      },
    ];
  });
}

function noteOf(text = ""): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
