import type { Agent } from "../../lib/agents/agent.ts";
import { type Ahead, beginRun } from "../../lib/engine/ahead.ts";
import { askFor } from "../../lib/engine/ask.ts";
import type { Choice, Engine } from "../../lib/engine/engine.ts";
import type { Obtained } from "../../lib/engine/obtain.ts";
import { mustHaveBegun, newRun, type RunOptions, runBehind } from "../../lib/engine/run.ts";
import { Failure } from "../../lib/failure.ts";
import {
  type Chosen,
  commandOf,
  firstCommand,
  joinCommand,
  makeCommand,
  refuseScreen,
  type Wish,
} from "../../lib/session/command.ts";
import { differences } from "../../lib/session/differences.ts";
import { expandName } from "../../lib/session/names.ts";
import type { Session } from "../../lib/session/session.ts";
import { parseLimit } from "../../lib/settings/durations.ts";
import type { Settings } from "../../lib/settings/layer.ts";
import { isClosed } from "../../lib/terminal.ts";
import { mayJoin, mayKeep } from "../agreement.ts";
import { isBare } from "../argv.ts";
import { type Call, engineOf, runsAs, userName } from "../call.ts";
import { goOnWords, needTerminal, refuseTwice } from "../conversation.ts";
import { readLayers, type Told, wishOf } from "../layers.ts";
import { type Logins, loginsOf } from "../logins.ts";
import { makeOf, obtainWithImage, valuesOf } from "../obtain.ts";
import { answer, answerJson, say, sayUnless } from "../print.ts";
import { waitsFor } from "../sessions.ts";
import { aim, mayMake, type Target } from "../target.ts";
import { nothingToRun, work } from "../work.ts";

/** `manyoyo [OPTIONS] [AGENT | .] [-- ARGS...]`: finds or makes a session and runs a command in it. */
export async function root(call: Call): Promise<number> {
  if (isBare(call.parsed)) return welcome();
  const { values } = call.parsed;
  if (values.detach && values.rmOnExit) {
    throw new Failure(
      "usage",
      "--detach leaves the session, --rm-on-exit removes it.",
      "Give one of the two.",
    );
  }
  // What keeps the limit is this call, which does not stay.
  if (values.detach && values.timeout !== undefined) {
    throw new Failure(
      "usage",
      "--timeout ends a command that the call waits for, and with --detach it waits for none.",
      "Have the limit kept inside: manyoyo -d -x timeout 10m CMD...",
    );
  }
  const told = await readLayers(call);
  const choice = engineOf(call, told.layers);
  const asked = firstQuestion(call, told, choice.engine);
  const limit = values.timeout === undefined ? undefined : parseLimit(values.timeout);
  const wish = wishOf(call, told);
  const own = {
    user: userName(call),
    as: runsAs(call, choice, told.own, told.settings),
    terminal: call.terminal,
    values: valuesOf(call, told.own),
    limit,
  };
  const logins = loginsOf(call, told, choice.engine);
  // With a line of its own the call likely makes its session.
  if (wish.said !== undefined && wish.exact === undefined) logins.begin(wish.said);
  const target = await aim(call, told, choice.engine);
  if (goesOn(call, target) && "given" in target.name) needTerminal(call, target.goOn, target.name.given);
  const ahead = await runAhead(call, choice.engine, target, own);
  // What a new session is for may come of an answer at the terminal, once.
  const making: { wish: Wish | undefined } = { wish: undefined };
  try {
    const place = await obtainWithImage(call, told, choice, {
      name: target.name,
      asked,
      make: async (name, id) => {
        making.wish ??= await mayMake(call, choice.engine, wish, target);
        const { line } = firstCommand(making.wish);
        await mayKeep(call, told, choice.engine, { name, line });
        const chosen = makeCommand(making.wish);
        if (chosen !== undefined && !values.detach)
          refuseScreen(chosen.command, call.terminal, told.settings.agents);
        if (chosen !== undefined) await offer(call, told, choice, { logins, chosen });
        return (await makeOf(call, told, choice, making.wish, logins))(name, id);
      },
      mayJoin: (session) => mayJoin(call, told, session),
      values: valuesOf(call, told.settings),
      removeOnExit: values.rmOnExit,
      // What has to be asked about is asked once it is certain.
      likelyNew: (values.detach || values.rmOnExit) && told.namedBy === undefined,
      elsewhere: call.early?.elsewhere,
      waits: waitsFor,
    });
    tell(call, told, choice.engine, place);
    return await inside(call, told, choice.engine, { place, wish: making.wish ?? wish, target, own, ahead });
  } finally {
    ahead?.abandon();
  }
}

// An agent on the whole terminal can wait for a login; with words of its own it has work to do.
async function offer(
  call: Call,
  told: Told,
  choice: Choice,
  { logins, chosen }: { readonly logins: Logins; readonly chosen: Chosen },
): Promise<void> {
  const { command, origin } = chosen;
  if (!call.canAsk || call.parsed.values.detach || origin !== "line" || command.kind !== "line") return;
  const { offerLogin } = await import("../log-in.ts");
  await offerLogin(call, { choice, settings: told.settings }, logins, command.line);
}

/** A call that has its session. */
interface Inside {
  readonly place: Obtained;
  readonly wish: Wish;
  readonly target: Target;
  readonly own: RunOptions;
  readonly ahead: Ahead | undefined;
}

/** What is to be run in it. */
interface Assignment {
  readonly chosen: Chosen | undefined;
  readonly options: RunOptions;
}

async function inside(call: Call, told: Told, engine: Engine, about: Inside): Promise<number> {
  const { place, wish, target, own, ahead } = about;
  try {
    // A session that this call made has the variables already.
    const options = place.joined === undefined ? { ...own, values: new Map<string, string>() } : own;
    const chosen =
      place.joined === undefined
        ? makeCommand(wish)
        : await joined(call, engine, { ...place, joined: place.joined }, wish, target);
    if (call.parsed.values.detach) return await detached(call, told, engine, about, { chosen, options });
    return await work(call, { engine, place, chosen, options, settings: told.settings, ahead });
  } finally {
    const isGone = await place.guard?.release();
    if (isGone === true) sayUnless(told.settings.quiet, "crm", `Removed the session ${place.session.name}.`);
    if (isGone === false) {
      say(`The session ${place.session.name} is not removed yet: it goes as soon as ${engine.name} lets it.`);
    }
  }
}

// With -x the command is known before the session is found, and can be begun.
async function runAhead(call: Call, engine: Engine, target: Target, options: RunOptions) {
  const { shellFull, values } = call.parsed;
  if (shellFull === undefined || values.detach || values.rmOnExit || !("given" in target.name))
    return undefined;
  return beginRun(engine, target.name.given, newRun(commandOf(shellFull), options), options.values);
}

// Goes out before anything else is worked out: the answer takes longer than all that.
function firstQuestion(call: Call, told: Told, engine: Engine) {
  const { containerName } = told.settings;
  const { agent, here } = call.parsed;
  if (containerName === undefined || containerName === "." || agent !== undefined || here) return undefined;
  const name = expandName(containerName, () => new Date());
  return call.early?.take(engine, name) ?? askFor(engine, name);
}

/** Whether the call is about going on with an agent's last conversation. */
function goesOn(call: Call, target: Target): target is Target & { readonly goOn: Agent } {
  const { shellFull, args, values } = call.parsed;
  return target.goOn !== undefined && shellFull === undefined && args === undefined && !values.detach;
}

async function joined(
  call: Call,
  engine: Engine,
  place: Obtained & { readonly joined: Session },
  wish: Wish,
  target: Target,
): Promise<Chosen | undefined> {
  if (target.goOn === undefined) return joinCommand(wish, place.joined);
  // The agent's name only chose the session: it has a first command of its own.
  const own = { ...wish, said: undefined };
  if (!goesOn(call, target)) return joinCommand(own, place.joined);
  await refuseTwice(call, engine, place.joined);
  const args = await goOnWords({
    engine,
    session: place.joined,
    agent: target.goOn,
    workdir: place.workdir,
  });
  return joinCommand({ ...own, args }, place.joined);
}

async function welcome(): Promise<number> {
  const { rootHelp } = await import("../help.ts");
  answer(rootHelp());
  return 0;
}

function tell(call: Call, told: Told, engine: Engine, place: Obtained): void {
  const { quiet } = told.settings;
  const { name } = place.session;
  if (place.made !== undefined) {
    sayUnless(quiet, "cnew", `Made the session ${name} (${engine.name}) in ${place.made.folder}.`);
    if (place.made.mode === "dind")
      say("Mode dind: the session is privileged and can reach this whole machine.");
    if (place.made.mode === "sock")
      say(`Mode sock: the session can do all that ${engine.name} can do on this machine.`);
  }
  if (place.joined === undefined) return;
  const odd = differences(told.own, place.joined);
  if (odd.length > 0) {
    // Conversations are about a folder inside, so that one stays.
    const remedy = odd.includes("--cp")
      ? `remove it (manyoyo rm ${name}) and make it anew`
      : `make it anew with its files and conversations (manyoyo recreate ${name} ${odd.map((option) => `${option} ...`).join(" ")})`;
    say(`The session ${name} was made without this ${odd.join(", ")}: ${remedy}, or use another name.`);
  }
  if (call.parsed.values.rmOnExit) say(`The session ${name} was there before, so --rm-on-exit leaves it.`);
}

async function detached(
  call: Call,
  told: Told,
  engine: Engine,
  { place, wish }: Inside,
  assignment: Assignment,
) {
  const { chosen, options } = assignment;
  const behind = wish.exact !== undefined || wish.args !== undefined;
  if (behind && chosen === undefined) throw nothingToRun(place.session.name);
  if (behind && chosen !== undefined) {
    const ended = await runBehind(engine, place, chosen.command, options);
    if (ended !== undefined) return ended;
  } else if (place.joined === undefined && namesImage(told.own)) {
    // The usual image is known to keep a session; one that this call named may not.
    await mustHaveBegun(engine, place);
  }
  // Who closed stdout has no use for the name, and the session is there.
  if (isClosed(1)) return 0;
  const { name, id } = place.session;
  if (call.parsed.values.json) {
    answerJson({ name, id, engine: engine.name, made: place.joined === undefined });
  } else {
    answer(name);
  }
  return 0;
}

function namesImage(own: Settings): boolean {
  return (own.image ?? own.imageName ?? own.imageVersion) !== undefined;
}
