import * as v from "valibot";
import type { Mount } from "../settings/mounts.ts";
import { containerModes } from "../settings/values.ts";
import { type Labels, label } from "./labels.ts";
import type { Make } from "./make.ts";

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

// A line of a Dockerfile, as which engines read such a label, has 64 KiB at most.
const partLength = 60_000;
const mostParts = 64;

/**
 * The likeness as labels of an image: engines read such a value as a word of a Dockerfile, so only plain letters are in it. A long one
 * has several labels, and says how many: an image also has those of the one that it was made from.
 */
export function likenessLabels(value: Likeness): Readonly<Record<string, string>> {
  const text = encodeURIComponent(JSON.stringify(value)).replaceAll("'", "%27");
  const count = Math.max(1, Math.ceil(text.length / partLength));
  const parts = Array.from({ length: count }, (_, at) => text.slice(at * partLength, (at + 1) * partLength));
  const labels = parts.map((part, at) => [partLabel(at), part] as const);
  return { ...Object.fromEntries(labels), [label.likenessParts]: `${count}` };
}

function partLabel(at: number): string {
  return at === 0 ? label.likeness : `${label.likeness}.${at}`;
}

/** Reads what `likenessLabels` made; undefined for anything else, as labels can be written by anybody. */
export function readLikeness(labels: Labels): Likeness | undefined {
  // Those of an earlier manyoyo have one, and do not say so.
  const count = Number(labels[label.likenessParts] || 1);
  if (!Number.isInteger(count) || count < 1 || count > mostParts) return undefined;
  const text = Array.from({ length: count }, (_, at) => labels[partLabel(at)] ?? "").join("");
  try {
    const parsed = v.safeParse(likeness, JSON.parse(decodeURIComponent(text)));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
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
