import type { Agent } from "../agents/agent.ts";
import { attachRun, type RunEnd } from "../engine/attach.ts";
import { idByLabel, remove } from "../engine/change.ts";
import { dialect } from "../engine/dialect.ts";
import type { Engine } from "../engine/engine.ts";
import { execWords } from "../engine/exec.ts";
import { type Guard, guardSession } from "../engine/guard.ts";
import { engineFailure } from "../engine/problem.ts";
import { newRun, type RunOptions } from "../engine/run.ts";
import { withSecret } from "../engine/secret.ts";
import { wordsIn } from "../engine/told.ts";
import { provideVolume, removeVolume, withVolumes } from "../engine/volumes.ts";
import { Failure } from "../failure.ts";
import { initText, prepareText } from "../inside/texts.ts";
import { envFile, type Values } from "../session/environment.ts";
import { label } from "../session/labels.ts";
import { envFileWord } from "../session/make.ts";
import { standingWords } from "../settings/mounts.ts";
import { attach, capture, type Said, start } from "../shell.ts";
import { loginFiles, loginFolder, loginSteps, loginVolume } from "./volume.ts";

/** What a login is made in. */
export interface LoginWish {
  readonly agent: Agent;
  readonly image: string;
  /** The host's name for whose login it is. */
  readonly user: string;
  /** Variables of the container: proxies and the like. */
  readonly values: Values;
}

/** A container of ours with an agent's login volume, for one login; it is no session. */
export interface LoginPlace {
  readonly wish: LoginWish;
  readonly id: string;
  readonly name: string;
  readonly encoded: readonly string[];
  readonly guard: Guard;
  /** Whether this call made the volume. */
  readonly fresh: boolean;
}

/**
 * Makes the volume and the container. The container goes with this call, however it ends; so does a volume that it made,
 * unless there is a login in it by then (see `closePlace`).
 * @throws Failure `no-image`, `not-ours`, and the engine's own failures.
 */
export async function openPlace(engine: Engine, wish: LoginWish): Promise<LoginPlace> {
  const volume = loginVolume(wish.agent, wish.user);
  let fresh = false;
  const call = crypto.randomUUID();
  const name = `manyoyo-login-${wish.agent.name}-${call.slice(0, 8)}`;
  const { text, encoded } = envFile(wish.values);
  const guard = guardSession(engine, name, call);
  const provide = async (): Promise<void> => {
    if (await provideVolume(engine, volume)) return;
    fresh = true;
    guard.fresh(volume.name, loginFiles(wish.agent));
  };
  const words = placeWords(engine, wish, name, call);
  const make = (secret: number): Promise<Said> =>
    start([engine.program, ...words], { descriptors: [secret, guard.descriptor], apart: true }).said;
  try {
    const said = await withVolumes(engine, provide, () => withSecret(text, make));
    if (said.status === 0)
      return { wish, id: wordsIn(said.stdout).at(-1) ?? name, name, encoded, guard, fresh };
    const left = await idByLabel(engine, label.call, call);
    if (left !== undefined) await remove(engine, { id: left, name });
    if (dialect(engine.name).noSuchImage.test(said.stderr)) {
      throw new Failure("no-image", `The image ${wish.image} is not here.`, "Build it: manyoyo image build");
    }
    throw engineFailure(engine, said, `make a container of ${wish.image} for the login`);
  } catch (thrown) {
    await guard.release();
    if (fresh) await removeVolume(engine, volume).catch(() => undefined);
    throw thrown;
  }
}

function placeWords(engine: Engine, wish: LoginWish, name: string, call: string): string[] {
  const { agent, image, user } = wish;
  const ready = `/tmp/.manyoyo-${call}`;
  const labels = { [label.login]: agent.name, [label.user]: user, [label.call]: call };
  const { name: volume } = loginVolume(agent, user);
  return [
    ...["run", "--detach", "--rm", "--pull", "never", "--name", name],
    ...Object.entries(labels).flatMap(([key, value]) => ["--label", `${key}=${value}`]),
    ...["--stop-signal", "TERM"],
    ...dialect(engine.name).log,
    ...standingWords({ volume, target: loginFolder(agent) }),
    ...["--env-file", envFileWord, "--env", `MANYOYO_READY=${ready}`],
    ...["--entrypoint", "/bin/sh", image, "-c", initText(), "manyoyo", prepareText()],
    ...loginSteps(agent).flat(),
    ...["ready", ready],
  ];
}

/** Runs an agent's own login on our terminal. @throws Failure where the image does not have the agent. */
export async function runLogin(
  engine: Engine,
  place: LoginPlace,
  line: string,
  options: RunOptions,
): Promise<RunEnd> {
  const { agent, image } = place.wish;
  const run = { ...newRun({ kind: "line", line, args: [] }, options), encoded: place.encoded };
  const end = await attachRun(engine, {
    container: place.id,
    id: run.id,
    terminal: options.terminal,
    limit: options.limit,
    start: () => attach(execWords(engine, place.id, run)),
  });
  if (end.cause === "ended" && end.status === 127) {
    await end.restore?.();
    throw new Failure(
      "engine-failed",
      `The image ${image} has no ${agent.name}, so ${agent.title} cannot be logged in.`,
      "Build one that has it: manyoyo image build; or choose another: --image REF",
    );
  }
  // An agent that replaced a link by a file has its login beside the volume.
  await inside(engine, place, prepareText(), loginSteps(agent).flat());
  return end;
}

/** Whether there is a login in the volume. */
export async function hasLogin(engine: Engine, place: LoginPlace): Promise<boolean> {
  const files = loginFiles(place.wish.agent);
  return inside(engine, place, 'for file; do [ -s "$file" ] && exit 0; done; exit 1', files);
}

/** Puts a value that a variable of the sessions is to have into the volume; it is on no command line. */
export async function keepValue(engine: Engine, place: LoginPlace, variable: string, value: string) {
  const file = `${loginFolder(place.wish.agent)}/${variable}`;
  const text = 'umask 077; cat >"$1.$$" && mv -f "$1.$$" "$1"';
  if (await inside(engine, place, text, [file], `${value}\n`)) return;
  throw new Failure(
    "engine-failed",
    `The login of ${place.wish.agent.title} could not be kept in its volume.`,
  );
}

async function inside(
  engine: Engine,
  place: LoginPlace,
  text: string,
  words: readonly string[],
  input?: string,
): Promise<boolean> {
  // Apart: a Ctrl-C that is meant for the program must not make a login look like none.
  const how = { apart: true, ...(input === undefined ? {} : { input }) };
  const exec = ["exec", ...(input === undefined ? [] : ["--interactive"]), place.id];
  const said = await capture([engine.program, ...exec, "/bin/sh", "-c", text, "manyoyo", ...words], how);
  return said.status === 0;
}

/** Removes the container, and a volume that this call made where nothing came into it. */
export async function closePlace(engine: Engine, place: LoginPlace, keep: boolean): Promise<void> {
  await place.guard.release();
  if (keep || !place.fresh) return;
  // Refused where another login has it by now, which then makes it its own.
  await removeVolume(engine, loginVolume(place.wish.agent, place.wish.user)).catch(() => undefined);
}
