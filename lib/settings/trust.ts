import { mkdirSync, renameSync, unlinkSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { Failure } from "../failure.ts";
import { envFilePath } from "./env.ts";
import { readText, realPath, reason } from "./files.ts";
import { trustedPath } from "./home.ts";
import { hasRegistry } from "./image-name.ts";
import { parseVolume } from "./mounts.ts";
import { expandPath } from "./paths.ts";
import { isLocal } from "./ports.ts";
import type { Profile } from "./profile-schema.ts";
import { type LoginHabit, quoted } from "./values.ts";
import { whyNoWorkspace } from "./workspace.ts";

/** Where things really are. */
export interface Disk {
  readonly userHome: string | undefined;
  /** Follows symbolic links, since a link in the profile's folder may lead out of it. */
  readonly real: (path: string) => string;
}

/** What is known of the disk while a profile is judged. */
export interface Ground extends Disk {
  /** The variables of our own environment that an env file hands on, by name. */
  readonly handedOn: (file: string) => readonly string[];
  /** What the user's own settings say of logins, which a profile elsewhere changes nothing of. */
  readonly login?: LoginHabit | undefined;
}

/** A profile to be trusted or not: its file, its text, and what it asks for. */
export interface Sealed {
  readonly file: string;
  readonly text: string;
  readonly asks: readonly string[];
  /** What this is about, where it turns up only after the profile itself was agreed to: it is remembered apart. */
  readonly about?: string | undefined;
}

/**
 * What a profile in `file` asks for beyond its own folder, one phrase a thing; nothing where it needs no trust. Pure but
 * for `ground`. A folder that could not be a workspace (/, /tmp, the home folder) is nobody's own: all in it counts.
 */
export function needsTrust(profile: Profile, file: string, ground: Ground): readonly string[] {
  const base = { folder: dirname(file), userHome: ground.userHome, home: undefined };
  const outside = beyond(ground.real(base.folder), ground);
  const asks: string[] = [];
  if (profile.hostPath !== undefined) {
    const path = outside(expandPath(profile.hostPath, base));
    if (path !== undefined) asks.push(`the host folder ${quoted(path)} as its workspace`);
  }
  for (const word of profile.volumes ?? []) {
    const mount = parseVolume(word, base.folder, base.userHome);
    const path = mount.kind === "bind" ? outside(mount.source) : undefined;
    const toRead = mount.readonly ? ", to read" : "";
    if (path !== undefined) asks.push(`the host path ${quoted(path)}${toRead}`);
    // manyoyo's own hold logins, and the conversations of other sessions.
    const whose =
      mount.kind === "volume" && mount.name?.startsWith("manyoyo-") === true ? "manyoyo's" : "the";
    if (mount.kind === "volume" && mount.name !== undefined)
      asks.push(`${whose} volume ${quoted(mount.name)}${toRead}`);
  }
  const named = (profile.env ?? []).flatMap(({ name, value }) => (value === undefined ? [name] : []));
  for (const word of profile.envFile ?? []) {
    const place = envFilePath(word, { ...base, home: "/" });
    // One called by its name is the user's own, made to be an agent's. A line can do anything with it.
    if (place.name !== undefined) {
      if (hasLine(profile))
        asks.push(`the variables in your env file ${quoted(place.name)}, for its own line`);
      continue;
    }
    const path = outside(place.path);
    if (path === undefined) named.push(...ground.handedOn(place.path));
    else asks.push(`the variables in the host file ${quoted(path)}`);
  }
  for (const name of new Set(named)) asks.push(`the variable ${quoted(name)} of your environment`);
  for (const port of (profile.ports ?? []).filter((each) => !isLocal(each)))
    asks.push(`the port ${quoted(port)}, open to other machines`);
  if (profile.containerMode === "dind")
    asks.push("a privileged container (dind), which can reach the whole host");
  if (profile.containerMode === "sock")
    asks.push("the engine's socket (sock), which can do everything on the host");
  if (profile.engine !== undefined) asks.push(`the engine ${profile.engine}`);
  for (const word of profile.engineArgs ?? []) asks.push(`the engine argument ${quoted(word)}`);
  if (profile.login === "shared" && ground.login === undefined)
    asks.push("your shared logins (login), whatever it runs");
  if (profile.user === "root")
    asks.push("commands as root (user), whose files in your folders may be root's");
  return [...asks, ...imageAsks(profile.imageName ?? "")];
}

// podman finds `manyoyo-snapshot` under `localhost/` as well.
const savedSession = /^(?:localhost\/)?manyoyo-(?:snapshot|session|part)(?![^:@])/;

function imageAsks(image: string): readonly string[] {
  if (hasRegistry(image)) return [`the image ${quoted(image)} of a registry`];
  return savedSession.test(image) ? [`the image ${quoted(image)}, which holds a session's files`] : [];
}

function hasLine({ shell, shellPrefix, shellSuffix }: Profile): boolean {
  return [shell, shellPrefix, shellSuffix].some((part) => part !== undefined);
}

/**
 * What a profile in `file` that names a session which is there asks for: that session, unless it works in the profile's own
 * folder or in one below it.
 */
export function joinAsks(
  { name, folder }: { readonly name: string; readonly folder: string | undefined },
  file: string,
  ground: Disk,
): readonly string[] {
  const session = `the session ${quoted(name)}`;
  if (folder === undefined) return [`${session}, whose folder is not known`];
  const path = beyond(ground.real(dirname(file)), ground)(folder);
  return path === undefined ? [] : [`${session}, which works in ${quoted(path)}`];
}

/** The real path of what is not in `folder`; undefined for what is. */
function beyond(folder: string, { userHome, real }: Disk): (path: string) => string | undefined {
  const homes = userHome === undefined ? [] : [userHome, real(userHome)];
  const ownFolder = whyNoWorkspace(folder, homes) === undefined;
  return (path) => {
    const target = real(path);
    return ownFolder && isInside(target, folder) ? undefined : target;
  };
}

/** Whether `path` is `folder` or in it; both real. */
export function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith("/") ? folder : `${folder}/`);
}

/**
 * Whether this very profile was trusted before: same real path, same text, and the same asks, since a symbolic link that
 * was turned elsewhere changes what the same text asks for. Never throws: what cannot be read was not trusted.
 */
export function isTrusted(profile: Sealed, home: string | undefined): boolean {
  if (home === undefined) return false;
  const known = readTrusted(home);
  return known.get(keyOf(profile)) === seal(profile);
}

/** Remembers a profile as trusted; gives back, for a warning, why it could not. */
export function remember(profile: Sealed, home: string | undefined): Failure | undefined {
  if (home === undefined) {
    return new Failure("settings", "The trust cannot be remembered: there is no home folder.", "Set HOME.");
  }
  const file = trustedPath(home);
  const known = new Map(readTrusted(home)).set(keyOf(profile), seal(profile));
  const beside = `${file}.${crypto.randomUUID()}`;
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 });
    writeFileSync(beside, `${JSON.stringify(Object.fromEntries(known), undefined, 2)}\n`, {
      mode: 0o600,
      flag: "wx",
    });
    renameSync(beside, file);
    return undefined;
  } catch (error) {
    removeIfThere(beside);
    return new Failure("settings", `The trust cannot be remembered in ${file}: ${reason(error)}.`);
  }
}

/** Removes what a failed write may have left. */
function removeIfThere(file: string): void {
  try {
    unlinkSync(file);
  } catch {
    // It was never written.
  }
}

function keyOf({ file, about }: Sealed): string {
  const real = realPath(file);
  return about === undefined ? real : `${real} (${about})`;
}

function seal({ text, asks }: Sealed): string {
  return new Bun.CryptoHasher("sha256").update(JSON.stringify([text, asks])).digest("hex");
}

function readTrusted(home: string): ReadonlyMap<string, string> {
  try {
    const value: unknown = JSON.parse(readText(trustedPath(home)) ?? "{}");
    if (typeof value !== "object" || value === null) return new Map();
    return new Map(
      Object.entries(value).flatMap(([path, hash]) => (typeof hash === "string" ? [[path, hash]] : [])),
    );
  } catch {
    return new Map();
  }
}
