import { closeSync, openSync, unlinkSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
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
        writeSync(writing, text);
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
