import { posix } from "node:path";
import * as v from "valibot";
import type { Likeness } from "../session/likeness.ts";
import { keptPlace } from "../session/make.ts";
import { isName } from "../session/names.ts";
import { containerModes } from "../settings/values.ts";

/** The number of the format; it rises when a reader of the former one could not read it. */
export const formatVersion = 1;
const kind = "manyoyo session";

const folder = v.pipe(v.string(), v.check(isFolder));
const name = v.pipe(v.string(), v.regex(/^[A-Za-z_][A-Za-z0-9_.-]*$/));

// Nothing of the host that it was made on: no folder, no volume's name, no address, no user.
const manifest = v.strictObject({
  kind: v.literal(kind),
  version: v.literal(formatVersion),
  created: v.string(),
  manyoyo: v.string(),
  session: v.pipe(v.string(), v.check(isName)),
  agent: v.optional(v.string()),
  firstCommand: v.string(),
  args: v.array(v.string()),
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
  own: v.array(v.pipe(v.string(), v.check(isOwnFolder))),
  /** Names of variables that the session was given. */
  variables: v.array(name),
  /** Whether their values and the agents' logins are in the file. */
  secrets: v.boolean(),
  /** What the receiver gives anew, if it is wanted. */
  omitted: v.strictObject({
    mounts: v.array(
      v.strictObject({ target: folder, readonly: v.boolean(), kind: v.picklist(["bind", "volume"]) }),
    ),
    mode: v.optional(v.picklist(containerModes)),
    engineArgs: v.number(),
  }),
  /** The image that the session was made from at first. */
  base: v.string(),
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
  const told = json(text);
  const version = v.safeParse(v.looseObject({ kind: v.literal(kind), version: v.number() }), told);
  if (!version.success) return undefined;
  if (version.output.version > formatVersion) return "newer";
  const parsed = v.safeParse(manifest, told);
  return parsed.success ? parsed.output : undefined;
}

// Where something can be mounted, and where nothing of the session itself or of the system is hidden by that.
function isFolder(path: string): boolean {
  return (
    path.startsWith("/") &&
    path !== "/" &&
    !path.includes("\0") &&
    posix.normalize(path) === path &&
    !path.endsWith("/") &&
    !/^\/(proc|sys|dev|manyoyo)(\/|$)/.test(path)
  );
}

function isOwnFolder(path: string): boolean {
  return path === keptPlace || isFolder(path);
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
