import type { Agent } from "../../lib/agents/agent.ts";
import { findAgent } from "../../lib/agents/known.ts";
import { wake } from "../../lib/engine/change.ts";
import type { Engine } from "../../lib/engine/engine.ts";
import type { Found } from "../../lib/engine/find.ts";
import { placeOf } from "../../lib/engine/obtain.ts";
import { Failure } from "../../lib/failure.ts";
import type { Call } from "../call.ts";
import { goOnWords, needTerminal, refuseTwice } from "../conversation.ts";
import { optionsOf } from "../enter.ts";
import { sessionOf, verbContext } from "../sessions.ts";
import { work } from "../work.ts";

/** `manyoyo resume [NAME [ID]]`: goes on with a conversation of the session's agent, in the agent's own words. */
export async function resume(call: Call): Promise<number> {
  const context = await verbContext(call);
  const [word = "."] = call.parsed.operands;
  const found = await sessionOf(call, context, word);
  const agent = findAgent(found.session.agent ?? "");
  const { name } = found.session;
  if (agent === undefined) {
    throw new Failure(
      "usage",
      `The session ${name} was not made for an agent, so it has no conversation.`,
      `Join it: manyoyo -n ${name}, or open a shell: manyoyo shell ${name}`,
    );
  }
  needTerminal(call, agent, name);
  const { engine } = context.choice;
  await wake(engine, found.session);
  await refuseTwice(call, engine, found.session);
  const args = await wordsFor(call, engine, found, agent);
  return work(call, {
    engine,
    place: placeOf(found),
    chosen: { command: { kind: "line", line: found.session.firstCommand, args }, origin: "line with words" },
    options: optionsOf(call),
    settings: context.settings,
  });
}

async function wordsFor(call: Call, engine: Engine, found: Found, agent: Agent): Promise<readonly string[]> {
  const [, id] = call.parsed.operands;
  if (id !== undefined) return agent.resumeById(id);
  if (call.parsed.values.pick) return agent.resume;
  return goOnWords(engine, found.session, agent, found.container.workdir);
}
