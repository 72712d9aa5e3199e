import * as v from "valibot";
import { dialect } from "../engine/dialect.ts";
import type { Engine } from "../engine/engine.ts";
import { engineFailure } from "../engine/problem.ts";
import { isToldImage, wordsIn } from "../engine/told.ts";
import { parsedJson } from "../json.ts";
import type { Labels } from "../session/labels.ts";
import { capture } from "../shell.ts";
import { type ImagePart, imageLabel, imageParts } from "./labels.ts";

/** An image that carries our labels: one that manyoyo built, or one that was made from such a one. */
export interface Image {
  readonly id: string;
  /** Its names, the one that it was built under first; none once another image has them. */
  readonly names: readonly string[];
  readonly part: ImagePart;
  readonly number: string;
  readonly variant: string;
  /** Exact versions by the agents' names. */
  readonly agents: Readonly<Record<string, string>>;
  readonly node: string | undefined;
  readonly npm: string | undefined;
  /** The images that it was made from, by name. */
  readonly tools: string | undefined;
  readonly base: string | undefined;
  /** The name that it was built under. */
  readonly built: string | undefined;
  readonly build: string | undefined;
  readonly size: number;
  readonly created: number;
}

const inspected = v.array(
  v.object({
    Id: v.string(),
    RepoTags: v.nullish(v.array(v.string()), []),
    Size: v.optional(v.number(), 0),
    Created: v.optional(v.string(), ""),
    Config: v.nullish(v.object({ Labels: v.nullish(v.record(v.string(), v.string()), {}) })),
  }),
);

/**
 * Every image with our labels, the newest first.
 * @throws Failure when the engine does not answer.
 */
export async function listImages(engine: Engine): Promise<readonly Image[]> {
  const filter = ["--no-trunc", "--quiet", "--filter", `label=${imageLabel.part}`];
  // podman hides a nameless one whose layers another one has too; docker would show every step of a build.
  const hidden = engine.name === "podman" ? ["--all"] : [];
  const said = await capture([engine.program, "images", ...hidden, ...filter]);
  if (said.status !== 0) throw engineFailure(engine, said, "list its images");
  const ids = wordsIn(said.stdout, isToldImage);
  return ids.length === 0 ? [] : inspect(engine, ids);
}

/** The image of that name, if it has our labels. @throws Failure when the engine does not answer. */
export async function imageNamed(engine: Engine, name: string): Promise<Image | undefined> {
  const [found] = await inspect(engine, [name]);
  return found;
}

// One that is gone meanwhile is left out: both engines still print the others.
async function inspect(engine: Engine, words: readonly string[]): Promise<readonly Image[]> {
  // Some are told by a label, which can be written by anybody.
  const known = words.filter(isToldImage);
  if (known.length === 0) return [];
  const said = await capture([engine.program, "image", "inspect", ...known]);
  if (said.status !== 0 && !dialect(engine.name).noSuchImage.test(said.stderr))
    throw engineFailure(engine, said, "look at its images");
  return readImages(said.stdout).toSorted((one, other) => other.created - one.created);
}

/** Reads what `image inspect` prints; what does not carry our labels is left out. */
export function readImages(text: string): readonly Image[] {
  const parsed = v.safeParse(inspected, parsedJson(text));
  if (!parsed.success) return [];
  return parsed.output.flatMap(({ Id, RepoTags, Size, Created, Config }) => {
    const labels: Labels = Config?.Labels ?? {};
    const part = imageParts.find((each) => each === labels[imageLabel.part]);
    if (part === undefined || !isToldImage(Id)) return [];
    const built = labels[imageLabel.name];
    return {
      id: Id.replace(/^sha256:/, ""),
      names: (RepoTags ?? [])
        .filter(isToldImage)
        .toSorted((one, other) => Number(other === built) - Number(one === built)),
      part,
      number: labels[imageLabel.number] ?? "",
      variant: labels[imageLabel.variant] ?? "",
      agents: versions(labels[imageLabel.agents]),
      node: labels[imageLabel.node],
      npm: labels[imageLabel.npm],
      tools: labels[imageLabel.tools],
      base: labels[imageLabel.base],
      built,
      build: labels[imageLabel.build],
      size: Size,
      created: Date.parse(Created),
    };
  });
}

function versions(text: string | undefined): Readonly<Record<string, string>> {
  const parsed = v.safeParse(v.record(v.string(), v.string()), parsedJson(text ?? "{}"));
  return parsed.success ? parsed.output : {};
}
