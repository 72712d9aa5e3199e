import { isOwnImage } from "./images.ts";

/** The labels by which a container is known as a session, and what the engine remembers of it for us. */
export const label = {
  /** A uuid that is made with the session; `commit` copies it into images, see `doubtful`. */
  session: "manyoyo.session",
  /** The first command's shell line. Also the only label of a session that the original tool made. */
  firstCommand: "manyoyo.default_cmd",
  /** The first command's arguments, a JSON list. */
  args: "manyoyo.args",
  agent: "manyoyo.agent",
  /** The workspace's real path on the host. */
  folder: "manyoyo.workspace",
  /** The image as it was asked for, and the name that the session was made under: how copies give themselves away. */
  image: "manyoyo.image",
  name: "manyoyo.name",
  /** Who made it: the name of the user on the host. */
  user: "manyoyo.user",
  /** "root" where its commands run as the image's own user, whoever joins it (`user: "root"`). */
  userHabit: "manyoyo.commands_as",
  /** What was asked of the engine at creation, as JSON, to compare later wishes with. */
  options: "manyoyo.options",
  /** The call that a session ends with (`--rm-on-exit`). */
  call: "manyoyo.call",
  /** The session's name whose conversations a volume keeps. */
  history: "manyoyo.history",
  /** The agent whose login a volume holds, and what else the volume is for. */
  login: "manyoyo.login",
  answer: "manyoyo.login.answer",
  /** Of an image with a session's files: what that session was like, its name, the snapshot's tag, note and moment. */
  likeness: "manyoyo.likeness",
  likenessParts: "manyoyo.likeness.parts",
  saved: "manyoyo.saved",
  tag: "manyoyo.saved.tag",
  note: "manyoyo.saved.note",
  moment: "manyoyo.saved.at",
  /** The id of the image that it was saved on top of: what is above that is its cost. */
  below: "manyoyo.saved.on",
  /** What part of the making of sessions an image is: one with a session's files is no image to make others from. */
  part: "manyoyo.image.part",
  /** The session that something is made for in passing: a container, a volume, an image. */
  work: "manyoyo.work",
  /** The volume whose contents one holds while that one is written anew. */
  aside: "manyoyo.aside",
  /** The call for which a container keeps others from a session. */
  lock: "manyoyo.lock",
  /** Where that call is (see `standpoint`). */
  lockFrom: "manyoyo.lock.from",
} as const;

/** Labels of one container or image. */
export type Labels = Readonly<Record<string, string>>;

/** Whether a container with these labels may be a session at all. */
export function claimsToBeSession(labels: Labels): boolean {
  return labels[label.session] !== undefined || labels[label.firstCommand] !== undefined;
}

/**
 * The labels of a container that count. One without a uuid is at best a session of the original tool, which wrote the
 * first command alone: all else comes from its image, whose maker is to decide nothing of it.
 */
export function countingLabels(labels: Labels): Labels {
  if (labels[label.session] !== undefined) return labels;
  const firstCommand = labels[label.firstCommand];
  return firstCommand === undefined ? {} : { [label.firstCommand]: firstCommand };
}

/**
 * Whether a container has the name and the image that its labels have on record. `commit` copies labels into the image, so a
 * stranger started from it carries them all; but it cannot have the same name while the session is there, and its image has
 * another name. The original tool recorded neither.
 */
export function isOnRecord(labels: Labels, name: string, image: string): boolean {
  return labels[label.session] !== undefined && labels[label.name] === name && labels[label.image] === image;
}

/**
 * Whether the image has to be asked before a container is believed to be a session. Whoever made an image with labels of his own
 * knows by what name it will be used, and may guess that of the container: not asked are only images under manyoyo's own
 * names, which come from no registry, and where the workspace on record is mounted, which no image brings about.
 * @param binds sources of its bind mounts, as far as the engine told of them
 */
export function doubtful({ labels, name, image, binds }: Told): boolean {
  const { [label.folder]: folder = "" } = labels;
  return !isOnRecord(labels, name, image) || !(isOwnImage(image) || binds.includes(folder));
}

/** What an engine tells of a container, as far as it shows whose it is. */
interface Told {
  readonly labels: Labels;
  readonly name: string;
  readonly image: string;
  readonly binds: readonly string[];
}

/** Whether the labels are the container's own, seen against those of its image. */
export function ownLabels(labels: Labels, ofImage: Labels): boolean {
  const key = labels[label.session] === undefined ? label.firstCommand : label.session;
  return labels[key] !== undefined && labels[key] !== ofImage[key];
}

/**
 * Whether a container is believed to be a session whose image is gone, as docker's `rmi -f` takes it from one that rests: it has
 * the name that is on record, and the workspace is mounted, which no image brings about.
 * @param binds sources of its bind mounts
 */
export function ownWithoutImage(labels: Labels, name: string, binds: readonly string[]): boolean {
  const { [label.folder]: folder = binds[0], [label.name]: own = name } = labels;
  return own === name && folder !== undefined && binds.includes(folder);
}

/** The name of a container that copies files for a session. `mark`: 8 digits. */
export function helperName(mark: string): string {
  return `manyoyo-copy-${mark}`;
}

/** The name of the volume into which a session's kept conversations are put aside. `mark`: 8 digits. */
export function asideName(name: string, mark: string): string {
  return `manyoyo-work-${name}-${mark}`;
}

/** What a container's name has at its end until it takes another one's place, and what that one then has. */
export function passingName(name: string, kind: "new" | "old", mark: string): string {
  return `${name}.${kind}-${mark}`;
}

/** Whether a container with these labels is about to take the place of the session whose name they tell. */
export function isInTheMaking(labels: Labels, name: string): boolean {
  const own = labels[label.name];
  return (
    own !== undefined && name.startsWith(`${own}.new-`) && /^[0-9a-f]{8}$/.test(name.slice(own.length + 5))
  );
}
