import type { Environment } from "./env.ts";
import { readText } from "./files.ts";
import { globalPath, runPath, userHome } from "./home.ts";
import { expandPath } from "./paths.ts";
import { findProfile } from "./sources.ts";
import { isProfileName } from "./values.ts";

/** Where a profile is written down, whether or not it can be understood. */
export interface ProfileFile {
  readonly file: string;
  readonly text: string;
  /** Its name in `runs` of manyoyo.json, where the file holds more than it. */
  readonly key: string | undefined;
}

/**
 * The file of the profile that `-r WORD` means.
 * @throws Failure `settings` where there is none.
 */
export async function fileOfProfile(
  word: string,
  home: string | undefined,
  cwd: string,
  env: Environment,
): Promise<ProfileFile> {
  const path =
    word === "." || word.includes("/") || word.endsWith(".json")
      ? expandPath(word === "." ? "./.manyoyo.json" : word, { folder: cwd, userHome: userHome(env) })
      : home !== undefined && isProfileName(word)
        ? runPath(home, word)
        : undefined;
  const text = path === undefined ? undefined : readText(path);
  if (path !== undefined && text !== undefined) return { file: path, text, key: undefined };
  const global = home === undefined ? undefined : globalPath(home);
  const all = global === undefined ? undefined : readText(global);
  const { runNames } = await import("./glance.ts");
  if (global !== undefined && all !== undefined && runNames(all).includes(word))
    return { file: global, text: all, key: word };
  // It says best what there is instead.
  const { file, text: found } = await findProfile(word, home, cwd, env);
  return { file, text: found, key: undefined };
}
