import { isAbsolute } from "node:path";
import { Failure } from "../failure.ts";
import { realPath } from "./files.ts";
import type { BindMount } from "./mounts.ts";
import { isInside } from "./trust.ts";

/** What a session is handed of the host. */
export interface Handed {
  /** Its workspace, by the real path that it had when the session was made. */
  readonly folder: string | undefined;
  readonly volumes: readonly Pick<BindMount, "source" | "readonly">[];
}

/**
 * Refuses what a session would be handed only because a link leads there that can have been put by what runs in it: engines
 * follow links each time a container starts. So the workspace must be no link by now, and a path in a folder that the session
 * may write must not lead out of all of these.
 * @throws Failure `usage`
 */
export function refuseAstray({ folder, volumes }: Handed, real: (path: string) => string = realPath): void {
  if (folder !== undefined && isAbsolute(folder) && real(folder) !== folder) {
    throw astray(
      folder,
      real(folder),
      "It was none when the session was made. If it is yours: manyoyo recreate NAME --hp DIR",
    );
  }
  const written = volumes.filter(({ readonly }) => !readonly).map(({ source }) => source);
  const open = [...(folder === undefined ? [] : [folder]), ...written];
  for (const { source } of volumes) {
    const around = open.filter((each) => each !== source && isInside(source, each));
    if (around.length === 0) continue;
    const target = real(source);
    if (around.some((each) => isInside(target, real(each)))) continue;
    throw astray(source, target, "If that is what you want to hand over, name it by that path.");
  }
}

function astray(path: string, target: string, hint: string): Failure {
  return new Failure(
    "usage",
    `${path} leads to ${target} by a link, which what runs in the session can have put there.`,
    hint,
  );
}
