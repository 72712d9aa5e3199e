import type { Engine } from "../../lib/engine/engine.ts";
import { Failure } from "../../lib/failure.ts";
import { type Asked, readAgents, usualAgents } from "../../lib/image/agents.ts";
import { readArguments } from "../../lib/image/arguments.ts";
import { type Image, imageNamed, listImages } from "../../lib/image/list.ts";
import { makeImage, type Order, updateImage } from "../../lib/image/make.ts";
import { removable, removeImage } from "../../lib/image/prune.ts";
import { imageNumber, imageOf } from "../../lib/session/plan.ts";
import { commandLineLayer } from "../../lib/settings/command-line.ts";
import { mergeLayers } from "../../lib/settings/layer.ts";
import { type Call, commonLayers, engineOf } from "../call.ts";
import { agentsOf, baseOf, certificatesOf, shown, titled } from "../images.ts";
import { age, answer, answerJson, say, size, table } from "../print.ts";

/** `manyoyo image build`: makes the image that sessions are made from, or with `--update` its agents anew. */
export async function build(call: Call): Promise<number> {
  const { update, json } = call.parsed.values;
  const { engine, name } = await target(call);
  const present = await imageNamed(engine, name);
  const order = orderOf(call, name, update ? present : undefined);
  if (!json) say(`${update ? "Updating" : "Building"} ${name} (${engine.name})`);
  const made = await shown(call, (tell) => {
    const shop = { engine, env: call.env, tell };
    if (!update) return makeImage(order, shop);
    if (present !== undefined) return updateImage(order, present, shop);
    throw new Failure("no-image", `The image ${name} is not here.`, "Build it: manyoyo image build");
  });
  if (json) answerJson({ engine: engine.name, changed: made !== undefined, ...document(made ?? present) });
  else {
    sayResult(made, present);
    answer(name);
  }
  return 0;
}

// The name that is built: the one that settings and this call say. A variant has a name of its own.
async function target(call: Call): Promise<{ readonly engine: Engine; readonly name: string }> {
  const { imageName, imageVer, variant } = call.parsed.values;
  const version = imageVer ?? (variant === undefined ? undefined : `${imageNumber}-${variant}`);
  const said = commandLineLayer({ imageName, imageVer: version }, call.cwd, call.env);
  const layers = [...(await commonLayers(call)), said];
  const { image, ...settings } = mergeLayers(layers);
  const name = imageOf(imageName === undefined && version === undefined ? { ...settings, image } : settings);
  if (!name.includes("@")) return { engine: engineOf(call, layers).engine, name: tagged(name) };
  throw new Failure(
    "usage",
    `An image cannot be built as ${name}.`,
    "Give it a name and a version: --in, --iv.",
  );
}

function tagged(name: string): string {
  return /:[^/]*$/.test(name) ? name : `${name}:latest`;
}

function orderOf(call: Call, name: string, present: Image | undefined): Order {
  const { agents, base, variant, update, buildArg, caBundle } = call.parsed.values;
  const given = readArguments(buildArg, call.env);
  if (
    update &&
    (base !== undefined || variant !== undefined || given.packages !== "" || given.node || given.npm)
  ) {
    throw new Failure(
      "usage",
      "--update renews the agents and nothing else.",
      "Leave the base, the variant and such arguments out, or leave --update out to build all anew.",
    );
  }
  return {
    name,
    variant: variant === "full" || (variant === undefined && name.endsWith("-full")) ? "full" : "common",
    agents: agents === undefined ? agentsOfImage(present) : readAgents(agents),
    base: baseOf(call, base),
    given,
    certificates: certificatesOf(call, caBundle),
  };
}

function agentsOfImage(present: Image | undefined): readonly Asked[] {
  const names = Object.keys(present?.agents ?? {});
  return names.length === 0 ? usualAgents() : readAgents(names.join(","));
}

function sayResult(made: Image | undefined, present: Image | undefined): void {
  if (made === undefined) {
    say("All agents are up to date.");
    return;
  }
  const agents = Object.keys(made.agents).length === 0 ? "no agents" : agentsOf(made);
  say(`Built with ${agents}: ${size(made.size)}.`);
  if (present !== undefined && present.id !== made.id)
    say("The former image stays for the sessions that were made from it; later: manyoyo image prune");
}

/** `manyoyo image ls`: the images that sessions can be made from. */
export async function list(call: Call): Promise<number> {
  const { engine } = engineOf(call, await commonLayers(call));
  const images = (await listImages(engine)).filter(({ part }) => part === "agents");
  if (call.parsed.values.json) {
    answerJson({ engine: engine.name, images: images.map(document) });
  } else if (images.length === 0) {
    if (call.terminal) say("There are no images. Build one: manyoyo image build");
  } else {
    answer(table([["NAME", "SIZE", "AGE", "NODE", "AGENTS"], ...images.map(row)]).join("\n"));
  }
  return 0;
}

function row(image: Image): readonly string[] {
  const { names, id, created, node } = image;
  const name = names.length === 0 ? `(replaced) ${id.slice(0, 12)}` : names.join(" ");
  return [name, size(image.size), age(created, Date.now()), node ?? "-", agentsOf(image)];
}

function document(image: Image | undefined): Readonly<Record<string, unknown>> {
  if (image === undefined) return {};
  const { id, names, built, number, variant, agents, node, npm, base, created } = image;
  return {
    image: names[0] ?? null,
    id,
    names,
    number,
    variant,
    agents,
    node: node ?? null,
    npm: npm ?? null,
    base: base || null,
    size: image.size,
    created: Number.isFinite(created) ? new Date(created).toISOString() : null,
    replaced: names.length === 0,
    built: built ?? null,
  };
}

/**
 * `manyoyo image prune`: removes images of ours that no container uses. Nobody is asked in a script: what was replaced can
 * be built again. All of them go only once a person agrees, or with `-f`.
 */
export async function prune(call: Call): Promise<number> {
  const { all, dryRun, force, json } = call.parsed.values;
  const { engine } = engineOf(call, await commonLayers(call));
  const found = await removable(engine, all);
  const sum = size(found.reduce((total, image) => total + image.size, 0));
  if (found.length > 0 && !dryRun && !force && (call.canAsk || all)) {
    if (!call.canAsk) {
      throw new Failure("usage", "Without a terminal, --all needs -f.", "See what would go: --dry-run");
    }
    for (const image of found) say(`  ${titled(image)}`);
    const { askYes } = await import("../menu.ts");
    if (!(await askYes(`Remove ${found.length === 1 ? "it" : "them"} (at most ${sum})?`))) return 0;
  }
  const gone: Image[] = [];
  for (const image of found) {
    if (dryRun || (await removeImage(engine, image))) gone.push(image);
    else say(`${titled(image)} is in use and stays.`);
  }
  if (json) answerJson({ engine: engine.name, dryRun, removed: gone.map(document) });
  else if (gone.length > 0) answer(gone.map(titled).join("\n"));
  else if (call.terminal) say("There is nothing to remove.");
  return 0;
}
