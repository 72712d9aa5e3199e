import type { Agent } from "../agents/agent.ts";
import { isAgentName } from "../agents/own.ts";
import { readAgents } from "./agents.ts";
import { isMap, withoutMark } from "./document.ts";
import { parseJson5 } from "./json5.ts";
import { type EngineName, engines, isProfileName } from "./values.ts";

// What completion needs of a settings file, without the checker, which takes longer to load than an engine to answer.

/** The names in `runs` of a text, faults apart; none when it cannot be parsed. */
export function runNames(text: string): readonly string[] {
  const { runs } = mapOf(text);
  return isMap(runs) ? Object.keys(runs).filter(isProfileName) : [];
}

/** The engine that a text of settings names, faults apart; undefined when it names none. */
export function engineIn(text: string): EngineName | undefined {
  const { engine } = mapOf(text);
  return engines.find((name) => name === engine);
}

/** The user's own agents in a text of settings, those with a mistake apart. */
export function agentsIn(text: string): readonly Agent[] {
  return readAgents(mapOf(text).agents).agents;
}

/** How the user's own agents are called in a text of settings, those with a mistake too. */
export function agentNamesIn(text: string): readonly string[] {
  const { agents } = mapOf(text);
  return isMap(agents) ? Object.keys(agents).filter(isAgentName) : [];
}

function mapOf(
  text: string,
): Readonly<Record<string, unknown>> & { runs?: unknown; engine?: unknown; agents?: unknown } {
  try {
    const value: unknown = parseJson5(withoutMark(text));
    return isMap(value) ? value : {};
  } catch {
    return {};
  }
}
