import { Failure } from "../failure.ts";
import type { EngineName } from "../settings/values.ts";

/** One engine: its program with the contexts, connections and variables that the user gave it. */
export interface Engine {
  readonly name: EngineName;
  /** Full path of the program. */
  readonly program: string;
}

/** The engine to use, and the other one where it may have sessions too. */
export interface Choice {
  readonly engine: Engine;
  readonly other: Engine | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Chooses the engine without asking any: the named one; else docker, unless it is a bare client with nothing to talk to
 * while podman is there; else podman. A docker that has something to talk to is never passed over, even when it is
 * down: switching would hide its sessions.
 * @param usualSocket where docker's daemon listens unless it is told otherwise.
 * @throws Failure `no-engine` when the program is not installed.
 */
export function chooseEngine(
  named: EngineName | undefined,
  env: Environment,
  usualSocket = "/var/run/docker.sock",
): Choice {
  const docker = installed("docker", env);
  const podman = installed("podman", env);
  const usableDocker = docker !== undefined && dockerHasTarget(env, usualSocket) ? docker : undefined;
  if (named !== undefined) {
    const engine = named === "docker" ? docker : podman;
    if (engine === undefined) {
      throw new Failure(
        "no-engine",
        `${named} is not installed.`,
        `Install ${named}, or use the other engine: --engine ${named === "docker" ? "podman" : "docker"}.`,
      );
    }
    return { engine, other: named === "docker" ? podman : usableDocker };
  }
  if (usableDocker !== undefined) return { engine: usableDocker, other: podman };
  if (podman !== undefined) return { engine: podman, other: undefined };
  if (docker !== undefined) return { engine: docker, other: undefined };
  throw new Failure(
    "no-engine",
    "Neither docker nor podman is installed.",
    "Install one of them, for example: apt-get install podman",
  );
}

function installed(name: EngineName, env: Environment): Engine | undefined {
  const program = Bun.which(name, { PATH: env["PATH"] ?? "" });
  return program === null ? undefined : { name, program };
}

/** Whether the docker client has a daemon to talk to: a variable, a context or a socket at the usual place. */
function dockerHasTarget(env: Environment, usualSocket: string): boolean {
  if (env["DOCKER_HOST"] || env["DOCKER_CONTEXT"]) return true;
  const folder = env["DOCKER_CONFIG"] || `${env["HOME"] ?? ""}/.docker`;
  // In this order, and by Bun's own means: node:fs costs a millisecond, for which TAB would wait.
  return isThere(usualSocket) || hasContext(`${folder}/config.json`);
}

function hasContext(file: string): boolean {
  if (!isThere(file)) return false;
  try {
    const config: unknown = JSON.parse(process.getBuiltinModule("node:fs").readFileSync(file, "utf8"));
    if (typeof config !== "object" || config === null || !("currentContext" in config)) return false;
    return config.currentContext !== "" && config.currentContext !== "default";
  } catch {
    return false;
  }
}

// A socket's size is Infinity; what is not there has none.
function isThere(path: string): boolean {
  return Bun.file(path).size > 0;
}
