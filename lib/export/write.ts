import { Cut } from "../archive/bytes.ts";
import { BadArchive } from "../archive/tar.ts";
import { withPrivateFolder } from "../archive/temporary.ts";
import type { Engine } from "../engine/engine.ts";
import { engineFailure } from "../engine/problem.ts";
import { type Scratch, withScratch } from "../engine/scratch.ts";
import { Failure } from "../failure.ts";
import { readOutput } from "../shell.ts";
import { envOf, type ImageLayer, imageOf, namesBeyond, secretsOf } from "./config.ts";
import { withoutDevices } from "./devices.ts";
import { placesOf } from "./hostile.ts";
import { type Manifest, refuseUnreadable } from "./manifest.ts";
import { type Compression, type Packed, type Packer, packer } from "./packer.ts";
import { readSaved, type SavedImage } from "./saved-image.ts";
import { type LeftFiles, withoutLogins } from "./secrets.ts";
import { type Sifting, sift } from "./sieve.ts";

/** What is exported. */
export interface Exporting {
  readonly manifest: Manifest;
  readonly compression: Compression;
  /** `NAME=VALUE` of the image that the session was made from at first: without secrets, no other value is in the file. */
  readonly ofBase: readonly string[];
  /** How many of the lowest layers are the base's, and stay out. */
  readonly base: number;
}

/** How to get at an image as its engine saves it; it may be asked for twice. */
export type Save = <Result>(read: (chunks: AsyncIterable<Uint8Array>) => Promise<Result>) => Promise<Result>;

/** What did not get into the file: names of variables, files of agents' logins, and devices of the host. */
export interface LeftOut {
  readonly variables: readonly string[];
  readonly files: readonly string[];
  readonly count: number;
  readonly devices: { readonly files: readonly string[]; readonly count: number };
}

/** An engine's `save` of an image. @param tell hears how many bytes came so far */
export function saveOf(engine: Engine, image: string, tell: (bytes: number) => void): Save {
  return (read) => withScratch(engine, (scratch) => readSave({ engine, image, tell, scratch }, read));
}

interface Saving {
  readonly engine: Engine;
  readonly image: string;
  tell(bytes: number): void;
  readonly scratch: Scratch;
}

async function readSave<Result>(
  { engine, image, tell, scratch }: Saving,
  read: (chunks: AsyncIterable<Uint8Array>) => Promise<Result>,
): Promise<Result> {
  const seen = { bytes: 0 };
  const counted = async function* (chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      seen.bytes += chunk.length;
      tell(seen.bytes);
      yield chunk;
    }
  };
  const { failed, result } = await readOutput([engine.program, "save", image], scratch, (chunks) =>
    read(counted(chunks)),
  );
  if (failed !== undefined) throw engineFailure(engine, failed, `save the image ${image}`);
  if (result.status === "fulfilled") return result.value;
  if (!(result.reason instanceof BadArchive)) throw result.reason;
  // Here it is no file of somebody's, but what the engine has just written.
  throw new Failure(
    "engine-failed",
    `${engine.name} saves the image ${image} in a way that manyoyo does not know: ${result.reason.message}.`,
  );
}

/**
 * Writes a session as one archive, piece by piece: whatever its size, little is in memory. Without secrets, neither a value of
 * its own variables nor a login of an agent is in it.
 * @throws Failure, and what `write` throws
 */
export async function writeExport(
  save: Save,
  exporting: Exporting,
  write: (bytes: Uint8Array) => void,
): Promise<LeftOut> {
  refuseUnreadable(exporting.manifest);
  const pack = packer(exporting.compression, write);
  try {
    return await withPrivateFolder((folder) => fill(save, exporting, { pack, folder }));
  } catch (thrown) {
    pack.abandon(thrown);
    throw notWhole(thrown);
  }
}

// What an engine saves is read as strictly as a file from anywhere.
function notWhole(thrown: unknown): unknown {
  if (!(thrown instanceof BadArchive || thrown instanceof Cut)) return thrown;
  return new Failure(
    "engine-failed",
    `What the engine saved of the session is not an image: ${thrown.message}.`,
    "Try it again; see how the engine is with: manyoyo doctor",
  );
}

interface Means {
  readonly pack: Packer;
  /** A private one. */
  readonly folder: string;
}

async function fill(save: Save, exporting: Exporting, { pack, folder }: Means): Promise<LeftOut> {
  const { manifest, base, ofBase } = exporting;
  const left: LeftFiles = { files: [], count: 0 };
  const devices: LeftFiles = { files: [], count: 0 };
  const places = placesOf(manifest.own);
  // Which layers are the base's is told at the end of the archive alone. One above them may be the same as one of theirs.
  const all = base === 0 ? [] : (await save((chunks) => readSaved(chunks, async () => {}))).layers;
  const skipped = all.slice(0, base).filter((path) => !all.slice(base).includes(path));
  const about = await pack.text("manyoyo.json", `${JSON.stringify(manifest, undefined, 2)}\n`);
  const parts: Part[] = [];
  const saved = await save((chunks) =>
    readSaved(chunks, async (layer) => {
      if (skipped.includes(layer.path)) return;
      const ofSecrets: Sifting = manifest.secrets
        ? { judge: () => "keep" }
        : withoutLogins(left, manifest.own, folder);
      const sifting = withoutDevices(devices, places, ofSecrets);
      const packed = await pack.layer(parts.length, sift(layer.plain(), sifting));
      parts.push({ ...packed, path: layer.path, isChanged: sifting.isChanged?.() ?? false });
    }),
  );
  const layers = layersOf(saved, parts, base);
  const secrets = manifest.secrets
    ? { names: [], values: [] }
    : secretsOf(saved.config, manifest.variables, ofBase);
  const image = await pack.text(
    "image.json",
    `${JSON.stringify(imageOf(saved.config, layers, secrets), undefined, 2)}\n`,
  );
  const sums = {
    "manyoyo.json": about,
    "image.json": image,
    layers: parts.map(({ sha256, size }) => ({ sha256, size })),
    leftOut: left,
  };
  await pack.text("checksums.json", `${JSON.stringify(sums, undefined, 2)}\n`);
  await pack.finish();
  // A manifest has no place for a name of another kind.
  const names = [...new Set([...manifest.variables, ...namesBeyond(envOf(saved.config), ofBase)])];
  return { variables: manifest.secrets ? [] : names, ...left, devices };
}

/** A layer in the file. */
interface Part extends Packed {
  /** Its path in what the engine saved. */
  readonly path: string;
  /** Whether something of it was left out: then it has another sum than the image says. */
  readonly isChanged: boolean;
}

function layersOf({ config, layers }: SavedImage, parts: readonly Part[], base: number): ImageLayer[] {
  return layers.map((path, at) => {
    const diffId = config.rootfs.diff_ids[at] ?? "";
    if (at < base) return { of: "base", diffId };
    const part = parts.findIndex((each) => each.path === path);
    const found = parts[part];
    if (found === undefined || (!found.isChanged && `sha256:${found.sha256}` !== diffId)) {
      throw new BadArchive(
        "a layer of what the engine saved is not there, or not the one that its image has",
      );
    }
    return { of: "file", part, diffId: `sha256:${found.sha256}`, size: found.size };
  });
}
