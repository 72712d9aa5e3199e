import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { install } from "./apt.ts";
import { environment, run, which } from "./command.ts";

/** A dockerd to start: where it listens and keeps its files. */
export interface Daemon {
  readonly socket: string;
  readonly log: string;
  /** Its other words. */
  readonly words: readonly string[];
}

/** What a docker client that has an answer from a daemon prints is its version; `undefined` without an answer. */
export async function dockerVersion(host?: string): Promise<string | undefined> {
  const set = host === undefined ? {} : { DOCKER_HOST: host };
  const words = ["docker", "version", "--format", "{{.Server.Version}}"];
  const answer = await run(words, { environment: set, limit: 15_000 });
  return answer.status === 0 ? answer.stdout.trim() : undefined;
}

/** Installs Debian's docker where its daemon or its client is missing. */
export async function installDocker(): Promise<void> {
  if (which("dockerd") === undefined) await install(["docker.io"]);
  if (which("docker") === undefined) await install(["docker-cli"]);
}

/** The MTU of the device that leads out: larger packets of a container would be lost on the way. */
export function defaultMtu(): string {
  try {
    const routes = readFileSync("/proc/net/route", "utf8")
      .split("\n")
      .map((line) => line.split("\t"));
    const device = routes.find(
      ([, destination, , flags]) => destination === "00000000" && flags === "0003",
    )?.[0];
    return device === undefined ? "1500" : readFileSync(`/sys/class/net/${device}/mtu`, "utf8").trim();
  } catch {
    return "1500";
  }
}

/**
 * Starts a dockerd that outlives us and promises that it answers; its process id.
 * Throws an Error with the last lines of its log when it does not within half a minute.
 */
export async function startDockerd({ socket, log, words }: Daemon): Promise<number> {
  const output = openSync(log, "a");
  const all = ["-H", `unix://${socket}`, "--mtu", defaultMtu(), ...words];
  const child = spawn(which("dockerd") ?? "dockerd", all, {
    detached: true,
    stdio: ["ignore", output, output],
    env: environment({ DOCKER_HOST: undefined }),
  });
  closeSync(output);
  const failed = new Promise<void>((resolve) => {
    child.once("error", () => resolve());
    child.once("exit", () => resolve());
  });
  let over = false;
  void failed.then(() => {
    over = true;
  });
  const deadline = Date.now() + 30_000;
  while (!over && Date.now() < deadline) {
    if (child.pid !== undefined && (await dockerVersion(`unix://${socket}`)) !== undefined) {
      child.unref();
      return child.pid;
    }
    await Bun.sleep(200);
  }
  child.kill("SIGTERM");
  const last = readFileSync(log, "utf8").trim().split("\n").slice(-8).join("\n");
  throw new Error(`dockerd does not start here:\n${last}`);
}
