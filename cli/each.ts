import { Failure } from "../lib/failure.ts";
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
  const { json } = call.parsed.values;
  const results = await Promise.allSettled(words.map(work));
  const documents = results.map((result, at) => {
    const name = words[at] ?? "";
    if (result.status === "fulfilled") return { name, ...result.value };
    report(result.reason, json);
    return { name, error: result.reason instanceof Failure ? result.reason.code : "engine-failed" };
  });
  if (json) answerJson({ sessions: documents });
  return results.some(({ status }) => status === "rejected") ? 125 : 0;
}
