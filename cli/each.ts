import { Failure } from "../lib/failure.ts";
import { pooled } from "../lib/pool.ts";
import type { Call } from "./call.ts";
import { answerJson } from "./print.ts";
import { report } from "./report.ts";

/**
 * Does the same with several sessions at once; each has its own result, and one that fails stops none of the others.
 * @returns 0, or 125 when any failed.
 */
export async function each(
  call: Call,
  words: readonly string[],
  work: (word: string) => Promise<Readonly<Record<string, unknown>>>,
): Promise<number> {
  const { sessions, status } = await eachResult(call, words, work);
  if (call.parsed.values.json) answerJson({ sessions });
  return status;
}

/** As `each`, for a verb that puts the results into a document of its own. */
export async function eachResult(
  call: Call,
  words: readonly string[],
  work: (word: string) => Promise<Readonly<Record<string, unknown>>>,
  // A few dozen programs at a time: each has its own of the engine.
  atOnce = 24,
) {
  const { json } = call.parsed.values;
  const results = await pooled(words, atOnce, async (word) => {
    const [result] = await Promise.allSettled([work(word)]);
    return result;
  });
  const sessions = results.map((result, at) => {
    const name = words[at] ?? "";
    if (result.status === "fulfilled") return { name, ...result.value };
    report(result.reason, json);
    return { name, error: result.reason instanceof Failure ? result.reason.code : "engine-failed" };
  });
  return { sessions, status: results.some(({ status }) => status === "rejected") ? 125 : 0 };
}
