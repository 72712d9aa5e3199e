import * as v from "valibot";
import { Failure } from "../failure.ts";
import { pooled } from "../pool.ts";
import {
  claimsToBeSession,
  countingLabels,
  doubtful,
  isInTheMaking,
  isOnRecord,
  type Labels,
} from "../session/labels.ts";
import { type Container, type Session, sessionOf } from "../session/session.ts";
import type { EngineName } from "../settings/values.ts";
import type { Said } from "../shell.ts";
import { agoIn, bytesIn } from "./amounts.ts";
import { askForAll } from "./ask.ts";
import type { Engine } from "./engine.ts";
import { isOwn } from "./find.ts";
import { engineFailure } from "./problem.ts";
import { isTold, isToldImage, ownName } from "./told.ts";

/** A container in a list, with the word by which its image is found again. */
interface Listed extends Container {
  readonly imageWord: string;
}

const dockerList = v.array(
  v.object({
    id: v.string(),
    name: v.string(),
    status: v.string(),
    created: v.string(),
    told: v.optional(v.string(), ""),
    size: v.optional(v.string()),
    image: v.string(),
    mounts: v.string(),
    labels: v.record(v.string(), v.string()),
  }),
);

const podmanList = v.array(
  v.object({
    Id: v.string(),
    Names: v.array(v.string()),
    State: v.string(),
    Created: v.number(),
    StartedAt: v.optional(v.number(), 0),
    ExitedAt: v.optional(v.number(), 0),
    Size: v.nullish(v.object({ rwSize: v.optional(v.number()) })),
    Image: v.string(),
    ImageID: v.string(),
    Labels: v.nullish(v.record(v.string(), v.string()), {}),
  }),
);

/**
 * Every session of the engine, in one call; a further one for each image whose containers may have copied labels.
 * @param folder only the sessions whose workspace is that real path.
 * @throws Failure when the engine does not answer.
 */
export async function listSessions(
  engine: Engine,
  folder?: string,
  asked: Promise<Said> = askForAll(engine),
): Promise<readonly Session[]> {
  const said = await asked;
  if (said.status !== 0) throw engineFailure(engine, said, "list its containers");
  // The folder is no filter for the engine: podman reads one as CSV (commas, quotes), docker trims its blanks.
  const told = readList(engine.name, said.stdout);
  const listed =
    folder === undefined ? told : told.filter((container) => sessionOf(container).folder === folder);
  const possible = listed.filter(
    ({ labels, name }) => claimsToBeSession(labels) && !isInTheMaking(labels, name),
  );
  const ofImages = await labelsOfImages(
    engine,
    possible.filter(doubtful).map(({ imageWord }) => imageWord),
  );
  const isOurs = (container: Listed): boolean => {
    if (!doubtful(container)) return true;
    const ofImage = ofImages(container.imageWord);
    if (ofImage !== untold) return isOwn(container, ofImage);
    return isOnRecord(container.labels, container.name, container.image);
  };
  return possible.filter(isOurs).map(sessionOf);
}

// Of an image that the engine cannot describe; undefined is one that is gone.
const untold = "untold";
type OfImage = Labels | typeof untold | undefined;

/**
 * The labels of images by the words that a list has for them: in one call where all are there, else in one for each, as one broken
 * image must not hide the sessions of the others.
 * @throws Failure where the engine is down
 */
async function labelsOfImages(engine: Engine, all: readonly string[]): Promise<(word: string) => OfImage> {
  const words = [...new Set(all)].filter(isToldImage);
  if (words.length === 0) return () => undefined;
  // Loaded only now, as most lists need no such look.
  const { imagesOf } = await import("./images.ts");
  const labelsOf = async (some: readonly string[]): Promise<readonly OfImage[]> => {
    try {
      const images = await imagesOf(engine, some);
      // In the order of the words; with one missing, nothing tells which.
      return some.length === 1 || images.length === some.length ? images.map(({ labels }) => labels) : [];
    } catch (thrown) {
      if (thrown instanceof Failure && thrown.code !== "engine-down")
        return some.length === 1 ? [untold] : [];
      throw thrown;
    }
  };
  const together = await labelsOf(words);
  const found =
    together.length === words.length
      ? together
      : await pooled(words, atOnce, async (word) => (await labelsOf([word]))[0]);
  return (word) => found[words.indexOf(word)];
}

const atOnce = 8;

/**
 * Reads what `ps` prints: docker a JSON object a line, podman one JSON list.
 * @throws Failure `engine-failed` for any other shape.
 */
export function readList(engine: EngineName, text: string): readonly Listed[] {
  try {
    const all = engine === "docker" ? readDocker(text) : readPodman(text);
    // Both are said back to it.
    return all.filter(({ id, name }) => isTold(id) && (name === "" || isTold(name)));
  } catch {
    throw new Failure("engine-failed", `${engine} lists its containers in a way that manyoyo does not know.`);
  }
}

function readDocker(text: string): readonly Listed[] {
  const told = v.parse(dockerList, JSON.parse(`[${text.trim().replaceAll("\n", ",")}]`));
  const now = Date.now();
  return told.map(({ told: status, size, ...each }) => {
    const created = createdAt(each.created);
    return {
      ...each,
      name: ownName(each.name),
      created,
      used: Math.max(created, now - (agoIn(status) ?? Number.POSITIVE_INFINITY)),
      size: size === undefined ? undefined : bytesIn(size),
      // docker's template has "" for a label that is not there.
      labels: countingLabels(
        Object.fromEntries(Object.entries(each.labels).filter(([, value]) => value !== "")),
      ),
      binds: each.mounts.split(",").filter((mount) => mount.startsWith("/")),
      imageWord: each.image,
    };
  });
}

// docker writes the machine's own zone twice: 2026-01-05 07:09:00 +0000 UTC
function createdAt(text: string): number {
  return Date.parse(text.replace(/ [A-Z]+$/, ""));
}

function readPodman(text: string): readonly Listed[] {
  const told = v.parse(podmanList, text.trim() === "" ? [] : JSON.parse(text));
  return told.map((each) => ({
    id: each.Id,
    name: each.Names[0] ?? "",
    status: each.State,
    created: each.Created * 1000,
    // What never happened is in the year 1.
    used: Math.max(each.Created, each.StartedAt, each.ExitedAt) * 1000,
    size: each.Size?.rwSize,
    image: each.Image,
    labels: countingLabels(each.Labels ?? {}),
    binds: [],
    imageWord: each.ImageID,
  }));
}
