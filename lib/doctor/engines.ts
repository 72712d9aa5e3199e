import * as v from "valibot";
import { dialect } from "../engine/dialect.ts";
import { type Choice, chooseEngine, type Engine } from "../engine/engine.ts";
import { engineFailure } from "../engine/problem.ts";
import { Failure } from "../failure.ts";
import { parsedJson } from "../json.ts";
import { type EngineName, engines } from "../settings/values.ts";
import { capture } from "../shell.ts";
import type { Finding } from "./finding.ts";
import { patience as limit, mute } from "./patience.ts";

/** Which engine is asked for, and by whom. */
export interface Named {
  readonly engine: EngineName;
  /** `command line`, a variable, a file. */
  readonly origin: string;
}

/** What was found of the engines; `usable` is the chosen one, if it answers. */
export interface Engines {
  readonly findings: readonly Finding[];
  readonly usable: Choice | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Looks which engines are there, which of them answer, and which one is chosen. Never throws. */
export async function lookAtEngines(named: Named | undefined, env: Environment): Promise<Engines> {
  const choice = attempt(() => chooseEngine(named?.engine, env));
  const chosen = choice instanceof Failure ? undefined : choice;
  const looks = await Promise.all(engines.map((name) => lookAt(name, chosen, env)));
  const why: Finding =
    choice instanceof Failure
      ? { about: "engine", level: "problem", message: choice.message, remedy: choice.hint }
      : { about: "engine", level: "ok", message: reasonFor(choice, named, env) };
  const answers = looks.some((look) => look.name === chosen?.engine.name && look.answers);
  return { findings: [why, ...looks.map(({ finding }) => finding)], usable: answers ? chosen : undefined };
}

function reasonFor({ engine, other }: Choice, named: Named | undefined, env: Environment): string {
  if (named !== undefined) return `${engine.name} is used, as said by ${named.origin}.`;
  if (engine.name === "docker") {
    const target = isThere("podman", env)
      ? "it has something to talk to, and goes first"
      : "podman is not installed";
    return `docker is used: ${target}.`;
  }
  return isThere("docker", env) && other === undefined
    ? "podman is used: docker is only a client here, with no context, variable or socket to talk to."
    : "podman is used: docker is not installed.";
}

function isThere(name: EngineName, env: Environment): boolean {
  return !(attempt(() => chooseEngine(name, env)) instanceof Failure);
}

interface Look {
  readonly name: EngineName;
  readonly answers: boolean;
  readonly finding: Finding;
}

async function lookAt(name: EngineName, chosen: Choice | undefined, env: Environment): Promise<Look> {
  const choice = attempt(() => chooseEngine(name, env));
  const isChosen = chosen?.engine.name === name;
  if (choice instanceof Failure) {
    const message = `${name} is not installed.`;
    return { name, answers: false, finding: { about: "engine", level: "note", message } };
  }
  const { engine } = choice;
  const [failure, version] = await Promise.all([whyMute(engine), versionOf(engine)]);
  const of = version === undefined ? name : `${name} ${version}`;
  const { oldest } = dialect(name);
  if (failure === undefined && version !== undefined && Bun.semver.order(version, `${oldest}.0`) < 0) {
    const message = `${of} answers, but is too old: sessions need ${name} ${oldest} or newer.`;
    const finding: Finding = { about: "engine", level: isChosen ? "problem" : "note", message };
    return { name, answers: true, finding: { ...finding, remedy: `Install a newer ${name}.` } };
  }
  if (failure === undefined) {
    return { name, answers: true, finding: { about: "engine", level: "ok", message: `${of} answers.` } };
  }
  const level = isChosen ? "problem" : "note";
  const { message, hint: remedy } = failure;
  return { name, answers: false, finding: { about: "engine", level, message, remedy } };
}

/** Why the engine does not answer; undefined where it does. */
async function whyMute(engine: Engine): Promise<Failure | undefined> {
  const said = await capture([engine.program, "ps", "--quiet"], { limit });
  if (said.status === 0) return undefined;
  if (said.signal === "SIGKILL") {
    return mute(engine, limit);
  }
  return engineFailure(engine, said, "list its containers");
}

const side = v.nullish(v.object({ Version: v.optional(v.string()) }));
const versions = v.object({ Client: side, Server: side });

/** The version of what does the work: the daemon's, or podman's own. */
async function versionOf(engine: Engine): Promise<string | undefined> {
  const said = await capture([engine.program, "version", "--format", "{{json .}}"], { limit });
  const read = v.safeParse(versions, parsedJson(said.stdout));
  if (!read.success) return undefined;
  return read.output.Server?.Version ?? read.output.Client?.Version;
}

function attempt<Result>(act: () => Result): Result | Failure {
  try {
    return act();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}
