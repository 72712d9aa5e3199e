import type { Engine } from "../lib/engine/engine.ts";
import { Failure } from "../lib/failure.ts";
import { usualAgents } from "../lib/image/agents.ts";
import { readArguments } from "../lib/image/arguments.ts";
import { baseCost } from "../lib/image/base.ts";
import type { Progress } from "../lib/image/build.ts";
import { certificatesIn, usualBundle } from "../lib/image/certificates.ts";
import type { Image } from "../lib/image/list.ts";
import { makeImage, type Order } from "../lib/image/make.ts";
import type { Base } from "../lib/image/root.ts";
import { statOf } from "../lib/settings/files.ts";
import { userHome } from "../lib/settings/home.ts";
import { expandPath } from "../lib/settings/paths.ts";
import { parseImageName } from "../lib/settings/values.ts";
import { isTerminal } from "../lib/terminal.ts";
import type { Call } from "./call.ts";
import { age, passing, plainLine, say } from "./print.ts";

/** What the image with all usual agents costs, for those who are asked. */
export function agentsCost(): string {
  const titles = usualAgents().map(({ agent }) => agent.title);
  return `${titles.slice(0, -1).join(", ")} and ${titles.at(-1)}: about 1600 MB and two minutes`;
}

/**
 * Runs a build and tells how it goes on: its steps as lines, and at a terminal what its programs say, in a line that is
 * overwritten.
 */
export async function shown<Result>(call: Call, work: (tell: Progress) => Promise<Result>): Promise<Result> {
  if (call.parsed.values.json) return work(() => {});
  const begun = Date.now();
  const lively = isTerminal(2);
  try {
    return await work((kind, text) => {
      if (lively) passing(undefined);
      if (kind === "step") say(`  ${text} ...`);
      else if (lively) passing(`  ${age(begun, Date.now())}  ${text}`);
    });
  } finally {
    if (lively) passing(undefined);
  }
}

/** An image's agents with their versions. */
export function agentsOf({ agents }: Pick<Image, "agents">): string {
  const all = Object.entries(agents).map(([name, version]) => `${name} ${version}`);
  return all.length === 0 ? "-" : all.join(", ");
}

/**
 * What `--base` means: a root where there is such a file, or the word can only be one; else an image.
 * @throws Failure `usage`
 */
export function baseOf(call: Call, word: string | undefined): Base {
  if (word === undefined) return { kind: "usual" };
  const path = expandPath(word, { folder: call.cwd, userHome: userHome(call.env) });
  if (statOf(path)?.isFile() === true) return { kind: "tar", path };
  if (/^[./~]|\.(tar|tgz|tar\.(gz|xz|bz2|zst))$/.test(word)) {
    throw new Failure("usage", `There is no file ${path} to build on.`);
  }
  return { kind: "image", name: parseImageName(word) };
}

/** The certificates for a build: those that the call names, else those that this machine's programs use. @throws Failure `usage` */
export function certificatesOf(call: Call, word: string | undefined): string | undefined {
  const path = word ?? usualBundle(call.env);
  return path === undefined
    ? undefined
    : certificatesIn(expandPath(path, { folder: call.cwd, userHome: userHome(call.env) }));
}

/**
 * Builds the usual image for a call that misses it, once a person agrees; where npm cannot be reached, the small one.
 * @throws Failure `no-image` when nobody agrees.
 */
export async function buildMissing(call: Call, engine: Engine, image: string): Promise<void> {
  const missing = new Failure("no-image", `The image ${image} is not here.`, "Build it: manyoyo image build");
  const agree = async (question: string): Promise<void> => {
    if (call.parsed.values.yes) return;
    if (!call.canAsk) throw missing;
    const { askLikely } = await import("./menu.ts");
    if ((await askLikely(question)) !== true) throw missing;
  };
  await agree(`The image ${image} is not here. Build it (${agentsCost()})?`);
  const order: Order = {
    name: image,
    variant: "common",
    agents: usualAgents(),
    base: baseOf(call, undefined),
    given: readArguments([], call.env),
    certificates: certificatesOf(call, undefined),
  };
  const make = (wanted: Order): Promise<Image> =>
    shown(call, (tell) => makeImage(wanted, { engine, env: call.env, tell }));
  say(`Building ${image} (${engine.name})`);
  try {
    await make(order);
  } catch (thrown) {
    if (!(thrown instanceof Failure) || thrown.code !== "no-image") throw thrown;
    say(thrown.message);
    await agree(`Build a small one instead (${baseCost})?`);
    await make({ ...order, agents: [] });
  }
}

/** An image in a line, fit for a terminal: its name, else the one that it had, and its agents. Its labels can be anybody's. */
export function titled({ id, names, built, part, agents }: Image): string {
  const name = names[0] ?? `${id.slice(0, 12)} (once ${built ?? "without a name"})`;
  return plainLine(part === "agents" ? `${name}  ${agentsOf({ agents })}` : name);
}
