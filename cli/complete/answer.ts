import { agentNames } from "../../lib/agents/known.ts";
import { find, type Where } from "./found.ts";
import type { ShellLine } from "./line.ts";
import { toldByLine, toldByWords } from "./told.ts";
import { wantedBy } from "./wanted.ts";

/** The answer to zsh and fish for these words. */
export async function answerWords(words: readonly string[], where: Where): Promise<readonly string[]> {
  const wanted = wantedBy(words, { agents: agentNames() });
  return toldByWords(await find(wanted, words, where), wanted.from);
}

/** What bash asks about. */
export interface Line {
  readonly shell: ShellLine;
  /** What bash takes for the word under the cursor. */
  readonly typed: string;
  readonly line: string;
  /** The words without the program's own name. */
  readonly words: readonly string[];
}

/** The answer to bash for its line. */
export async function answerLine(
  { shell, typed, line, words }: Line,
  where: Where,
): Promise<readonly string[]> {
  const wanted = wantedBy(words, { agents: agentNames() });
  const found = await find(wanted, words, where);
  return toldByLine(found, wanted.from, { shell, typed, line });
}
