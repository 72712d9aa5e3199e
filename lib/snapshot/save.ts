import { stateNow } from "../engine/change.ts";
import { dialect } from "../engine/dialect.ts";
import type { Found } from "../engine/find.ts";
import { frozen } from "../engine/freeze.ts";
import { engineFailure, persist } from "../engine/problem.ts";
import { imageFor, readImageName } from "../session/images.ts";
import { label } from "../session/labels.ts";
import { type Likeness, likenessLabels, savedPlace } from "../session/likeness.ts";
import type { Desk } from "./desk.ts";
import { copyFolders, dismiss, type OwnVolume } from "./helper.ts";

/** How a session's files are saved. */
export interface Saving {
  readonly found: Found;
  readonly likeness: Likeness;
  /** The image's name. */
  readonly image: string;
  /** A snapshot's tag and note. */
  readonly tag?: string;
  readonly note?: string | undefined;
}

/**
 * Saves the files of a session and the contents of the volumes that belong to it alone as one image, as they are at one
 * moment: what runs is paused meanwhile. What the image is noted to be goes again unless the call comes to its end.
 * @returns whether all of it is of one moment; false where the engine could not pause the session, or somebody let it go on.
 * @throws Failure
 */
export async function save(desk: Desk, saving: Saving): Promise<boolean> {
  const { engine, undo, name, mark } = desk;
  const { found, likeness, image } = saving;
  const { id } = found.session;
  const own = ownVolumes(found, likeness);
  const part = imageFor("part", name, mark);
  const labels = labelsFor(desk, saving);
  undo.note("image", image);
  const { status, imageId } = found.container;
  type Work = (isStill: () => Promise<boolean>) => Promise<boolean>;
  const still = (work: Work): Promise<boolean> =>
    status === "running"
      ? frozen(engine, { id, imageId }, work)
      : work(async () => (await stateNow(engine, id)) !== "running");
  if (own.length === 0) {
    return still(async (isStill) => {
      await commit(desk, id, image, labels);
      return isStill();
    });
  }
  undo.always("image", part);
  const copied = { container: "" };
  const isWhole = await still(async (isStill) => {
    await commit(desk, id, part, ["--change", `LABEL ${label.work}="${name}"`]);
    copied.container = await copyFolders(desk, {
      image: part,
      volumes: own.map((each) => ({ ...each, readonly: true })),
      folders: own.map(({ target }, at) => ({ what: "own", from: target, to: savedPlace(at) })),
      doing: `copy the volumes of "${name}"`,
    });
    return isStill();
  });
  // What copied was root.
  const user = ["--change", `USER ${found.container.runsAs || "0"}`];
  undo.note("image", image);
  await commit(desk, copied.container, image, [...labels, ...user]);
  await dismiss(desk, copied.container);
  return isWhole;
}

/** The volumes that belong to the session alone, in the order of its likeness. */
export function ownVolumes({ container }: Pick<Found, "container">, { own }: Likeness): readonly OwnVolume[] {
  return own.flatMap((target) => {
    const volume = container.namedVolumes[target];
    return volume === undefined ? [] : [{ volume, target }];
  });
}

/** How a session rests: nothing in it need be paused. */
export function atRest(found: Found): Found {
  return { ...found, container: { ...found.container, status: "exited" } };
}

/**
 * Labels by which the image is known, as words of `commit`. Engines copy a container's labels into it: those that say what the
 * container is for are taken back, but for an image that is itself only on the way.
 */
export function labelsFor(
  { name }: Desk,
  { found, likeness, image, tag = "", note = "" }: Saving,
): readonly string[] {
  const told: Readonly<Record<string, string>> = {
    ...likenessLabels(likeness),
    [label.saved]: name,
    [label.tag]: tag,
    [label.note]: encodeURIComponent(note).replaceAll("'", "%27"),
    [label.moment]: new Date().toISOString(),
    [label.below]: found.container.imageId.replace(/^sha256:/, ""),
    [label.call]: "",
    [label.work]: readImageName("part", image) === undefined ? "" : name,
    [label.part]: "session",
  };
  return Object.entries(told).flatMap(([key, value]) => ["--change", `LABEL ${key}="${value}"`]);
}

/** Makes an image of a container's files. @throws Failure */
export async function commit(
  desk: Desk,
  container: string,
  image: string,
  changes: readonly string[],
): Promise<void> {
  const { engine, name } = desk;
  const words = [...dialect(engine.name).commit, ...changes, container, image];
  const said = await persist(() => desk.run(words));
  if (said.status === 0) return;
  throw engineFailure(engine, said, `save the files of "${name}"`);
}
