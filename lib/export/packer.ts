import { createGzip, createZstdCompress } from "node:zlib";
import { compressed } from "../archive/compressed.ts";
import { padding } from "../archive/tar.ts";
import { tarEnd, tarHeader } from "../archive/tar-write.ts";

export const compressions = ["gzip", "zstd"] as const;
export type Compression = (typeof compressions)[number];

/** How long a piece of a layer is at the most: with larger ones zlib has less to do between them. */
export const pieceSize = 1 << 20;

/** What a layer came to. */
export interface Packed {
  readonly sha256: string;
  readonly size: number;
}

/** An archive in the making, compressed as it goes. */
export interface Packer {
  /** A small file, whole. @returns its sum */
  text(path: string, text: string): Promise<Packed>;
  /** A layer in pieces, as nobody knows yet how long it gets. @returns its sum */
  layer(number: number, chunks: AsyncIterable<readonly Uint8Array[]>): Promise<Packed>;
  /** The end of the archive; all of it has been written. */
  finish(): Promise<void>;
  /** Gives it up. */
  abandon(why: unknown): void;
}

/** Begins an archive whose bytes go to `write`. What `write` throws ends it: the next call throws that. */
export function packer(compression: Compression, write: (bytes: Uint8Array) => void): Packer {
  const chunkSize = pieceSize;
  const stream = compression === "zstd" ? createZstdCompress({ chunkSize }) : createGzip({ chunkSize });
  const { put, finish, abandon } = compressed(stream, write);
  const file = async (path: string, bytes: Uint8Array): Promise<void> => {
    const header = tarHeader({
      path,
      kind: "file",
      size: bytes.length,
      mode: 0o600,
      uid: 0,
      gid: 0,
      modified: 0,
    });
    await put(header);
    await put(bytes);
    const rest = padding(bytes.length);
    if (rest > 0) await put(new Uint8Array(rest));
  };
  return {
    text: async (path, text) => {
      const bytes = Buffer.from(text);
      await file(path, bytes);
      return { sha256: sha256(bytes), size: bytes.length };
    },
    layer: async (number, chunks) => {
      const hash = new Bun.CryptoHasher("sha256");
      const at = { piece: 0, size: 0, filled: 0, buffer: new Uint8Array(pieceSize) };
      const flush = async (): Promise<void> => {
        const bytes = at.buffer.subarray(0, at.filled);
        hash.update(bytes);
        await file(piecePath(number, at.piece), bytes);
        at.piece += 1;
        at.size += at.filled;
        at.filled = 0;
        // The stream still has the former one.
        at.buffer = new Uint8Array(pieceSize);
      };
      for await (const pieces of chunks) {
        for (const piece of pieces) {
          for (let from = 0; from < piece.length; ) {
            const some = piece.subarray(from, from + pieceSize - at.filled);
            at.buffer.set(some, at.filled);
            at.filled += some.length;
            from += some.length;
            if (at.filled === pieceSize) await flush();
          }
        }
      }
      if (at.filled > 0 || at.piece === 0) await flush();
      return { sha256: hash.digest("hex"), size: at.size };
    },
    finish: async () => {
      await put(tarEnd());
      await finish();
    },
    abandon,
  };
}

/** Where a piece of a layer is in the archive. */
export function piecePath(layer: number, piece: number): string {
  return `layers/${layer}/${String(piece).padStart(8, "0")}`;
}

/** Some bytes, of which the sum and the length are taken as they pass by. */
export function counted(chunks: AsyncIterable<Uint8Array>) {
  const hash = new Bun.CryptoHasher("sha256");
  const seen = { size: 0 };
  const bytes = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      hash.update(chunk);
      seen.size += chunk.length;
      yield chunk;
    }
  };
  return { bytes: bytes(), size: () => seen.size, sha256: () => hash.digest("hex") };
}

/** The sum of some bytes. */
export function sha256(bytes: Uint8Array): string {
  return new Bun.CryptoHasher("sha256").update(bytes).digest("hex");
}
