import type { Agent } from "../agents/agent.ts";
import { findAgent } from "../agents/known.ts";
import { isAgentName, ownAgent } from "../agents/own.ts";
import { nearest } from "../nearest.ts";
import { isMap, type Problem } from "./document.ts";
import type { Path } from "./positions.ts";
import { quoted } from "./values.ts";

// Without the checker of the other settings: completion reads agents as well, and must not wait for it to load.

/** The keys of an agent that a user adds. */
export const agentKeys = ["command", "yolo", "continue", "resume"] as const;

/** The agents that `agents` of manyoyo.json describes, those with a mistake apart, and the mistakes. */
export interface OwnAgents {
  readonly agents: readonly Agent[];
  readonly problems: readonly Problem[];
}

/** Reads the value of `agents`. Never throws. */
export function readAgents(value: unknown): OwnAgents {
  if (value === undefined) return { agents: [], problems: [] };
  if (!isMap(value)) {
    return {
      agents: [],
      problems: [{ path: ["agents"], message: '"agents" must be a map of names to agents.' }],
    };
  }
  const read = Object.entries(value).map(([name, said]) => readAgent(name, said));
  return {
    agents: read.flatMap(({ agents }) => agents),
    problems: read.flatMap(({ problems }) => problems),
  };
}

function readAgent(name: string, said: unknown): OwnAgents {
  const path = ["agents", name];
  const misnamed = nameProblem(path, name);
  if (misnamed !== undefined) return { agents: [], problems: [misnamed] };
  if (!isMap(said)) {
    const message = `The agent ${quoted(name)} must be a map: { command: "...", ... }.`;
    return { agents: [], problems: [{ path, message }] };
  }
  const command = lineAt(said, "command");
  const yolo = lineAt(said, "yolo");
  const last = wordsAt(said, "continue");
  const resume = wordsAt(said, "resume");
  const wrong = [command, yolo, last, resume].flatMap(({ wrong: key }) => key ?? []);
  const problems: Problem[] = [
    ...Object.keys(said).flatMap((key) => unknownKey([...path, key], key)),
    ...wrong.map(({ key, message }) => ({ path: [...path, key], message })),
  ];
  // A key that is written wrong says more.
  if (said["command"] === undefined && problems.length === 0) {
    problems.push({ path, message: `The agent ${quoted(name)} needs a "command".`, hint: commandHint });
  }
  if (problems.length > 0 || command.value === undefined) return { agents: [], problems };
  const described = {
    command: command.value,
    yolo: yolo.value,
    continue: last.value,
    resume: resume.value,
  };
  return { agents: [ownAgent(name, described)], problems };
}

const commandHint = 'It is the shell line that starts the agent: command: "aider".';

function nameProblem(path: Path, name: string): Problem | undefined {
  if (!isAgentName(name)) {
    return {
      path,
      message: `${quoted(name)} cannot name an agent.`,
      hint: "Use up to 30 letters, digits, '-' and '_', beginning with a letter.",
    };
  }
  const known = findAgent(name);
  if (known === undefined) return undefined;
  return {
    path,
    message: `${quoted(name)} means ${known.title} already.`,
    hint: "Choose another name for an agent of your own.",
  };
}

function unknownKey(path: Path, key: string): readonly Problem[] {
  if (agentKeys.some((known) => known === key)) return [];
  const near = nearest(key, agentKeys);
  const hint = near === undefined ? `Known: ${agentKeys.join(", ")}.` : `Did you mean ${quoted(near)}?`;
  return [{ path, message: `There is no setting ${quoted(key)} of an agent.`, hint }];
}

/** A value under a key, or what is wrong with it; neither where nothing is said. */
interface Read<Value> {
  readonly value?: Value;
  readonly wrong?: { readonly key: string; readonly message: string };
}

function lineAt(said: Readonly<Record<string, unknown>>, key: string): Read<string> {
  const value = said[key];
  if (value === undefined) return {};
  if (typeof value === "string" && value.trim() !== "" && !/[\0\r\n]/.test(value))
    return { value: value.trim() };
  return { wrong: { key, message: `"${key}" must be a shell line.` } };
}

function wordsAt(said: Readonly<Record<string, unknown>>, key: string): Read<readonly string[]> {
  const value = said[key];
  if (value === undefined) return {};
  const isWord = (word: unknown): word is string => typeof word === "string" && !word.includes("\0");
  if (Array.isArray(value) && value.every(isWord)) return { value };
  return { wrong: { key, message: `"${key}" must be a list of strings.` } };
}
