import { Failure } from "../failure.ts";
import { hostileIn, plainPath } from "./hostile.ts";
import type { LeftFiles } from "./secrets.ts";
import type { LayerEntry, Sifting, Verdict } from "./sieve.ts";

const shown = 50;

/**
 * How a layer is gone through so that whoever reads the file takes it: devices of the host are left out, under all of their
 * names, before anything else is judged.
 * @param places folders that are mounted on or filled later, see `refuseHostile`
 * @throws Failure `usage`, by its `judge`, for what else no file may have in it
 */
export function withoutDevices(left: LeftFiles, places: ReadonlySet<string>, rest: Sifting): Sifting {
  const dropped = new Set<string>();
  const judge = (entry: LayerEntry): Verdict => {
    const path = plainPath(entry.path) ?? entry.path;
    // A reader knows no disk at all.
    const hostile = entry.type === "4" ? "a device of the host" : hostileIn(entry, places);
    if (hostile !== undefined && hostile !== "a device of the host") throw refusal(path, hostile);
    const isSecondName = entry.type === "1" && dropped.has(plainPath(entry.link ?? "") ?? "");
    if (hostile === undefined && !isSecondName) return rest.judge(entry);
    dropped.add(path);
    left.count += 1;
    if (left.files.length < shown) left.files.push(`/${path}`);
    return "drop";
  };
  return { ...rest, judge, isChanged: () => dropped.size > 0 || (rest.isChanged?.() ?? false) };
}

function refusal(path: string, hostile: string): Failure {
  return new Failure(
    "usage",
    `This session cannot be exported: its image has ${hostile} at /${path}, which no import takes.`,
    hostile === "something else in the place of a folder"
      ? "Make the session anew with its volumes at paths that have no link in them."
      : "Remove it, and make the session anew from an image without it: manyoyo recreate NAME --image REF",
  );
}
