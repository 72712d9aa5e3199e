import { posix } from "node:path";
import { createGunzip, createZstdDecompress } from "node:zlib";
import * as v from "valibot";
import { BadArchive, readTar } from "../archive/tar.ts";

/** A layer as it comes out of an engine's `save`. */
export interface SavedLayer {
  /** Its path in the archive. */
  readonly path: string;
  readonly size: number;
  /** Its bytes as a plain tar, or as they are. Only one of them, before the next layer is asked for. */
  readonly plain: () => AsyncIterable<Uint8Array>;
  readonly raw: () => AsyncIterable<Uint8Array>;
}

const config = v.looseObject({
  architecture: v.optional(v.string(), ""),
  os: v.optional(v.string(), ""),
  variant: v.optional(v.string()),
  created: v.optional(v.string()),
  config: v.nullish(v.looseObject({})),
  history: v.nullish(v.array(v.looseObject({})), []),
  rootfs: v.object({ diff_ids: v.array(v.string()) }),
});

/** An image's configuration, as every engine writes it. */
export type ImageConfig = v.InferOutput<typeof config>;

/** What an archive says of its image. */
export interface SavedImage {
  readonly config: ImageConfig;
  /** The layers from the lowest to the uppermost, by their paths in the archive. */
  readonly layers: readonly string[];
}

const manifest = v.looseTuple([v.object({ Config: v.string(), Layers: v.array(v.string()) })]);
// All that is JSON is held; what is longer is none.
const jsonLimit = 8 << 20;
const jsonsLimit = 64 << 20;

/**
 * Goes through what `docker save` or `podman save` writes, in whichever order: hands each layer to `take`, and gives what is
 * said of the image. docker 20 to 29 and podman 4 each have their own names for things; all have a manifest.json.
 * @throws BadArchive, Cut, and what `take` throws
 */
export async function readSaved(
  chunks: AsyncIterable<Uint8Array>,
  take: (layer: SavedLayer) => Promise<void>,
): Promise<SavedImage> {
  const texts = new Map<string, unknown>();
  const links = new Map<string, string>();
  let held = 0;
  for await (const entry of readTar(chunks)) {
    const path = posix.normalize(entry.path);
    if (entry.link !== undefined) links.set(path, posix.join(posix.dirname(path), entry.link));
    if (entry.kind !== "file" || entry.size === 0) continue;
    const { first, whole } = await begun(entry.body());
    if (!isLayer(first)) {
      // VERSION and the like are no JSON.
      if (entry.size > jsonLimit) continue;
      held += entry.size;
      if (held > jsonsLimit) throw new BadArchive("it says too much of its image");
      texts.set(path, parsed(Buffer.concat(await Array.fromAsync(whole, (piece) => piece.slice()))));
      continue;
    }
    await take({ path, size: entry.size, plain: () => unpacked(first, whole), raw: () => whole });
  }
  return described(texts, links);
}

function described(texts: ReadonlyMap<string, unknown>, links: ReadonlyMap<string, string>): SavedImage {
  const told = v.safeParse(manifest, texts.get("manifest.json"));
  if (!told.success) throw new BadArchive("it has no manifest of its image");
  const [{ Config, Layers }] = told.output;
  const read = v.safeParse(config, texts.get(posix.normalize(Config)));
  if (!read.success) throw new BadArchive("its image has no configuration");
  const layers = Layers.map((layer) => {
    const path = posix.normalize(layer);
    return links.get(path) ?? path;
  });
  if (read.output.rootfs.diff_ids.length !== layers.length)
    throw new BadArchive("its layers are not all there");
  return { config: read.output, layers };
}

/** The first block of some pieces, and all of them. */
async function begun(body: AsyncGenerator<Uint8Array>) {
  const parts: Uint8Array[] = [];
  let length = 0;
  while (length < 512) {
    const next = await body.next();
    if (next.done === true) break;
    parts.push(next.value.slice());
    length += next.value.length;
  }
  const [only] = parts;
  const first: Uint8Array = parts.length === 1 && only !== undefined ? only : Buffer.concat(parts);
  const whole = async function* (): AsyncGenerator<Uint8Array> {
    if (first.length > 0) yield first;
    yield* body;
  };
  return { first, whole: whole() };
}

const gzip = [0x1f, 0x8b];
const zstd = [0x28, 0xb5, 0x2f, 0xfd];

/** Whether bytes begin as those of that kind do. */
export function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, at) => bytes[at] === byte);
}

function isLayer(first: Uint8Array): boolean {
  if (startsWith(first, gzip) || startsWith(first, zstd)) return true;
  // An empty layer is two empty blocks.
  if (first.length >= 512 && first.subarray(0, 512).every((byte) => byte === 0)) return true;
  return Buffer.from(first.subarray(257, 262)).toString("latin1") === "ustar";
}

/** Bytes unpacked by what they begin with: gzip, zstd, or as they are. */
export function unpacked(first: Uint8Array, whole: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const options = { chunkSize: 1 << 20 };
  const unpacker = startsWith(first, gzip)
    ? createGunzip(options)
    : startsWith(first, zstd)
      ? createZstdDecompress(options)
      : undefined;
  if (unpacker === undefined) return whole;
  const feed = async (): Promise<void> => {
    for await (const piece of whole) {
      // A copy: pieces are used anew.
      if (!unpacker.write(piece.slice())) await new Promise((resolve) => unpacker.once("drain", resolve));
    }
    unpacker.end();
  };
  feed().catch((thrown) => unpacker.destroy(thrown instanceof Error ? thrown : new Error(String(thrown))));
  return unpacker;
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return undefined;
  }
}
