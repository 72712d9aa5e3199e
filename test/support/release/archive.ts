import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { crc32, deflateRawSync, gzip as gzipInBackground } from "node:zlib";
import { padding } from "../../../lib/archive/tar.ts";
import { tarEnd, tarHeader } from "../../../lib/archive/tar-write.ts";

/** A file that goes into an archive. */
export interface Member {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly isProgram?: boolean;
}

/** A text as a member of an archive. */
export const textMember = (path: string, text: string): Member => ({ path, bytes: Buffer.from(text) });

/** Every folder that the members lie in, each before what is in it. */
function folders(members: readonly Member[]): readonly string[] {
  const all = members.flatMap(({ path }) => {
    const parts = path.split("/").slice(0, -1);
    return parts.map((_, at) => parts.slice(0, at + 1).join("/"));
  });
  return [...new Set(all)].filter((path) => path !== ".").sort();
}

/**
 * A tar of the members in their order, the folders first, all of root's and of one time: the same bytes for the same
 * members, wherever and whenever it is made.
 */
export function tar(members: readonly Member[], time: number): Uint8Array {
  const common = { uid: 0, gid: 0, modified: time };
  return Buffer.concat([
    ...folders(members).map((path) => tarHeader({ ...common, path, kind: "folder", size: 0, mode: 0o755 })),
    ...members.flatMap(({ path, bytes, isProgram }) => [
      tarHeader({ ...common, path, kind: "file", size: bytes.length, mode: isProgram ? 0o755 : 0o644 }),
      bytes,
      new Uint8Array(padding(bytes.length)),
    ]),
    tarEnd(),
  ]);
}

const gzipped = promisify(gzipInBackground);

/** A gzip without a time, a name, or the system it was made on. */
export async function gzip(bytes: Uint8Array): Promise<Uint8Array> {
  const zipped = await gzipped(bytes);
  // RFC 1952: the tenth byte is the system it was made on; 255 is "unknown".
  zipped[9] = 255;
  return zipped;
}

/** A zip of the members, for Windows, which opens those by itself. */
export function zip(members: readonly Member[], time: number): Uint8Array {
  const [day, clock] = dosTime(time);
  const locals: Uint8Array[] = [];
  const entries: Uint8Array[] = [];
  let offset = 0;
  for (const { path, bytes, isProgram } of members) {
    const name = Buffer.from(path);
    const packed = deflateRawSync(bytes, { level: 6 });
    const common = Buffer.alloc(26);
    // Version 2.0, a name in UTF-8, deflated.
    for (const [at, value] of [20, 0x800, 8, clock, day].entries()) common.writeUInt16LE(value, at * 2);
    for (const [at, value] of [crc32(bytes), packed.length, bytes.length].entries())
      common.writeUInt32LE(value, 10 + at * 4);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from("PK\x03\x04"), common, name, packed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(((0o100000 | (isProgram ? 0o755 : 0o644)) << 16) >>> 0, 6);
    rest.writeUInt32LE(offset, 10);
    // Made on a unix by version 2.0: only then the mode counts.
    entries.push(Buffer.concat([Buffer.from("PK\x01\x02\x14\x03"), common, rest, name]));
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(entries);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(members.length, 8);
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}

// MS-DOS: two seconds are the smallest step, and 1980 the first year.
function dosTime(seconds: number): readonly [day: number, clock: number] {
  const at = new Date(Math.max(seconds, 315_532_800) * 1000);
  const day = ((at.getUTCFullYear() - 1980) << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate();
  return [day, (at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (at.getUTCSeconds() >> 1)];
}

/** An `ar` archive, which a Debian package is. */
export function ar(members: readonly Member[], time: number): Uint8Array {
  return Buffer.concat([
    Buffer.from("!<arch>\n"),
    ...members.flatMap(({ path, bytes }) => [
      Buffer.from(
        `${path.padEnd(16)}${String(time).padEnd(12)}${"0".padEnd(6)}${"0".padEnd(6)}${"100644".padEnd(8)}${String(bytes.length).padEnd(10)}\`\n`,
      ),
      bytes,
      Buffer.from(bytes.length % 2 === 1 ? "\n" : ""),
    ]),
  ]);
}

/** The SHA-256 of something, as `sha256sum` writes it. */
export const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
