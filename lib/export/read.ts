import { createReadStream } from "node:fs";
import * as v from "valibot";
import { Cut } from "../archive/bytes.ts";
import { BadArchive, type ReadEntry, readTar } from "../archive/tar.ts";
import { Failure } from "../failure.ts";
import { savedPlace } from "../session/likeness.ts";
import { keptPlace } from "../session/make.ts";
import { type Image, readImage } from "./config.ts";
import { refuseHostile, withWays } from "./hostile.ts";
import { type Manifest, readManifest } from "./manifest.ts";
import { type Packed, piecePath, pieceSize, sha256 } from "./packer.ts";
import { unpacked } from "./saved-image.ts";
import { sift } from "./sieve.ts";

/** An exported session that was read to its end and found whole. */
export interface Checked {
  readonly manifest: Manifest;
  readonly image: Image;
  /** Of each layer in the file. */
  readonly layers: readonly Packed[];
  /** Files of logins that were left out: some of their paths, and how many. */
  readonly leftFiles: { readonly files: readonly string[]; readonly count: number };
}

const textLimit = 8 << 20;
const packed = v.strictObject({ sha256: v.string(), size: v.number() });
const sums = v.strictObject({
  "manyoyo.json": packed,
  "image.json": packed,
  layers: v.array(packed),
  leftOut: v.strictObject({ files: v.array(v.string()), count: v.number() }),
});

/** The entries of an exported session, one after the other, of which the next one can be looked at. */
export interface Entries {
  peek(): ReadEntry | undefined;
  next(): Promise<void>;
}

/**
 * Reads a file to its end and checks all of it: that it is whole, unaltered, of a version that is known, and asks for nothing
 * that a session may not have. Creates nothing; holds little of it at a time.
 * @param tell hears how many bytes were read so far
 * @throws Failure `usage` with what is wrong
 */
export async function checkExport(path: string, tell: (bytes: number) => void): Promise<Checked> {
  try {
    return await check(await entriesOf(path, tell));
  } catch (thrown) {
    throw refusal(thrown);
  }
}

async function check(entries: Entries): Promise<Checked> {
  const head = await textOf(entries, "manyoyo.json");
  const manifest = readManifest(head.text);
  if (manifest === "newer") {
    throw new Failure("usage", "This file was made by a later manyoyo.", "Update manyoyo first.");
  }
  if (manifest === undefined) throw new BadArchive("its manifest says what none may say");
  const places = withWays([
    "/manyoyo/saved",
    keptPlace,
    ...manifest.own,
    ...manifest.own.map((_, at) => savedPlace(at)),
  ]);
  const layers: Packed[] = [];
  while (entries.peek()?.path === piecePath(layers.length, 0)) {
    const hash = new Bun.CryptoHasher("sha256");
    const chunks = counted(layerIn(entries, layers.length), hash);
    for await (const _ of sift(chunks.bytes, {
      judge: (entry) => {
        refuseHostile(entry, places);
        return "drop";
      },
    }));
    layers.push({ sha256: hash.digest("hex"), size: chunks.size() });
  }
  const body = await textOf(entries, "image.json");
  const told = await textOf(entries, "checksums.json");
  if (entries.peek() !== undefined) throw new BadArchive("it goes on after its end");
  const parsed = v.safeParse(sums, json(told.text));
  if (!parsed.success) throw new BadArchive("its checksums cannot be read");
  const { leftOut, ...expected } = parsed.output;
  if (!Bun.deepEquals(expected, { "manyoyo.json": head.sum, "image.json": body.sum, layers })) {
    throw new BadArchive("its checksums are not those of what is in it");
  }
  const image = readImage(body.text);
  if (image === undefined) throw new BadArchive("its image is not one that manyoyo writes");
  mustFit(manifest, image, layers);
  return { manifest, image, layers, leftFiles: leftOut };
}

// The layers that the image names are those that are there, each once.
function mustFit({ withImage }: Manifest, image: Image, layers: readonly Packed[]): void {
  const named = image.layers.flatMap((layer) => (layer.of === "file" ? [layer] : []));
  const fits = named.every(({ part, diffId, size }) => {
    const found = layers[part];
    return found !== undefined && diffId === `sha256:${found.sha256}` && size === found.size;
  });
  const base = image.layers.findLastIndex(({ of }) => of === "base") + 1;
  const isLowest = image.layers.slice(0, base).every(({ of }) => of === "base");
  if (!fits || named.length === 0 || !isLowest || withImage !== (base === 0)) {
    throw new BadArchive("its image names layers that it does not have");
  }
  const architecture = process.arch === "x64" ? "amd64" : process.arch;
  if (image.os !== "linux" || image.architecture !== architecture) {
    throw new Failure(
      "usage",
      `This session is for ${image.os} on ${image.architecture}, and this machine is ${architecture}.`,
      "Import it on a machine of that kind.",
    );
  }
}

/** Opens a file as entries, whatever it is packed by. */
export async function entriesOf(path: string, tell: (bytes: number) => void): Promise<Entries> {
  const file = createReadStream(path, { highWaterMark: 1 << 20 });
  const source = file[Symbol.asyncIterator]();
  let read = 0;
  const bytes = async function* (first: Uint8Array | undefined): AsyncGenerator<Uint8Array> {
    for (let chunk = first; chunk !== undefined; ) {
      read += chunk.length;
      tell(read);
      yield chunk;
      const next = await source.next();
      chunk = next.done === true ? undefined : next.value;
    }
  };
  const begun = await source.next();
  const first: Uint8Array | undefined = begun.done === true ? undefined : begun.value;
  if (first === undefined) throw new BadArchive("it is empty");
  const all = readTar(unpacked(first, bytes(first)))[Symbol.asyncIterator]();
  const state: { now: ReadEntry | undefined } = { now: undefined };
  const next = async (): Promise<void> => {
    const found = await all.next();
    state.now = found.done === true ? undefined : found.value;
  };
  await next();
  return { peek: () => state.now, next };
}

/** The bytes of a layer: its pieces, one after the other, none of which may be missing. @throws BadArchive */
export async function* layerIn(entries: Entries, layer: number): AsyncGenerator<Uint8Array> {
  for (let piece = 0; ; piece += 1) {
    const entry = entries.peek();
    if (entry?.path !== piecePath(layer, piece)) return;
    if (entry.kind !== "file" || entry.size > pieceSize)
      throw new BadArchive("a piece in it is no plain file");
    yield* entry.body();
    await entries.next();
  }
}

/** A small file that must come now, with its sum. @throws BadArchive */
export async function textOf(entries: Entries, path: string) {
  const entry = entries.peek();
  if (entry?.path !== path || entry.kind !== "file") {
    throw entry === undefined
      ? new Cut("the file ends too early")
      : new BadArchive(`it has something else in the place of ${path}`);
  }
  if (entry.size > textLimit) throw new BadArchive(`its ${path} is too long`);
  const bytes = Buffer.concat(await Array.fromAsync(entry.body(), (piece) => piece.slice()));
  await entries.next();
  return { text: bytes.toString("utf8"), sum: { sha256: sha256(bytes), size: bytes.length } };
}

/** Some bytes, of which the sum and the length are taken as they pass by. */
export function counted(chunks: AsyncIterable<Uint8Array>, hash: Bun.CryptoHasher) {
  const seen = { size: 0 };
  const bytes = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      hash.update(chunk);
      seen.size += chunk.length;
      yield chunk;
    }
  };
  return { bytes: bytes(), size: () => seen.size };
}

/** What is wrong with a file, as a sentence; anything else stays what it is. */
export function refusal(thrown: unknown): unknown {
  const again = "Get the file again; it is made by: manyoyo export NAME -o FILE";
  const zlib =
    thrown instanceof Error && "code" in thrown && /^(Z_|ZSTD_|ERR_.*(ZLIB|ZSTD))/.test(String(thrown.code));
  if (thrown instanceof Cut || (zlib && /unexpected end/i.test(String(thrown)))) {
    return new Failure("usage", "The file is not whole, so nothing was made of it.", again);
  }
  if (zlib) return new Failure("usage", "The file is damaged, so nothing was made of it.", again);
  if (thrown instanceof BadArchive) {
    return new Failure("usage", `This is no session that manyoyo exported: ${thrown.message}.`, again);
  }
  return thrown;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
