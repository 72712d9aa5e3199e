import { dirname, isAbsolute } from "node:path";
import { type EnvValue, envFilePath, mergeEnv } from "./env.ts";
import { mountText } from "./mount-text.ts";
import { parseVolume } from "./mounts.ts";
import { expandPath } from "./paths.ts";
import type { Profile } from "./profile-schema.ts";
import type { Draft } from "./profile-text.ts";

/**
 * A profile as a draft that means the same in any folder, and the values of its variables apart. Pure.
 * @throws Failure `usage` for a path that cannot be made absolute.
 */
export function absoluteDraft(
  profile: Profile,
  file: string,
  home: string | undefined,
  userHome: string | undefined,
): { readonly draft: Draft; readonly values: readonly EnvValue[] } {
  const base = { folder: dirname(file), userHome, home };
  const { env = [], envFile = [], volumes = [], hostPath, quiet = [], ...rest } = profile;
  const entries = mergeEnv(env);
  const stays = (path: string): boolean => isAbsolute(path) || path.startsWith("~");
  return {
    draft: {
      ...rest,
      hostPath: hostPath === undefined || stays(hostPath) ? hostPath : expandPath(hostPath, base),
      volumes: volumes.map((word) =>
        stays(word) ? word : mountText(parseVolume(word, base.folder, userHome)),
      ),
      envFile: envFile.map((word) => {
        const { name, path } = envFilePath(word, base);
        return name ?? path;
      }),
      env: entries.flatMap(({ name, value }) => (value === undefined ? [name] : [])),
      quiet: quiet.flat(),
    },
    values: entries.flatMap(({ name, value }) => (value === undefined ? [] : [{ name, value }])),
  };
}
