import { type Bytes, bytesOf, Cut } from "./bytes.ts";
import { checksum, nameIn, number, text } from "./tar-fields.ts";

/** What an entry of an archive is; `second` is one more name of an entry before it (a hard link), `other` are links, devices and pipes. */
export type EntryKind = "file" | "folder" | "second" | "other";

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

/** What the blocks before a header say of it. */
export interface Extra {
  readonly pax: ReadonlyMap<string, string>;
  /** GNU's long names. */
  readonly path?: string;
  readonly link?: string;
  /** How many blocks said it. */
  readonly count: number;
}

/** Nothing is said before a header. */
export const noExtra: Extra = { pax: new Map(), count: 0 };
// A pax header, and a long name of either kind; nobody writes more.
const mostExtra = 8;

/**
 * Reads a tar stream, entry by entry, whatever its length: an entry's bytes pass by and are never held.
 * ustar, with the long names of pax and GNU.
 * @param rest hears what comes after the end, which writers fill with zeros
 * @throws BadArchive, Cut
 */
export async function* readTar(
  chunks: AsyncIterable<Uint8Array>,
  rest: (piece: Uint8Array) => void = () => {},
): AsyncGenerator<ReadEntry> {
  const bytes = bytesOf(chunks);
  let extra = noExtra;
  for (;;) {
    const header = await bytes.take(block);
    // Two empty blocks are the end; whatever fills the last record after them is read to its end, or the writer would fail.
    if (header === undefined) return;
    if (header.every((byte) => byte === 0)) return drain(bytes, rest);
    const entry = readHeader(header, extra);
    const type = String.fromCharCode(header[156] ?? 0);
    if ("xLK".includes(type)) {
      extra = withExtra(extra, type, await readExtra(bytes, entry.size));
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
    extra = noExtra;
  }
}

async function drain(bytes: Bytes, rest: (piece: Uint8Array) => void): Promise<void> {
  for (let some = await bytes.some(piece); some !== undefined; some = await bytes.some(piece)) rest(some);
}

async function skip(bytes: Bytes, count: number): Promise<void> {
  if (count > 0 && (await bytes.take(count)) === undefined) throw new Cut("the archive ends too early");
}

/** The bytes between an entry's last one and the next block. */
export function padding(size: number): number {
  return (block - (size % block)) % block;
}

async function readExtra(bytes: Bytes, size: number): Promise<Uint8Array> {
  if (size > longest) throw new BadArchive("a header in it is too long");
  const body = (size === 0 ? new Uint8Array(0) : await bytes.take(size)) ?? new Uint8Array(0);
  await skip(bytes, padding(size));
  return body;
}

/**
 * The same with one more block before a header. Engines read archives by Go's archive/tar, and what that makes of it counts:
 * of two pax headers the second one alone, and GNU's long names above both.
 * @throws BadArchive
 */
export function withExtra(extra: Extra, type: string, body: Uint8Array): Extra {
  const more = { ...extra, count: extra.count + 1 };
  if (more.count > mostExtra) throw new BadArchive("it has too many headers for one entry");
  if (type === "x") return { ...more, pax: readPax(body) };
  return type === "L" ? { ...more, path: text(body) } : { ...more, link: text(body) };
}

/** The records of a pax header: `LENGTH KEY=VALUE` and a line end, the length in bytes and of it all. */
export function readPax(body: Uint8Array): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  let at = 0;
  while (at < body.length) {
    const blank = body.indexOf(0x20, at);
    const length = Number(text(body.subarray(at, blank)));
    if (blank === -1 || !Number.isInteger(length) || length <= 0 || at + length > body.length)
      throw new BadArchive("a header in it is broken");
    const [key = "", value = ""] = text(body.subarray(blank + 1, at + length - 1)).split(/=(.*)/s);
    found.set(key, value);
    at += length;
  }
  return found;
}

const kinds: ReadonlyMap<string, EntryKind> = new Map([
  ["0", "file"],
  ["\0", "file"],
  ["7", "file"],
  ["5", "folder"],
  ["1", "second"],
]);

/** Reads a header block, with what blocks before it say of it. @throws BadArchive */
export function readHeader(header: Uint8Array, extra: Extra): Entry {
  if (number(header, 148, 8) !== checksum(header)) throw new BadArchive("it is no tar archive");
  // An empty value says nothing.
  const said = (key: string): string | undefined => extra.pax.get(key) || undefined;
  const saidSize = said("size");
  const size =
    saidSize === undefined ? number(header, 124, 12) : /^\d+$/.test(saidSize) ? Number(saidSize) : Number.NaN;
  if (!Number.isSafeInteger(size) || size < 0) throw new BadArchive("a size in it is broken");
  const path = extra.path ?? said("path") ?? nameIn(header);
  const type = String.fromCharCode(header[156] ?? 0);
  const kind = kinds.get(type) ?? "other";
  return {
    path,
    kind: kind === "file" && path.endsWith("/") ? "folder" : kind,
    size,
    mode: number(header, 100, 8),
    uid: Number(said("uid") ?? number(header, 108, 8)),
    gid: Number(said("gid") ?? number(header, 116, 8)),
    modified: Math.floor(Number(said("mtime") ?? number(header, 136, 12))),
    ...(type === "1" || type === "2"
      ? { link: extra.link ?? said("linkpath") ?? text(header.subarray(157, 257)) }
      : {}),
  };
}
