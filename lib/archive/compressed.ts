import { once } from "node:events";
import type { Transform } from "node:stream";

// Whoever fills it goes on while a few pieces are compressed.
const ahead = 8 << 20;

/** Bytes that are compressed on their way to where they are written. */
export interface Compressed {
  /** Takes some bytes, which must stay as they are; waits while many are still to be compressed. @throws what ended it */
  put(bytes: Uint8Array): Promise<void>;
  /** The end; all of it has been written. @throws what ended it */
  finish(): Promise<void>;
  /** Gives it up. */
  abandon(why: unknown): void;
}

/** What `stream` makes of the bytes goes to `write`. What `write` throws ends it: whoever waits, or the next call, throws that. */
export function compressed(stream: Transform, write: (bytes: Uint8Array) => void): Compressed {
  const failed: { why?: unknown } = {};
  const output = (async () => {
    try {
      for await (const bytes of stream) write(bytes);
    } catch (thrown) {
      failed.why ??= thrown;
      stream.destroy();
    }
  })();
  const refuseFailed = (): void => {
    if (failed.why !== undefined) throw failed.why;
  };
  return {
    put: async (bytes) => {
      refuseFailed();
      stream.write(bytes);
      if (stream.writableLength < ahead) return;
      // Nothing drains any more once the output has failed.
      await Promise.race([once(stream, "drain").catch(() => undefined), output]);
      refuseFailed();
    },
    finish: async () => {
      refuseFailed();
      stream.end();
      await output;
      refuseFailed();
    },
    abandon: (why) => {
      failed.why ??= why;
      stream.destroy();
    },
  };
}
