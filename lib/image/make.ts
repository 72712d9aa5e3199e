import type { Engine } from "../engine/engine.ts";
import { Failure } from "../failure.ts";
import type { ImageVariant } from "../settings/values.ts";
import type { Asked } from "./agents.ts";
import type { Arguments } from "./arguments.ts";
import { importRoot, makeBase } from "./base.ts";
import { buildImage, type Progress } from "./build.ts";
import { type Image, imageNamed } from "./list.ts";
import { isLoopback } from "./network.ts";
import { agentsRecipe, type Pinned, type Step, toolsRecipe } from "./recipe.ts";
import { newestNode, type Registry, versionOf } from "./registry.ts";
import { type Base, provideBase, smallLabels } from "./root.ts";

/** An image as it is asked for. */
export interface Order {
  readonly name: string;
  readonly variant: ImageVariant;
  readonly agents: readonly Asked[];
  readonly base: Base;
  readonly given: Arguments;
  /** Certificates in PEM, for the build alone. */
  readonly certificates: string | undefined;
}

/** What making an image needs of the host. */
export interface Workshop {
  readonly engine: Engine;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly tell: Progress;
}

/**
 * Makes an image. Without agents, a base or a variant that ask for more, it is the small one: nothing is fetched from npm.
 * @throws Failure; Interrupted when told to end meanwhile
 */
export async function makeImage(order: Order, shop: Workshop): Promise<Image> {
  const { name, base, variant, agents, given } = order;
  if (agents.length === 0 && base.kind === "usual" && variant === "common" && given.packages === "") {
    shop.tell("step", "Making a small Debian without agents");
    const tar = await makeBase(shop.env, (text) => shop.tell("step", text));
    await importRoot(shop.engine, tar, { name, labels: smallLabels(name) });
    return built(order, shop);
  }
  const registry = registryOf(order);
  shop.tell("step", "Asking npm for the newest versions");
  const [node, npm, pinned] = await Promise.all([
    given.node === undefined ? newestNode(registry, process.arch) : given.node,
    versionOf(registry, "npm", given.npm),
    pin(registry, agents),
  ]);
  const on = await provideBase(shop.engine, base, { env: shop.env, tell: (text) => shop.tell("step", text) });
  const tools = toolsName(name);
  const step: Step = { ...common(order), name: tools, on, base: on, node, npm };
  const around = surroundings(order);
  const how = { around, tell: shop.tell };
  await buildImage(shop.engine, toolsRecipe(step, given.packages, crypto.randomUUID()), how);
  await buildImage(shop.engine, agentsRecipe({ ...step, name, on: tools }, pinned, crypto.randomUUID()), how);
  return built(order, shop);
}

/**
 * Makes the agents of an image anew, on the tools that it was made from: it does not grow.
 * @param order of which the base, the variant and the rest of the tools stay as they are; without agents, the present ones.
 * @returns undefined when it has them all in these versions.
 * @throws Failure; Interrupted when told to end meanwhile
 */
export async function updateImage(order: Order, present: Image, shop: Workshop): Promise<Image | undefined> {
  const tools = present.tools === undefined ? undefined : await imageNamed(shop.engine, present.tools);
  if (tools?.part !== "tools") {
    throw new Failure(
      "no-image",
      `What ${order.name} was made from is not here any more, so its agents cannot be renewed alone.`,
      "Build it anew: manyoyo image build",
    );
  }
  const { base = "", node = "", npm = "" } = tools;
  // They become a part of the Dockerfile, and can have been written by anybody.
  if ([base, node, npm].some((label) => /[\r\n]/.test(label))) {
    throw new Failure(
      "no-image",
      `${present.tools} has labels that manyoyo did not write, so the agents of ${order.name} cannot be renewed.`,
      "Build it anew: manyoyo image build",
    );
  }
  shop.tell("step", "Asking npm for the newest versions");
  const pinned = await pin(registryOf(order), order.agents);
  if (isPresent(pinned, present)) return undefined;
  const step: Step = {
    ...common(order),
    variant: tools.variant === "full" ? "full" : "common",
    name: order.name,
    on: tools.names[0] ?? tools.id,
    base,
    node,
    npm,
  };
  const recipe = agentsRecipe(step, pinned, crypto.randomUUID());
  await buildImage(shop.engine, recipe, { around: surroundings(order), tell: shop.tell });
  return built(order, shop);
}

/** The name of the image that holds the tools of another one. */
export function toolsName(name: string): string {
  return name.replace(/(:[^:/]*)?$/, "-tools$1");
}

function isPresent(pinned: readonly Pinned[], { agents }: Image): boolean {
  return (
    pinned.length === Object.keys(agents).length &&
    pinned.every(({ agent, version }) => agents[agent.name] === version)
  );
}

async function pin(registry: Registry, agents: readonly Asked[]): Promise<readonly Pinned[]> {
  return Promise.all(
    agents.map(async ({ agent, wanted }) => ({
      agent,
      version: await versionOf(registry, agent.npm ?? agent.name, wanted),
    })),
  );
}

function registryOf({ given, certificates }: Order): Registry {
  const { https_proxy, HTTPS_PROXY, http_proxy, HTTP_PROXY } = given.proxies;
  return {
    url: given.registry,
    certificates,
    proxy: given.registry.startsWith("https:") ? (https_proxy ?? HTTPS_PROXY) : (http_proxy ?? HTTP_PROXY),
  };
}

function common({
  variant,
  given,
  certificates,
}: Order): Pick<Step, "variant" | "registry" | "certificates"> {
  return { variant, registry: given.registry, certificates };
}

function surroundings({ given }: Order) {
  const addresses = Object.entries(given.proxies).filter(([name]) => !/^no_proxy$/i.test(name));
  return {
    proxies: given.proxies,
    hostNetwork: isLoopback([given.registry, ...addresses.map(([, address]) => address)]),
  };
}

async function built({ name }: Order, { engine }: Workshop): Promise<Image> {
  const image = await imageNamed(engine, name);
  if (image !== undefined) return image;
  throw new Failure("engine-failed", `${engine.name} built the image ${name}, but does not have it.`);
}
