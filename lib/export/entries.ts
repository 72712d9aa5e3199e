import { createReadStream } from "node:fs";
import { Cut } from "../archive/bytes.ts";
import { BadArchive, type ReadEntry, readTar } from "../archive/tar.ts";
import { piecePath, pieceSize, sha256 } from "./packer.ts";
import { unpacked } from "./saved-image.ts";

const textLimit = 8 << 20;

/** The entries of an exported session, one after the other, of which the next one can be looked at. */
export interface Entries {
  peek(): ReadEntry | undefined;
  next(): Promise<void>;
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
  const rest = (piece: Uint8Array): void => {
    if (piece.some((byte) => byte !== 0)) throw new BadArchive("it goes on after its end");
  };
  const all = readTar(unpacked(first, bytes(first)), rest)[Symbol.asyncIterator]();
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
export async function textOf(entries: Entries, path: string, limit = textLimit) {
  const entry = entries.peek();
  if (entry?.path !== path || entry.kind !== "file") {
    throw entry === undefined
      ? new Cut("the file ends too early")
      : new BadArchive(`it has something else in the place of ${path}`);
  }
  if (entry.size > limit) throw new BadArchive(`its ${path} is too long`);
  const bytes = Buffer.concat(await Array.fromAsync(entry.body(), (piece) => piece.slice()));
  await entries.next();
  return { text: bytes.toString("utf8"), sum: { sha256: sha256(bytes), size: bytes.length } };
}
