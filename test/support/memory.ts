import { existsSync, readdirSync, readFileSync } from "node:fs";

/** A program of this machine, with how many files it has open. */
export interface Program {
  readonly pid: number;
  readonly words: string;
  readonly files: number;
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    // It has ended.
    return "";
  }
}

function pids(): readonly number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function wordsOf(pid: number): string {
  return read(`/proc/${pid}/cmdline`).replaceAll("\0", " ").trim();
}

/** Every program on this machine with that text in its words. */
export function programsWith(text: string): readonly Program[] {
  return pids().flatMap((pid) => {
    const words = wordsOf(pid);
    if (!words.includes(text)) return [];
    const folder = `/proc/${pid}/fd`;
    return [{ pid, words, files: existsSync(folder) ? readdirSync(folder).length : 0 }];
  });
}

/** Every program of this machine that belongs to a control group with that text in its name. */
export function programsInGroup(text: string): readonly Pick<Program, "pid" | "words">[] {
  return pids()
    .filter((pid) => read(`/proc/${pid}/cgroup`).includes(text))
    .map((pid) => ({ pid, words: wordsOf(pid) }));
}

/** The memory of a program in MB, now and at its peak; 0 for one that has ended. */
export function memoryOf(pid: number): { readonly now: number; readonly peak: number } {
  const status = read(`/proc/${pid}/status`);
  const of = (key: string): number =>
    Number(new RegExp(`^${key}:\\s+(\\d+) kB`, "m").exec(status)?.[1] ?? 0) / 1024;
  return { now: of("VmRSS"), peak: of("VmHWM") };
}

/** A program and all below it. */
export function familyOf(pid: number): readonly number[] {
  const parents = pids().map(
    (each) => [each, Number(/^PPid:\s+(\d+)/m.exec(read(`/proc/${each}/status`))?.[1])] as const,
  );
  const family = new Set([pid]);
  for (let size = 0; size < family.size; ) {
    size = family.size;
    for (const [each, parent] of parents) if (family.has(parent)) family.add(each);
  }
  return [...family];
}
