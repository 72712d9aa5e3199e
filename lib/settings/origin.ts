import { envFilePath } from "./env.ts";
import { placedEntries } from "./env-file.ts";
import { readText } from "./files.ts";
import { type Layer, mergeLayers, type Scalars } from "./layer.ts";
import type { Path } from "./positions.ts";
import type { Lookup, ProfileSource } from "./profile-layer.ts";

/** Where a value comes from. */
export type Source =
  | { readonly kind: "file"; readonly file: string; readonly line: number; readonly column?: number }
  | { readonly kind: "environment"; readonly name: string }
  | { readonly kind: "command line" }
  | { readonly kind: "default" };

/** A value of the merged settings and its source. */
export interface Origin {
  /** `yolo`, `volumes[0]`, `env.NAME`. */
  readonly key: string;
  readonly value: unknown;
  readonly source: Source;
}

/** A layer with what finds the source of each of its values. */
export interface Placed {
  readonly layer: Layer;
  readonly at: (path: Path) => Source;
  /** The source of each entry of `layer.env`. */
  readonly env: readonly Source[];
}

/** The layer of a settings file. Reads the env files that it names once more, for their lines. */
export function placedProfile(source: ProfileSource, layer: Layer, lookup: Lookup): Placed {
  const at = (path: Path): Source => placeOf(source.locate(path));
  const { env = [], envFile = [] } = source.profile;
  const whole = source.locate(["env"]);
  return {
    layer,
    at,
    env: [
      ...envFile.flatMap((word) => linesOf(word, lookup)),
      ...env.map(({ name }, index) => {
        const named = source.locate(["env", name]);
        return placeOf(named === whole ? source.locate(["env", index]) : named);
      }),
    ],
  };
}

/** The layer of the command line, where `envFiles` are the words of `--env-file`. */
export function placedLine(layer: Layer, envFiles: readonly string[], lookup: Lookup): Placed {
  const here: Source = { kind: "command line" };
  const files = envFiles.flatMap((word) => linesOf(word, lookup));
  return { layer, at: () => here, env: layer.env.map((_, index) => files[index] ?? here) };
}

/** A layer all of whose values have one source. */
export function placedAt(layer: Layer, source: Source): Placed {
  return { layer, at: () => source, env: layer.env.map(() => source) };
}

function linesOf(word: string, lookup: Lookup): readonly Source[] {
  const { path } = envFilePath(word, lookup);
  return placedEntries(readText(path) ?? "", path).map(({ line }) => ({ kind: "file", file: path, line }));
}

function placeOf(located: string): Source {
  const [, file = located, line = "1", column = "1"] = /^(.*):(\d+):(\d+)$/s.exec(located) ?? [];
  return { kind: "file", file, line: Number(line), column: Number(column) };
}

const scalars = [
  "containerName",
  "yolo",
  "shell",
  "shellPrefix",
  "shellSuffix",
  "hostPath",
  "containerPath",
  "image",
  "imageName",
  "imageVersion",
  "containerMode",
  "engine",
  "history",
  "login",
  "user",
  "menu",
] as const satisfies readonly (keyof Scalars)[];

/**
 * Every value of the merged settings with its source, the weakest layer given first; values of variables are masked.
 * @param defaults what holds where nobody says anything.
 */
export function originsOf(
  placed: readonly Placed[],
  defaults: Readonly<Partial<Record<keyof Scalars, string>>>,
): readonly Origin[] {
  const merged = mergeLayers(placed.map(({ layer }) => layer));
  const ofScalar = (key: (typeof scalars)[number]): readonly Origin[] => {
    const value = merged[key];
    const from = placed.findLast(({ layer }) => layer[key] !== undefined);
    if (value !== undefined && from !== undefined) return [{ key, value, source: from.at([key]) }];
    // A whole image leaves nothing to its parts.
    const isPart = merged.image !== undefined && (key === "imageName" || key === "imageVersion");
    const usual = isPart ? undefined : defaults[key];
    return usual === undefined ? [] : [{ key, value: usual, source: { kind: "default" } }];
  };
  const ofList = (key: "volumes" | "ports" | "engineArgs" | "quiet"): readonly Origin[] => {
    const all = placed.flatMap(({ layer, at }) =>
      layer[key].map((value, index) => ({ value, source: at([key, index]) })),
    );
    return merged[key].flatMap((value, index) => {
      const found = all.findIndex((each) => each.value === value);
      const [one] = found === -1 ? [] : all.splice(found, 1);
      return one === undefined
        ? []
        : [{ key: `${key}[${index}]`, value: written(value), source: one.source }];
    });
  };
  const entries = placed.flatMap(({ layer, env }) =>
    layer.env.map((entry, index) => ({ entry, source: env[index] })),
  );
  const variables = merged.env.flatMap((entry): readonly Origin[] => {
    const source = entries.find((each) => each.entry === entry)?.source;
    return source === undefined ? [] : [{ key: `env.${entry.name}`, value: "***", source }];
  });
  return [
    ...scalars.flatMap(ofScalar),
    ...variables,
    ...(["volumes", "ports", "engineArgs", "quiet"] as const).flatMap(ofList),
  ];
}

function written(value: Layer["volumes"][number] | string): string {
  if (typeof value === "string") return value;
  const source = value.kind === "bind" ? value.source : value.name;
  return [source, value.target, value.readonly ? "ro" : undefined, value.relabel]
    .filter((part) => part !== undefined)
    .join(":");
}
