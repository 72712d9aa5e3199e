import { realpathSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { Failure } from "../failure.ts";
import { realPath, reason } from "./files.ts";

const systemFolders =
  /^\/(?:bin|boot|dev|etc|lib[^/]*|proc|run|sbin|sys|usr|var|opt|srv|tmp|mnt|media|private)$/;
const belowKernel = /^\/(?:proc|sys|dev|run)\//;

/**
 * Why a folder, given by its real path, is never handed to a session; undefined when it may be. Pure.
 * `homes` are the spellings of the user's home, real path included; `own` is the real path of manyoyo's own folder, whose
 * settings are trusted unasked and so must be nobody's inside.
 */
export function whyNoWorkspace(real: string, homes: readonly string[], own?: string): string | undefined {
  // On macOS /tmp, /var and /etc really are /private/tmp, /private/var and /private/etc.
  const path = real.replace(/^\/private(?=\/)/, "");
  if (path === "/") return "is the whole file system";
  if (homes.some((home) => home === real)) return "is your home folder";
  if (homes.some((home) => home.startsWith(`${real}/`))) return "holds your home folder";
  if (real === own) return "is manyoyo's own folder";
  if (own !== undefined && real.startsWith(`${own}/`)) return "is in manyoyo's own folder";
  if (systemFolders.test(path)) return "is a folder of the system";
  return belowKernel.test(path) ? "is a part of the running system" : undefined;
}

/**
 * The real path of the folder to work in, which is what is mounted.
 * `own` is manyoyo's own folder.
 * Throws Failure("usage") when it is missing, no folder, or one that would hand over the system, the whole home or our settings.
 */
export function checkWorkspace(path: string, userHome: string | undefined, own: string | undefined): string {
  const real = realFolder(path);
  const homes = userHome === undefined ? [] : [resolve(userHome), realPath(userHome)];
  const why = whyNoWorkspace(real, homes, own === undefined ? undefined : realPath(own));
  if (why === undefined) return real;
  const shown = real === path ? path : `${path} (really ${real})`;
  throw new Failure(
    "usage",
    `${shown} ${why} and cannot be a workspace.`,
    "Go to a project's folder, or name one with --hp.",
  );
}

function realFolder(path: string): string {
  try {
    const real = realpathSync.native(resolve(path));
    if (statSync(real).isDirectory()) return real;
  } catch (error) {
    throw new Failure("usage", `Cannot work in ${path}: ${reason(error).replace("file", "folder")}.`);
  }
  throw new Failure("usage", `Cannot work in ${path}: it is not a folder.`);
}
