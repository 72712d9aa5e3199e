import * as v from "valibot";
import type { Mount } from "../settings/mounts.ts";
import { containerModes } from "../settings/values.ts";
import { type Labels, label } from "./labels.ts";
import { keptPlace, type Make } from "./make.ts";

const words = v.array(v.string());
const mount = v.variant("kind", [
  v.strictObject({
    kind: v.literal("bind"),
    source: v.string(),
    target: v.string(),
    readonly: v.boolean(),
    relabel: v.optional(v.picklist(["z", "Z"])),
  }),
  v.strictObject({
    kind: v.literal("volume"),
    name: v.optional(v.string()),
    target: v.string(),
    readonly: v.boolean(),
    relabel: v.optional(v.picklist(["z", "Z"])),
  }),
]);

const likeness = v.strictObject({
  /** The image that the session was made from at first, by its name. */
  base: v.string(),
  firstCommand: v.string(),
  args: words,
  agent: v.optional(v.string()),
  /** The workspace on the host; undefined where that is not on record. */
  folder: v.optional(v.string()),
  folderInside: v.string(),
  volumes: v.array(mount),
  ports: words,
  mode: v.picklist(containerModes),
  engineArgs: words,
  /** Volumes of ours that it has. */
  stores: v.array(v.strictObject({ volume: v.string(), target: v.string() })),
  /** What PID 1 does before the first command. */
  prepare: v.array(words),
  commandsAsRoot: v.boolean(),
  /** Names of the variables that it was given; their values are in the container alone. */
  variables: words,
  /** The folders inside whose volumes belong to the session alone, in the order in which an image holds their contents. */
  own: words,
});

/** All that makes a session what it is, apart from its name, its files and the values of its variables. */
export type Likeness = v.InferOutput<typeof likeness>;

/** The likeness as a label of an image: engines read such a value as a word of a Dockerfile, so only plain letters are in it. */
export function likenessText(value: Likeness): string {
  return encodeURIComponent(JSON.stringify(value)).replaceAll("'", "%27");
}

/** Reads what `likenessText` wrote; undefined for any other text, as a label can be written by anybody. */
export function readLikeness(text: string | undefined): Likeness | undefined {
  try {
    const parsed = v.safeParse(likeness, JSON.parse(decodeURIComponent(text ?? "")));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a session's labels tell which variables it was given; those of an older manyoyo, or of the original tool, do not. */
export function recordsVariables(labels: Labels): boolean {
  return fixedOf(labels[label.options]).variables !== undefined;
}

/** Where an image holds the contents of a session's own volumes, by their place in `Likeness.own`. */
export function savedPlace(at: number): string {
  return `/manyoyo/saved/${at}`;
}

/** What a session that is made like another one has of its own. */
export interface Self extends Pick<Make, "name" | "id" | "image" | "folder" | "user" | "socket" | "selinux"> {
  /** The name that its container has until it takes the place of another one. */
  readonly nameNow?: string;
}

/** Everything that making such a session takes. Pure. */
export function makeLike(like: Likeness, self: Self): Make {
  return {
    ...self,
    base: like.base,
    folderInside: like.folderInside,
    volumes: like.volumes.map(mountOf),
    stores: like.stores,
    prepare: like.prepare,
    ports: like.ports,
    mode: like.mode,
    engineArgs: like.engineArgs,
    firstCommand: like.firstCommand,
    args: like.args,
    agent: like.agent,
    userHabit: like.commandsAsRoot ? "root" : undefined,
    variables: like.variables,
    call: undefined,
  };
}

function mountOf({ relabel, ...mount }: Likeness["volumes"][number]): Mount {
  const rest = relabel === undefined ? {} : { relabel };
  return mount.kind === "bind" ? { ...mount, ...rest } : { ...mount, name: mount.name, ...rest };
}

/** What an engine tells of a container, as far as a likeness needs it. */
export interface Body {
  readonly labels: Labels;
  readonly image: string;
  readonly workdir: string;
  /** The words of its first process. */
  readonly words: readonly string[];
  readonly mounts: readonly BodyMount[];
  readonly ports: readonly string[];
  readonly envNames: readonly string[];
  readonly binds: readonly string[];
}

/** A mount as an engine tells of it. */
export interface BodyMount {
  readonly kind: string;
  /** A path of the host, or a volume's name. */
  readonly source: string;
  readonly target: string;
  readonly readonly: boolean;
}

// Below it lies what manyoyo itself mounts.
const ours = "/manyoyo/";
const socketInside = "/var/run/docker.sock";

/**
 * What a session is like, seen from its container: the engine knows the mounts and the first process, our labels the rest.
 * Also of one that the original tool made. Pure.
 */
export function likenessOf(body: Body): Likeness {
  const { labels, mounts } = body;
  const told = fixedOf(labels[label.options]);
  const mode = containerModes.find((each) => each === told.mode) ?? "common";
  const folder = labels[label.folder] ?? body.binds[0];
  const volumes = mounts.filter(({ kind, source, target }) => {
    if (kind === "tmpfs" || target.startsWith(ours)) return false;
    if (mode === "sock" && target === socketInside) return false;
    return kind !== "bind" || target !== body.workdir || source !== folder;
  });
  const stores = mounts.filter(({ kind, target }) => kind === "volume" && target.startsWith(ours));
  return {
    base: told.base ?? told.image ?? body.image,
    firstCommand: labels[label.firstCommand] ?? "",
    args: listOf(labels[label.args]),
    agent: labels[label.agent] || undefined,
    folder,
    folderInside: body.workdir,
    volumes: volumes.map((each) => asked(each, told.volumes ?? [])),
    ports: [...(told.ports ?? body.ports)],
    mode,
    engineArgs: [...(told.engineArgs ?? [])],
    stores: stores.map(({ source: volume, target }) => ({ volume, target })),
    prepare: stepsIn(body.words),
    commandsAsRoot: labels[label.userHabit] === "root",
    variables: [...(told.variables ?? [])],
    own: [
      ...volumes.filter(isAnonymous).map(({ target }) => target),
      ...stores.filter(({ target }) => target === keptPlace).map(({ target }) => target),
    ],
  };
}

// Both engines call a volume that nobody named by 64 digits.
function isAnonymous({ kind, source }: BodyMount): boolean {
  return kind === "volume" && /^([0-9a-f]{64})?$/.test(source);
}

function asked(mount: BodyMount, said: readonly string[]): Likeness["volumes"][number] {
  const { kind, source, target, readonly } = mount;
  const relabel = relabelIn(said, target);
  const rest = { target, readonly, ...(relabel === undefined ? {} : { relabel }) };
  if (kind === "volume") return { kind, ...(isAnonymous(mount) ? {} : { name: source }), ...rest };
  return { kind: "bind", source, ...rest };
}

// Only the words of the making tell it: `-v SOURCE:TARGET:ro,z`.
function relabelIn(said: readonly string[], target: string): "z" | "Z" | undefined {
  const options = said
    .find((each) => each.startsWith("-v ") && each.includes(`:${target}:`))
    ?.replace(/^.*:/s, "");
  return options?.split(",").find((each) => each === "z" || each === "Z");
}

/** The steps of prepare.sh among the words of a session's first process; each is a word and two arguments. */
function stepsIn(all: readonly string[]): string[][] {
  const from = all.indexOf("manyoyo") + 2;
  const end = all.lastIndexOf("ready");
  if (from < 2 || end < from) return [];
  const steps = all.slice(from, end);
  return Array.from({ length: Math.floor(steps.length / 3) }, (_, at) => steps.slice(at * 3, at * 3 + 3));
}

const fixed = v.object({
  volumes: v.optional(words),
  ports: v.optional(words),
  mode: v.optional(v.string()),
  image: v.optional(v.string()),
  base: v.optional(v.string()),
  engineArgs: v.optional(words),
  variables: v.optional(words),
});

// The label can be written by anybody: what is not ours counts as no record.
function fixedOf(text: string | undefined): v.InferOutput<typeof fixed> {
  const parsed = v.safeParse(fixed, json(text));
  return parsed.success ? parsed.output : {};
}

function listOf(text: string | undefined): string[] {
  const parsed = v.safeParse(words, json(text));
  return parsed.success ? parsed.output : [];
}

function json(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
}
