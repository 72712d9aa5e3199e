import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { capture } from "../shell.ts";
import type { Engine } from "./engine.ts";

/**
 * Where a run's engine program is, which holds its terminal or pipes: `attached` to a call of this machine; `orphan` where
 * that call was killed; `elsewhere` where it cannot be seen from here, as somebody else's.
 */
export type Holder = "attached" | "background" | "orphan" | "elsewhere";

/** A process of this machine. */
export interface Process {
  readonly pid: number;
  readonly parent: number;
  /** Its words, a blank between them. */
  readonly words: string;
}

/**
 * The runs whose engine program runs on this machine, by their ids: each such program has the id among its words. True
 * where the call that started it is still there: a program whose parent has died gets another one, which is no manyoyo.
 */
export async function clients(): Promise<ReadonlyMap<string, boolean>> {
  return readClients(process.platform === "linux" ? processes() : await listedProcesses(), process.execPath);
}

/** Finds the engine programs among processes; see `clients`. A program started by hand has a shell for its parent. */
export function readClients(all: readonly Process[], own: string): ReadonlyMap<string, boolean> {
  const byPid = new Map(all.map((each) => [each.pid, each]));
  return new Map(
    all.flatMap(({ words, parent }) => {
      const id = / exec .*MANYOYO_EXEC=([0-9a-f]{16})( |$)/s.exec(words)?.[1];
      return id === undefined ? [] : [[id, isCaller(byPid.get(parent), own)] as const];
    }),
  );
}

// Those that take in processes whose parent has died.
const reapers = /(^|\/)(systemd|init|launchd|tini|dumb-init|docker-init|catatonit|s6-svscan)$/;

function isCaller(parent: Process | undefined, own: string): boolean {
  if (parent === undefined) return false;
  const [program = ""] = parent.words.split(" ");
  if (program === own || /(^|\/)manyoyo$/.test(program)) return true;
  return parent.pid !== 1 && !reapers.test(program);
}

/** Who holds a run. `mine`: it was begun by this user, whose programs can all be seen from here. */
export function holderOf(
  run: { readonly id: string; readonly background: boolean },
  found: ReadonlyMap<string, boolean>,
  mine: boolean,
): Holder {
  if (run.background) return "background";
  const held = found.get(run.id);
  if (held !== undefined) return held ? "attached" : "orphan";
  return mine ? "orphan" : "elsewhere";
}

/** Whether a program of this machine has that word among its own. */
export async function isNamed(word: string): Promise<boolean> {
  const all = process.platform === "linux" ? processes() : await listedProcesses();
  return all.some(({ words }) => words.includes(word));
}

/**
 * Where this call is, by which another one knows whether it would see it among its processes: the machine as seen from this PID
 * namespace, when that was started, and the user, to whom others' processes may be hidden (hidepid).
 */
export function standpoint(): string {
  const seen = [hostname(), textOf("/etc/machine-id"), namespace()].join("\n");
  const machine = new Bun.CryptoHasher("sha256").update(seen).digest("hex").slice(0, 16);
  return [machine, textOf("/proc/sys/kernel/random/boot_id"), process.getuid?.() ?? ""].join("/");
}

/** What can be known at one standpoint of a call at another: that it is gone, or what processes tell, or nothing. */
export function sightOf(from: string, here: string): "gone" | "processes" | "nothing" {
  const [machine, start, user] = from.split("/");
  const [ownMachine, ownStart, ownUser] = here.split("/");
  if (machine !== ownMachine) return "nothing";
  // No call outlives its machine.
  if (start !== ownStart) return "gone";
  return user === ownUser || ownUser === "0" ? "processes" : "nothing";
}

// macOS has none of these.
function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return "";
  }
}

function namespace(): string {
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    return "";
  }
}

/** Whether the engine is on this machine, as far as variables say: one that is not may be used from several. */
export function isLocal({ name }: Engine, env: Readonly<Record<string, string | undefined>>): boolean {
  const host = name === "docker" ? env["DOCKER_HOST"] : env["CONTAINER_HOST"];
  return (!host || host.startsWith("unix:")) && !env["DOCKER_CONTEXT"] && !env["CONTAINER_CONNECTION"];
}

function processes(): readonly Process[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const words = readFileSync(`/proc/${name}/cmdline`, "utf8").split("\0").join(" ").trim();
        const stat = readFileSync(`/proc/${name}/stat`, "utf8");
        // The second word is the program's name in brackets, which may hold anything.
        const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
        return [{ pid: Number(name), parent, words: withProgram(name, words) }];
      } catch {
        // It has ended meanwhile.
        return [];
      }
    });
}

// The words begin with what the caller typed; the program itself is known for one's own processes.
function withProgram(pid: string, words: string): string {
  if (!/manyoyo/.test(words)) return words;
  try {
    return `${readlinkSync(`/proc/${pid}/exe`)} ${words.replace(/^\S+ ?/, "")}`;
  } catch {
    return words;
  }
}

async function listedProcesses(): Promise<readonly Process[]> {
  const { stdout } = await capture(["ps", "-A", "-ww", "-o", "pid=,ppid=,args="]);
  return stdout.split("\n").flatMap((line) => {
    const [, pid, parent, words = ""] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return pid === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), words }];
  });
}
