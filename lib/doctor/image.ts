import { dialect } from "../engine/dialect.ts";
import type { Engine } from "../engine/engine.ts";
import { listSessions } from "../engine/list.ts";
import { engineFailure } from "../engine/problem.ts";
import { Failure } from "../failure.ts";
import { type Image, imageNamed, listImages } from "../image/list.ts";
import { imageNumber } from "../session/plan.ts";
import { hasRegistry } from "../settings/image-name.ts";
import { capture } from "../shell.ts";
import type { Finding } from "./finding.ts";
import { patience, within } from "./patience.ts";

/** What was found of the image, and one to try a container with. */
export interface Images {
  readonly finding: Finding;
  /** The image itself, or another one of ours; undefined where there is none. */
  readonly toTry: string | undefined;
}

const day = 86_400_000;
const old = 30;

/** Looks whether the image that sessions are made from is there and up to date. Never throws. */
export async function lookAtImage(engine: Engine, image: string, now: number): Promise<Images> {
  try {
    return await within(engine, patience, look(engine, image, now));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { message, hint: remedy } = error;
    return { finding: { about: "image", level: "problem", message, remedy }, toTry: undefined };
  }
}

async function look(engine: Engine, image: string, now: number): Promise<Images> {
  const said = await capture([engine.program, "image", "inspect", image]);
  if (said.status === 0) {
    return { finding: present(image, await imageNamed(engine, image), now), toTry: image };
  }
  if (!dialect(engine.name).noSuchImage.test(said.stderr))
    throw engineFailure(engine, said, "look at its images");
  return { finding: absent(engine, image), toTry: await another(engine) };
}

function absent(engine: Engine, image: string): Finding {
  if (hasRegistry(image)) {
    const message = `The image ${image} is not here yet; it is pulled when a session needs it.`;
    return { about: "image", level: "note", message, remedy: `${engine.name} pull ${image}` };
  }
  return {
    about: "image",
    level: "problem",
    message: `The image ${image} is not here, so no session can be made.`,
    remedy: "manyoyo image build",
  };
}

function present(image: string, ours: Image | undefined, now: number): Finding {
  const about = "image";
  if (ours === undefined) {
    return { about, level: "ok", message: `The image ${image} is here; manyoyo did not build it.` };
  }
  if (ours.number !== imageNumber) {
    const message = `The image ${image} was built for another manyoyo (image ${ours.number}, not ${imageNumber}).`;
    return { about, level: "note", message, remedy: "manyoyo image build" };
  }
  const days = Math.floor((now - ours.created) / day);
  const agents = Object.entries(ours.agents).map(([name, version]) => `${name} ${version}`);
  if (days >= old) {
    const message = `The agents in the image ${image} are ${days} days old.`;
    return { about, level: "note", message, remedy: "manyoyo image build --update" };
  }
  const inside = agents.length === 0 ? "without agents" : `with ${agents.join(", ")}`;
  return { about, level: "ok", message: `The image ${image} is here, ${inside}.` };
}

async function another(engine: Engine): Promise<string | undefined> {
  const images = await listImages(engine);
  const named = images.flatMap(({ part, names }) =>
    part === "base" || part === "session" ? [] : names.slice(0, 1),
  );
  if (named[0] !== undefined) return named[0];
  const sessions = await listSessions(engine);
  return sessions[0]?.image;
}
