import { closeSync } from "node:fs";
import { Failure } from "../failure.ts";
import { initText, prepareText } from "../inside/texts.ts";
import { quote } from "../session/command.ts";
import { envFile, type Values } from "../session/environment.ts";
import { label } from "../session/labels.ts";
import { envFileWord, type Make, makeWords } from "../session/make.ts";
import { refuseAstray } from "../settings/astray.ts";
import { capture, type Said, type Started, start } from "../shell.ts";
import { runningIn } from "./busy.ts";
import { idByLabel, remove } from "./change.ts";
import { dialect } from "./dialect.ts";
import type { Engine } from "./engine.ts";
import { gateFor } from "./gate.ts";
import { type Guard, guardGivenUp } from "./guard.ts";
import { engineFailure, isPassing, persist } from "./problem.ts";
import { withSecret } from "./secret.ts";
import { wordsIn } from "./told.ts";
import { isVolumeGone, marksOf, provideVolume, withVolumes } from "./volumes.ts";

/** What came of making a session. */
export type Made =
  | { readonly kind: "made"; readonly id: string; readonly encoded: readonly string[] }
  | { readonly kind: "name taken" };

/** A session in the making, whose engine's program already runs but waits for our word. */
export interface Making {
  /** Makes it. @throws Failure as `makeSession` does */
  go(givenUp: AbortSignal): Promise<Made>;
  /** Gives it up: nothing was made. Does nothing after `go`. */
  abandon(): Promise<void>;
}

/**
 * Makes a session and starts it. Whatever fails, nothing half-made stays behind.
 * @param options.givenUp says that nobody waits for an engine any more that does not answer: what comes of it is removed.
 * @throws Failure `no-image` when the image is not there, and the engine's own failures.
 */
export async function makeSession(
  engine: Engine,
  make: Make,
  values: Values,
  options: MakeOptions = {},
): Promise<Made> {
  const { guard, givenUp } = options;
  const variables = envFile(values);
  const held = guard === undefined ? [] : [guard.descriptor];
  const said = await withStores(engine, make, () =>
    withSecret(variables.text, (secret) =>
      leashed(engine, make, startMaking(engine, make, [secret, ...held]), givenUp),
    ),
  );
  const made = await result(engine, make, said, variables.encoded);
  if (made.kind === "made") guard?.watch(made.id);
  return made;
}

/**
 * Makes a session without starting it.
 * @param held a descriptor that the engine's program holds while it runs
 * @returns its container's id.
 * @throws Failure as `makeSession` does, and `name-taken`
 */
export async function createSession(
  engine: Engine,
  make: Make,
  values: Values,
  held: number,
): Promise<string> {
  const [, , ...words] = wordsFor(engine, make);
  const program = [engine.program, "create", ...words];
  const said = await withStores(engine, make, () =>
    withSecret(
      envFile(values).text,
      (secret) => start(program, { descriptors: [secret, held], apart: true }).said,
    ),
  );
  if (said.status === 0) return wordsIn(said.stdout).at(-1) ?? make.nameNow ?? make.name;
  await failed(engine, make, said);
  throw new Failure("name-taken", `The name "${make.name}" is taken.`, "Choose another name.");
}

/**
 * Begins to make a session that may turn out to be there already; undefined where the engine's program cannot be held back.
 */
export async function beginMaking(engine: Engine, make: Make, values: Values): Promise<Making | undefined> {
  const variables = envFile(values);
  const gate = await gateFor(engine, variables.text.length);
  if (gate === undefined) return undefined;
  const started = startMaking(engine, make, [gate.descriptor]);
  return {
    go: async (givenUp) => {
      await provideStores(engine, make, false);
      gate.open(variables.text);
      const said = await leashed(engine, make, started, givenUp);
      if (isVolumeGone(engine, said)) return makeSession(engine, make, values, { givenUp });
      return result(engine, make, said, variables.encoded);
    },
    abandon: async () => {
      if (!gate.isWaiting()) return;
      started.kill("SIGKILL");
      gate.close();
      await started.said;
    },
  };
}

interface MakeOptions {
  readonly guard?: Guard | undefined;
  readonly givenUp?: AbortSignal;
}

async function leashed(engine: Engine, make: Make, started: Started, givenUp?: AbortSignal): Promise<Said> {
  const leave = (): void => guardGivenUp(engine, make, started.leash);
  givenUp?.addEventListener("abort", leave);
  const said = await started.said;
  givenUp?.removeEventListener("abort", leave);
  if (started.leash !== undefined) closeSync(started.leash);
  return said;
}

function withStores(engine: Engine, make: Make, work: () => Promise<Said>): Promise<Said> {
  return withVolumes(engine, (again) => provideStores(engine, make, again), work);
}

async function provideStores(engine: Engine, { stores }: Make, again: boolean): Promise<void> {
  for (const { volume: name, labels, seen = false } of stores) {
    if (labels === undefined || (seen && !again)) continue;
    await provideVolume(engine, { name, labels, marks: marksOf(labels) });
  }
}

function startMaking(engine: Engine, make: Make, descriptors: readonly number[]): Started {
  return start([engine.program, ...wordsFor(engine, make)], { descriptors, apart: true, leashed: true });
}

function wordsFor(engine: Engine, make: Make): readonly string[] {
  refuseAstray({ folder: make.folder, volumes: make.volumes.filter((mount) => mount.kind === "bind") });
  return makeWords(make, dialect(engine.name), { init: initText(), prepare: prepareText() }, envFileWord);
}

async function result(engine: Engine, make: Make, said: Said, encoded: readonly string[]): Promise<Made> {
  if (said.status === 0) return { kind: "made", id: wordsIn(said.stdout).at(-1) ?? make.name, encoded };
  const late = isPassing(said) ? await startedLate(engine, make) : undefined;
  if (late !== undefined) return { kind: "made", id: late, encoded };
  return failed(engine, make, said);
}

// It may be made, and not started only.
async function startedLate(engine: Engine, make: Make): Promise<string | undefined> {
  const id = await idByLabel(engine, label.session, make.id);
  if (id === undefined) return undefined;
  const said = await persist(() => capture([engine.program, "start", id]));
  return said.status === 0 ? id : undefined;
}

async function failed(engine: Engine, make: Make, said: Said): Promise<Made> {
  const row = dialect(engine.name);
  if (row.nameTaken.test(said.stderr)) return { kind: "name taken" };
  if (row.noSuchImage.test(said.stderr)) {
    throw new Failure("no-image", `The image ${make.image} is not here.`, "Build it: manyoyo image build");
  }
  await discard(engine, make);
  if (isVolumeGone(engine, said)) {
    throw new Failure(
      "no-session",
      `A volume of the session "${make.name}" was removed meanwhile.`,
      "See what there is, and try again: manyoyo ls",
    );
  }
  if (row.noShell.test(said.stderr)) {
    throw new Failure(
      "engine-failed",
      `The image ${make.image} has no /bin/sh, so no session can run in it.`,
      "Choose an image with a shell: --image REF.",
    );
  }
  const [, source] = row.noSource.exec(said.stderr) ?? [];
  if (source !== undefined) {
    throw new Failure(
      "usage",
      `There is no ${source} to mount.`,
      `Make it first (a folder: mkdir -p ${quote(source)}), or leave that volume out.`,
    );
  }
  throw engineFailure(engine, said, `make the session "${make.name}"`);
}

/** Removes what a failed making left: found by the session's own uuid, which nobody else has. */
async function discard(engine: Engine, make: Make): Promise<void> {
  const id = await idByLabel(engine, label.session, make.id);
  if (id !== undefined) await remove(engine, { id, name: make.name });
}

/**
 * Removes a session that was made for a call which was told to end meanwhile. It stays where another call has joined it by now and
 * runs a command in it.
 * @param givenUp says that it is left to a guard
 */
export async function takeBack(engine: Engine, make: Make, givenUp: AbortSignal): Promise<void> {
  const leave = (): void => guardGivenUp(engine, make, undefined);
  givenUp.addEventListener("abort", leave);
  const id = await idByLabel(engine, label.session, make.id);
  const others = id === undefined ? [] : await runningIn(engine, id).catch(() => []);
  if (id !== undefined && others.length === 0) await remove(engine, { id, name: make.name });
  givenUp.removeEventListener("abort", leave);
}
