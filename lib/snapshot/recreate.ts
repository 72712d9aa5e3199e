import { agents } from "../agents/known.ts";
import type { Found } from "../engine/find.ts";
import { imagesOf } from "../engine/images.ts";
import { Failure } from "../failure.ts";
import { sourceOf } from "../history/source.ts";
import type { Values } from "../session/environment.ts";
import { imageFor } from "../session/images.ts";
import { type Likeness, makeLike, savedPlace } from "../session/likeness.ts";
import { keptPlace } from "../session/make.ts";
import type { Desk } from "./desk.ts";
import type { Host } from "./fork.ts";
import { asideVolume, copyFolders, dismiss, type Folder } from "./helper.ts";
import { rest, takePlace } from "./replace.ts";
import { atRest, commit, labelsFor, ownVolumes, save } from "./save.ts";
import { overValues, valuesOfSession } from "./variables.ts";

/** What of a session's files goes into one that is begun from an image anew. */
export type Carry = "home" | "conversations";

export interface Recreating {
  readonly found: Found;
  /** What the new one is like. */
  readonly likeness: Likeness;
  /** Its workspace on the host. */
  readonly folder: string;
  /** Variables that it has besides those of the old one. */
  readonly values: Values;
  /** The image that it begins from; undefined goes on with the files as they are. */
  readonly anew: { readonly image: string; readonly carry: Carry } | undefined;
  readonly host: Host;
}

/**
 * Makes a session anew, with the same name, files, conversations and first command. The old one is kept until the new one
 * runs.
 * @returns its container's id.
 * @throws Failure; whatever fails, the session is as it was
 */
export async function recreate(desk: Desk, wanted: Recreating): Promise<string> {
  const { name, mark } = desk;
  const { found, likeness, folder, anew, host } = wanted;
  await rest(desk, found);
  const image = imageFor("session", name, mark);
  // The volume of kept conversations stays where it is; where something else takes a volume's place, nothing is to be filled.
  const saved: Likeness = { ...likeness, own: likeness.own.filter((target) => target !== keptPlace) };
  if (anew === undefined) await save(desk, { found: atRest(found), likeness: saved, image });
  else await saveAnew(desk, { found, likeness: saved, ...anew });
  const self = { ...host, name, folder, image, id: crypto.randomUUID() };
  const before = anew === undefined ? undefined : await valuesOfSession(desk, found.session.id, likeness);
  const values =
    before === undefined
      ? overValues(wanted.values, found.container.envNames)
      : new Map([...before, ...wanted.values]);
  return takePlace(desk, found, { make: makeLike(likeness, self), values, own: saved.own });
}

interface Anew {
  readonly found: Found;
  readonly likeness: Likeness;
  readonly image: string;
  readonly carry: Carry;
}

// The new image and the old files are never in one container: a volume carries what goes over.
async function saveAnew(desk: Desk, { found, likeness, image, carry }: Anew): Promise<void> {
  const { engine, name, mark, undo } = desk;
  const [fresh] = await imagesOf(engine, [image]);
  if (fresh === undefined) {
    throw new Failure(
      "no-image",
      `The image ${image} is not here.`,
      `Get it first (${engine.name} pull ${image}, or manyoyo image build), or choose another: --image REF`,
    );
  }
  const former = imageFor("part", name, `${mark}o`);
  undo.always("image", former);
  await save(desk, { found: atRest(found), likeness, image: former });
  const courier = await asideVolume(desk);
  const folders = await carried(desk, found, { likeness, carry });
  const carrier = await copyFolders(desk, {
    image: former,
    volumes: [{ volume: courier, target: "/manyoyo/way", readonly: false }],
    folders: folders.map(({ what, place, onWay }) => ({ what, from: place, to: onWay })),
    doing: `carry the files of "${name}" over`,
  });
  await dismiss(desk, carrier);
  const container = await copyFolders(desk, {
    image,
    volumes: [{ volume: courier, target: "/manyoyo/way", readonly: true }],
    folders: folders.map(({ what, place, onWay }) => ({ what, from: onWay, to: place })),
    doing: `carry the files of "${name}" over`,
  });
  const result = imageFor("session", name, mark);
  undo.note("image", result);
  const labels = labelsFor(desk, { found, likeness, image: result });
  await commit(desk, container, result, [...labels, "--change", `USER ${fresh.user || "0"}`]);
  await dismiss(desk, container);
}

interface Carried {
  readonly what: Folder["what"];
  readonly place: string;
  /** Where it is in the volume that carries it. */
  readonly onWay: string;
}

async function carried(
  { engine }: Desk,
  found: Found,
  { likeness, carry }: Pick<Anew, "likeness" | "carry">,
): Promise<readonly Carried[]> {
  const { home } = await sourceOf(engine, found);
  const states = agents.flatMap(({ state }) => Object.values(state)).map((path) => `${home}/${path}`);
  const saved = ownVolumes(found, likeness).map((_, at) => savedPlace(at));
  // A home that is / has the image's own files in it.
  const ofHome = carry === "home" && home !== "" ? [home] : states;
  const folders = [
    ...ofHome.map((place) => ({ what: "home", place }) as const),
    ...saved.map((place) => ({ what: "own", place }) as const),
  ];
  return folders.map((folder, at) => ({ ...folder, onWay: `/manyoyo/way/${at}` }));
}
