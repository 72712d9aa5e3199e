import { dialect } from "../engine/dialect.ts";
import type { Engine } from "../engine/engine.ts";
import { engineFailure } from "../engine/problem.ts";
import { isSessionImage } from "../session/images.ts";
import { imageNumber } from "../session/plan.ts";
import { capture } from "../shell.ts";
import { type Image, imageNamed, listImages } from "./list.ts";

/**
 * The images that may go as far as they themselves tell: those that a newer one has replaced, which has their name now or
 * comes of a newer Dockerfile. What a remaining one was made from stays; its agents are renewed on that. So does what one may
 * just be about to be made from.
 * And those that were made for sessions that are gone.
 * @param all takes the others as well.
 */
export function replaced(
  images: readonly Image[],
  { number, all, now }: { readonly number: string; readonly all: boolean; readonly now: number },
): readonly Image[] {
  const sessions = images.filter((image) => isLeftOfSession(image, now));
  const built = images.filter(
    (image) => image.part !== "session" && !isForOneInTheMaking(image, images, now),
  );
  return [...sessions, ...(all ? built : replacedBuilt(built, number))];
}

/** One that was made for a session that is gone; a call may just be about to make the session of a younger one. */
function isLeftOfSession({ part, names, created }: Image, now: number): boolean {
  if (part !== "session" || names.length === 0) return false;
  return names.every(isSessionImage) && !isYoung(created, now);
}

/** Tools and a base from which no image was made yet: a build may just be about to. */
function isForOneInTheMaking(
  { part, names, created }: Image,
  images: readonly Image[],
  now: number,
): boolean {
  if (part === "agents" || names.length === 0 || !isYoung(created, now)) return false;
  return !images.some(
    ({ part: of, tools = "", base = "" }) =>
      of === "agents" && (names.includes(tools) || names.includes(base)),
  );
}

// No build takes that long. So counts one whose time cannot be read.
function isYoung(created: number, now: number): boolean {
  return !(now - created > 3_600_000);
}

function replacedBuilt(images: readonly Image[], number: string): readonly Image[] {
  const agents = images.filter(({ part }) => part === "agents");
  const kept = agents.filter((image) => !isReplaced(image, number));
  const needed = new Set(kept.flatMap(({ tools, base }) => [tools, base]));
  return images.filter((image) =>
    image.part === "agents"
      ? isReplaced(image, number)
      : image.names.length === 0 || !image.names.some((name) => needed.has(name)),
  );
}

/**
 * The images that may go, the newest first, as what an image was made from comes after it: those of `replaced` that manyoyo
 * itself built and no container uses.
 * @throws Failure when the engine does not answer.
 */
export async function removable(engine: Engine, all: boolean): Promise<readonly Image[]> {
  const candidates = replaced(await listImages(engine), { number: imageNumber, all, now: Date.now() });
  const checked = await Promise.all(
    candidates.map(
      async (image) => [image, (await isOwn(engine, image)) && !(await isUsed(engine, image))] as const,
    ),
  );
  return checked.flatMap(([image, may]) => (may ? [image] : []));
}

function isReplaced({ names, number: own }: Image, number: string): boolean {
  return names.length === 0 || Number(own) < Number(number);
}

/**
 * Whether manyoyo itself built the image. One that was made from it, by a build or a commit, has its labels too, but more in
 * its history; and one that got another name is somebody's.
 * @throws Failure when the engine does not answer.
 */
export async function isOwn(engine: Engine, image: Image): Promise<boolean> {
  if (image.part === "session") return image.names.length > 0 && image.names.every(isSessionImage);
  if (image.names.some((name) => name !== image.built)) return false;
  const words = ["history", "--no-trunc", "--format", "{{.CreatedBy}}", image.id];
  const said = await capture([engine.program, ...words]);
  if (said.status !== 0) {
    if (dialect(engine.name).noSuchImage.test(said.stderr)) return false;
    throw engineFailure(engine, said, "look at its images");
  }
  return endsOwn(said.stdout, image.build);
}

/**
 * Whether a history, as `history` prints it with the last step first, ends with the build of ours; a root that was imported
 * has nothing but itself.
 */
export function endsOwn(history: string, build: string | undefined): boolean {
  const steps = history.replace(/\n$/, "").split("\n");
  return build ? (steps[0] ?? "").includes(build) : steps.length === 1;
}

/** Whether a container, running or not, was made from the image. @throws Failure when the engine does not answer. */
export async function isUsed(engine: Engine, image: Image): Promise<boolean> {
  const words = ["ps", "--all", "--quiet", "--filter", `ancestor=${image.id}`];
  const said = await capture([engine.program, ...words]);
  if (said.status !== 0) {
    // A container or image went while the engine looked: it cannot be told now, so the image stays.
    const row = dialect(engine.name);
    if (row.noSuchContainer.test(said.stderr) || row.noSuchImage.test(said.stderr)) return true;
    throw engineFailure(engine, said, "list its containers");
  }
  return said.stdout.trim() !== "";
}

/**
 * Removes an image unless a container uses it, which the engine itself decides. Since it was found, another image may have got
 * its name, which then stays; and one that got another name is somebody's.
 * @returns whether it is gone.
 * @throws Failure when it is still there for another reason.
 */
export async function removeImage(engine: Engine, { id, names: found }: Image): Promise<boolean> {
  const now = await imageNamed(engine, id);
  if (now === undefined) return true;
  const { names } = now;
  if (!names.every((name) => found.includes(name))) return false;
  const said = await capture([engine.program, "rmi", ...(names.length === 0 ? [id] : names)]);
  if (said.status === 0 || dialect(engine.name).noSuchImage.test(said.stderr)) return true;
  // conflict: unable to delete 4f6a (must be forced) - image is being used by stopped container 1b1a
  // docker, of what other images were made from: image has dependent child images; podman: image used by 4f6a: image is in use by a container
  if (/is being used by|in use by|dependent child|used by/i.test(said.stderr)) return false;
  throw engineFailure(engine, said, `remove the image ${names[0] ?? id.slice(0, 12)}`);
}
