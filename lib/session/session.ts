import { agentOfLine, findAgent } from "../agents/known.ts";
import { isAgentName } from "../agents/own.ts";
import type { UserHabit } from "../settings/values.ts";
import { type Labels, label } from "./labels.ts";

/** What a session is doing; `broken` is what an engine could neither start nor remove. */
export type State = "running" | "paused" | "stopped" | "created" | "broken";

/** The states, in the order in which help names them. */
export const states: readonly State[] = ["running", "paused", "stopped", "created", "broken"];

/** What sessions can be sorted by. */
export const sortKeys = ["name", "state", "used", "created", "size"] as const;
export type SortKey = (typeof sortKeys)[number];

/** A session, as its engine tells of it. */
export interface Session {
  /** The engine's full id: every change is made by it. */
  readonly id: string;
  readonly name: string;
  readonly state: State;
  /** Milliseconds since 1970. */
  readonly created: number;
  /** When it was started or stopped last, as exactly as its engine's list tells: docker's to the hour, the day, the week. */
  readonly used?: number | undefined;
  /** Bytes that it wrote itself, where the engine was asked. */
  readonly size?: number | undefined;
  readonly image: string;
  /** The host's folder; undefined where the original tool did not record it. */
  readonly folder: string | undefined;
  readonly agent: string | undefined;
  readonly firstCommand: string;
  readonly args: readonly string[];
  /** Made by the original tool: its PID 1 does not stop by itself. */
  readonly legacy: boolean;
  readonly user: string | undefined;
  /** What its commands run as when a call does not say. */
  readonly userHabit: UserHabit | undefined;
  readonly options: string | undefined;
}

/** What an engine says of a container, whichever engine it is. */
export interface Container {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly created: number;
  readonly used?: number | undefined;
  readonly size?: number | undefined;
  readonly image: string;
  readonly labels: Labels;
  /** Sources of its bind mounts, as far as they were told. */
  readonly binds: readonly string[];
}

/** Both engines' words for a container's state. */
export function stateOf(status: string): State {
  switch (status.toLowerCase()) {
    case "running":
    case "restarting":
    case "up":
      return "running";
    case "paused":
      return "paused";
    case "exited":
    case "stopped":
    case "stopping":
      return "stopped";
    case "created":
    case "configured":
    case "initialized":
      return "created";
    default:
      return "broken";
  }
}

/** The session that a container is; that its labels are its own must be known by now (see labels.ts). */
export function sessionOf(container: Container): Session {
  const { labels } = container;
  const firstCommand = labels[label.firstCommand] ?? "";
  return {
    id: container.id,
    name: container.name,
    state: stateOf(container.status),
    created: container.created,
    used: container.used,
    size: container.size,
    image: container.image,
    folder: labels[label.folder] ?? container.binds[0],
    agent: agentNamed(labels),
    firstCommand,
    args: argsOf(labels[label.args]),
    legacy: labels[label.session] === undefined,
    user: labels[label.user],
    userHabit: labels[label.userHabit] === "root" ? "root" : undefined,
    options: labels[label.options],
  };
}

/**
 * The name of the agent that a session was made for. The label has the last word, also for an agent of somebody's own,
 * which the settings of this call need not know.
 */
export function agentNamed(labels: Labels): string | undefined {
  const word = labels[label.agent] ?? "";
  if (isAgentName(word)) return findAgent(word)?.name ?? word;
  return agentOfLine(labels[label.firstCommand] ?? "")?.name;
}

// A label can be written by anybody: what is not our JSON list of words counts as none.
function argsOf(text: string | undefined): readonly string[] {
  if (text === undefined) return [];
  try {
    const words: unknown = JSON.parse(text);
    return Array.isArray(words) ? words.filter((word) => typeof word === "string") : [];
  } catch {
    return [];
  }
}
