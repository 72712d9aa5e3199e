import { realpathSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { Failure } from "../failure.ts";
import { realPath, reason } from "./files.ts";

const systemFolders =
  /^\/(?:bin|boot|dev|etc|lib[^/]*|proc|run|sbin|sys|usr|var|opt|srv|tmp|mnt|media|private)$/;
const belowKernel = /^\/(?:proc|sys|dev|run)\//;

/**
 * Why a folder, given by its real path, is never handed to a session; undefined when it may be. Pure.
 * `homes` are the spellings of the user's home, real path included.
 */
export function whyNoWorkspace(real: string, homes: readonly string[]): string | undefined {
  // On macOS /tmp, /var and /etc really are /private/tmp, /private/var and /private/etc.
  const path = real.replace(/^\/private(?=\/)/, "");
  if (path === "/") return "is the whole file system";
  if (homes.some((home) => home === real)) return "is your home folder";
  if (homes.some((home) => home.startsWith(`${real}/`))) return "holds your home folder";
  if (systemFolders.test(path)) return "is a folder of the system";
  return belowKernel.test(path) ? "is a part of the running system" : undefined;
}

/**
 * The real path of the folder to work in, which is what is mounted.
 * Throws Failure("usage") when it is missing, no folder, or one that would hand over the system or the whole home.
 */
export function checkWorkspace(path: string, userHome: string | undefined): string {
  const real = realFolder(path);
  const homes = userHome === undefined ? [] : [resolve(userHome), realPath(userHome)];
  const why = whyNoWorkspace(real, homes);
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
