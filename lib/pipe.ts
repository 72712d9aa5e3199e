import { closeSync, writeSync } from "node:fs";

/** A real pipe: what is written at one end is read at the other, and the end comes when nobody holds the first. */
export interface Pipe {
  readonly reading: number;
  readonly writing: number;
}

const libraries = ["libc.so.6", `libc.musl-${process.arch === "arm64" ? "aarch64" : "x86_64"}.so.1`];
const closeOnExec = 0o2000000;

/**
 * Makes a pipe that no other program inherits by chance. Bun's own are sockets, which cannot be opened as `/dev/fd/N`.
 * Undefined on systems other than Linux, and where libc is not found.
 */
export async function makePipe(): Promise<Pipe | undefined> {
  if (process.platform !== "linux") return undefined;
  const { dlopen } = await import("bun:ffi");
  for (const library of libraries) {
    try {
      const { symbols } = dlopen(library, { pipe2: { args: ["ptr", "i32"], returns: "i32" } });
      const ends = new Int32Array(2);
      if (symbols.pipe2(ends, closeOnExec) !== 0) return undefined;
      const [reading, writing] = ends;
      return reading === undefined || writing === undefined ? undefined : { reading, writing };
    } catch {
      // The other C library.
    }
  }
  return undefined;
}

/** Writes a text whole, which must fit the pipe (64 KiB), and gives up our hold of that end. A reader that is gone is no failure. */
export function writeEnd(descriptor: number, text: string | Uint8Array): void {
  try {
    writeSync(descriptor, typeof text === "string" ? Buffer.from(text) : text);
  } catch {
    // Whoever should have read it says why it is gone.
  } finally {
    closeSync(descriptor);
  }
}
