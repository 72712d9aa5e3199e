import { type Bytes, bytesOf, Cut } from "./bytes.ts";

/** What an entry of an archive is; `other` are links, devices and pipes. */
export type EntryKind = "file" | "folder" | "other";

/** One entry of an archive. */
export interface Entry {
  /** As the archive has it: it may be any text. */
  readonly path: string;
  readonly kind: EntryKind;
  readonly size: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Seconds since 1970. */
  readonly modified: number;
  /** What a link leads to. */
  readonly link?: string;
}

/** An entry with its bytes, which can be read only before the next entry is asked for. */
export interface ReadEntry extends Entry {
  readonly body: () => AsyncGenerator<Uint8Array>;
}

/** It is no archive, or a broken one. */
export class BadArchive extends Error {
  override readonly name = "BadArchive";
}

/** What an archive is made of: headers and contents are filled up to it. */
export const block = 512;
const piece = 1 << 16;
/** How long a header that only holds a long name or numbers may be: what is longer is an attack. */
export const longest = 1 << 20;

/**
 * Reads a tar stream, entry by entry, whatever its length: an entry's bytes pass by and are never held.
 * ustar, with the long names of pax and GNU.
 * @throws BadArchive, Cut
 */
export async function* readTar(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<ReadEntry> {
  const bytes = bytesOf(chunks);
  let extra: ReadonlyMap<string, string> = new Map();
  for (;;) {
    const header = await bytes.take(block);
    // Two empty blocks are the end; whatever fills the last record after them is read to its end, or the writer would fail.
    if (header === undefined) return;
    if (header.every((byte) => byte === 0)) return drain(bytes);
    const entry = readHeader(header, extra);
    const type = String.fromCharCode(header[156] ?? 0);
    if ("xLK".includes(type)) {
      extra = new Map([...extra, ...(await readExtra(bytes, type, entry.size))]);
      continue;
    }
    let left = entry.size;
    const body = async function* (): AsyncGenerator<Uint8Array> {
      while (left > 0) {
        const some = await bytes.some(Math.min(left, piece));
        if (some === undefined) throw new Cut("the archive ends too early");
        left -= some.length;
        yield some;
      }
    };
    if (type !== "g") yield { ...entry, body };
    for await (const _ of body());
    await skip(bytes, padding(entry.size));
    extra = new Map();
  }
}

async function drain(bytes: Bytes): Promise<void> {
  while ((await bytes.some(piece)) !== undefined);
}

async function skip(bytes: Bytes, count: number): Promise<void> {
  if (count > 0 && (await bytes.take(count)) === undefined) throw new Cut("the archive ends too early");
}

/** The bytes between an entry's last one and the next block. */
export function padding(size: number): number {
  return (block - (size % block)) % block;
}

async function readExtra(bytes: Bytes, type: string, size: number): Promise<ReadonlyMap<string, string>> {
  if (size > longest) throw new BadArchive("a header in it is too long");
  const body = (size === 0 ? new Uint8Array(0) : await bytes.take(size)) ?? new Uint8Array(0);
  await skip(bytes, padding(size));
  return extraOf(type, body);
}

/** What a block before a header says of it: pax records, or the long names of GNU. */
export function extraOf(type: string, body: Uint8Array): ReadonlyMap<string, string> {
  if (type === "x") return readPax(body);
  if (type === "L") return new Map([["path", text(body)]]);
  return type === "K" ? new Map([["linkpath", text(body)]]) : new Map();
}

/** The records of a pax header: `LENGTH KEY=VALUE` and a line end, the length in bytes and of it all. */
export function readPax(body: Uint8Array): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  let at = 0;
  while (at < body.length) {
    const blank = body.indexOf(0x20, at);
    const length = Number(text(body.subarray(at, blank)));
    if (blank === -1 || !Number.isInteger(length) || length <= 0)
      throw new BadArchive("a header in it is broken");
    const [key = "", value = ""] = text(body.subarray(blank + 1, at + length - 1)).split(/=(.*)/s);
    found.set(key, value);
    at += length;
  }
  return found;
}

/** Reads a header block, with what blocks before it say of it. @throws BadArchive */
export function readHeader(header: Uint8Array, extra: ReadonlyMap<string, string>): Entry {
  if (number(header, 148, 8) !== checksum(header)) throw new BadArchive("it is no tar archive");
  const prefix = text(header.subarray(257, 262)) === "ustar" ? text(header.subarray(345, 500)) : "";
  const name = text(header.subarray(0, 100));
  const size = Number(extra.get("size") ?? number(header, 124, 12));
  if (!Number.isSafeInteger(size) || size < 0) throw new BadArchive("a size in it is broken");
  const path = extra.get("path") ?? (prefix === "" ? name : `${prefix}/${name}`);
  const type = String.fromCharCode(header[156] ?? 0);
  const kind = type === "5" ? "folder" : type === "0" || type === "\0" || type === "7" ? "file" : "other";
  return {
    path,
    kind: kind === "file" && path.endsWith("/") ? "folder" : kind,
    size,
    mode: number(header, 100, 8),
    uid: Number(extra.get("uid") ?? number(header, 108, 8)),
    gid: Number(extra.get("gid") ?? number(header, 116, 8)),
    modified: Math.floor(Number(extra.get("mtime") ?? number(header, 136, 12))),
    ...(type === "1" || type === "2"
      ? { link: extra.get("linkpath") ?? text(header.subarray(157, 257)) }
      : {}),
  };
}

function text(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end === -1 ? bytes : bytes.subarray(0, end));
}

/** A number in a header: octal, or base 256 where the first bit says so. */
export function number(header: Uint8Array, at: number, length: number): number {
  const field = header.subarray(at, at + length);
  const [first = 0, ...rest] = field;
  if (first >= 0x80) return rest.reduce((sum, byte) => sum * 256 + byte, first & 0x3f);
  const digits = text(field).trim();
  return digits === "" ? 0 : /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number.NaN;
}

/** The sum of a header's bytes, its own field counted as blanks. */
export function checksum(header: Uint8Array): number {
  return header.reduce((sum, byte, at) => sum + (at >= 148 && at < 156 ? 0x20 : byte), 0);
}
