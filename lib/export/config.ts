import * as v from "valibot";
import { isFolder } from "./manifest.ts";
import type { ImageConfig } from "./saved-image.ts";
import { scrubbed } from "./secrets.ts";

const texts = v.array(
  v.pipe(
    v.string(),
    v.check((text) => !text.includes("\0")),
  ),
);
const entries = v.record(v.pipe(v.string(), v.check(isFolder)), v.strictObject({}));

const ours = /^manyoyo\./;
// What an engine or manyoyo gives each container anew; a value with line ends has a name of that kind as well.
const passing = /^(MANYOYO_(?!ENV_[A-Za-z_][A-Za-z0-9_]*$).*|HOSTNAME|container)$/s;

// What podman gives each container anew besides, and commits with the rest.
const usual: readonly string[] = [
  "TERM=xterm",
  "HOME=/root",
  "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
];

/** What of an image's configuration goes with a session: what its programs need, and nothing that an engine acts upon by itself. */
const kept = v.strictObject({
  Env: v.optional(
    v.pipe(
      texts,
      v.check((all) => !all.some((each) => passing.test(nameIn(each)))),
    ),
  ),
  User: v.optional(v.string()),
  WorkingDir: v.optional(v.string()),
  Volumes: v.optional(entries),
  Labels: v.optional(
    v.pipe(
      v.record(v.string(), v.string()),
      v.check((all) => !Object.keys(all).some((key) => ours.test(key))),
    ),
  ),
  Shell: v.optional(texts),
});

const step = v.strictObject({
  created: v.optional(v.string()),
  created_by: v.optional(v.string()),
  author: v.optional(v.string()),
  comment: v.optional(v.string()),
  empty_layer: v.optional(v.boolean()),
});

const image = v.strictObject({
  architecture: v.string(),
  os: v.string(),
  variant: v.optional(v.string()),
  created: v.optional(v.string()),
  config: kept,
  history: v.array(step),
  /** From the lowest to the uppermost: its number in the file, or one of the base's. */
  layers: v.array(
    v.variant("of", [
      v.strictObject({
        of: v.literal("file"),
        part: v.pipe(v.number(), v.integer(), v.minValue(0)),
        diffId: v.string(),
        size: v.number(),
      }),
      v.strictObject({ of: v.literal("base"), diffId: v.string() }),
    ]),
  ),
});

/** An image as an exported session has it. */
export type Image = v.InferOutput<typeof image>;
export type ImageLayer = Image["layers"][number];

/** Reads what `imageOf` gave; undefined for anything else. */
export function readImage(text: string): Image | undefined {
  try {
    const parsed = v.safeParse(image, JSON.parse(text));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}

/** Names of variables whose values must not be told, as an image has them, and all values that they have. */
export interface Secrets {
  readonly names: readonly string[];
  readonly values: readonly string[];
}

/** Names of the variables that a session has beyond what its base gives every one, as it was given them. Pure. */
export function namesBeyond(env: readonly string[], ofBase: readonly string[]): readonly string[] {
  const beyond = env.filter((entry) => !ofBase.includes(entry) && isGiven(entry));
  return [...new Set(beyond.map((entry) => nameIn(entry).replace(/^MANYOYO_ENV_/, "")))];
}

function isGiven(entry: string): boolean {
  return !passing.test(nameIn(entry)) && !usual.includes(entry);
}

/**
 * An engine's configuration of an image as it goes with a session: only what is known to be harmless, without our own labels,
 * and without the secrets, in its variables and in its history. Pure.
 */
export function imageOf(
  config: ImageConfig,
  layers: readonly ImageLayer[],
  { names, values }: Secrets,
): Image {
  const told = mapIn(config.config);
  const env = envOf(config).filter((each) => !passing.test(nameIn(each)) && !names.includes(nameIn(each)));
  const labels = Object.entries(mapIn(told["Labels"])).filter(([key]) => !ours.test(key));
  const shell = textsIn(told["Shell"]);
  const volumes = Object.keys(mapIn(told["Volumes"])).filter(isFolder);
  return {
    architecture: config.architecture,
    os: config.os,
    ...textIn("variant", config.variant),
    ...textIn("created", config.created),
    config: {
      Env: env,
      ...textIn("User", told["User"]),
      ...textIn("WorkingDir", told["WorkingDir"]),
      ...(volumes.length === 0 ? {} : { Volumes: Object.fromEntries(volumes.map((path) => [path, {}])) }),
      ...(labels.length === 0
        ? {}
        : {
            Labels: Object.fromEntries(labels.map(([key, value]) => [key, scrubbed(String(value), values)])),
          }),
      ...(shell.length === 0 ? {} : { Shell: shell }),
    },
    history: (config.history ?? []).map((each) => ({
      ...textIn("created", each["created"]),
      ...textIn("created_by", scrubbedIn(each["created_by"], values)),
      ...textIn("author", scrubbedIn(each["author"], values)),
      ...textIn("comment", scrubbedIn(each["comment"], values)),
      ...(each["empty_layer"] === true ? { empty_layer: true } : {}),
    })),
    layers: [...layers],
  };
}

/**
 * What must not be told of an image's variables: those of these names, in the longer spelling of one with line ends as well, and
 * whatever its base does not have exactly so, whoever gave it. Pure.
 * @param ofBase `NAME=VALUE`, as the base has them
 */
export function secretsOf(
  config: ImageConfig,
  variables: readonly string[],
  ofBase: readonly string[],
): Secrets {
  const given = variables.flatMap((name) => [name, `MANYOYO_ENV_${name}`]);
  const all = [...envOf(config), ...textsIn(mapIn(config["container_config"])["Env"])];
  const taken = all.filter((entry) => given.includes(nameIn(entry)) || !ofBase.includes(entry));
  return {
    names: [...given, ...taken.map(nameIn)],
    // What every container has is no secret, and stands in other texts too.
    values: taken.filter(isGiven).map((entry) => entry.slice(nameIn(entry).length + 1)),
  };
}

/** The variables of an image, as `NAME=VALUE`. */
export function envOf(config: ImageConfig): readonly string[] {
  return textsIn(mapIn(config.config)["Env"]);
}

function nameIn(entry: string): string {
  return entry.replace(/=.*$/s, "");
}

// What a container's first process was made of is no step of a build; in ours the user's name and address stand.
function scrubbedIn(value: unknown, values: readonly string[]): unknown {
  if (typeof value !== "string") return undefined;
  return value.startsWith("-c ") ? "manyoyo" : scrubbed(value, values);
}

function textIn<Key extends string>(key: Key, value: unknown): { readonly [K in Key]?: string } {
  const found: { [K in Key]?: string } = {};
  if (typeof value === "string" && value !== "") Object.assign(found, { [key]: value });
  return found;
}

function textsIn(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}

function mapIn(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}
