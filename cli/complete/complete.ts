import { lookAhead } from "./ahead.ts";
import { readLine } from "./line.ts";

/**
 * The answer to a shell's question, a line each; see told.ts. The question is `-- WORDS...`, the last word being the one
 * under the cursor, or `--line LINE WORD` from bash: its line up to the cursor, and what it takes for the word. Anything
 * else has no answer. Asks nobody, starts and changes nothing.
 */
export async function complete(
  question: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<readonly string[]> {
  const [form, ...given] = question;
  if (form === "--") {
    const ahead = await lookAhead(given, env);
    const { answerWords } = await import("./answer.ts");
    const answer = await answerWords(given, { env, ahead });
    ahead?.glance.stop();
    return answer;
  }
  if (form !== "--line") return [];
  const [line = "", typed = ""] = given;
  const shell = readLine(line);
  if (shell.redirected) return [":files"];
  const [, ...words] = shell.words;
  if (words.length === 0) return [];
  const ahead = await lookAhead(words, env);
  const { answerLine } = await import("./answer.ts");
  const answer = await answerLine({ shell, typed, line, words }, { env, ahead });
  // A guess may have been wrong, and its question still be open.
  ahead?.glance.stop();
  return answer;
}
