import { BadArchive } from "../archive/tar.ts";
import type { LayerEntry } from "./sieve.ts";

// null, zero, full, random, urandom; tty, console, ptmx; and how overlayfs marks what is gone.
const harmless = new Set(["1:3", "1:5", "1:7", "1:8", "1:9", "5:0", "5:1", "5:2", "0:0"]);
const known = new Set(["0", "\0", "1", "2", "3", "5", "6", "7"]);

/**
 * Refuses an entry of a layer that no engine writes: one that leads out of the layer, a device of the host, a link in the
 * place of a folder that something is mounted on.
 * @param places folders that are mounted on or filled later, without a slash at their beginning
 * @throws BadArchive
 */
export function refuseHostile(entry: LayerEntry, places: ReadonlySet<string>): void {
  const { type, device, link, isSparse } = entry;
  const path = plainPath(entry.path);
  if (!known.has(type) || isSparse) {
    throw new BadArchive("a layer in it holds something of an unknown kind");
  }
  if (path === undefined) throw new BadArchive("a layer in it holds a path that leads elsewhere");
  if (type === "1" && plainPath(link ?? "") === undefined) {
    throw new BadArchive("a layer in it holds a link that leads elsewhere");
  }
  if (type === "3" && !harmless.has(device.join(":")))
    throw new BadArchive("a layer in it holds a device of the host");
  if (type !== "5" && places.has(path)) {
    throw new BadArchive("a layer in it has something else in the place of a folder");
  }
}

/** The folders on the way to these, and they themselves, without a slash at their beginning. */
export function withWays(folders: readonly string[]): ReadonlySet<string> {
  return new Set(
    folders.flatMap((folder) => {
      const parts = folder.split("/").filter((part) => part !== "");
      return parts.map((_, at) => parts.slice(0, at + 1).join("/"));
    }),
  );
}

/** A path as it lies below the root, without `./` and slashes at its ends; undefined for one with `..` or a NUL in it. */
export function plainPath(path: string): string | undefined {
  if (path.includes("\0")) return undefined;
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  return parts.includes("..") ? undefined : parts.join("/");
}
