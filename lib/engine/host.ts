import { readFileSync, statSync } from "node:fs";
import { type Owner, ownerOf } from "../session/owner.ts";
import type { EngineName } from "../settings/values.ts";
import type { Engine } from "./engine.ts";

type Variables = Readonly<Record<string, string | undefined>>;

const usualDocker = "/var/run/docker.sock";

/** The socket of the engine on this machine, for the mode that hands it to a session. */
export function socketOf(engine: EngineName, env: Variables): string {
  const named = engine === "docker" ? env["DOCKER_HOST"] : env["CONTAINER_HOST"];
  const path = unixPath(named);
  if (path !== undefined) return path;
  if (engine === "docker") return usualDocker;
  const runtime = env["XDG_RUNTIME_DIR"];
  return process.getuid?.() === 0 || !runtime ? "/run/podman/podman.sock" : `${runtime}/podman/podman.sock`;
}

function unixPath(address: string | undefined): string | undefined {
  return address?.match(/^unix:\/\/(\/.*)$/)?.[1];
}

/** Whether this machine enforces SELinux: a container may then not touch a folder that is not labelled for it. */
export function enforcesSelinux(): boolean {
  try {
    return readFileSync("/sys/fs/selinux/enforce", "utf8").trim() === "1";
  } catch {
    return false;
  }
}

/**
 * The user whom the files of a workspace should belong to, where the engine would make them root's (see `ownerOf`).
 * The engine is not asked, which would take as long as a short command: whose its socket is tells root's engine from
 * the user's own.
 */
export function hostOwner(engine: Engine, env: Variables, name: string): Owner | undefined {
  const uid = process.getuid?.();
  if (uid === 0) return undefined;
  const { platform } = process;
  const socketUid = uidOf(engine.name === "docker" ? dockerSocket(env) : podmanSocket(env));
  return ownerOf({ platform, uid, gid: process.getgid?.(), name, socketUid });
}

// podman is the user's own, unless its program was told of another one.
function podmanSocket(env: Variables): string | undefined {
  return unixPath(env["CONTAINER_HOST"]);
}

// In the order of docker's client: DOCKER_HOST, DOCKER_CONTEXT, the context of its configuration.
function dockerSocket(env: Variables): string | undefined {
  if (env["DOCKER_HOST"]) return unixPath(env["DOCKER_HOST"]);
  const folder = env["DOCKER_CONFIG"] || `${env["HOME"] ?? ""}/.docker`;
  const context = env["DOCKER_CONTEXT"] || textIn(jsonOf(`${folder}/config.json`), ["currentContext"]);
  if (context === undefined || context === "" || context === "default") return usualDocker;
  const hash = new Bun.CryptoHasher("sha256").update(context).digest("hex");
  const meta = jsonOf(`${folder}/contexts/meta/${hash}/meta.json`);
  return unixPath(textIn(meta, ["Endpoints", "docker", "Host"]));
}

function uidOf(path: string | undefined): number | undefined {
  if (path === undefined) return undefined;
  try {
    return statSync(path, { throwIfNoEntry: false })?.uid;
  } catch {
    return undefined;
  }
}

function jsonOf(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

function textIn(value: unknown, keys: readonly string[]): string | undefined {
  const inner = keys.reduce<unknown>(
    (at, key) => (typeof at === "object" && at !== null ? Reflect.get(at, key) : undefined),
    value,
  );
  return typeof inner === "string" ? inner : undefined;
}

/** Whose a folder is; undefined where it cannot be told. */
export function folderUid(path: string): number | undefined {
  return uidOf(path);
}
