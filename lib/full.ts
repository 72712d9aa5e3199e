import { fstatSync, statfsSync } from "node:fs";

// /dev/full, by the numbers of its device on Linux.
const fullDevice = (1 << 8) | 7;

/**
 * Whether what is written to a descriptor of ours finds no space: a file on a full disk, or /dev/full. A quota that is used up is
 * not seen.
 */
export function isFull(descriptor: number): boolean {
  try {
    const about = fstatSync(descriptor);
    if (about.isCharacterDevice()) return about.rdev === fullDevice;
    if (!about.isFile()) return false;
    const { bavail, bsize } = statfsSync(`/dev/fd/${descriptor}`);
    return bavail * bsize < about.blksize;
  } catch {
    return false;
  }
}
