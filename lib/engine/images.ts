import * as v from "valibot";
import { Failure } from "../failure.ts";
import { parsedJson } from "../json.ts";
import { isOurPlace } from "../session/images.ts";
import type { Labels } from "../session/labels.ts";
import { ask, type Said } from "../shell.ts";
import { dialect } from "./dialect.ts";
import type { Engine } from "./engine.ts";
import { engineFailure } from "./problem.ts";
import { isToldImage, wordsIn } from "./told.ts";

const told = v.array(
  v.object({
    Id: v.string(),
    RepoTags: v.nullish(v.array(v.string()), []),
    Size: v.optional(v.number(), 0),
    Architecture: v.optional(v.string(), ""),
    Os: v.optional(v.string(), ""),
    Config: v.nullish(
      v.object({
        Labels: v.nullish(v.record(v.string(), v.string()), {}),
        Env: v.nullish(v.array(v.string()), []),
        User: v.optional(v.string(), ""),
      }),
    ),
    RootFS: v.nullish(v.object({ Layers: v.nullish(v.array(v.string()), []) })),
  }),
);

/** An image, as an engine tells of it. */
export interface EngineImage {
  readonly id: string;
  readonly names: readonly string[];
  /** Bytes of all its layers. */
  readonly size: number;
  readonly labels: Labels;
  /** Its variables, as `NAME=VALUE`: they may hold secrets. */
  readonly env: readonly string[];
  readonly layers: readonly string[];
  readonly architecture: string;
  readonly os: string;
  /** Whom its programs run as; empty for root. */
  readonly user: string;
}

/** The images of these names or ids; those that are not there are left out. @throws Failure when the engine does not answer */
export async function imagesOf(engine: Engine, names: readonly string[]): Promise<readonly EngineImage[]> {
  // Some are told by a label, which can be written by anybody.
  const known = names.filter(isToldImage);
  if (known.length === 0) return [];
  const said = await asked([engine.program, "image", "inspect", ...known]);
  if (said.status !== 0 && !dialect(engine.name).noSuchImage.test(said.stderr)) {
    throw engineFailure(engine, said, "look at its images");
  }
  const images = readEngineImages(said.stdout);
  if (said.status === 0 && images.length === 0) {
    throw new Failure(
      "engine-failed",
      `${engine.name} describes its images in a way that manyoyo does not know.`,
    );
  }
  return images;
}

// Of an image that is being removed just now docker 20.10 says "layer does not exist", and podman's list fails as a whole:
// retrieving label for image "...": ... image not known.
// Not by zx: loading that makes our stdout one that does not wait, under a command that was started on it just before.
async function asked(words: readonly string[]): Promise<Said> {
  for (let attempt = 0; ; attempt += 1) {
    const said = await ask(words);
    const isPassing = /layer does not exist|(retrieving label|locating image).*not known/is.test(said.stderr);
    if (said.status === 0 || !isPassing || attempt === 20) return said;
    await Bun.sleep(100);
  }
}

/** Reads the answer of `image inspect`; none for an answer of another shape. */
export function readEngineImages(text: string): readonly EngineImage[] {
  const parsed = v.safeParse(told, parsedJson(text));
  if (!parsed.success) return [];
  const all = parsed.output.filter(({ Id }) => isToldImage(Id));
  return all.map((image) => ({
    id: image.Id.replace(/^sha256:/, ""),
    names: (image.RepoTags ?? []).filter(isToldImage),
    size: image.Size,
    labels: image.Config?.Labels ?? {},
    env: image.Config?.Env ?? [],
    layers: image.RootFS?.Layers ?? [],
    architecture: image.Architecture,
    os: image.Os,
    user: image.Config?.User ?? "",
  }));
}

/**
 * An image for a container that never runs: one that nobody removes soon, where there is one. An image that was made for a session
 * could not go with it as long as a container has it.
 * @returns its id; undefined where the engine has no image.
 * @throws Failure when the engine does not answer
 */
export async function lastingImage(engine: Engine): Promise<string | undefined> {
  const format = ["--no-trunc", "--format", "{{.ID}} {{.Repository}}"];
  const said = await asked([engine.program, "image", "ls", ...format]);
  if (said.status !== 0) throw engineFailure(engine, said, "list its images");
  const images = said.stdout.split("\n").map((line) => line.trim().split(" "));
  const told = images.filter(([id = ""]) => isToldImage(id));
  const lasting = told.find(
    ([, repository = "<none>"]) => repository !== "<none>" && !isOurPlace(repository),
  );
  return (lasting ?? told[0])?.[0];
}

/** The ids of the images in a repository. @throws Failure when the engine does not answer */
export async function imagesIn(engine: Engine, repository: string): Promise<readonly string[]> {
  const filter = ["--no-trunc", "--quiet", "--filter", `reference=${repository}`];
  const said = await asked([engine.program, "images", ...filter]);
  if (said.status !== 0) throw engineFailure(engine, said, "list its images");
  return wordsIn(said.stdout, isToldImage);
}
