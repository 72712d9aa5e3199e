import { fstatSync, statSync } from "node:fs";

/**
 * Whether a descriptor of ours is a terminal. What is plainly none, a pipe, a file or /dev/null, is told without node:tty,
 * which costs a script 3 ms.
 */
export function isTerminal(descriptor: number): boolean {
  try {
    const found = fstatSync(descriptor);
    if (!found.isCharacterDevice() || found.rdev === statSync("/dev/null").rdev) return false;
    return process.getBuiltinModule("node:tty").isatty(descriptor);
  } catch {
    // It is closed.
    return false;
  }
}
