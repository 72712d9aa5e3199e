import { isTerminal } from "../lib/terminal.ts";
import type { Call } from "./call.ts";
import { age, passing, size } from "./print.ts";

/** How far something is. */
export interface Progress {
  /** What is being done now. */
  doing(text: string): void;
  /** How many bytes have gone by. */
  bytes(count: number): void;
}

/**
 * Does some work, and tells at a terminal how it goes on once it takes longer than a second: one line, which is overwritten
 * and gone at the end.
 */
export async function during<Result>(
  call: Call,
  text: string,
  work: (progress: Progress) => Promise<Result>,
): Promise<Result> {
  const state = { text, bytes: 0, shown: false };
  const progress: Progress = {
    doing: (what) => {
      state.text = what;
    },
    bytes: (count) => {
      state.bytes = count;
    },
  };
  if (!isTerminal(2) || call.parsed.values.json) return work(progress);
  const begun = Date.now();
  const timer = setInterval(() => {
    state.shown = true;
    const amount = state.bytes === 0 ? "" : `  ${size(state.bytes)}`;
    passing(`  ${age(begun, Date.now())}  ${state.text} ...${amount}`);
  }, 1000);
  try {
    return await work(progress);
  } finally {
    clearInterval(timer);
    if (state.shown) passing(undefined);
  }
}
