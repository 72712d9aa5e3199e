import { afterAll, expect } from "bun:test";
import { rmSync } from "node:fs";
import type { EngineName } from "./engines.ts";
import { type Live, start } from "./live.ts";
import { type Bench, type Outcome, raw, until } from "./manyoyo.ts";
import { type Scene, scene } from "./scene.ts";
import { isLong } from "./tally.ts";

/** What an engine holds of the sessions of these names: containers by name with id and state, image names, volumes. */
export interface Holdings {
  readonly containers: Readonly<Record<string, string>>;
  readonly images: readonly string[];
  readonly volumes: readonly string[];
}

/** What an engine lists, a line each. @throws an Error where it does not */
export async function lines(engine: EngineName, ...words: readonly string[]): Promise<readonly string[]> {
  const said = await raw(engine, ...words);
  // podman's lists fail while an image or a volume is being removed.
  if (/image not known|found in database: no such volume/.test(said.stderr)) return lines(engine, ...words);
  if (said.status !== 0) throw new Error(`${engine} ${words.join(" ")}: ${said.stderr}`);
  return said.stdout.split("\n").filter((line) => line !== "");
}

/** All of it, of names that begin with one of these. What a call has in passing is in it too, under its own name. */
export async function holdings(engine: EngineName, names: readonly string[]): Promise<Holdings> {
  const about = (text: string): boolean => names.some((name) => text.includes(name));
  const work = engine === "docker" ? '{{.Label "manyoyo.work"}}' : '{{index .Labels "manyoyo.work"}}';
  const [containers, images, volumes] = await Promise.all([
    lines(engine, "ps", "--all", "--no-trunc", "--format", `{{.Names}}\t${work}\t{{.ID}} {{.State}}`),
    lines(engine, "images", "--format", "{{.Repository}}:{{.Tag}}"),
    lines(engine, "volume", "ls", "--format", `{{.Name}}\t${work}`),
  ]);
  const fields = (line: string): readonly [string, string, string] => {
    const [name = "", of = "", rest = ""] = line.split("\t");
    return [name, of, rest];
  };
  return {
    containers: Object.fromEntries(
      containers.map(fields).flatMap(([name, of, rest]) => {
        if (about(of)) return [[name, "in passing"] as const];
        const [id = "", state = ""] = rest.split(" ");
        return about(name) ? [[name, `${id} ${state.toLowerCase()}`] as const] : [];
      }),
    ),
    images: images.filter(about).toSorted(),
    volumes: volumes
      .map(fields)
      .filter(([name]) => about(name))
      .map(([name, of]) => (of === "" ? name : `in passing: ${name}`))
      .toSorted(),
  };
}

/** Runs the executable and expects that it succeeds. @returns what it said on stdout */
export async function done(on: Bench, ...words: readonly string[]): Promise<string> {
  const said: Outcome = await on.manyoyo(words);
  expect(said.status, `${words.join(" ")}: ${said.stdout}${said.stderr}`).toBe(0);
  return said.stdout;
}

/** A scene whose sessions may have copies, images and volumes of their own, all of which go afterwards. */
export interface CopyScene extends Scene {
  /** Names that were given so far. */
  readonly names: string[];
  newName(): string;
  /** Runs a shell line in a session. @returns its stdout */
  inside(name: string, line: string): Promise<string>;
}

/** Must be called while tests are being defined. */
export function copyScene(engine: EngineName, hint: string): CopyScene {
  const on = scene(engine);
  const names: string[] = [];
  afterAll(() => clear(on, names));
  return {
    ...on,
    names,
    newName: () => {
      const name = on.name(hint);
      names.push(name);
      return name;
    },
    inside: (name, line) => done(on, "-n", name, "-x", line),
  };
}

/** A snapshot that is being taken, and that comes to its end as soon as it is let. */
export interface SlowSave {
  readonly call: Live;
  /** @returns what came of it */
  goOn(): Promise<Outcome>;
}

/** Takes a snapshot of a session that stays paused, as the engine is asked to save its files only once it is let. */
export async function slowSave(on: Scene, name: string, tag: string): Promise<SlowSave> {
  const gate = `${on.home}/gate-${crypto.randomUUID()}`;
  await Bun.write(gate, "");
  const env = await on.instead(`[ "$1" = commit ] && while [ -e '${gate}' ]; do sleep 0.1; done
exec "$real" "$@"`);
  const call = start(on, ["snapshot", name, tag], { env });
  await until("it is paused", async () => (await on.state(name)) === "paused");
  return {
    call,
    goOn: async () => {
      rmSync(gate);
      return call.ended;
    },
  };
}

/** Removes all that the tests may have left of sessions of these names. */
export async function clear(on: Bench, names: readonly string[]): Promise<void> {
  const { containers, images, volumes } = await holdings(on.engine, names);
  const left = names.filter((name) => containers[name] !== undefined);
  const remove = ["rm", "-f", "-v", ...(on.engine === "podman" ? ["-t", "0"] : [])];
  if (left.length > 0) await raw(on.engine, ...remove, ...left);
  if (images.length > 0) await raw(on.engine, "rmi", ...images);
  const own = volumes.map((volume) => volume.replace(/^in passing: /, ""));
  if (own.length > 0) await raw(on.engine, "volume", "rm", ...own);
}

/**
 * An engine's program that counts the calls by which manyoyo itself changes something, and sends it a signal at one of them:
 * before the engine does it, or after. To be used with `Scene.instead`; its count is in the file.
 */
export function faultAt(options: {
  readonly file: string;
  readonly executable: string;
  readonly step: number;
  readonly signal: "KILL" | "TERM" | "HUP" | "INT";
  readonly after: boolean;
  /** Whom the signal is for, where it is not manyoyo: a process id as sh words. */
  readonly victim?: string;
}): string {
  const { file, executable, step, signal, after, victim = "$PPID" } = options;
  return `case $1 in
  commit | create | run | start | stop | tag | rename | rmi | pause | save | load | rm) ;;
  volume) [ "$2" = create ] || exec "$real" "$@" ;;
  *) exec "$real" "$@" ;;
esac
[ "$(readlink /proc/$PPID/exe)" = "${executable}" ] || exec "$real" "$@"
count=$(($(cat '${file}' 2>/dev/null) + 1))
echo "$count" >'${file}'
[ "$count" = ${step} ] || exec "$real" "$@"
${after ? `"$real" "$@"; status=$?; kill -${signal} ${victim}; exit $status` : `kill -${signal} ${victim}; exec "$real" "$@"`}`;
}

/**
 * The steps of a call at which it is cut off: all of them in the long form (MANYOYO_TEST_FAULTS=long), else every ninth, from
 * a different one for each call. No call has that many.
 */
export function* stepsFrom(begin: number): Generator<number> {
  for (let step = isLong ? 1 : begin; step < 80; step += isLong ? 1 : 9) yield step;
}
