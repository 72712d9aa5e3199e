import type { Engine } from "../engine/engine.ts";
import { engineFailure } from "../engine/problem.ts";
import { withScratch } from "../engine/scratch.ts";
import { isToldImage, wordsIn } from "../engine/told.ts";
import { Failure, Interrupted } from "../failure.ts";
import { capture, follow, type Said, signalStatus } from "../shell.ts";
import { type EndingSignal, onEndingSignal } from "../signals.ts";
import { imageLabel } from "./labels.ts";
import type { Recipe } from "./recipe.ts";

/** What a build has of the host besides its recipe. */
export interface Surroundings {
  /** The variables of a proxy: the build gets them by name, so that their values show in no word and in no history. */
  readonly proxies: Readonly<Record<string, string>>;
  /** The build needs what only this machine itself reaches. */
  readonly hostNetwork: boolean;
}

/** A line of a build: a step that has begun, or what a program says meanwhile. */
export type Progress = (kind: "step" | "line", text: string) => void;

/**
 * Builds one image. What the build leaves besides is removed, however it ends.
 * @throws Failure `no-image` with the build's own last words; Interrupted when told to end meanwhile.
 */
export async function buildImage(
  engine: Engine,
  recipe: Recipe,
  { around, tell }: { readonly around: Surroundings; readonly tell: Progress },
): Promise<void> {
  const heard: string[] = [];
  const interrupted: EndingSignal[] = [];
  const abort = new AbortController();
  const ignore = onEndingSignal((signal) => {
    interrupted.push(signal);
    abort.abort();
  });
  const hear = (raw: string): void => {
    const line = cleanLine(raw);
    if (line === "") return;
    heard.push(line);
    const step = /^manyoyo: (?!failed: )(.*)$/.exec(line)?.[1];
    tell(step === undefined ? "line" : "step", step ?? line);
  };
  try {
    const said = await withScratch(engine, ({ variables, descriptors }) =>
      follow(buildWords(engine, recipe, around), hear, {
        input: recipe.context,
        variables: { ...around.proxies, ...variables },
        descriptors,
        signal: abort.signal,
      }),
    );
    const [signal] = interrupted;
    if (signal !== undefined) throw new Interrupted(signalStatus(signal));
    if (said.status !== 0) throw failed(engine, recipe, { said, heard });
  } finally {
    await tidy(engine, recipe.build);
    ignore();
  }
}

/** The words that build it: the same with BuildKit, without it, and for podman. */
export function buildWords(engine: Engine, recipe: Recipe, around: Surroundings): readonly string[] {
  return [
    engine.program,
    "build",
    "--no-cache",
    "--force-rm",
    // podman alone would keep each step of the first stage, with nothing by which to find it.
    ...(engine.name === "podman" ? ["--layers=false"] : []),
    ...(around.hostNetwork ? ["--network", "host"] : []),
    ...Object.keys(around.proxies).flatMap((name) => ["--build-arg", name]),
    "--build-arg",
    `BASE=${recipe.on}`,
    "--build-arg",
    `BUILD=${recipe.build}`,
    "--tag",
    recipe.name,
    "-",
  ];
}

// Colours of docker without BuildKit; the number and the time before each line with it; a progress bar's rewriting.
function cleanLine(raw: string): string {
  return Bun.stripANSI(raw.replace(/^.*\r(?!$)/, ""))
    .trim()
    .replace(/^#\d+ (?:\d+\.\d+ )?/, "");
}

// By which install.sh says what went wrong.
const mark = "manyoyo: failed: ";

function failed(
  engine: Engine,
  recipe: Recipe,
  { said, heard }: { readonly said: Said; readonly heard: readonly string[] },
): Failure {
  const at = heard.findLastIndex((line) => line.startsWith(mark));
  if (at === -1) return engineFailure(engine, said, `build the image ${recipe.name}`);
  const why = heard[at]?.slice(mark.length);
  // What the program itself had to say of it.
  const words = heard.slice(0, at).findLast((line) => /^(curl: \(|E: |npm error )/.test(line));
  return new Failure(
    "no-image",
    `The image ${recipe.name} cannot be built: ${why}${words === undefined ? "" : ` (${words})`}.`,
    "Behind a proxy set https_proxy, for a company's certificates give --ca-bundle FILE.",
  );
}

// docker without BuildKit keeps the first stage, certificates and all, as images without a name.
async function tidy(engine: Engine, build: string): Promise<void> {
  const filter = ["--no-trunc", "--quiet", "--filter", `label=${imageLabel.stage}=${build}`];
  const found = await capture([engine.program, "images", ...filter]);
  const ids = wordsIn(found.stdout, isToldImage);
  if (ids.length > 0) await capture([engine.program, "rmi", ...ids]);
}
