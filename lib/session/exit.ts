import type { Agent } from "../agents/agent.ts";
import { agentOfLine } from "../agents/known.ts";
import type { MenuHabit, QuietItem } from "../settings/values.ts";
import type { Chosen, Command } from "./command.ts";

/** The answers of the exit menu. */
export type Answer = "y" | "n" | "1" | "r" | "x" | "i";

/** One line of the menu. */
export interface Choice {
  readonly answer: Answer;
  readonly label: string;
}

/** What decides whether the menu comes after a command. */
export interface Leaving {
  readonly habit: MenuHabit | undefined;
  readonly quiet: readonly QuietItem[];
  readonly canAsk: boolean;
  /** This call made the session. */
  readonly made: boolean;
  readonly origin: Chosen["origin"];
  readonly removeOnExit: boolean;
}

/** Whether to ask what becomes of the session. Without anybody to answer, never. */
export function asksOnExit(leaving: Leaving): boolean {
  const { habit = "auto", quiet, canAsk, made, origin, removeOnExit } = leaving;
  if (!canAsk || removeOnExit || habit === "never") return false;
  if (quiet.includes("askkeep") || quiet.includes("full")) return false;
  return habit === "always" || made || origin !== "exact";
}

/** What the menu is about. */
export interface Left {
  readonly firstCommand: string;
  readonly args: readonly string[];
  /** The conversations that would go with the session, in words; "" for none, undefined where nobody has looked. */
  readonly atStake?: string | undefined;
  /** The user's own agents. */
  readonly own?: readonly Agent[] | undefined;
}

/** The menu's lines: what the session has no use for is left out. */
export function choices(left: Left): readonly Choice[] {
  const agent = agentOfLine(left.firstCommand, left.own);
  const all: readonly (Choice | undefined)[] = [
    { answer: "y", label: "Keep it running (Enter)" },
    { answer: "n", label: `Remove it, with ${stake(left)}all files outside the workspace` },
    left.firstCommand === "" ? undefined : { answer: "1", label: `Run its first command again` },
    agent === undefined || agent.resume.length === 0
      ? undefined
      : { answer: "r", label: `Resume: ${resumeLine(agent)}` },
    { answer: "x", label: "Run another command" },
    { answer: "i", label: "Open a shell" },
  ];
  return all.filter((choice) => choice !== undefined);
}

function stake({ atStake = "its conversations" }: Left): string {
  return atStake === "" ? "" : `${atStake} and `;
}

function resumeLine(agent: Agent): string {
  return [agent.name, ...agent.resume].join(" ");
}

/** The command that an answer runs; undefined for those that run none. */
export function commandOfAnswer(answer: "1" | "r", left: Left): Command {
  const { firstCommand: line, args, own } = left;
  if (answer === "1") return { kind: "line", line, args };
  return { kind: "line", line, args: agentOfLine(line, own)?.resume ?? [] };
}
