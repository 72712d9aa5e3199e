import { agents } from "../agents/known.ts";
import { stateNow } from "../engine/change.ts";
import type { Engine } from "../engine/engine.ts";
import { createSession } from "../engine/make.ts";
import { engineFailure, persist } from "../engine/problem.ts";
import { mustHaveBegun } from "../engine/run.ts";
import { findVolume, provideVolume, volumeNames } from "../engine/volumes.ts";
import { Failure } from "../failure.ts";
import { keptVolume } from "../history/keep.ts";
import { loginVolume } from "../login/volume.ts";
import type { Values } from "../session/environment.ts";
import { label } from "../session/labels.ts";
import { savedPlace } from "../session/likeness.ts";
import { keptPlace, type Make, type Store } from "../session/make.ts";
import type { Desk } from "./desk.ts";
import { copyFolders, dismiss, type OwnVolume, volumesOf } from "./helper.ts";

/** A session that is made from an image with another one's files. */
export interface Beginning {
  readonly make: Make;
  readonly values: Values;
  /** The folders inside whose contents are in the image, by their place there; undefined for one that is not to be filled. */
  readonly own: readonly (string | undefined)[];
}

/**
 * Makes a session from an image with a session's files, fills its own volumes, starts it and sees that it runs.
 * @returns its container's id.
 * @throws Failure; whatever fails, the desk's undoing leaves nothing of it
 */
export async function begin(desk: Desk, { make, values, own }: Beginning): Promise<string> {
  const { engine, undo } = desk;
  undo.note("label", `${label.session}=${make.id}`);
  const isFilled = own.some((target) => target !== undefined);
  const before = isFilled ? await volumeNames(engine) : [];
  const id = await createSession(engine, make, values, undo.descriptor);
  const volumes = isFilled ? await volumesOf(desk, id) : {};
  const filled = own.flatMap((target, at) => {
    const volume = target === undefined ? undefined : volumes[target];
    return target === undefined || volume === undefined ? [] : [{ at, target, volume }];
  });
  if (filled.length > 0) {
    await refuseOthers(
      desk,
      make,
      filled.filter(({ volume }) => before.includes(volume)),
    );
    const copier = await copyFolders(desk, {
      image: make.image,
      volumes: filled.map(({ volume, target }) => ({ volume, target, readonly: false })),
      // What an earlier manyoyo has saved may lack one.
      folders: filled.map(({ at, target }) => ({ what: "saved", from: savedPlace(at), to: target })),
      doing: `fill the volumes of "${make.name}"`,
    });
    await dismiss(desk, copier);
  }
  await started(desk, id, make);
  return id;
}

/**
 * Filling a volume empties it first: of those that were there before the session, only the one with its kept conversations may be.
 * @throws Failure `not-ours`
 */
async function refuseOthers({ engine }: Desk, { name }: Make, volumes: readonly OwnVolume[]): Promise<void> {
  const kept = keptVolume(name);
  for (const { volume, target } of volumes) {
    if (volume === kept.name && (await findVolume(engine, kept)) !== undefined) continue;
    throw new Failure(
      "not-ours",
      `The volume "${volume}" at ${target} was there before the session "${name}", so it cannot be filled with its files.`,
      `See what it is: ${engine.name} volume inspect ${volume}`,
    );
  }
}

async function started(desk: Desk, id: string, { name }: Make): Promise<void> {
  const { engine } = desk;
  if (desk.signal.aborted) throw new Failure("interrupted", "Interrupted.");
  const said = await persist(() => desk.run(["start", id]));
  if (said.status !== 0) {
    const failure = engineFailure(engine, said, `start the session "${name}"`);
    // docker: Bind for 127.0.0.1:80 failed: port is already allocated; podman: address already in use
    if (!/port is already allocated|address already in use/i.test(said.stderr)) throw failure;
    throw new Failure(failure.code, failure.message, "Another port: -p 9090:80; none at all: -p none");
  }
  await mustHaveBegun(engine, { session: { id, name }, encoded: [], joined: undefined });
  if ((await stateNow(engine, id)) !== "running") {
    throw new Failure("engine-failed", `The session "${name}" ended as soon as it was started.`);
  }
}

/**
 * Makes the volume for the kept conversations of a new session; it goes again unless the call comes to its end.
 * @throws Failure `name-taken` where conversations are kept under that name already: two histories would be mixed
 */
export async function provideKept(desk: Desk, name: string, user: string): Promise<void> {
  const wanted = keptVolume(name, user);
  await refuseKept(desk, name);
  desk.undo.note("volume", wanted.name);
  await provideVolume(desk.engine, wanted, { apart: true, descriptors: [desk.undo.descriptor] });
}

async function refuseKept({ engine }: Desk, name: string): Promise<void> {
  if ((await findVolume(engine, keptVolume(name))) === undefined) return;
  throw new Failure(
    "name-taken",
    `Conversations of an earlier session ${name} are kept, and would be mixed with the new ones.`,
    `Choose another name, or remove them: manyoyo rm --history -f ${name}`,
  );
}

/**
 * The same stores for a session of that name and user: with its own volume of kept conversations, and a login that was
 * forgotten since as an empty volume of ours. Left out are somebody else's login that is not there, and a stranger's volume.
 */
export async function storesFor(
  engine: Engine,
  stores: Make["stores"],
  { name, user }: Pick<Make, "name" | "user">,
): Promise<Make["stores"]> {
  // The desk sees to it that the volume of kept conversations is there: whoever removes it meanwhile forgets them for good.
  const kept = { volume: keptVolume(name).name, target: keptPlace };
  const known = await Promise.all(
    stores.map((store) => (store.target === keptPlace ? kept : loginStore(engine, store, user))),
  );
  return known.filter((store) => store !== undefined);
}

async function loginStore(engine: Engine, store: Store, user: string): Promise<Store | undefined> {
  const { volume: name } = store;
  const login = agents.map((agent) => loginVolume(agent, user)).find((each) => each.name === name);
  try {
    const found = await findVolume(engine, login ?? { name, labels: {}, marks: [] });
    if (login === undefined) return found === undefined ? undefined : store;
    return { ...store, labels: login.labels, ...(found === undefined ? {} : { seen: true }) };
  } catch (thrown) {
    if (thrown instanceof Failure && thrown.code === "not-ours") return undefined;
    throw thrown;
  }
}
