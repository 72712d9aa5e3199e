import type { Agent } from "../lib/agents/agent.ts";
import { folderOf } from "../lib/agents/line.ts";
import { runningIn } from "../lib/engine/busy.ts";
import { letGo } from "../lib/engine/change.ts";
import { conversationFiles, hasConversation, someHolds } from "../lib/engine/conversation.ts";
import type { Engine } from "../lib/engine/engine.ts";
import { Failure } from "../lib/failure.ts";
import type { Session } from "../lib/session/session.ts";
import type { Call } from "./call.ts";
import { age, say } from "./print.ts";
import { quoted } from "./quoted.ts";
import { waitsFor } from "./sessions.ts";

/** An agent in a session that runs. */
export interface Talk {
  readonly engine: Engine;
  readonly session: Pick<Session, "id" | "name" | "firstCommand" | "args">;
  readonly agent: Agent;
  /** The session's working directory inside. */
  readonly workdir: string;
}

/** The words for a session's agent that go on with its last conversation; its first ones, said so, where there is none. */
export async function goOnWords(talk: Talk): Promise<readonly string[]> {
  const { agent, session } = talk;
  if (agent.continueLast.length === 0) return fresh(talk, `${agent.title} has no words that go on`);
  if (!(await hasSome(talk))) return fresh(talk, `${session.name} has no conversation yet`);
  return (await unlistedWords(talk)) ?? agent.continueLast;
}

// Where all conversations are of the kind that the agent leaves out, the newest is gone on with by its id.
async function unlistedWords(talk: Talk): Promise<readonly string[] | undefined> {
  const { engine, session, agent } = talk;
  const patterns = patternsOf(talk);
  if (agent.listed === undefined || patterns.length === 0) return undefined;
  if (await someHolds(engine, session.id, patterns, agent.listed)) return undefined;
  const files = await conversationFiles(engine, session.id, patterns);
  const id = files.map((file) => idOf(agent, file)).find((each) => each !== undefined && isUuid(each));
  return id === undefined ? undefined : agent.resumeById(id);
}

/** The words with which the agent lets a person choose; its first ones, said so, where there is nothing to choose from. */
export async function pickWords(talk: Talk): Promise<readonly string[]> {
  const { agent, session } = talk;
  if (agent.resume.join(" ") === agent.continueLast.join(" ")) {
    const words = await goOnWords(talk);
    if (words === agent.continueLast) {
      say(
        `${agent.title} has no choice of its own, so this is the last conversation. See all: manyoyo history ls ${session.name}`,
      );
    }
    return words;
  }
  return (await hasSome(talk)) ? agent.resume : fresh(talk, `${session.name} has no conversation yet`);
}

/**
 * The words that go on with that very conversation; the beginning of an id will do.
 * @throws Failure `usage` where it is certain that there is none such: the agent's own words for that explain little.
 */
export async function idWords(talk: Talk, id: string): Promise<readonly string[]> {
  const { engine, session, agent } = talk;
  const words = agent.resumeById(id);
  if (words.length === 0) {
    throw new Failure(
      "usage",
      `${agent.title} has no words that go on with one conversation.`,
      `Say them in manyoyo.json: agents.${agent.name}.resume, or go on with the last one: manyoyo resume ${session.name}`,
    );
  }
  const patterns = patternsOf(talk);
  if (patterns.length === 0) return words;
  const files = await conversationFiles(engine, session.id, patterns);
  const ids = files.map((file) => idOf(agent, file) ?? "");
  // An agent may know a conversation by a number or a title as well, and its files by none of them.
  if (ids.includes(id) || (files.length > 0 && ids.some((each) => !isUuid(each)))) return words;
  const begun = /^[0-9a-f-]{4,}$/i.test(id) ? ids.filter((each) => each.startsWith(id.toLowerCase())) : [];
  const [only] = begun;
  if (only !== undefined && begun.length === 1) return agent.resumeById(only);
  if (begun.length === 0 && files.length > 0 && !isUuid(id)) return words;
  throw unknownId(talk, id, begun.length > 0 ? begun : ids);
}

function unknownId({ session, agent }: Talk, id: string, ids: readonly string[]): Failure {
  const shown = ids.slice(0, 5).join(", ");
  const more = ids.length > 5 ? `, ... See all: manyoyo history ls ${session.name}` : "";
  return new Failure(
    "usage",
    `${agent.title} has no conversation ${quoted(id)} in the session ${session.name}.`,
    ids.length === 0
      ? `It has none at all. Begin one: manyoyo -n ${session.name}`
      : `There are: ${shown}${more}`,
  );
}

/** Whether there is a conversation to go on with, or only the agent itself can know. */
export async function hasSome(talk: Talk): Promise<boolean> {
  const patterns = patternsOf(talk);
  return patterns.length === 0 || (await hasConversation(talk.engine, talk.session.id, patterns));
}

function patternsOf({ agent, session, workdir }: Talk): readonly string[] {
  return agent.conversations(folderOf(session.firstCommand, workdir));
}

function idOf({ transcripts }: Agent, file: string): string | undefined {
  return transcripts?.kind === "records" ? transcripts.idOf(file) : undefined;
}

function isUuid(word: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(word);
}

function fresh({ agent, session }: Talk, why: string): readonly string[] {
  say(`${why}, so ${agent.title} starts fresh.`);
  return session.args;
}

/** Refuses to go on with a conversation where nobody could see it. @throws Failure `usage` */
export function needTerminal(call: Call, agent: Agent, name: string): void {
  if (call.terminal) return;
  throw new Failure(
    "usage",
    `${agent.title} needs a terminal on stdin and stdout.`,
    `Give it something to do by words of its own: manyoyo -n ${name} -- ...`,
  );
}

/**
 * Two programs on one conversation spoil it: where the session's agent still runs, says who and asks.
 * @throws Failure `in-use` unless the answer is yes, or `--force` was said.
 */
export async function refuseTwice(call: Call, engine: Engine, session: Session): Promise<void> {
  if (call.parsed.values.force) return;
  const waits = waitsFor(session.name);
  const runs = await runningIn(engine, session.id, () => letGo(engine, session, waits));
  const running = runs.find((run) => run.line.startsWith(session.firstCommand));
  if (running === undefined) return;
  const who = `${running.user} began it ${age(running.since, Date.now())} ago`;
  const message = `The agent of ${session.name} still runs elsewhere: ${who}.`;
  if (call.canAsk) {
    const { askYes } = await import("./menu.ts");
    if (await askYes(`${message} Go on all the same?`)) return;
  }
  throw new Failure("in-use", message, `Go on all the same: manyoyo resume -f ${session.name}`);
}
