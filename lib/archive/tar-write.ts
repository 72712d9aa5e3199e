import { block, type Entry, padding } from "./tar.ts";
import { checksum, textBytes } from "./tar-fields.ts";

/** The header blocks of an entry, with a pax header before it where ustar's fields are too short. */
export function tarHeader(entry: Entry): Uint8Array {
  const path = entry.kind === "folder" ? `${entry.path.replace(/\/$/, "")}/` : entry.path;
  const { uid, gid, size } = entry;
  const long = textBytes(path).length > 100 || size >= 8 ** 11 || Math.max(uid, gid) >= 8 ** 7;
  const own = header({ ...entry, path: long ? "long" : path }, entry.kind === "folder" ? "5" : "0");
  if (!long) return own;
  const told = { path, size, uid, gid };
  const records = Buffer.concat(Object.entries(told).map(([key, value]) => paxRecord(key, `${value}`)));
  const before = header({ ...entry, kind: "file", path: "pax", size: records.length, mode: 0o644 }, "x");
  return Buffer.concat([before, records, new Uint8Array(padding(records.length)), own]);
}

/** The end of an archive. */
export const tarEnd = (): Uint8Array => new Uint8Array(2 * block);

function paxRecord(key: string, value: string): Uint8Array {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), textBytes(value), Buffer.from("\n")]);
  const bytes = rest.length;
  // The length counts its own digits.
  const guess = bytes + String(bytes).length;
  return Buffer.concat([Buffer.from(`${bytes + String(guess).length}`), rest]);
}

function header(entry: Entry, type: string): Uint8Array {
  const bytes = Buffer.alloc(block);
  const octal = (value: number, at: number, length: number): void => {
    bytes.write((value % 8 ** (length - 1)).toString(8).padStart(length - 1, "0"), at, "latin1");
  };
  bytes.set(textBytes(entry.path).subarray(0, 100));
  octal(entry.mode & 0o7777, 100, 8);
  octal(entry.uid, 108, 8);
  octal(entry.gid, 116, 8);
  octal(entry.kind === "folder" ? 0 : entry.size, 124, 12);
  octal(Math.max(0, entry.modified), 136, 12);
  bytes.write(type, 156, "latin1");
  bytes.write("ustar\x0000", 257, "latin1");
  octal(checksum(bytes), 148, 7);
  return bytes;
}
