import { dirname } from "node:path";
import { Failure } from "../failure.ts";
import { nearest } from "../nearest.ts";
import { type EnvEntry, envFilePath } from "./env.ts";
import { parseEnvFile } from "./env-file.ts";
import { namesIn, readText } from "./files.ts";
import type { Layer } from "./layer.ts";
import { parseVolume } from "./mounts.ts";
import { type Base, expandPath } from "./paths.ts";
import type { Path } from "./positions.ts";
import type { Profile } from "./profile-schema.ts";
import { quoted } from "./values.ts";

/** Where the words of a source are looked up. */
export interface Lookup extends Base {
  /** The folder of manyoyo's own files. */
  readonly home: string | undefined;
  /** How env files are read; `readText`, unless said. */
  readonly read?: ((file: string) => string | undefined) | undefined;
}

/** A profile and the file that says it. */
export interface ProfileSource {
  readonly profile: Profile;
  readonly origin: string;
  readonly file: string;
  /** `FILE:LINE:COLUMN` of a key of the profile. */
  readonly locate: (path: Path) => string;
  /** How its env files are read, where they were already; see `Lookup`. */
  readonly read?: Lookup["read"];
}

/**
 * The layer that a profile makes: its paths made absolute from its file's folder, its env files read.
 * Throws Failure("settings", "FILE:LINE:COLUMN: ...") for what cannot be found or read.
 */
export function layerOfProfile(source: ProfileSource, where: Omit<Lookup, "folder">): Layer {
  const { profile, origin, locate } = source;
  const lookup: Lookup = { ...where, folder: dirname(source.file), read: source.read };
  const { env, envFile, volumes, ports, engineArgs, quiet, hostPath, ...scalars } = profile;
  const at = <Value>(path: Path, make: () => Value): Value => placed(() => locate(path), make);
  return {
    ...scalars,
    origin,
    hostPath: hostPath === undefined ? undefined : at(["hostPath"], () => expandPath(hostPath, lookup)),
    env: [
      ...(envFile ?? []).flatMap((word, index) => at(["envFile", index], () => readEnvFile(word, lookup))),
      ...(env ?? []),
    ],
    volumes: (volumes ?? []).map((word, index) =>
      at(["volumes", index], () => parseVolume(word, lookup.folder, lookup.userHome)),
    ),
    ports: ports ?? [],
    engineArgs: engineArgs ?? [],
    quiet: (quiet ?? []).flat(),
  };
}

/** `make`, whose usage Failures become ones of the settings file, with the place in it. */
function placed<Value>(locate: () => string, make: () => Value): Value {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== "usage") throw error;
    throw new Failure("settings", `${locate()}: ${error.message}`, error.hint);
  }
}

/**
 * The variables of the env file that `word` means. Throws Failure("usage") when there is none, and Failure("settings") when
 * it cannot be read or understood.
 */
export function readEnvFile(word: string, lookup: Lookup): readonly EnvEntry[] {
  const { path, name } = envFilePath(word, lookup);
  const text = (lookup.read ?? readText)(path);
  if (text !== undefined) return parseEnvFile(text, path);
  if (name === undefined) throw new Failure("usage", `There is no env file ${path}.`);
  const known = namesIn(dirname(path), ".env");
  const near = nearest(name, known);
  throw new Failure(
    "usage",
    `There is no env file ${quoted(name)}: no ${path}.`,
    near !== undefined
      ? `Did you mean ${quoted(near)}?`
      : known.length > 0
        ? `There are: ${known.join(", ")}.`
        : "Write the variables into that file, one NAME=value a line, or name a file by its path.",
  );
}
