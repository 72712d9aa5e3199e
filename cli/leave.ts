import { agentOfLine } from "../lib/agents/known.ts";
import { runningIn } from "../lib/engine/busy.ts";
import { remove, rouse } from "../lib/engine/change.ts";
import type { Engine } from "../lib/engine/engine.ts";
import type { Obtained } from "../lib/engine/obtain.ts";
import { type RunOptions, runIn } from "../lib/engine/run.ts";
import { goneWords, lostWith, lostWords } from "../lib/history/lost.ts";
import { type Command, shell } from "../lib/session/command.ts";
import { type Answer, choices, commandOfAnswer, type Left } from "../lib/session/exit.ts";
import type { QuietItem } from "../lib/settings/values.ts";
import { hasSome } from "./conversation.ts";
import { unknownUse } from "./in-use.ts";
import { age, say, sayUnless } from "./print.ts";
import { waitsFor } from "./sessions.ts";

/** What the menu works on. */
export interface Leave {
  readonly engine: Engine;
  readonly place: Obtained;
  readonly left: Left;
  readonly options: RunOptions;
  readonly quiet: readonly QuietItem[];
}

/**
 * Asks what becomes of the session, does it, and asks again after each further command.
 * @returns the status of the last command that ran.
 */
export async function leave(about: Leave, status: number): Promise<number> {
  const [{ askLeave }, lost] = await Promise.all([import("./menu.ts"), atStake(about)]);
  const { name } = about.place.session;
  const answer = await askLeave(name, choices({ ...about.left, atStake: lost }));
  if (answer === "y") {
    const back =
      agentOfLine(about.left.firstCommand, about.left.own) === undefined ? `-n ${name}` : `resume ${name}`;
    sayUnless(about.quiet, "tip", `${name} keeps running. Go on: manyoyo ${back}`);
    return status;
  }
  if (answer === "n") return (await removed(about)) ? status : leave(about, status);
  const command = await commandFor(answer, about.left);
  if (command === undefined) return leave(about, status);
  // The menu may have waited long: somebody may have stopped the session.
  await rouse(about.engine, about.place.session, waitsFor(about.place.session.name));
  const ready = answer === "r" ? await orFresh(about, command) : command;
  const end = await runIn(about.engine, about.place, ready, about.options);
  return end.cause === "signal" ? end.status : leave(about, end.status);
}

async function commandFor(answer: Exclude<Answer, "y" | "n">, left: Left): Promise<Command | undefined> {
  if (answer === "i") return shell;
  if (answer !== "x") return commandOfAnswer(answer, left);
  const { askLine } = await import("./menu.ts");
  const line = await askLine("Enter command to execute:");
  return line === undefined ? undefined : { kind: "line", line, args: [] };
}

// With nothing to go on with, most agents only say so and end.
async function orFresh({ engine, place, left }: Leave, command: Command): Promise<Command> {
  const agent = agentOfLine(left.firstCommand, left.own);
  if (agent === undefined) return command;
  const { id, name } = place.session;
  const { firstCommand, args } = left;
  const talk = { engine, session: { id, name, firstCommand, args }, agent, workdir: place.workdir };
  if (await hasSome(talk)) return command;
  say(`${name} has no conversation yet, so ${agent.title} starts fresh.`);
  return commandOfAnswer("1", left);
}

// Only an agent has conversations worth a look.
async function atStake({ engine, place, left }: Leave): Promise<string | undefined> {
  if (agentOfLine(left.firstCommand, left.own) === undefined) return undefined;
  // Nobody wants to wait for a menu; and nothing depends on it but a message.
  const lost = await lostWith(engine, { id: place.session.id, state: "running", image: "" }, 5000);
  return lostWords(lost ?? []) ?? "";
}

// Somebody else's work in there is told of, and only a clear yes ends it.
async function removed(about: Leave): Promise<boolean> {
  const { session } = about.place;
  const others = await runningIn(about.engine, session.id).catch(unknownUse);
  if (others.length > 0) {
    const { askYes } = await import("./menu.ts");
    say(`${session.name} ${typeof others === "string" ? `may be in use: ${others}` : "is in use:"}`);
    for (const run of typeof others === "string" ? [] : others)
      say(`  ${run.user}: ${run.line} (since ${age(run.since, Date.now())})`);
    if (!(await askYes("Remove it all the same?"))) return false;
  }
  const lost = await atStake(about);
  await remove(about.engine, session);
  sayUnless(about.quiet, "crm", `Removed the session ${session.name}.${lost ? ` ${goneWords(lost)}` : ""}`);
  return true;
}
