import type { Agent } from "../agents/agent.ts";
import { readTar } from "../archive/tar.ts";
import { containerNow } from "../engine/change.ts";
import { copyOut } from "../engine/copy.ts";
import type { Engine } from "../engine/engine.ts";
import { engineFailure } from "../engine/problem.ts";
import { type Shelf, withShelf } from "../engine/shelf.ts";
import { wordsIn } from "../engine/told.ts";
import { findVolume, isVolumeGone, removeVolume } from "../engine/volumes.ts";
import { Failure } from "../failure.ts";
import { standingWords } from "../settings/mounts.ts";
import { capture, type Said } from "../shell.ts";
import { isDeclined, loginFolder, loginVolume } from "./volume.ts";

/** What came of forgetting a login; `emptied`: sessions still have the volume, in which there is nothing any more. */
export type Forgotten = "removed" | "emptied" | "missing";

/**
 * Forgets an agent's login, also for the sessions that have it mounted: a volume that cannot be removed is emptied. What an agent
 * has put in the place of its link to it goes at the next start of its session.
 * @throws Failure `not-ours`, and the engine's own failures.
 */
export async function forgetLogin(engine: Engine, agent: Agent, user: string): Promise<Forgotten> {
  const volume = loginVolume(agent, user);
  const found = await findVolume(engine, volume);
  if (found === undefined) return "missing";
  try {
    if (!(await removeVolume(engine, volume))) return "missing";
    return isDeclined(found) ? "missing" : "removed";
  } catch (thrown) {
    if (!(thrown instanceof Failure) || thrown.code !== "in-use") throw thrown;
  }
  await empty(engine, agent, volume.name);
  return "emptied";
}

// All but a file by whose time prepare.sh tells what is from before. It is there first: a session may start meanwhile.
const emptying = `cd "$1" || exit
rm -rf .forgotten
: >.forgotten
find . -mindepth 1 ! -path ./.forgotten -delete 2>/dev/null || { rm -rf ./* ./.[!.]* ./..?*; : >.forgotten; }
[ "$(ls -A)" = .forgotten ]`;

// In a container of its own, of the image of one that has the volume: that image is surely there, and has seen the login. Whether it
// did what it says is looked at, and else the next one is tried.
async function empty(engine: Engine, agent: Agent, volume: string): Promise<void> {
  const target = loginFolder(agent);
  const images = await imagesWith(engine, volume);
  if (images.length === 0) {
    throw new Failure("in-use", `Something has the volume "${volume}" at this moment.`, "Try again.");
  }
  const failures: Said[] = [];
  for (const image of images) {
    const said = await capture([
      engine.program,
      ...["run", "--rm", "--pull", "never", "--network", "none", "--user", "0", "--workdir", "/"],
      ...standingWords({ volume, target }),
      ...["--entrypoint", "/bin/sh", image, "-c", emptying, "manyoyo", target],
    ]);
    if (isVolumeGone(engine, said)) return;
    if (said.status !== 0) failures.push(said);
    else if (!(await isFilled(engine, { volume, target, image }))) return;
  }
  const [failed] = failures;
  if (failed !== undefined) throw engineFailure(engine, failed, `empty the volume "${volume}"`);
  throw new Failure(
    "engine-failed",
    `The login of ${agent.title} is still there: what runs in its sessions, or is in their images, keeps it.`,
    `Remove the sessions that have it, and try again: manyoyo logout ${agent.name}`,
  );
}

async function imagesWith(engine: Engine, volume: string): Promise<readonly string[]> {
  const filter = ["--filter", `volume=${volume}`];
  const listed = await capture([engine.program, "ps", "--all", "--quiet", "--no-trunc", ...filter]);
  const containers = await Promise.all(wordsIn(listed.stdout).map((id) => containerNow(engine, id)));
  return [
    ...new Set(containers.flatMap((container) => (container === undefined ? [] : [container.imageId]))),
  ];
}

/** Whether anything but folders and empty files is in a volume, as the engine itself tells it: no program of the image runs. */
async function isFilled(engine: Engine, how: Omit<Shelf, "name">): Promise<boolean> {
  const isThere = await withShelf(engine, { name: "manyoyo-login-reader", ...how }, (container) =>
    copyOut(engine, { container, path: how.target }, async (chunks) => {
      let found = false;
      for await (const { kind, size } of readTar(chunks)) {
        found ||= kind === "other" || (kind === "file" && size > 0);
      }
      return found;
    }),
  );
  return isThere === true;
}
