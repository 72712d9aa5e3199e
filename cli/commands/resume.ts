import type { Agent } from "../../lib/agents/agent.ts";
import { agentOfLine, findAgent } from "../../lib/agents/known.ts";
import { wake } from "../../lib/engine/change.ts";
import { placeOf } from "../../lib/engine/obtain.ts";
import { Failure } from "../../lib/failure.ts";
import type { Session } from "../../lib/session/session.ts";
import type { Call } from "../call.ts";
import { goOnWords, idWords, needTerminal, pickWords, refuseTwice, type Talk } from "../conversation.ts";
import { optionsOf } from "../enter.ts";
import { sessionOf, verbContext, waitsFor } from "../sessions.ts";
import { work } from "../work.ts";

/** `manyoyo resume [NAME [ID]]`: goes on with a conversation of the session's agent, in the agent's own words. */
export async function resume(call: Call): Promise<number> {
  const context = await verbContext(call);
  const [word = "."] = call.parsed.operands;
  const found = await sessionOf(call, context, word);
  const { name } = found.session;
  const agent = agentIn(found.session, context.settings.agents);
  needTerminal(call, agent, name);
  const { engine } = context.choice;
  await wake(engine, found.session, { container: found.container, waits: waitsFor(name) });
  await refuseTwice(call, engine, found.session);
  const args = await wordsFor(call, {
    engine,
    session: found.session,
    agent,
    workdir: found.container.workdir,
  });
  return work(call, {
    engine,
    place: placeOf(found),
    chosen: { command: { kind: "line", line: found.session.firstCommand, args }, origin: "line with words" },
    options: optionsOf(call, context),
    settings: context.settings,
  });
}

async function wordsFor(call: Call, talk: Talk): Promise<readonly string[]> {
  const [, id] = call.parsed.operands;
  if (id !== undefined) return idWords(talk, id);
  return call.parsed.values.pick ? pickWords(talk) : goOnWords(talk);
}

/** The agent that the session was made for. @throws Failure `usage` where it was made for none, or for one that is not known. */
function agentIn({ name, agent: word, firstCommand }: Session, own: readonly Agent[] = []): Agent {
  const agent = findAgent(word ?? "", own) ?? agentOfLine(firstCommand, own);
  if (agent !== undefined) return agent;
  const join = `Join it: manyoyo -n ${name}, or open a shell: manyoyo shell ${name}`;
  throw word === undefined
    ? new Failure("usage", `The session ${name} was not made for an agent, so it has no conversation.`, join)
    : new Failure(
        "usage",
        `The session ${name} was made for the agent ${word}, which your settings do not describe.`,
        `Describe it in manyoyo.json: agents: { ${word}: { command: "..." } }. ${join}`,
      );
}
