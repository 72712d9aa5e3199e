import * as v from "valibot";
import { Cut } from "../archive/bytes.ts";
import { BadArchive } from "../archive/tar.ts";
import { Failure } from "../failure.ts";
import { parsedJson } from "../json.ts";
import { type Image, readImage } from "./config.ts";
import { type Entries, entriesOf, layerIn, textOf } from "./entries.ts";
import { placesOf, refuseHostile } from "./hostile.ts";
import { type Manifest, readManifest } from "./manifest.ts";
import { counted, type Packed, piecePath } from "./packer.ts";
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

const manifestLimit = 1 << 20;
// Engines stop at 127, or 500 on overlay.
const layersLimit = 1000;
// What is next to empty may be in an image any number of times.
const smallLayer = 1 << 20;
const packed = v.strictObject({ sha256: v.string(), size: v.number() });
const sums = v.strictObject({
  "manyoyo.json": packed,
  "image.json": packed,
  layers: v.array(packed),
  leftOut: v.strictObject({ files: v.array(v.string()), count: v.number() }),
});

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
  const head = await textOf(entries, "manyoyo.json", manifestLimit);
  const manifest = readManifest(head.text);
  if (manifest === "newer") {
    throw new Failure("usage", "This file was made by a later manyoyo.", "Update manyoyo first.");
  }
  if (manifest === undefined) throw new BadArchive("its manifest says what none may say");
  const places = placesOf(manifest.own);
  const layers: Packed[] = [];
  while (entries.peek()?.path === piecePath(layers.length, 0)) {
    if (layers.length === layersLimit) throw new BadArchive("it has too many layers");
    const chunks = counted(layerIn(entries, layers.length));
    for await (const _ of sift(chunks.bytes, {
      judge: (entry) => {
        refuseHostile(entry, places);
        return "drop";
      },
    }));
    layers.push({ sha256: chunks.sha256(), size: chunks.size() });
  }
  const body = await textOf(entries, "image.json");
  const told = await textOf(entries, "checksums.json");
  if (entries.peek() !== undefined) throw new BadArchive("it goes on after its end");
  const parsed = v.safeParse(sums, parsedJson(told.text));
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

// The layers that the image names are there; one may be in it twice, as where a large file was copied in, removed, and copied in
// again. An engine unpacks a layer as often as it is named, so that a few bytes could fill any disk.
function mustFit({ withImage }: Manifest, image: Image, layers: readonly Packed[]): void {
  if (image.layers.length > layersLimit) throw new BadArchive("its image names too many layers");
  const named = image.layers.flatMap((layer) => (layer.of === "file" ? [layer] : []));
  if (sizeOf(named.filter(({ size }) => size > smallLayer)) > 2 * sizeOf(layers)) {
    throw new BadArchive("its image names the same layers again and again");
  }
  const fits = named.every(({ part, diffId, size }) => {
    const found = layers[part];
    return found !== undefined && diffId === `sha256:${found.sha256}` && size === found.size;
  });
  const base = image.layers.findLastIndex(({ of }) => of === "base") + 1;
  const isLowest = image.layers.slice(0, base).every(({ of }) => of === "base");
  if (!fits || (named.length === 0 && withImage) || !isLowest || withImage !== (base === 0)) {
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

function sizeOf(layers: readonly { readonly size: number }[]): number {
  return layers.reduce((sum, { size }) => sum + size, 0);
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
