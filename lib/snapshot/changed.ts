import { agents } from "../agents/known.ts";
import type { Engine } from "../engine/engine.ts";
import type { Found } from "../engine/find.ts";
import { sourceOf } from "../history/source.ts";
import { capture } from "../shell.ts";
import type { Carry } from "./recreate.ts";

// What every session changes, or the engine does for it.
const nobodys =
  /^\/(tmp|run|proc|sys|dev|manyoyo|var\/(run|tmp|cache|log|lib\/(apt|dpkg))|etc\/manyoyo)(\/|$)|^\/etc\/(gitconfig|mtab|hostname|hosts|resolv\.conf)$/;

/**
 * The files that a session has made or changed in its container alone and that are not carried over to another image. None
 * where the engine cannot say: nothing depends on it but a question.
 */
export async function changedFiles(engine: Engine, found: Found, carry: Carry): Promise<readonly string[]> {
  const { home } = await sourceOf(engine, found);
  const said = await capture([engine.program, "diff", found.session.id]);
  const states = agents.flatMap(({ state }) => Object.values(state)).map((path) => `${home}/${path}`);
  const kept = carry === "home" && home !== "" ? [home] : states;
  return changedIn(said.stdout, [...kept, ...found.container.mounts.map(({ target }) => target)]);
}

/** The files among the paths of a `diff` that lie below none of these folders. A folder is told by what is in it. */
export function changedIn(diff: string, kept: readonly string[]): readonly string[] {
  const paths = diff.split("\n").flatMap((line) => (/^[AC] \//.test(line) ? [line.slice(2)] : []));
  const folders = new Set(paths.map((path) => path.slice(0, path.lastIndexOf("/"))));
  return paths.filter(
    (path) =>
      !folders.has(path) &&
      !nobodys.test(path) &&
      !kept.some((folder) => path === folder || path.startsWith(`${folder}/`)) &&
      // A mount's folder is made on the way to it.
      !kept.some((folder) => folder.startsWith(`${path}/`)),
  );
}
