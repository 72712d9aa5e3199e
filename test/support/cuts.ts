import { expect } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { signalStatus } from "../../lib/shell.ts";
import { executable } from "./engines.ts";
import { type Outcome, until } from "./manyoyo.ts";
import { lines } from "./saved.ts";
import type { Scene } from "./scene.ts";
import { isLong, tried } from "./tally.ts";

/** How a call is cut off: by a signal of which manyoyo alone is told, at one of its calls of the engine's program. */
export interface Way {
  readonly signal: "TERM" | "HUP" | "INT" | "KILL";
  /** Before the engine's program begins, before it begins late (a busy machine), or after it has done its work. */
  readonly when: "before" | "long before" | "after";
}

/** All of them. */
export const ways: readonly Way[] = (["KILL", "TERM", "HUP", "INT"] as const).flatMap((signal) =>
  (["before", "after", "long before"] as const).map((when) => ({ signal, when })),
);

/** A place of its own for one call that is cut off: what it notes there is seen, and what it leaves there is found. */
export interface Cutting {
  readonly env: Readonly<Record<string, string>>;
  /** How many calls of the engine's program manyoyo itself made. */
  calls(): number;
  /** Temporary files that were left. */
  left(): readonly string[];
}

/**
 * An engine's program that counts every call of manyoyo's own, reading ones too, and sends the signal at one of them; at
 * step 0 it only counts. Calls at the same time each have a number of their own: only one can make a folder.
 */
export async function cutAt(on: Scene, way: Way, step: number): Promise<Cutting> {
  const place = mkdtempSync(`${on.home}/cut-`);
  const temporary = `${place}/tmp`;
  mkdirSync(temporary);
  const kill = `kill -${way.signal} $PPID`;
  const { PATH } =
    await on.instead(`[ "$(readlink /proc/$PPID/exe)" = "${executable()}" ] || exec "$real" "$@"
count=1
until mkdir '${place}'/$count 2>/dev/null; do count=$((count + 1)); done
[ "$count" = ${step} ] || exec "$real" "$@"
${
  way.when === "after"
    ? `"$real" "$@"; status=$?; ${kill}; exit $status`
    : `${kill}; ${way.when === "before" ? "" : "sleep 0.4;"} exec "$real" "$@"`
}`);
  return {
    env: { PATH, TMPDIR: temporary },
    calls: () => readdirSync(place).filter((name) => /^\d+$/.test(name)).length,
    left: () => readdirSync(temporary),
  };
}

/** The status as a shell says it. */
export function statusOf({ status, signal }: Pick<Outcome, "status" | "signal">): number {
  return signal === undefined ? status : signalStatus(signal as NodeJS.Signals);
}

/** Expects that a call ended by that signal, or had done all before it, and said at most one sentence about it. */
export function expectEnded(said: Outcome, way: Way): void {
  const status = signalStatus(`SIG${way.signal}`);
  expect(way.when === "after" ? [status, 0] : [status], said.stderr).toContain(statusOf(said));
  expectPolite(said.stderr);
}

/** Expects no stack, and one sentence of manyoyo's at most; what the engine's program says is part of the command's stderr. */
export function expectPolite(stderr: string): void {
  expect(stderr).not.toMatch(/itself failed|TypeError|\n +at /);
  const wrong = stderr.split("\n").filter((line) => line.startsWith("manyoyo: "));
  expect(wrong.length, stderr).toBeLessThanOrEqual(1);
}

/** The programs of this machine that have the bench's home: calls of manyoyo, the engine's programs, what watches over them. */
export function atWork(on: Scene): readonly string[] {
  return readdirSync("/proc").flatMap((pid) => {
    try {
      if (!/^\d+$/.test(pid)) return [];
      if (!readFileSync(`/proc/${pid}/environ`, "utf8").includes(`HOME=${on.home}\0`)) return [];
      // podman's own watcher of a container lives as long as that.
      if (/\/(conmon|catatonit)$/.test(readlinkSync(`/proc/${pid}/exe`))) return [];
      return [readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").slice(0, 200)];
    } catch {
      return [];
    }
  });
}

/** Waits until nothing of any call is at work on this machine. */
export async function untilQuiet(on: Scene): Promise<void> {
  const last: { seen: readonly string[] } = { seen: [] };
  await until(
    "nothing of the call is at work",
    () => {
      last.seen = atWork(on);
      return last.seen.length === 0;
    },
    30_000,
  ).catch(() => {
    throw new Error(`still at work: ${last.seen.join("\n")}`);
  });
}

/** All containers and volumes of the engine, and the files of manyoyo's own folder. */
export async function everything(on: Scene) {
  const list = async (...words: readonly string[]): Promise<readonly string[]> =>
    (await lines(on.engine, ...words)).toSorted();
  const own = `${on.home}/.manyoyo`;
  return {
    containers: await list("ps", "--all", "--format", "{{.Names}}"),
    volumes: await list("volume", "ls", "--quiet"),
    files: existsSync(own) ? readdirSync(own, { recursive: true, encoding: "utf8" }).toSorted() : [],
  };
}

/**
 * Makes a call's try at every step in the long form, else at one step that differs between subjects, and tells of all
 * that went wrong.
 * @param count how many calls of the engine's program it makes when nobody disturbs it
 */
export async function atSteps(
  what: { readonly fault: string; readonly promised: string },
  { count, begin }: { readonly count: number; readonly begin: number },
  attempt: (step: number) => Promise<void>,
): Promise<void> {
  const all = Array.from({ length: count }, (_, at) => at + 1);
  const steps = isLong ? all : all.filter((step) => step === 1 + (begin % count));
  const broken: string[] = [];
  for (const step of steps) {
    await tried(what, () => attempt(step)).catch((error: unknown) => {
      broken.push(`step ${step} of ${count}: ${error instanceof Error ? error.message : String(error)}`);
    });
  }
  expect(broken.join("\n\n")).toBe("");
}
