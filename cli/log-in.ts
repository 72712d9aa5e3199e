import type { Agent, LoginWay } from "../lib/agents/agent.ts";
import type { Choice, Engine } from "../lib/engine/engine.ts";
import { findVolume, provideVolume, removeVolume } from "../lib/engine/volumes.ts";
import { Failure, Interrupted } from "../lib/failure.ts";
import { closePlace, hasLogin, keepValue, type LoginPlace, openPlace, runLogin } from "../lib/login/place.ts";
import { declinedVolume, isDeclined, loginVolume } from "../lib/login/volume.ts";
import { imageOf } from "../lib/session/plan.ts";
import { resolveEnv } from "../lib/settings/env.ts";
import type { Settings } from "../lib/settings/layer.ts";
import { signalStatus } from "../lib/shell.ts";
import { type EndingSignal, onEndingSignal } from "../lib/signals.ts";
import { type Call, runsAs, userName } from "./call.ts";
import type { Logins } from "./logins.ts";
import { say } from "./print.ts";

/** Where a login is made: the engine, and the settings that name the image and the variables. */
interface Place {
  readonly choice: Choice;
  readonly settings: Settings;
}

/**
 * Logs an agent in, by its own program on our terminal, for all sessions of this user.
 * @returns 0, or the program's status where it did not come to a login.
 * @throws Failure; Interrupted when a question was left.
 */
export async function logIn(call: Call, { choice, settings }: Place, agent: Agent): Promise<number> {
  const { engine } = choice;
  const user = userName(call);
  const way = await wayOf(agent);
  const volume = loginVolume(agent, user);
  const found = await findVolume(engine, volume);
  if (found !== undefined && isDeclined(found)) await removeVolume(engine, volume);
  const keys = agent.login?.keys ?? [];
  const values = new Map(
    resolveEnv(settings.env, call.env)
      .filter(({ name }) => !keys.includes(name))
      .map(({ name, value }) => [name, value]),
  );
  const told: EndingSignal[] = [];
  // From here on something has to be put away, which a second Ctrl-C must not cut short.
  const ignore = onEndingSignal((signal) => told.push(signal));
  try {
    const place = await openPlace(engine, { agent, image: imageOf(settings), user, values });
    return await within(call, { choice, settings }, { place, way, told });
  } finally {
    ignore();
  }
}

/** A login in its container. */
interface Attempt {
  readonly place: LoginPlace;
  readonly way: LoginWay;
  /** The signals that arrived so far. */
  readonly told: readonly EndingSignal[];
}

async function within(
  call: Call,
  { choice, settings }: Place,
  { place, way, told }: Attempt,
): Promise<number> {
  const { engine } = choice;
  const { agent, user } = place.wish;
  const outcome = { keep: false };
  try {
    const [signal] = told;
    if (signal !== undefined) throw new Interrupted(signalStatus(signal));
    const as = runsAs(call, choice, settings, settings);
    const options = { user, as, terminal: true, values: new Map<string, string>(), limit: undefined };
    const end = await runLogin(engine, place, way.line, options);
    if (end.cause === "ended" && end.status === 0) await keepToken(engine, place, way);
    outcome.keep = await hasLogin(engine, place);
    // Also where this call was told to end: a second Ctrl-C is ours when the program has given our terminal back by then.
    if (end.status !== 0) {
      // One from before, or one that the agent had written before this call was told to end.
      say(`${agent.title} was not logged in.${outcome.keep ? " A login is there all the same." : ""}`);
      return end.status;
    }
    if (!outcome.keep) throw noLogin(agent);
    const mark = agent.login?.mark;
    if (mark !== undefined) await keepValue(engine, place, mark[0], mark[1]);
    say(`${agent.title} is logged in, for all sessions of ${user} that are made from now on.`);
    return 0;
  } finally {
    await closePlace(engine, place, outcome.keep);
  }
}

function noLogin(agent: Agent): Failure {
  return new Failure(
    "engine-failed",
    `${agent.title} ended without a login.`,
    `Try again: manyoyo login ${agent.name}`,
  );
}

async function wayOf(agent: Agent): Promise<LoginWay> {
  const ways = agent.login?.ways ?? [];
  const [first] = ways;
  if (first === undefined) {
    throw new Failure(
      "usage",
      `manyoyo knows no way of logging ${agent.title} in.`,
      "Log in inside a session.",
    );
  }
  if (ways.length === 1) return first;
  const { askOne } = await import("./menu.ts");
  const options = ways.map(({ title, line }) => ({ value: line, label: `${title} (${line})` }));
  const line = await askOne(`How is ${agent.title} to be logged in?`, options);
  const way = ways.find((each) => each.line === line);
  if (way === undefined) throw new Interrupted(130);
  return way;
}

async function keepToken(engine: Engine, place: LoginPlace, way: LoginWay): Promise<void> {
  if (way.token === undefined) return;
  const { askSecret } = await import("./menu.ts");
  const { variable, whole } = way.token;
  const ask = async (message: string): Promise<string> => {
    const told = await askSecret(message);
    if (told === undefined) throw new Interrupted(130);
    return told.replace(/\s/g, "");
  };
  const first = await ask(`Paste the token that ${place.wish.agent.title} printed (it is not shown):`);
  // A narrow terminal breaks it into lines, of which each is an answer of its own.
  const parts = [first];
  while (!whole.test(parts.join(""))) {
    const next = await ask(
      "That is no whole token yet. Paste its rest, or the same again to keep it as it is:",
    );
    if (next === parts.at(-1)) break;
    if (whole.test(next)) parts.length = 0;
    parts.push(next);
  }
  await keepValue(engine, place, variable, parts.join(""));
}

/**
 * Where the agent of that first command has neither key nor login, and was never asked about: asks at a terminal, and logs
 * in. A no is remembered; a question that was left, or a login that did not come about, is not.
 * @throws Failure `no-image`, so that the image can be made first.
 */
export async function offerLogin(call: Call, at: Place, logins: Logins, line: string): Promise<void> {
  const agent = await logins.missingFor(line);
  if (agent === undefined) return;
  const { askOne } = await import("./menu.ts");
  const said = await askOne(`${agent.title} has no login yet. Log it in now, once for all sessions?`, [
    { value: "yes", label: "Yes, log in now" },
    { value: "later", label: "Not now" },
    { value: "no", label: `No, and never ask again (later: manyoyo login ${agent.name})` },
  ]);
  if (said === "no") {
    await provideVolume(at.choice.engine, declinedVolume(agent, userName(call)));
    logins.changed();
  }
  if (said !== "yes") return;
  try {
    await logIn(call, at, agent);
  } catch (thrown) {
    if (!(thrown instanceof Failure) || thrown.code === "no-image") throw thrown;
    say(`${thrown.message} The session starts without a login.`);
  } finally {
    logins.changed();
  }
}
