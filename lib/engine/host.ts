import { readFileSync } from "node:fs";
import type { EngineName } from "../settings/values.ts";

/** The socket of the engine on this machine, for the mode that hands it to a session. */
export function socketOf(engine: EngineName, env: Readonly<Record<string, string | undefined>>): string {
  const named = engine === "docker" ? env["DOCKER_HOST"] : env["CONTAINER_HOST"];
  const path = named?.match(/^unix:\/\/(\/.*)$/)?.[1];
  if (path !== undefined) return path;
  if (engine === "docker") return "/var/run/docker.sock";
  const runtime = env["XDG_RUNTIME_DIR"];
  return process.getuid?.() === 0 || !runtime ? "/run/podman/podman.sock" : `${runtime}/podman/podman.sock`;
}

/** Whether this machine enforces SELinux: a container may then not touch a folder that is not labelled for it. */
export function enforcesSelinux(): boolean {
  try {
    return readFileSync("/sys/fs/selinux/enforce", "utf8").trim() === "1";
  } catch {
    return false;
  }
}
