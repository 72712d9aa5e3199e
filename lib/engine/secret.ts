import { closeSync, openSync, unlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { writeAll } from "../archive/write.ts";
import { Failure } from "../failure.ts";

/**
 * Opens a text for reading under no name at all: an engine's program finds it as `/dev/fd/3`, and it shows in no
 * folder, no argument and no environment. Kept in memory (/dev/shm) where the system has it. The caller closes it.
 * @throws Failure `settings` when no temporary file can be made.
 */
export function secretDescriptor(text: string): number {
  for (const folder of ["/dev/shm", tmpdir()]) {
    const path = `${folder}/manyoyo-${crypto.randomUUID()}`;
    try {
      const writing = openSync(path, "wx", 0o600);
      try {
        const reading = openSync(path, "r");
        unlinkSync(path);
        filled(reading, writing, text);
        return reading;
      } finally {
        closeSync(writing);
      }
    } catch {
      // The next folder may do.
    }
  }
  throw new Failure(
    "settings",
    "The variables cannot be handed to the session: neither /dev/shm nor the temporary folder can be written.",
    "Point TMPDIR at a folder that you can write.",
  );
}

// Whole: a file system that is nearly full takes a part first.
function filled(reading: number, writing: number, text: string): void {
  try {
    writeAll(writing, Buffer.from(text));
  } catch (thrown) {
    closeSync(reading);
    throw thrown;
  }
}

/** Does some work while a text is open for reading as `secretDescriptor` opens it. @throws Failure as that does, and what the work throws. */
export async function withSecret<Result>(
  text: string,
  work: (descriptor: number) => Promise<Result>,
): Promise<Result> {
  const descriptor = secretDescriptor(text);
  try {
    return await work(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
