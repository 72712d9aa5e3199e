import { Failure, Interrupted } from "../failure.ts";
import { encodedNames, type Values } from "../session/environment.ts";
import type { Make } from "../session/make.ts";
import { automaticName, nextAttempt, numbered } from "../session/names.ts";
import type { Session } from "../session/session.ts";
import { type Said, signalStatus } from "../shell.ts";
import { type EndingSignal, onEndingSignal } from "../signals.ts";
import { askFor } from "./ask.ts";
import { wake } from "./change.ts";
import type { Choice, Engine } from "./engine.ts";
import { type Found, findSession } from "./find.ts";
import { type Guard, guardSession } from "./guard.ts";
import type { Waits } from "./holder.ts";
import { beginMaking, type Made, type Making, makeSession, takeBack } from "./make.ts";
import { isOutrun } from "./problem.ts";

/** The session that a call wants: one that has its name, or a new one. */
export interface Wanted {
  /** A given name joins or makes; a series of automatic names only makes. */
  readonly name: { readonly given: string } | { readonly series: string | undefined };
  /** The question for the given name, when it was already asked. */
  readonly asked: Promise<Said> | undefined;
  /** What making it takes; throws the Failure that says why it may not be made. */
  readonly make: (name: string, call: string | undefined) => Promise<Make> | Make;
  /** Passes where a session that is there may be joined, before anything is done to it; throws the Failure that says why not. */
  readonly mayJoin: (session: Session) => Promise<void>;
  readonly values: Values;
  readonly removeOnExit: boolean;
  /** Whether it will likely be made: the other engine is then asked at once, not only when it turns out to be. */
  readonly likelyNew: boolean;
  /** What hears, for a session of that name, that a call that has paused it to save it is waited for. */
  readonly waits: (name: string) => Waits;
  /** The question to the other engine, when it was already asked. */
  readonly elsewhere: Elsewhere | undefined;
}

/** A question about one name to the other engine. */
export interface Elsewhere {
  readonly engine: Engine;
  readonly name: string;
  readonly said: Promise<Said>;
}

/** A session that runs, ready for commands. */
export interface Obtained {
  readonly session: Pick<Session, "id" | "name">;
  /** What was there before; undefined for a session that this call made. */
  readonly joined: Session | undefined;
  readonly made: Make | undefined;
  /** Names of the container's variables that hold line ends. */
  readonly encoded: readonly string[];
  readonly workdir: string;
  readonly guard: Guard | undefined;
}

const attempts = 100;

/**
 * Finds the session and wakes it, or makes it. Of several callers that want one name, one makes it and all have it.
 * @throws Failure, also what `wanted.make` and `wanted.mayJoin` throw; Interrupted when told to end meanwhile, with nothing left behind.
 */
export async function obtain(choice: Choice, wanted: Wanted): Promise<Obtained> {
  const { name } = wanted;
  if ("series" in name) return makeNumbered(choice, wanted, name.series);
  if (!wanted.likelyNew) return findOrMake(choice, wanted, name.given, undefined);
  const elsewhere = isElsewhere(choice, name.given, wanted.elsewhere);
  const begun = wanted.removeOnExit ? undefined : await begin(choice.engine, wanted, name.given);
  try {
    return await findOrMake(choice, wanted, name.given, { elsewhere, begun });
  } finally {
    await begun?.making.abandon();
  }
}

/** What was done ahead for a session that will likely be made. */
interface Likely {
  readonly elsewhere: Promise<boolean>;
  readonly begun: Begun | undefined;
}

interface Begun {
  readonly make: Make;
  readonly making: Making;
}

// What speaks against making it is said later, when it is certain that it is not there.
async function begin(engine: Engine, wanted: Wanted, name: string): Promise<Begun | undefined> {
  try {
    const make = await wanted.make(name, undefined);
    const making = await beginMaking(engine, make, wanted.values);
    return making === undefined ? undefined : { make, making };
  } catch {
    return undefined;
  }
}

async function findOrMake(
  choice: Choice,
  wanted: Wanted,
  name: string,
  likely: Likely | undefined,
): Promise<Obtained> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const asked = attempt === 0 ? wanted.asked : undefined;
    const found = await findSession(choice.engine, name, asked ?? askFor(choice.engine, name));
    if (found === undefined) {
      await refuseElsewhere(choice, name, attempt === 0 ? likely?.elsewhere : undefined);
      const made = await makeFree(choice.engine, wanted, name, attempt === 0 ? likely?.begun : undefined);
      if (made !== undefined) return made;
    } else if (found.container.status === "removing") {
      // It is just being removed: its name will be free.
      await Bun.sleep(100);
    } else {
      await wanted.mayJoin(found.session);
      if (await isAwake(choice.engine, found, wanted.waits(name))) return placeOf(found);
      // It was removed, or another one took its place, since it was found.
    }
  }
  throw new Failure("engine-failed", `The session "${name}" comes and goes; it could not be joined.`);
}

// Wakes it; false where it is gone by now.
async function isAwake(engine: Engine, { session, container }: Found, waits: Waits): Promise<boolean> {
  try {
    await wake(engine, session, { container, waits });
    return true;
  } catch (thrown) {
    if (isOutrun(thrown)) return false;
    throw thrown;
  }
}

/** A session that was there, as what a command is run in. */
export function placeOf({ session, container }: Found): Obtained & { readonly joined: Session } {
  const encoded = encodedNames(container.envNames);
  return { session, joined: session, made: undefined, encoded, workdir: container.workdir, guard: undefined };
}

async function makeNumbered(choice: Choice, wanted: Wanted, series: string | undefined): Promise<Obtained> {
  const now = new Date();
  for (
    let attempt = 1, tries = 0;
    tries < attempts;
    tries += 1, attempt = nextAttempt(attempt, Math.random())
  ) {
    const name = series === undefined ? automaticName(now, attempt) : numbered(series, attempt);
    if (await isElsewhere(choice, name)) continue;
    const made = await makeFree(choice.engine, wanted, name);
    if (made !== undefined) return made;
  }
  throw new Failure("name-taken", "There is no automatic name left for this minute.", "Give one: -n NAME");
}

/** Refuses a name that a session of the other engine has. @throws Failure `name-taken` */
export async function refuseElsewhere(
  choice: Choice,
  name: string,
  elsewhere = isElsewhere(choice, name),
): Promise<void> {
  if (choice.other === undefined || !(await elsewhere)) return;
  throw new Failure(
    "name-taken",
    `${choice.other.name} has a session "${name}" already.`,
    `Join it: manyoyo --engine ${choice.other.name} -n ${name}; or choose another name.`,
  );
}

// Whether the other engine has a session of that name. One that does not answer, or has only a stranger, has no say.
async function isElsewhere({ other }: Choice, name: string, asked?: Elsewhere): Promise<boolean> {
  if (other === undefined) return false;
  const isAsked = asked?.name === name && asked.engine.program === other.program;
  const found = findSession(other, name, isAsked ? asked.said : askFor(other, name)).catch(() => undefined);
  return (await Promise.race([found, Bun.sleep(2000)])) !== undefined;
}

/** Undefined when the name is taken. */
async function makeFree(
  engine: Engine,
  wanted: Wanted,
  name: string,
  begun?: Begun,
): Promise<Obtained | undefined> {
  const call = wanted.removeOnExit ? crypto.randomUUID() : undefined;
  const make = begun?.make ?? (await wanted.make(name, call));
  const guard = call === undefined ? undefined : guardSession(engine, name, call);
  const end = impatience();
  const makes = async (): Promise<Made> => {
    const { givenUp } = end;
    const made = await (begun?.making.go(givenUp) ??
      makeSession(engine, make, wanted.values, { guard, givenUp }));
    // A signal that has already arrived is told by the event loop, and must not be lost with its listener.
    await new Promise<void>((resolve) => setImmediate(resolve));
    const signal = end.signal();
    if (signal === undefined) return made;
    if (made.kind === "made") await takeBack(engine, make, givenUp);
    throw new Interrupted(signalStatus(signal));
  };
  try {
    const made = await Promise.race([makes(), end.gaveUp]);
    if (made.kind === "name taken") {
      await guard?.release();
      return undefined;
    }
    const session = { id: made.id, name };
    return {
      session,
      joined: undefined,
      made: make,
      encoded: made.encoded,
      workdir: make.folderInside,
      guard,
    };
  } catch (thrown) {
    // From here on a signal ends us at once: the guard needs us no more.
    end.over();
    // With an engine that does not answer there is nothing to wait for.
    if (!end.givenUp.aborted) await guard?.release();
    throw thrown;
  } finally {
    end.over();
  }
}

/** Milliseconds that an engine has to come to an end with what it is at, when we are told to end. */
const grace = 3000;

/**
 * Waits for a signal that tells us to end, and then a moment longer, so that what is being made can be taken back here. A second
 * signal, or an engine that does not answer meanwhile, is the end of it: what still comes of it is left to a guard.
 */
function impatience() {
  const told: EndingSignal[] = [];
  const aborts = new AbortController();
  const gaveUp = Promise.withResolvers<never>();
  gaveUp.promise.catch(() => undefined);
  const giveUp = (): void => {
    const [signal] = told;
    if (signal === undefined) return;
    aborts.abort();
    gaveUp.reject(new Interrupted(signalStatus(signal)));
  };
  const over = onEndingSignal((signal) => {
    told.push(signal);
    if (told.length > 1) giveUp();
    else setTimeout(giveUp, grace);
  });
  return { givenUp: aborts.signal, gaveUp: gaveUp.promise, signal: () => told[0], over };
}
