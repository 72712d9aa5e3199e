import { writeSync } from "node:fs";

/** Writes a piece whole. */
export function writeAll(descriptor: number, piece: Uint8Array): void {
  for (let done = 0; done < piece.length; ) done += writeSync(descriptor, piece, done);
}
