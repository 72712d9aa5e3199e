import { isUtf8 } from "node:buffer";

/** The path in a header, as Go's archive/tar reads it. */
export function nameIn(header: Uint8Array): string {
  const name = text(header.subarray(0, 100));
  const prefix = header[345] === 0 ? "" : prefixIn(header);
  return prefix === "" ? name : `${prefix}/${name}`;
}

// GNU has times in its place, unless they are none: then it was written by a Go before 1.8. star has a shorter one.
function prefixIn(header: Uint8Array): string {
  const magic = Buffer.from(header.subarray(257, 265)).toString("latin1");
  const isStar = Buffer.from(header.subarray(508)).toString("latin1") === "tar\0";
  if (magic.startsWith("ustar\0")) return text(header.subarray(345, isStar ? 476 : 500));
  const areTimes = Number.isFinite(number(header, 345, 12)) && Number.isFinite(number(header, 357, 12));
  return magic === "ustar  \0" && !areTimes ? text(header.subarray(345, 500)) : "";
}

/**
 * A text in a header: up to its first NUL. Two that differ are never the same: a file's name may be any bytes, so in a part of a path
 * that is not UTF-8 each byte above ASCII is a lone surrogate, as Python has it. `textBytes` gives the bytes back.
 */
export function text(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  const own = Buffer.from(bytes.buffer, bytes.byteOffset, end === -1 ? bytes.length : end);
  if (isUtf8(own)) return own.toString("utf8");
  // A folder is called the same, whatever is in it.
  return own.toString("latin1").split("/").map(partText).join("/");
}

function partText(latin1: string): string {
  const bytes = Buffer.from(latin1, "latin1");
  if (isUtf8(bytes)) return bytes.toString("utf8");
  return latin1.replace(/[\x80-\xff]/g, (byte) => String.fromCharCode(0xdc00 + byte.charCodeAt(0)));
}

/** The bytes that `text` made this of. */
export function textBytes(said: string): Buffer {
  if (said.isWellFormed()) return Buffer.from(said);
  const parts = said
    .split("/")
    .map((part) => (part.isWellFormed() ? Buffer.from(part).toString("latin1") : part));
  // Of a lone surrogate its last eight bits are written.
  return Buffer.from(parts.join("/"), "latin1");
}

/** A number in a header: octal between blanks or zeros, or base 256 where the first bit says so; NaN for none. */
export function number(header: Uint8Array, at: number, length: number): number {
  const first = header[at] ?? 0;
  if (first >= 0x80) {
    return header.subarray(at + 1, at + length).reduce((sum, byte) => sum * 256 + byte, first & 0x3f);
  }
  const isBlank = (byte = 0): boolean => byte === 0 || byte === 0x20;
  let from = at;
  let to = at + length;
  while (from < to && isBlank(header[from])) from += 1;
  while (from < to && isBlank(header[to - 1])) to -= 1;
  let value = 0;
  for (; from < to && header[from] !== 0; from += 1) {
    const digit = (header[from] ?? 0) - 0x30;
    if (digit < 0 || digit > 7) return Number.NaN;
    value = value * 8 + digit;
  }
  return value;
}

/** The sum of a header's bytes, its own field counted as blanks. */
export function checksum(header: Uint8Array): number {
  let sum = 8 * 0x20;
  for (let at = 0; at < 148; at += 1) sum += header[at] ?? 0;
  for (let at = 156; at < 512; at += 1) sum += header[at] ?? 0;
  return sum;
}
