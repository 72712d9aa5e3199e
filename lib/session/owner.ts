import type { UserHabit } from "../settings/values.ts";

/** An ordinary user of the host, whose uid and gid the commands of a session run with. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
  /** The host's name for them, as it may stand in a passwd file. */
  readonly name: string;
}

/** What decides whether files that root writes in a session belong to somebody else on the host. */
export interface HostFacts {
  /** process.platform: elsewhere than on Linux the engine runs in a machine of its own, which hands files on as the user's. */
  readonly platform: string;
  readonly uid: number | undefined;
  readonly gid: number | undefined;
  readonly name: string;
  /** Whose the socket is that the engine's program talks to; undefined where it is none of this machine. */
  readonly socketUid: number | undefined;
}

/**
 * The user whose files the workspace would get from root: an ordinary one whose engine is root's. Root itself needs no
 * change; nor does an engine of the user's own (rootless docker and podman, Docker Desktop), whose container root is that
 * user on the host. An engine on another machine has that machine's files, where our uid says nothing. Not known is an
 * engine whose daemon maps all users (`userns-remap`): its containers cannot write an ordinary user's folder either way.
 */
export function ownerOf(facts: HostFacts): Owner | undefined {
  const { platform, uid, gid, name, socketUid } = facts;
  if (platform !== "linux" || uid === undefined || gid === undefined || uid === 0) return undefined;
  return socketUid === 0 ? { uid, gid, name: passwdName(name, uid) } : undefined;
}

/** The host's name where it can stand in a passwd file, else one made of the uid. */
export function passwdName(name: string, uid: number): string {
  return /^[a-z_][a-z0-9_.-]{0,31}$/i.test(name) && name !== "root" ? name : `user-${uid}`;
}

/** What a call knows of whom its commands run as, before it has its session. */
export interface RunsAs {
  /** The ordinary user, where there is one. */
  readonly owner: Owner | undefined;
  /** What this call itself says: `--root`, or its profile. */
  readonly said: UserHabit | undefined;
  /** What holds for all calls. */
  readonly usual: UserHabit | undefined;
}

/** Whom a command runs as; undefined is the image's own user. What a session was made with is weaker than this call. */
export function runner(as: RunsAs, session: UserHabit | undefined): Owner | undefined {
  return (as.said ?? session ?? as.usual ?? "auto") === "root" ? undefined : as.owner;
}

/** An owner in one word, as run.sh takes it; empty for none. */
export function ownerWord(owner: Owner | undefined): string {
  return owner === undefined ? "" : `${owner.uid}:${owner.gid}:${owner.name}`;
}
