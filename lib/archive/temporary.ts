import { closeSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { tidyText } from "../inside/texts.ts";
import { waiting } from "../shell.ts";

/**
 * Does some work, after which nothing is left at a path, even when this call is killed meanwhile.
 * @param work gets a descriptor: while a program holds it, what is there stays
 */
export async function withTemporary<Result>(
  path: string,
  work: (held: number) => Promise<Result>,
): Promise<Result> {
  const tidier = waiting(["/bin/sh", "-c", tidyText(), "manyoyo", path]);
  try {
    return await work(tidier.descriptor);
  } finally {
    closeSync(tidier.descriptor);
    await tidier.ended;
  }
}

/** Does some work with a folder that nobody else can read, and that is gone afterwards. */
export async function withPrivateFolder<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(`${tmpdir()}/manyoyo-`);
  return withTemporary(folder, () => work(folder));
}
