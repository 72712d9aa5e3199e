import * as v from "valibot";
import { Failure } from "../failure.ts";
import { type Labels, label } from "../session/labels.ts";
import { type CallOptions, capture, type Said, start } from "../shell.ts";
import { dialect } from "./dialect.ts";
import type { Engine } from "./engine.ts";
import { engineFailure } from "./problem.ts";
import { isTold, wordsIn } from "./told.ts";

/** A named volume, as its engine tells of it. */
export interface Volume {
  readonly name: string;
  readonly labels: Labels;
}

/** The labels that tell what a volume is for: all but who made it. */
export function marksOf(labels: Labels): readonly string[] {
  return Object.keys(labels).filter((key) => key !== label.user);
}

const inspected = v.array(
  v.object({ Name: v.string(), Labels: v.nullish(v.record(v.string(), v.string()), {}) }),
);

/** A volume that is to be ours: these labels say so, each with its value. */
export interface OwnVolume {
  readonly name: string;
  readonly labels: Labels;
  /** The labels without which one of that name is a stranger's; the others only tell more. */
  readonly marks: readonly string[];
}

/**
 * The volume of that name; undefined when there is none.
 * @throws Failure `not-ours` for one that does not carry our labels, and the engine's own failures.
 */
export async function findVolume(engine: Engine, wanted: OwnVolume): Promise<Volume | undefined> {
  return ours(engine, wanted, await askForVolume(engine, wanted.name));
}

/** Asks for a volume, at once and without waiting for anything to load: the answer is read by `volumeIn`. */
export function askForVolume(engine: Engine, name: string): Promise<Said> {
  return start([engine.program, "volume", "inspect", name]).said;
}

/** Whether an answer of `askForVolume` tells of a volume that is ours; false for an engine that did not answer. */
export function volumeIn(said: Said, wanted: OwnVolume): boolean {
  const [volume] = readVolumes(said.stdout);
  return said.status === 0 && volume !== undefined && isOurs(volume, wanted);
}

/**
 * Makes the volume unless it is there already. Several callers at once do no harm.
 * @returns whether it was there before.
 * @throws Failure as `findVolume` does.
 */
export async function provideVolume(
  engine: Engine,
  wanted: OwnVolume,
  options: Pick<CallOptions, "apart" | "descriptors"> = {},
): Promise<boolean> {
  if ((await findVolume(engine, wanted)) !== undefined) return true;
  const made = await capture([engine.program, ...volumeWords(wanted)], options);
  // docker takes one that is there for made, podman refuses: what is there now decides.
  if ((await findVolume(engine, wanted)) === undefined) {
    throw engineFailure(engine, made, `make the volume "${wanted.name}"`);
  }
  return false;
}

/** The engine's words that make a volume of ours. */
export function volumeWords({ name, labels }: Pick<OwnVolume, "name" | "labels">): readonly string[] {
  const words = Object.entries(labels).flatMap(([key, value]) => ["--label", `${key}=${value}`]);
  return ["volume", "create", ...words, name];
}

/**
 * Has the engine do something for which our volumes must be there, and again where somebody else removed one at that moment.
 * @param provide makes them, `again` where one has gone
 */
export async function withVolumes(
  engine: Engine,
  provide: (again: boolean) => Promise<void>,
  work: () => Promise<Said>,
): Promise<Said> {
  for (let attempt = 1; ; attempt += 1) {
    await provide(attempt > 1);
    const said = await work();
    if (attempt === 5 || !isVolumeGone(engine, said)) return said;
  }
}

/** Whether an engine failed as a volume that is only to be mounted where it is there has gone (see `standingWords`). */
export function isVolumeGone(engine: Engine, { status, stderr }: Said): boolean {
  return status !== 0 && dialect(engine.name).volumeGone.test(stderr);
}

/** Every volume that carries a label of ours. @throws Failure when the engine does not answer. */
export async function listVolumes(engine: Engine, key: string): Promise<readonly Volume[]> {
  const said = await listed(engine, ["--filter", `label=${key}`]);
  if (said.status !== 0) throw engineFailure(engine, said, "list its volumes");
  const names = wordsIn(said.stdout);
  if (names.length === 0) return [];
  // One that is removed meanwhile makes the status a failure, and is left out.
  const told = await capture([engine.program, "volume", "inspect", ...names]);
  return readVolumes(told.stdout).filter(({ labels }) => labels[key] !== undefined);
}

/** The names of all volumes. @throws Failure when the engine does not answer. */
export async function volumeNames(engine: Engine): Promise<readonly string[]> {
  const said = await listed(engine, []);
  if (said.status !== 0) throw engineFailure(engine, said, "list its volumes");
  return wordsIn(said.stdout);
}

// podman's list fails while a volume is being removed: no volume with name "X" found in database: no such volume
async function listed(engine: Engine, filter: readonly string[]): Promise<Said> {
  const words = ["volume", "ls", ...filter, "--format", "{{.Name}}"];
  for (let attempt = 0; ; attempt += 1) {
    const said = await capture([engine.program, ...words]);
    const isPassing = dialect(engine.name).noSuchVolume.test(said.stderr);
    if (said.status === 0 || !isPassing || attempt === 20) return said;
    await Bun.sleep(100);
  }
}

/**
 * Removes a volume of ours.
 * @param patience milliseconds in which a container that has it may go, as one does by which another call reads it
 * @returns false when there was none.
 * @throws Failure `in-use` while a container has it, and as `findVolume` does.
 */
export async function removeVolume(engine: Engine, wanted: OwnVolume, patience = 0): Promise<boolean> {
  for (const until = performance.now() + patience; ; await Bun.sleep(200)) {
    if (await isPruned(engine, wanted)) return true;
    // Again each time: what is gone by now is none, and to podman the beginning of another one's name.
    if ((await findVolume(engine, wanted)) === undefined) return false;
    const said = await capture([engine.program, "volume", "rm", wanted.name], { apart: true });
    if (said.status === 0) return true;
    if (dialect(engine.name).noSuchVolume.test(said.stderr)) return false;
    // docker: volume is in use - [ID]. podman: volume X is being used by the following container(s): ID
    const isInUse = /volume is in use|being used/i.test(said.stderr);
    if (!isInUse) throw engineFailure(engine, said, `remove the volume "${wanted.name}"`);
    if (performance.now() > until) {
      throw new Failure("in-use", `A container still has the volume "${wanted.name}".`, "Remove that first.");
    }
  }
}

// podman's `volume rm` takes the beginning of a name for the name: of two callers at once, the second would remove another
// session's. Its `prune` takes a label's value as it is, but of several labels one is enough for it; where it takes unnamed
// volumes alone (since 6.0), or has failed, nothing is lost.
async function isPruned(engine: Engine, { name, labels, marks }: OwnVolume): Promise<boolean> {
  const [mark = "", ...more] = marks;
  const value = labels[mark] ?? "";
  if (engine.name !== "podman" || more.length > 0 || value === "") return false;
  const words = ["volume", "prune", "--force", "--filter", `label=${mark}=${value}`];
  const said = await capture([engine.program, ...words], { apart: true });
  return wordsIn(said.stdout).includes(name);
}

/** Reads the answer of `volume inspect`; none for an answer of another shape. */
export function readVolumes(text: string): readonly Volume[] {
  try {
    return v
      .parse(inspected, JSON.parse(text))
      .map(({ Name, Labels }) => ({ name: Name, labels: Labels ?? {} }))
      .filter(({ name }) => isTold(name));
  } catch {
    return [];
  }
}

function ours(engine: Engine, wanted: OwnVolume, said: Said): Volume | undefined {
  if (said.status !== 0) {
    if (dialect(engine.name).noSuchVolume.test(said.stderr)) return undefined;
    throw engineFailure(engine, said, `look for the volume "${wanted.name}"`);
  }
  const volume = readVolumes(said.stdout).find(({ name }) => name === wanted.name);
  if (volume === undefined) return undefined;
  if (isOurs(volume, wanted)) return volume;
  throw new Failure(
    "not-ours",
    `The volume "${wanted.name}" was not made by manyoyo for this.`,
    `Rename or remove it yourself (${engine.name} volume rm ${wanted.name}), or choose another name.`,
  );
}

function isOurs(volume: Volume, { labels, marks }: OwnVolume): boolean {
  return marks.every((key) => volume.labels[key] === labels[key]);
}
