import { agentOfLine } from "../lib/agents/known.ts";
import type { Choice, Engine } from "../lib/engine/engine.ts";
import { askForVolume, volumeIn } from "../lib/engine/volumes.ts";
import { keptVolume } from "../lib/history/keep.ts";
import { keptPlace, type Make } from "../lib/session/make.ts";
import type { Told } from "./layers.ts";

/**
 * Whether the conversations of a new session are kept. What the user says of all sessions is about agents: a session of
 * another command leaves no volume behind.
 */
export function keepsHistory({ settings, own }: Told, line: string): boolean {
  if (settings.history !== "keep") return false;
  return own.history === "keep" || agentOfLine(line, settings.agents) !== undefined;
}

/**
 * Looks whether conversations of a new session's name are somewhere else. Nothing is asked about a session without an
 * agent. To be begun together with the session: the answer comes earlier than that.
 * @returns what to say about it.
 */
export async function keptElsewhere({ engine, other }: Choice, make: Make): Promise<string | undefined> {
  const { name, agent, stores } = make;
  if (agent === undefined) return undefined;
  const isKept = stores.some(({ target }) => target === keptPlace);
  const [here, there] = await Promise.all([
    !isKept && has(engine, name),
    other !== undefined && has(other, name),
  ]);
  if (here) {
    return (
      `Earlier conversations of ${name} are kept, but this session does not use them. ` +
      `To go on with them: manyoyo rm ${name}, then make it again with --keep-history`
    );
  }
  if (!there || other === undefined) return undefined;
  return (
    `${other.name} keeps earlier conversations of ${name}. Bring them here: ` +
    `manyoyo --engine ${other.name} history backup ${name} -o - | manyoyo --engine ${engine.name} history restore ${name} -`
  );
}

// An engine that does not answer has no say.
async function has(engine: Engine, name: string): Promise<boolean> {
  const wanted = keptVolume(name);
  const said = await Promise.race([askForVolume(engine, wanted.name), Bun.sleep(2000)]);
  return said !== undefined && volumeIn(said, wanted);
}
