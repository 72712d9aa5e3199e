import type { Agent } from "../agents/agent.ts";
import { agents as known } from "../agents/known.ts";
import { Failure } from "../failure.ts";
import { nearest } from "../nearest.ts";
import { quoted } from "../settings/values.ts";

/** An agent to install, with a version or a tag where one was asked for. */
export interface Asked {
  readonly agent: Agent;
  readonly wanted: string | undefined;
}

// The rest is installed where it is asked for.
const usual: readonly string[] = ["claude", "codex", "gemini", "opencode"];

/** The agents that an image has unless others are asked for. */
export function usualAgents(): readonly Asked[] {
  return known.filter(({ name }) => usual.includes(name)).map((agent) => ({ agent, wanted: undefined }));
}

/**
 * Reads `claude,codex@0.169.0`: names or aliases, each with a version or a tag; `none` is none.
 * @throws Failure `usage`
 */
export function readAgents(list: string): readonly Asked[] {
  if (list === "none") return [];
  const found = list.split(",").map((word) => {
    const [name = "", wanted] = word.trim().split("@", 2);
    const agent = known.find((each) => each.name === name || each.aliases.includes(name));
    if (agent === undefined) throw new Failure("usage", `There is no agent ${quoted(name)}.`, hint(name));
    if (agent.npm === undefined) {
      throw new Failure("usage", `${agent.title} is not on npm, so the build cannot install it.`);
    }
    if (wanted !== undefined && !/^[A-Za-z0-9][A-Za-z0-9.+_-]*$/.test(wanted))
      throw new Failure("usage", `${quoted(wanted)} is no version of ${agent.title}.`);
    return { agent, wanted };
  });
  return found.filter(({ agent }, at) => found.findIndex((other) => other.agent === agent) === at);
}

function hint(name: string): string {
  const names = known.filter(({ npm }) => npm !== undefined).map((agent) => agent.name);
  const near = nearest(name, names);
  return near === undefined ? `It takes ${names.join(", ")}, or none.` : `Did you mean ${near}?`;
}
