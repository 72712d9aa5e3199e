import type { Agent } from "../../lib/agents/agent.ts";
import { agentNames } from "../../lib/agents/known.ts";
import { home } from "../../lib/settings/home.ts";
import { find, type Where } from "./found.ts";
import type { ShellLine } from "./line.ts";
import { settingsText } from "./settings-text.ts";
import { toldByLine, toldByWords } from "./told.ts";
import { wantedBy } from "./wanted.ts";

/** The answer to zsh and fish for these words. */
export async function answerWords(words: readonly string[], where: Where): Promise<readonly string[]> {
  const own = await ownAgents(where.env);
  const wanted = wantedBy(words, { agents: agentNames(own) });
  return toldByWords(await find(wanted, words, { ...where, own }), wanted.from);
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
  const own = await ownAgents(where.env);
  const wanted = wantedBy(words, { agents: agentNames(own) });
  const found = await find(wanted, words, { ...where, own });
  return toldByLine(found, wanted.from, { shell, typed, line });
}

// Parsed only where there may be any.
async function ownAgents(env: Where["env"]): Promise<readonly Agent[]> {
  const text = await settingsText(home(env));
  if (!text.includes("agents")) return [];
  const { agentsIn } = await import("../../lib/settings/glance.ts");
  return agentsIn(text);
}
