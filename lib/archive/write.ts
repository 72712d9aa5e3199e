import { closeSync, openSync, writeSync } from "node:fs";

/** Writes a piece whole. */
export function writeAll(descriptor: number, piece: Uint8Array): void {
  for (let done = 0; done < piece.length; ) done += writeSync(descriptor, piece, done);
}

/**
 * Writes a stream into a new file that only its user can read, piece by piece.
 * @param tell hears how many bytes there are so far
 */
export async function spool(
  chunks: AsyncIterable<Uint8Array>,
  path: string,
  tell: (bytes: number) => void,
): Promise<void> {
  const descriptor = openSync(path, "wx", 0o600);
  let written = 0;
  try {
    for await (const chunk of chunks) {
      writeAll(descriptor, chunk);
      written += chunk.length;
      tell(written);
    }
  } finally {
    closeSync(descriptor);
  }
}
