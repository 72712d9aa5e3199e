import { Cut } from "../archive/bytes.ts";
import { BadArchive, block } from "../archive/tar.ts";
import { Failure } from "../failure.ts";
import { readText, writeText } from "../inside/texts.ts";
import { type Read, readOutput, type Said } from "../shell.ts";
import { stateNow } from "./change.ts";
import { dialect } from "./dialect.ts";
import type { Engine } from "./engine.ts";
import { frozen } from "./freeze.ts";
import { held } from "./hold.ts";
import { endedMeanwhile, engineFailure } from "./problem.ts";
import { withScratch } from "./scratch.ts";

/** A path in a container. */
export interface Place {
  readonly container: string;
  readonly path: string;
  /** The id of its image, where the container runs. */
  readonly running?: string;
}

type Reading<Result> = (chunks: AsyncIterable<Uint8Array>) => Promise<Result>;

/**
 * Copies a file or folder out of a container, running or not, as a tar stream that `read` gets. What is never read to its
 * end is broken off. It is asked for anew where nothing came.
 * @param part `first` where no more than the file or folder itself is asked for
 * @returns what `read` gives; undefined when there is no such path.
 * @throws Failure when the engine cannot, and what `read` throws.
 */
export async function copyOut<Result>(
  engine: Engine,
  from: Place,
  read: Reading<Result>,
  part: "first" | "all" = "all",
): Promise<Result | undefined> {
  const { container, path } = from;
  const doing = `copy ${path} out of the container`;
  if (asksInside(engine, from)) {
    const [, folder = "", name = ""] = /^(.*)\/([^/]*)$/.exec(path) ?? [];
    // As root: some lies where the image's own user sees nothing.
    const words = [
      ...insideWords(engine, container, readText(), "0"),
      folder === "" ? "/" : folder,
      name,
      part,
    ];
    const seen = { archive: false };
    const { failed, result } = await readOutput(words, {}, (chunks) => read(watched(chunks, seen)));
    if (failed?.status === noPath) return undefined;
    if (failed === undefined) return settled(result, path);
    if (seen.archive) throw await brokenOff(engine, container, failed, doing);
  }
  const words = [engine.program, "cp", `${container}:${path}`, "-"];
  const { failed, result } = await safely(engine, from, (descriptors) =>
    readOutput(words, { descriptors }, read),
  );
  if (failed === undefined) return settled(result, path);
  if (dialect(engine.name).noSuchPath.test(failed.stderr)) return undefined;
  throw engineFailure(engine, failed, doing);
}

/**
 * Unpacks a tar file into a folder of a container, running or not; owners and modes are those of the archive. In one that runs each
 * file takes its place once all of them are whole.
 * @param owner whose the folder is
 * @throws Failure when the engine cannot.
 */
export async function copyIn(
  engine: Engine,
  to: Place,
  tar: string,
  owner: { readonly uid: number; readonly gid: number },
): Promise<void> {
  const doing = "copy into the container";
  const said: Reading<string> = async (chunks) => Buffer.concat(await Array.fromAsync(chunks)).toString();
  if (to.running !== undefined) {
    // By who may write there, so that a link inside leads him nowhere else.
    const user = `${owner.uid}:${owner.gid}`;
    const words = [...insideWords(engine, to.container, writeText(), user, "--interactive"), to.path];
    const { failed, result } = await readOutput(words, { file: tar }, said);
    if (failed === undefined) return;
    // Else it could not begin.
    if (result.status === "fulfilled" && /^begun$/m.test(result.value))
      throw engineFailure(engine, failed, doing);
  }
  const words = [engine.program, ...dialect(engine.name).copyIn, `${to.container}:${to.path}`];
  // podman 4.3 leaves a copy of what comes on its stdin where it keeps temporary files, also when all went well.
  await withScratch(engine, async ({ variables, descriptors }) => {
    const { failed } = await safely(engine, to, (more) =>
      readOutput(words, { file: tar, variables, descriptors: [...descriptors, ...more] }, said),
    );
    if (failed !== undefined) throw engineFailure(engine, failed, doing);
  });
}

// Of the text inside.
const noPath = 44;

// Where a program of the container's moves things about meanwhile, docker's `cp` can be led out of it, and mounts what the container is
// handed onto any path of the host: CVE-2026-41568, CVE-2026-42306. So a running one is asked to copy for itself.
function asksInside({ name }: Engine, { running }: Place): boolean {
  return running !== undefined && !dialect(name).copiesInside;
}

function insideWords(
  { program }: Engine,
  container: string,
  text: string,
  user: string,
  ...options: string[]
): string[] {
  const words = ["exec", ...options, "--user", user, "--workdir", "/", container];
  return [program, ...words, "/bin/sh", "-c", text, "manyoyo"];
}

// One after the other: what stands still must not be let go on under another copy.
const last = new Map<string, Promise<unknown>>();

// By the engine's `cp`; what runs and could not copy for itself stands still meanwhile.
function safely<Result>(
  engine: Engine,
  place: Place,
  copy: (descriptors: readonly number[]) => Promise<Read<Result>>,
): Promise<Read<Result>> {
  const { container, running } = place;
  const holding = () => held(engine, container, copy);
  if (running === undefined || !asksInside(engine, place)) return holding();
  const before = last.get(container) ?? Promise.resolve();
  const next = before
    .catch(() => undefined)
    .then(() => frozen(engine, { id: container, imageId: running }, holding));
  last.set(container, next);
  return next;
}

// Whether an archive comes: where a program inside cannot begin, docker says so on stdout.
async function* watched(
  chunks: AsyncIterable<Uint8Array>,
  seen: { archive: boolean },
): AsyncGenerator<Uint8Array> {
  let head = Buffer.alloc(0);
  for await (const chunk of chunks) {
    if (head.length < block) {
      head = Buffer.concat([head, chunk.subarray(0, block - head.length)]);
      seen.archive = head.length === block && head.subarray(257, 262).toString() === "ustar";
    }
    yield chunk;
  }
}

// What was handed on cannot be taken back: it is not asked for anew.
async function brokenOff(engine: Engine, container: string, said: Said, doing: string): Promise<Failure> {
  const state = await stateNow(engine, container);
  if (state === "running") return engineFailure(engine, said, doing);
  return endedMeanwhile(engine, doing, state === undefined ? "no-session" : "in-use");
}

function settled<Result>(result: PromiseSettledResult<Result>, path: string): Result {
  if (result.status === "fulfilled") return result.value;
  const { reason } = result;
  if (!(reason instanceof Cut || reason instanceof BadArchive)) throw reason;
  throw new Failure(
    "engine-failed",
    `What was copied of ${path} is no whole archive.`,
    "Stop the session and try again, if a program in it is in the way of its tar: manyoyo stop NAME",
  );
}
