import { BadArchive } from "../archive/tar.ts";
import { savedPlace } from "../session/likeness.ts";
import { keptPlace } from "../session/make.ts";
import type { LayerEntry } from "./sieve.ts";

// null, zero, full, random, urandom; tty, console, ptmx; and how overlayfs marks what is gone.
const harmless = new Set(["1:3", "1:5", "1:7", "1:8", "1:9", "5:0", "5:1", "5:2", "0:0"]);
const known = new Set(["0", "\0", "1", "2", "3", "5", "6", "7"]);

/** What an entry of a layer may not be. */
export type Hostile =
  | "something of an unknown kind"
  | "a path that leads elsewhere"
  | "a link that leads elsewhere"
  | "a device of the host"
  | "something else in the place of a folder";

/**
 * What makes an entry of a layer one that no file may have in it: it leads out of the layer, is a device of the host, a link in the
 * place of a folder that something is mounted on; undefined for any other. Pure.
 * @param places see `placesOf`
 */
export function hostileIn(entry: LayerEntry, places: ReadonlySet<string>): Hostile | undefined {
  const { type, device, link, isSparse } = entry;
  const path = plainPath(entry.path);
  if (!known.has(type) || isSparse) return "something of an unknown kind";
  if (path === undefined) return "a path that leads elsewhere";
  if (type === "1" && plainPath(link ?? "") === undefined) return "a link that leads elsewhere";
  if (type === "3" && !harmless.has(device.join(":"))) return "a device of the host";
  if (type !== "5" && places.has(path)) return "something else in the place of a folder";
  return undefined;
}

/** Refuses such an entry. @throws BadArchive */
export function refuseHostile(entry: LayerEntry, places: ReadonlySet<string>): void {
  const hostile = hostileIn(entry, places);
  if (hostile === undefined) return;
  const verb = hostile === "something else in the place of a folder" ? "has" : "holds";
  throw new BadArchive(`a layer in it ${verb} ${hostile}`);
}

/** What is mounted on or filled in a session with these volumes of its own: the folders, and those on the way to them. */
export function placesOf(own: readonly string[]): ReadonlySet<string> {
  return withWays(["/manyoyo/saved", keptPlace, ...own, ...own.map((_, at) => savedPlace(at))]);
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
