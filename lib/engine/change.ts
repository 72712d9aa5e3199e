import { isSessionImage } from "../session/images.ts";
import { label } from "../session/labels.ts";
import { type Session, stateOf } from "../session/session.ts";
import { refuseAstray } from "../settings/astray.ts";
import { type CallOptions, capture } from "../shell.ts";
import { dialect } from "./dialect.ts";
import type { Engine } from "./engine.ts";
import type { Waits } from "./holder.ts";
import type { Inspected } from "./inspect.ts";
import { engineFailure, isPassing, persist } from "./problem.ts";
import { wordsIn } from "./told.ts";

/** How a session is woken. */
interface Waking {
  /** What the engine told of its container, for who has that already; what it is handed never changes. */
  readonly container?: Inspected | undefined;
  /** Hears that a call that has paused it to save it is waited for. */
  readonly waits: Waits;
}

/**
 * Starts what is stopped or half-made and continues what is paused, once no other call saves it any more. Several callers at once
 * do no harm.
 * @throws Failure when the engine cannot, and `usage` where links would hand over something else than before.
 */
export async function wake(
  engine: Engine,
  session: Pick<Session, "id" | "name" | "state">,
  { container, waits }: Waking,
): Promise<void> {
  if (session.state === "running") return;
  for (let attempt = 1; ; attempt += 1) {
    const before = session.state === "paused" ? await letGo(engine, session, waits) : session.state;
    if (before === "running") return;
    const verb = before === "paused" ? "unpause" : "start";
    if (verb === "start") refuseLinks(container ?? (await containerNow(engine, session.id)));
    const said = await persist(() => capture([engine.program, verb, session.id]));
    if (said.status === 0) return;
    const state = await stateNow(engine, session.id);
    if (state === "running") return;
    // Other calls pause it for a moment each, one after the other, to copy what is in it.
    if (verb === "start" || state !== "paused" || attempt === 5) {
      throw engineFailure(engine, said, `start the session "${session.name}"`);
    }
  }
}

/** What the engine tells of a container by its id; undefined where it does not. */
export async function containerNow(engine: Engine, id: string): Promise<Inspected | undefined> {
  const { readInspect } = await import("./inspect.ts");
  return readInspect((await capture([engine.program, "container", "inspect", id])).stdout);
}

// Where the paths that it is handed lead to is looked up anew at each start.
function refuseLinks(container: Inspected | undefined): void {
  if (container === undefined) return;
  const volumes = container.mounts.filter(({ kind }) => kind === "bind");
  refuseAstray({ folder: container.labels[label.folder], volumes });
}

/**
 * As `wake`, for a session of which only the id and the name are sure; one that is gone is left to whoever uses it next.
 * @throws Failure when the engine cannot.
 */
export async function rouse(
  engine: Engine,
  session: Pick<Session, "id" | "name">,
  waits: Waits,
): Promise<void> {
  const state = await stateNow(engine, session.id);
  if (state !== undefined) await wake(engine, { ...session, state }, { waits });
}

/** How a session is stopped. */
interface Stopping extends Pick<CallOptions, "apart" | "descriptors"> {
  /** Hears that a call that has paused it to save it is waited for; undefined for who has it to itself. */
  readonly waits?: Waits;
}

/** Stops a session: politely, within two seconds. A paused one is continued first, or it could not hear it. */
export async function stop(
  engine: Engine,
  session: Session,
  { waits, ...options }: Stopping = {},
): Promise<void> {
  const state = session.state === "paused" && waits ? await letGo(engine, session, waits) : session.state;
  if (state === "paused") await capture([engine.program, "unpause", session.id], options);
  const said = await capture(
    [engine.program, "stop", "--time", session.legacy ? "1" : "2", session.id],
    options,
  );
  if (said.status !== 0) throw engineFailure(engine, said, `stop the session "${session.name}"`);
}

/** What is removed. With an image that was made for the session alone, that goes too. */
type Removed = Pick<Session, "id" | "name"> & Partial<Pick<Session, "image">>;

/**
 * Removes a session by its full id, and sees that it is gone: another caller may be removing it at the same time.
 * @returns whether it was this call that removed it.
 * @throws Failure when it is still there.
 */
export async function remove(engine: Engine, session: Removed): Promise<boolean> {
  const isOurs = await removeContainer(engine, session);
  await forgetOwnImage(engine, session.image);
  return isOurs;
}

/** Removes the image that was made for a session alone, now that the session is gone; one that is used elsewhere stays. */
export async function forgetOwnImage(engine: Engine, image = ""): Promise<void> {
  if (isSessionImage(image)) await forgetImage(engine, image).catch(() => false);
}

/**
 * Takes a name from an image, and with its last one the image.
 * @returns false where a container still has it.
 * @throws Failure when it is still there for another reason.
 */
export async function forgetImage(engine: Engine, name: string): Promise<boolean> {
  for (let attempt = 1; ; attempt += 1) {
    const said = await capture([engine.program, "rmi", name], { apart: true });
    // podman also says that of another image, which is being removed at that moment.
    const isGone = dialect(engine.name).noSuchImage.test(said.stderr) && said.stderr.includes(name);
    if (said.status === 0 || isGone) return true;
    if (/is being used by|is using|in use by|used by/i.test(said.stderr)) return false;
    if (attempt === 5) throw engineFailure(engine, said, `remove the image ${name}`);
    await Bun.sleep(200);
  }
}

async function removeContainer(engine: Engine, session: Removed): Promise<boolean> {
  for (let round = 1; ; round += 1) {
    const said = await capture([engine.program, ...dialect(engine.name).remove, session.id]);
    // podman says 0, and not the id, of one that is gone.
    if (said.status === 0) return said.stdout.includes(session.id);
    for (let attempt = 0; attempt < 50; attempt += 1) {
      const inspected = await capture([engine.program, "container", "inspect", session.id]);
      if (dialect(engine.name).noSuchContainer.test(inspected.stderr)) return false;
      if (!/already in progress|is being removed/i.test(said.stderr)) break;
      await Bun.sleep(200);
    }
    // docker then has it, "removing" or "dead", until it is told again.
    if (round === 5 || !isPassing(said)) {
      throw engineFailure(engine, said, `remove the session "${session.name}"`);
    }
    await Bun.sleep(200 * round);
  }
}

/** The state of a container at this moment; undefined when it is gone. */
export async function stateNow(engine: Engine, id: string) {
  const { readInspect } = await import("./inspect.ts");
  const said = await capture([engine.program, "container", "inspect", id]);
  if (said.status !== 0) {
    if (dialect(engine.name).noSuchContainer.test(said.stderr)) return undefined;
    throw engineFailure(engine, said, "look at the session");
  }
  const container = readInspect(said.stdout);
  return container === undefined ? undefined : stateOf(container.status);
}

/**
 * The state of a session at this moment, or, where another call has it to itself and it is paused, once that one lets it go on: it saves
 * it, and not all of it would be of one moment.
 */
export async function letGo(engine: Engine, { id, name }: Pick<Session, "id" | "name">, waits: Waits) {
  const state = await stateNow(engine, id);
  if (state !== "paused") return state;
  // Loaded only now, as hardly any session is paused.
  const { holderName, watching } = await import("./holder.ts");
  const look = watching(engine, holderName(name), waits);
  for (;;) {
    const hold = await look();
    const now = await stateNow(engine, id);
    if (now !== "paused" || hold === "free" || hold === "overdue") return now;
    await Bun.sleep(200);
  }
}

/**
 * The state of a container once that no longer changes by itself: docker tells of one that is being removed for a moment longer,
 * and podman stops one before it removes it.
 */
export async function settledState(engine: Engine, id: string) {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const state = await stateNow(engine, id);
    if (state !== "broken" && (state !== "stopped" || attempt >= 5)) return state;
    await Bun.sleep(100);
  }
  return "broken";
}

/** The container that carries a label of ours with this value; undefined when there is none. */
export async function idByLabel(engine: Engine, key: string, value: string): Promise<string | undefined> {
  const said = await capture([
    engine.program,
    "ps",
    "--all",
    "--quiet",
    "--no-trunc",
    "--filter",
    `label=${key}=${value}`,
  ]);
  if (said.status !== 0) throw engineFailure(engine, said, "look for what was made");
  return wordsIn(said.stdout)[0];
}
