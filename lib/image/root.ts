import { createReadStream } from "node:fs";
import { dialect } from "../engine/dialect.ts";
import type { Engine } from "../engine/engine.ts";
import { engineFailure } from "../engine/problem.ts";
import { Failure } from "../failure.ts";
import { parsedJson } from "../json.ts";
import { hasRegistry } from "../settings/image-name.ts";
import { capture, which } from "../shell.ts";
import { canMakeBase, hasBase, importRoot, isOldBase, makeBase, pull } from "./base.ts";
import { imageLabel } from "./labels.ts";
import { imageNamed } from "./list.ts";
import { toldLabels } from "./recipe.ts";

/** What an image is built on. */
export type Base =
  | { readonly kind: "image"; readonly name: string }
  /** A whole Debian or Ubuntu as a tar file. */
  | { readonly kind: "tar"; readonly path: string }
  /** The small one that is made here; where that cannot be, Debian's own from its registry. */
  | { readonly kind: "usual" };

const usual = "docker.io/library/debian:stable-slim";

/**
 * Sees that the engine has the base.
 * @param tell says what takes long.
 * @returns the image's name.
 * @throws Failure `no-image`
 */
export async function provideBase(
  engine: Engine,
  base: Base,
  {
    env,
    tell,
  }: { readonly env: Readonly<Record<string, string | undefined>>; readonly tell: (step: string) => void },
): Promise<string> {
  if (base.kind === "image") return provideNamed(engine, base.name, tell);
  if (base.kind === "tar") return provideRoot(engine, base.path, tell);
  if (!canMakeBase(env)) {
    try {
      return await provideUsual(engine, tell);
    } catch (thrown) {
      if (!(thrown instanceof Failure) || which("apt-get") === undefined) throw thrown;
    }
  }
  if (!hasBase(env)) tell("Making a small Debian as the base");
  return provideRoot(engine, await makeBase(env, tell), tell);
}

// Where an old one cannot be pulled again, as without a network, it serves as it is.
async function provideUsual(engine: Engine, tell: (step: string) => void): Promise<string> {
  const said = await capture([engine.program, "image", "inspect", "--format", "{{json .Created}}", usual]);
  const created = parsedJson(said.stdout);
  if (said.status !== 0 || typeof created !== "string" || !isOldBase(Date.parse(created)))
    return provideNamed(engine, usual, tell);
  tell(`Pulling ${usual}`);
  await pull(engine, usual).catch(() => undefined);
  return usual;
}

async function provideNamed(engine: Engine, name: string, tell: (step: string) => void): Promise<string> {
  const said = await capture([engine.program, "image", "inspect", "--format", "{{.Id}}", name]);
  if (said.status === 0) return name;
  if (!dialect(engine.name).noSuchImage.test(said.stderr))
    throw engineFailure(engine, said, `look for the image ${name}`);
  if (name.startsWith("localhost/")) throw new Failure("no-image", `The base ${name} is not here.`);
  const full = hasRegistry(name) ? name : `docker.io/${name.includes("/") ? "" : "library/"}${name}`;
  tell(`Pulling ${full}`);
  await pull(engine, full);
  return full;
}

// Under the name of what is in it, so that the same root is taken once, and never another one.
async function provideRoot(engine: Engine, tar: string, tell: (step: string) => void): Promise<string> {
  const name = `localhost/manyoyo-base:${(await digest(tar)).slice(0, 12)}`;
  if ((await imageNamed(engine, name))?.part === "base") return name;
  tell(`Taking ${tar} as ${name}`);
  const labels = toldLabels("base", { name, variant: "common", base: "" }, "");
  await importRoot(engine, tar, { name, labels });
  return name;
}

async function digest(path: string): Promise<string> {
  const hasher = new Bun.CryptoHasher("sha256");
  try {
    for await (const chunk of createReadStream(path)) hasher.update(chunk);
  } catch (thrown) {
    const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "no answer";
    throw new Failure("usage", `The base ${path} cannot be read: ${code}.`);
  }
  return hasher.digest("hex");
}

/** Labels of the small image without agents, which is nothing but the base. */
export function smallLabels(name: string): Readonly<Record<string, string>> {
  return { ...toldLabels("agents", { name, variant: "common", base: "" }, ""), [imageLabel.agents]: "{}" };
}
