import { fstatSync, readFileSync, statSync } from "node:fs";

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

/**
 * Whether whoever started us closed that descriptor (`>&-`). Bun puts /dev/null in its place before anything of ours runs, and
 * that one alone is marked to be closed for programs of ours. Seen on Linux only.
 */
export function isClosed(descriptor: number): boolean {
  try {
    if (fstatSync(descriptor).rdev !== statSync("/dev/null").rdev) return false;
    const [, flags = "0"] =
      /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, "utf8")) ?? [];
    return (Number.parseInt(flags, 8) & closeOnExec) !== 0;
  } catch {
    return false;
  }
}

const closeOnExec = 0o2000000;
