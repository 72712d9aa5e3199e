import type { Agent } from "../../lib/agents/agent.ts";
import { agents, findAgent } from "../../lib/agents/known.ts";
import { listVolumes } from "../../lib/engine/volumes.ts";
import { Failure, Interrupted } from "../../lib/failure.ts";
import { type Forgotten, forgetLogin } from "../../lib/login/forget.ts";
import { isDeclined } from "../../lib/login/volume.ts";
import { label } from "../../lib/session/labels.ts";
import { commandLineLayer } from "../../lib/settings/command-line.ts";
import { mergeLayers } from "../../lib/settings/layer.ts";
import { type Call, commonLayers, engineOf, userName } from "../call.ts";
import { logIn } from "../log-in.ts";
import { answer, answerJson, say } from "../print.ts";
import { type VerbContext, verbContext } from "../sessions.ts";

/** `manyoyo login [AGENT]`: the agent's own login, once for all sessions. */
export async function login(call: Call): Promise<number> {
  const [word] = call.parsed.operands;
  const named = word === undefined ? undefined : agentOf(word);
  if (!call.canAsk) {
    const key = (named ?? agents[0])?.login?.keys[0] ?? "NAME";
    throw new Failure(
      "usage",
      "Logging in needs a terminal on stdin, stdout and stderr.",
      `Run it at one: manyoyo login ${named?.name ?? "AGENT"}; a script hands over a key: manyoyo -e ${key} ...`,
    );
  }
  const { imageName, imageVer, image } = call.parsed.values;
  const layers = [
    ...(await commonLayers(call)),
    commandLineLayer({ imageName, imageVer, image }, call.cwd, call.env),
  ];
  const context = { choice: engineOf(call, layers), settings: mergeLayers(layers) };
  return logIn(call, context, named ?? (await choose(call, context)));
}

/** `manyoyo logout [AGENT]`: forgets it, also for sessions that have it mounted; without an agent all of them. */
export async function logout(call: Call): Promise<number> {
  const [word] = call.parsed.operands;
  const context = await verbContext(call);
  const { engine } = context.choice;
  const chosen = word === undefined ? await loggedIn(call, context) : [agentOf(word)];
  const { json } = call.parsed.values;
  if (call.canAsk && chosen.length > 0) {
    const { askYes } = await import("../menu.ts");
    const titles = chosen.map(({ title }) => title).join(", ");
    if (!(await askYes(`Forget the login of ${titles}, for all sessions?`))) throw new Interrupted(130);
  }
  const results: { readonly agent: string; readonly result: Forgotten }[] = [];
  for (const agent of chosen) {
    const result = await forgetLogin(engine, agent, userName(call));
    results.push({ agent: agent.name, result });
    if (!json) tell(agent, result);
  }
  if (json) answerJson({ logins: results });
  else if (chosen.length === 0) say("There is no login.");
  return 0;
}

function tell(agent: Agent, result: Forgotten): void {
  if (result === "missing") say(`${agent.title} has no login.`);
  else answer(agent.name);
  if (result === "emptied") {
    say(
      `Sessions that have the login of ${agent.title} are there still; what runs in them may know it until it ends.`,
    );
  }
}

function agentOf(word: string): Agent {
  const agent = findAgent(word);
  if (agent?.login !== undefined) return agent;
  const known = agents.filter(({ login: how }) => how !== undefined).map(({ name }) => name);
  throw new Failure(
    "usage",
    agent === undefined
      ? `No agent is called "${word}".`
      : `manyoyo knows no way of logging ${agent.title} in.`,
    `It can log in ${known.join(", ")}.`,
  );
}

async function loggedIn(call: Call, { choice }: VerbContext): Promise<readonly Agent[]> {
  const user = userName(call);
  const mine = (await listVolumes(choice.engine, label.login)).filter(
    (volume) => volume.labels[label.user] === user && !isDeclined(volume),
  );
  return agents.filter(({ name }) => mine.some(({ labels }) => labels[label.login] === name));
}

async function choose(call: Call, context: VerbContext): Promise<Agent> {
  const already = await loggedIn(call, context);
  const able = agents.filter(({ login: how }) => how !== undefined);
  const { askOne } = await import("../menu.ts");
  const name = await askOne(
    "Which agent is to be logged in?",
    able.map((agent) => ({
      value: agent.name,
      label: already.includes(agent) ? `${agent.title} (has a login)` : agent.title,
    })),
  );
  const agent = able.find((each) => each.name === name);
  if (agent === undefined) throw new Interrupted(130);
  return agent;
}
