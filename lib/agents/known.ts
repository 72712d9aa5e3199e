import type { Agent } from "./agent.ts";
import { claude } from "./claude.ts";
import { codex } from "./codex.ts";
import { copilot } from "./copilot.ts";
import { gemini } from "./gemini.ts";
import { programOf } from "./line.ts";
import { opencode } from "./opencode.ts";
import { qwen } from "./qwen.ts";

/** Every known agent, in the order in which help names them. Further ones are a user's own: see own.ts. */
export const agents: readonly Agent[] = [claude, codex, gemini, opencode, copilot, qwen];

/** Every word that names an agent, the user's own ones last. */
export function agentNames(own: readonly Agent[] = []): readonly string[] {
  return [...agents, ...own].flatMap((agent) => [agent.name, ...agent.aliases]);
}

/** The agent of that name or alias; undefined for a word that names none. */
export function findAgent(word: string, own: readonly Agent[] = []): Agent | undefined {
  return [...agents, ...own].find((agent) => agent.name === word || agent.aliases.includes(word));
}

/**
 * The agent that a shell line starts: `claude ...`, `IS_SANDBOX=1 claude`, `env A=b claude`, `/usr/bin/claude`,
 * `cd web && nice claude`. Undefined when the program of its last command is none of the agents.
 */
export function agentOfLine(line: string, own: readonly Agent[] = []): Agent | undefined {
  // A user's whole line says more than its program: it may be a known agent with words of its own.
  const text = line.trim();
  const begins = (start: string): boolean => text === start || text.startsWith(`${start} `);
  const named = own.find(({ lines = [] }) => lines.some(begins));
  if (named !== undefined) return named;
  const program = programOf(line);
  if (program === undefined) return undefined;
  return agents.find((agent) => agent.name === program) ?? own.find((agent) => agent.program === program);
}
