import type { Agent } from "../lib/agents/agent.ts";
import { runningIn } from "../lib/engine/busy.ts";
import { hasConversation } from "../lib/engine/conversation.ts";
import type { Engine } from "../lib/engine/engine.ts";
import { Failure } from "../lib/failure.ts";
import type { Session } from "../lib/session/session.ts";
import type { Call } from "./call.ts";
import { age, say } from "./print.ts";

/**
 * The words for a session's agent that go on with its last conversation; its first ones, said so, where there is none.
 * The session must run.
 */
export async function goOnWords(engine: Engine, session: Session, agent: Agent, workdir: string) {
  if (await hasConversation(engine, session.id, agent.conversations(workdir))) return agent.continueLast;
  say(`${session.name} has no conversation yet, so ${agent.title} starts fresh.`);
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
  const runs = await runningIn(engine, session.id);
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
