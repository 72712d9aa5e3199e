import { posix } from "node:path";
import * as v from "valibot";
import { Failure } from "../failure.ts";
import { parsedJson } from "../json.ts";
import type { Likeness } from "../session/likeness.ts";
import { keptPlace } from "../session/make.ts";
import { isName } from "../session/names.ts";
import { containerModes } from "../settings/values.ts";

/** The number of the format; it rises when a reader of the former one could not read it. */
export const formatVersion = 1;
const kind = "manyoyo session";

const folder = v.pipe(v.string(), v.check(isFolder));
const word = v.pipe(
  v.string(),
  v.check((text) => !text.includes("\0")),
);
// An image's name or id, which an engine's program takes for a word of its own if it begins with a dash.
const imageName = v.pipe(v.string(), v.regex(/^[A-Za-z0-9][A-Za-z0-9_.:/@-]{0,511}$/));
const name = v.pipe(v.string(), v.regex(/^[A-Za-z_][A-Za-z0-9_.-]*$/));

// Nothing of the host that it was made on: no folder, no volume's name, no address, no user.
const manifest = v.strictObject({
  kind: v.literal(kind),
  version: v.literal(formatVersion),
  created: v.string(),
  manyoyo: v.string(),
  session: v.pipe(v.string(), v.check(isName)),
  agent: v.optional(v.string()),
  firstCommand: word,
  args: v.array(word),
  /** The workspace's place in the session: conversations are about it. */
  folderInside: folder,
  /** HOST:CONTAINER[/PROTOCOL], without addresses. */
  ports: v.array(
    v.pipe(v.string(), v.regex(/^(\d{1,5}(-\d{1,5})?)?:\d{1,5}(-\d{1,5})?(\/(tcp|udp|sctp))?$/)),
  ),
  commandsAsRoot: v.boolean(),
  /** Whether its conversations are kept in a volume. */
  kept: v.boolean(),
  /** The folders whose volumes belong to the session alone; the image holds the contents of the n-th at /manyoyo/saved/n. */
  own: v.pipe(
    v.array(v.pipe(v.string(), v.check(isOwnFolder))),
    v.check((all) => new Set(all).size === all.length),
  ),
  /** Names of variables that the session was given. */
  variables: v.array(name),
  /** Whether their values and the agents' logins are in the file. */
  secrets: v.boolean(),
  /** What the receiver gives anew, if it is wanted. */
  omitted: v.strictObject({
    mounts: v.array(
      // Only told: /dev/kvm is as good as any.
      v.strictObject({
        target: v.pipe(v.string(), v.check(isPath)),
        readonly: v.boolean(),
        kind: v.picklist(["bind", "volume"]),
      }),
    ),
    mode: v.optional(v.picklist(containerModes)),
    engineArgs: v.number(),
  }),
  /** The image that the session was made from at first. */
  base: imageName,
  /** Whether all layers are in the file, or only those above the base. */
  withImage: v.boolean(),
});

/** What an exported session says of itself. */
export type Manifest = v.InferOutput<typeof manifest>;

/** What a manifest tells besides what the session is like. */
export interface About {
  readonly session: string;
  readonly manyoyo: string;
  readonly secrets: boolean;
  readonly withImage: boolean;
}

/** The manifest of a session. Pure. */
export function manifestOf(like: Likeness, about: About, created: Date): Manifest {
  const { volumes, mode, own } = like;
  const left = volumes.filter(({ target }) => !own.includes(target));
  return {
    kind,
    version: formatVersion,
    created: created.toISOString(),
    ...about,
    ...(like.agent === undefined ? {} : { agent: like.agent }),
    firstCommand: like.firstCommand,
    args: like.args,
    folderInside: like.folderInside,
    // ADDRESS:HOST:CONTAINER[/PROTOCOL]
    ports: like.ports.map((port) => port.replace(/^(\[.*\]|[^:]*):/, "")),
    commandsAsRoot: like.commandsAsRoot,
    kept: own.includes(keptPlace),
    own,
    variables: like.variables.filter((each) => v.is(name, each)),
    omitted: {
      mounts: left.map(({ target, readonly, kind: of }) => ({ target, readonly, kind: of })),
      ...(mode === "common" ? {} : { mode }),
      engineArgs: like.engineArgs.length,
    },
    base: like.base,
  };
}

/** Reads a manifest; "newer" for one of a later format, undefined for what is none, or says what none may say. */
export function readManifest(text: string): Manifest | "newer" | undefined {
  const told = parsedJson(text);
  const version = v.safeParse(v.looseObject({ kind: v.literal(kind), version: v.number() }), told);
  if (!version.success) return undefined;
  if (version.output.version > formatVersion) return "newer";
  const parsed = v.safeParse(manifest, told);
  return parsed.success ? parsed.output : undefined;
}

/** Sees that what is written can be read again. @throws Failure `usage` for a session that no file may ask for */
export function refuseUnreadable(written: Manifest): void {
  const parsed = v.safeParse(manifest, written);
  if (parsed.success) return;
  const [issue] = parsed.issues;
  const path = v.getDotPath(issue) ?? "it";
  throw new Failure("usage", `This session cannot be exported: no file may ask for its ${path}.`);
}

/** Whether something can be mounted there, and hides nothing of the session itself or of the system by that. */
export function isFolder(path: string): boolean {
  return isPath(path) && !/^\/(proc|sys|dev|manyoyo)(\/|$)/.test(path);
}

function isPath(path: string): boolean {
  return (
    path.startsWith("/") &&
    path !== "/" &&
    // A folder may be called anything else, and nothing of it reaches a terminal as it is.
    !path.includes("\0") &&
    posix.normalize(path) === path &&
    !path.endsWith("/")
  );
}

function isOwnFolder(path: string): boolean {
  return path === keptPlace || isFolder(path);
}
