/** Bytes that come in chunks, taken in the pieces that a reader wants. */
export interface Bytes {
  /** Exactly so many, which must be few; undefined when the end comes before the first of them. @throws Cut */
  take(count: number): Promise<Uint8Array | undefined>;
  /** The next piece, of at most so many; undefined at the end. */
  some(most: number): Promise<Uint8Array | undefined>;
}

/** The bytes end in the middle of something. */
export class Cut extends Error {
  override readonly name = "Cut";
}

/** Makes a stream of chunks readable by pieces; holds one chunk at a time. */
export function bytesOf(chunks: AsyncIterable<Uint8Array>): Bytes {
  const source = chunks[Symbol.asyncIterator]();
  let rest: Uint8Array = new Uint8Array(0);
  const some = async (most: number): Promise<Uint8Array | undefined> => {
    while (rest.length === 0) {
      const next = await source.next();
      if (next.done === true) return undefined;
      rest = next.value;
    }
    const piece = rest.subarray(0, most);
    rest = rest.subarray(piece.length);
    return piece;
  };
  const take = async (count: number): Promise<Uint8Array | undefined> => {
    const whole = new Uint8Array(count);
    let filled = 0;
    while (filled < count) {
      const piece = await some(count - filled);
      if (piece === undefined && filled === 0) return undefined;
      if (piece === undefined) throw new Cut("the bytes end too early");
      whole.set(piece, filled);
      filled += piece.length;
    }
    return whole;
  };
  return { some, take };
}
