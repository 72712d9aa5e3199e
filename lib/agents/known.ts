import type { Agent } from "./agent.ts";
import { claude } from "./claude.ts";
import { codex } from "./codex.ts";
import { gemini } from "./gemini.ts";
import { opencode } from "./opencode.ts";

/** Every known agent, in the order in which help names them. */
export const agents: readonly Agent[] = [claude, codex, gemini, opencode];

/** Every word that names an agent. */
export function agentNames(): readonly string[] {
  return agents.flatMap((agent) => [agent.name, ...agent.aliases]);
}

/** The agent of that name or alias; undefined for a word that names none. */
export function findAgent(word: string): Agent | undefined {
  return agents.find((agent) => agent.name === word || agent.aliases.includes(word));
}

/**
 * The agent that a shell line starts: `claude ...`, `IS_SANDBOX=1 claude`, `env A=b claude`, `/usr/bin/claude`.
 * Undefined when its first program is none of the agents.
 */
export function agentOfLine(line: string): Agent | undefined {
  const words = line.trim().match(/(?:[^\s'"\\]|\\.|'[^']*'|"(?:[^"\\]|\\.)*")+/g) ?? [];
  const assignment = /^[A-Za-z_][A-Za-z0-9_]*=/;
  const program = words.find(
    (word, at) =>
      !assignment.test(word) &&
      !["env", "exec", "command"].includes(word) &&
      !(at > 0 && word.startsWith("-")),
  );
  return program === undefined
    ? undefined
    : agents.find((agent) => agent.name === program.replace(/^.*\//, ""));
}
