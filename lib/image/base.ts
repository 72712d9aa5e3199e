import { mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { dirname } from "node:path";
import type { Engine } from "../engine/engine.ts";
import { engineFailure } from "../engine/problem.ts";
import { Failure } from "../failure.ts";
import { statOf } from "../settings/files.ts";
import { capture } from "../shell.ts";
import base from "./base.sh" with { type: "text" };

/** What the small image costs, for those who are asked. */
export const baseCost = "a small Debian without agents, about 170 MB and half a minute";

/** Where the root of the small image is kept, so that it is made once for all engines. */
export function baseTar(env: Readonly<Record<string, string | undefined>>): string {
  const cache = env["XDG_CACHE_HOME"] || `${env["HOME"] || homedir()}/.cache`;
  return `${cache}/manyoyo/base-v1-${process.arch}.tar`;
}

// By then a distribution has mended a good deal.
const lasting = 30;

/** Whole days since a time in milliseconds. */
function daysSince(time: number): number {
  return Math.floor((Date.now() - time) / 86_400_000);
}

/** Whether a base of that time is to be renewed. */
export function isOldBase(time: number): boolean {
  return daysSince(time) >= lasting;
}

/** Whether the small root was made before. */
export function hasBase(env: Readonly<Record<string, string | undefined>>): boolean {
  return isFile(baseTar(env));
}

/** Whether the small root is there, or can be made here: a Debian or Ubuntu with mmdebstrap. */
export function canMakeBase(env: Readonly<Record<string, string | undefined>>): boolean {
  const has = (name: string): boolean => Bun.which(name, { PATH: env["PATH"] ?? "" }) !== null;
  return hasBase(env) || (has("apt-get") && has("mmdebstrap"));
}

/**
 * Makes the small Debian root from this machine's own package sources, without any registry, unless it is there and not old.
 * An old one serves where no newer one can be made.
 * @param tell says so, and how old it is.
 * @returns its tar file.
 * @throws Failure `no-image` with what is missing on this machine.
 */
export async function makeBase(
  env: Readonly<Record<string, string | undefined>>,
  tell: (step: string) => void,
): Promise<string> {
  const tar = baseTar(env);
  const time = statOf(tar)?.mtimeMs;
  if (time !== undefined && !isOldBase(time)) return tar;
  const old = time === undefined ? undefined : `the small Debian of ${daysSince(time)} days ago`;
  if (old !== undefined) tell(`Making anew ${old}`);
  mkdirSync(dirname(tar), { recursive: true });
  const made = await capture(["sh", "-c", base, "base.sh", tar]);
  if (made.status === 0) return tar;
  const [last = "it said nothing"] = made.stderr.trim().split("\n").slice(-1);
  if (old === undefined) throw new Failure("no-image", `The image cannot be made here: ${last}`);
  tell(`Taking ${old}, as no newer one can be made here: ${last}`);
  return tar;
}

/**
 * Gives the engine a root, which is a tar file, as an image of that name.
 * @throws Failure
 */
export async function importRoot(
  engine: Engine,
  tar: string,
  { name, labels }: { readonly name: string; readonly labels: Readonly<Record<string, string>> },
): Promise<void> {
  const changes = [
    'CMD ["bash"]',
    "ENV LANG=C.UTF-8",
    ...Object.entries(labels).map(([key, value]) => `LABEL ${key}="${value.replace(/["\\$]/g, "\\$&")}"`),
  ];
  const words = changes.flatMap((change) => ["--change", change]);
  const said = await capture([engine.program, "import", ...words, tar, name]);
  if (said.status !== 0) throw engineFailure(engine, said, `take the image ${name}`);
}

function isFile(path: string): boolean {
  return statOf(path)?.isFile() === true;
}

/**
 * Fetches an image from its registry.
 * @throws Failure `no-image`
 */
export async function pull(engine: Engine, image: string): Promise<void> {
  const said = await capture([engine.program, "pull", image]);
  if (said.status !== 0) {
    const { message } = engineFailure(engine, said, "pull it");
    throw new Failure("no-image", `The image ${image} is not here and cannot be pulled: ${message}`);
  }
}
