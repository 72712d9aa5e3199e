import type { Agent } from "../lib/agents/agent.ts";
import { agents, findAgent } from "../lib/agents/known.ts";
import type { Engine } from "../lib/engine/engine.ts";
import { listSessions } from "../lib/engine/list.ts";
import type { Wanted } from "../lib/engine/obtain.ts";
import { Failure, Interrupted } from "../lib/failure.ts";
import { nearest } from "../lib/nearest.ts";
import { asLine, commandOf, type Wish } from "../lib/session/command.ts";
import { expandName, folderName } from "../lib/session/names.ts";
import type { Session } from "../lib/session/session.ts";
import { realPath } from "../lib/settings/files.ts";
import type { Call } from "./call.ts";
import type { Told } from "./layers.ts";
import { say } from "./print.ts";

/** Which session a call is about. */
export interface Target {
  readonly name: Wanted["name"];
  /** The agent whose last conversation is to go on, for `manyoyo AGENT` on a session that is there. */
  readonly goOn: Agent | undefined;
  /** The user's own agents, which a new session may be for as well. */
  readonly own: readonly Agent[];
}

/**
 * Finds out which session the words mean: a name, this folder's, or a new one.
 * @throws Failure `no-session` when this folder has none and none may be made.
 */
export async function aim(call: Call, told: Told, engine: Engine): Promise<Target> {
  return { ...(await aimed(call, told, engine)), own: told.settings.agents ?? [] };
}

async function aimed(call: Call, told: Told, engine: Engine): Promise<Omit<Target, "own">> {
  const { agent: word, here, values } = call.parsed;
  const agent = word === undefined ? undefined : findAgent(word, told.settings.agents);
  const { containerName } = told.settings;
  if (agent !== undefined && (containerName === undefined || containerName === ".")) {
    return ofAgent(call, told, engine, agent);
  }
  if (here || containerName === ".")
    return { name: { given: (await hereSession(call, told, engine)).name }, goOn: undefined };
  if (containerName === undefined) return { name: { series: undefined }, goOn: undefined };
  if (values.new) {
    throw new Failure(
      "usage",
      "--new makes a session with a name of its own, so -n cannot name it.",
      "Leave one of them out.",
    );
  }
  return { name: { given: expandName(containerName, () => new Date()) }, goOn: undefined };
}

async function ofAgent(call: Call, told: Told, engine: Engine, agent: Agent): Promise<Omit<Target, "own">> {
  const folder = realPath(told.settings.hostPath ?? call.cwd);
  const series = { series: folderName(folder) };
  if (call.parsed.values.new) return { name: series, goOn: undefined };
  const sessions = (await listSessions(engine, folder)).filter((session) => session.agent === agent.name);
  const latest = lastMade(sessions);
  if (latest === undefined) return { name: series, goOn: undefined };
  if (sessions.length > 1) {
    say(
      `This folder has ${sessions.length} sessions of ${agent.title}; going on with ${latest.name}. Another one: -n NAME`,
    );
  }
  return { name: { given: latest.name }, goOn: agent };
}

/**
 * This folder's session.
 * @throws Failure `no-session`
 */
export async function hereSession(
  call: Call,
  told: Pick<Told, "settings">,
  engine: Engine,
): Promise<Session> {
  const folder = realPath(told.settings.hostPath ?? call.cwd);
  const sessions = await listSessions(engine, folder);
  const latest = lastMade(sessions);
  if (latest === undefined) {
    throw new Failure("no-session", `This folder has no session: ${folder}.`, "Make one: manyoyo -y c");
  }
  if (sessions.length > 1) {
    say(`This folder has ${sessions.length} sessions; this is about ${latest.name}. Another one: -n NAME`);
  }
  return latest;
}

function lastMade(sessions: readonly Session[]): Session | undefined {
  return [...sessions].sort((one, other) => other.created - one.created)[0];
}

/**
 * Passes when a session of that name may be made, with what it is for. Words for a first command alone do not say it, as
 * the name may be mistyped; a bare name is asked about at a terminal.
 * @throws Failure `no-session`
 */
export async function mayMake(call: Call, engine: Engine, wish: Wish, target: Target): Promise<Wish> {
  const { values } = call.parsed;
  if ((wish.exact ?? wish.said) !== undefined) return wish;
  if (wish.args === undefined && (wish.usual !== undefined || values.detach)) return wish;
  // A profile without a command, or nothing but options, is a shell.
  const shell = call.terminal && wish.args === undefined;
  if ("series" in target.name) {
    if (wish.usual !== undefined || shell) return wish;
    throw new Failure(
      "usage",
      "There is nothing to run.",
      "Say what: -y c for an agent, -x CMD for a command.",
    );
  }
  if (shell && values.run !== undefined) return wish;
  const { given } = target.name;
  if (wish.args !== undefined || !call.canAsk) throw await noSession(engine, given, wish.args ?? []);
  const { askOne } = await import("./menu.ts");
  const line = await askOne(`There is no session ${given}. Make it, for what?`, starters(target.own));
  if (line === undefined) throw new Interrupted(130);
  return line === "" ? wish : { ...wish, said: line };
}

/** The refusal for a name that no session has, with the nearest one; `args` where the call could have made it. */
export async function noSession(engine: Engine, name: string, args?: readonly string[]): Promise<Failure> {
  const names = (await listSessions(engine)).map((session) => session.name);
  const near = nearest(name, names);
  const words =
    args === undefined || args.length === 0 ? "" : ` -- ${asLine(commandOf(["", ...args])).slice(3)}`;
  return new Failure(
    "no-session",
    `No session "${name}".${near === undefined ? "" : ` Did you mean ${near}?`}`,
    args === undefined ? "See which there are: manyoyo ls" : `Create it: manyoyo -n ${name} -y c${words}`,
  );
}

// What may be made at a terminal for a bare name.
function starters(own: readonly Agent[]): readonly { readonly value: string; readonly label: string }[] {
  return [
    ...[...agents, ...own].map((agent) => ({ value: agent.yolo, label: agent.title })),
    { value: "", label: "A shell" },
  ];
}
