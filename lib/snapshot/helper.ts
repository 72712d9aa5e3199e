import { dialect } from "../engine/dialect.ts";
import { enforcesSelinux } from "../engine/host.ts";
import { readInspect } from "../engine/inspect.ts";
import { engineFailure, lastWords, removedMeanwhile } from "../engine/problem.ts";
import { isVolumeGone, provideVolume } from "../engine/volumes.ts";
import { Failure } from "../failure.ts";
import { copyText } from "../inside/texts.ts";
import { asideName, helperName, label } from "../session/labels.ts";
import { standingWords } from "../settings/mounts.ts";
import { capture } from "../shell.ts";
import type { Desk } from "./desk.ts";

/** A volume, and where a session has it. */
export interface OwnVolume {
  readonly volume: string;
  readonly target: string;
}

/** A folder inside, and where it is copied to. */
export interface Folder {
  /** "own" must be there; "saved" is passed over where it is not, and "home" also where it is a link (see copy.sh). */
  readonly what: "own" | "saved" | "home";
  readonly from: string;
  readonly to: string;
}

/** What is copied by a container of an image that does nothing else. */
export interface Copying {
  readonly image: string;
  readonly volumes: readonly (OwnVolume & { readonly readonly: boolean })[];
  readonly folders: readonly Folder[];
  /** In words for "could not ...". */
  readonly doing: string;
}

/**
 * Copies folders by means of a container, whose own files are changed by it where a folder is in no volume.
 * @returns the container's name; it is there until it is dismissed, or the desk is left.
 * @throws Failure
 */
export async function copyFolders(desk: Desk, copying: Copying): Promise<string> {
  const { engine, undo, name } = desk;
  const folders = copying.folders.flatMap(({ what, from, to }) => [what, from, to]);
  const own = helperName(crypto.randomUUID().slice(0, 8));
  const words = [
    ...["run", "--name", own, "--network", "none", "--pull", "never", "--user", "0"],
    ...dialect(engine.name).noImageVolumes,
    ...[`${label.call}=${undo.call}`, `${label.work}=${name}`].flatMap((each) => ["--label", each]),
    ...["--workdir", "/", ...(enforcesSelinux() ? ["--security-opt", "label=disable"] : [])],
    ...copying.volumes.flatMap(standingWords),
    ...["--entrypoint", "/bin/sh", copying.image, "-c", copyText(), "manyoyo", ...folders],
  ];
  undo.always("label", `${label.call}=${undo.call}`);
  const said = await desk.run(words);
  if (said.status === 0) return own;
  if (isVolumeGone(engine, said)) throw removedMeanwhile(name);
  throw new Failure("engine-failed", `${engine.name} could not ${copying.doing}: ${lastWords(said)}`);
}

/**
 * Removes a container that has copied, at once: while it has a session's volume by name, removing the session would leave the
 * volume behind.
 */
export async function dismiss({ engine }: Desk, container: string): Promise<void> {
  await capture([engine.program, ...dialect(engine.name).remove, container], { apart: true });
}

/**
 * Makes a volume for what is on its way; it goes again in any case, unless what it holds is to come back and does not.
 * @param of the volume that is filled again from it
 * @returns its name. @throws Failure
 */
export async function asideVolume({ engine, name, mark, undo }: Desk, of?: string): Promise<string> {
  const volume = asideName(name, mark);
  const labels = { [label.work]: name, ...(of === undefined ? {} : { [label.aside]: of }) };
  const wanted = { name: volume, labels, marks: [label.work] };
  undo.always("volume", volume);
  await provideVolume(engine, wanted, { apart: true, descriptors: [undo.descriptor] });
  return volume;
}

/** Gives an image one more name. @throws Failure */
export async function nameImage(desk: Desk, image: string, name: string): Promise<void> {
  const said = await desk.run(["tag", image, name]);
  if (said.status !== 0) throw engineFailure(desk.engine, said, `give the image ${image} a name`);
}

/** The volumes that a container has, by the folder inside. @throws Failure */
export async function volumesOf(
  { engine }: Desk,
  container: string,
): Promise<Readonly<Record<string, string>>> {
  const said = await capture([engine.program, "container", "inspect", container]);
  const inspected = readInspect(said.stdout);
  if (said.status !== 0 || inspected === undefined)
    throw engineFailure(engine, said, "look at what was made");
  return inspected.namedVolumes;
}
