import type { Agent } from "../agents/agent.ts";
import { containerNow } from "../engine/change.ts";
import type { Engine } from "../engine/engine.ts";
import { engineFailure } from "../engine/problem.ts";
import { wordsIn } from "../engine/told.ts";
import { findVolume, isVolumeGone, removeVolume } from "../engine/volumes.ts";
import { Failure } from "../failure.ts";
import { standingWords } from "../settings/mounts.ts";
import { capture } from "../shell.ts";
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

// In a container of its own, of the image of one that has the volume: that image is surely there, and has a shell.
async function empty(engine: Engine, agent: Agent, volume: string): Promise<void> {
  const target = loginFolder(agent);
  const listed = await capture([
    engine.program,
    ...["ps", "--all", "--quiet", "--no-trunc", "--filter", `volume=${volume}`],
  ]);
  const [id] = wordsIn(listed.stdout);
  const container = id === undefined ? undefined : await containerNow(engine, id);
  if (container === undefined) {
    throw new Failure("in-use", `Something has the volume "${volume}" at this moment.`, "Try again.");
  }
  const said = await capture([
    engine.program,
    ...["run", "--rm", "--pull", "never", "--network", "none", "--user", "0", "--workdir", "/"],
    ...standingWords({ volume, target }),
    ...["--entrypoint", "/bin/sh", container.imageId, "-c", emptying, "manyoyo", target],
  ]);
  if (said.status !== 0 && !isVolumeGone(engine, said))
    throw engineFailure(engine, said, `empty the volume "${volume}"`);
}
