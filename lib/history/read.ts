import type { Agent } from "../agents/agent.ts";
import { agents } from "../agents/known.ts";
import type { RecordFiles } from "../agents/transcripts.ts";
import { BadArchive, type ReadEntry, readTar } from "../archive/tar.ts";
import { pathsThere } from "../engine/conversation.ts";
import { copyOut } from "../engine/copy.ts";
import { type Conversation, gather, lastSaid } from "./conversation.ts";
import { readDatabase } from "./database.ts";
import { records } from "./records.ts";
import { inside, placeIn, type Source } from "./source.ts";

/** An entry of a container's archive, by its path relative to the home. */
export interface Placed {
  readonly entry: ReadEntry;
  readonly path: string;
}

/**
 * Hands every conversation of every agent to `take`, one at a time, so that not all of them are in memory. Agents without
 * any are passed over.
 * @throws Failure
 */
export async function eachConversation(
  source: Source,
  take: (conversation: Conversation) => void,
): Promise<void> {
  const some = await agentsIn(source);
  await Promise.all(
    some.map(async (agent) => {
      const { transcripts } = agent;
      if (transcripts?.kind !== "records") return;
      for (const place of transcripts.places) {
        await eachEntry(source, { agent, place }, async ({ entry, path }) => {
          const found =
            entry.kind === "file" ? await fromFile(agent, transcripts, { entry, path }) : undefined;
          if (found !== undefined) take(found);
        });
      }
    }),
  );
  // Not beside the others: docker stands still for good where something is begun in a session that is just being paused.
  for (const agent of some) {
    if (agent.transcripts?.kind === "database") await readDatabase(source, agent, take);
  }
}

/**
 * The agents that may have conversations in a source. A running session is asked for all of them at once: most have none, and to
 * copy out what is not there takes as long as what is.
 */
export async function agentsIn(source: Source): Promise<readonly Agent[]> {
  if (source.state !== "running") return agents;
  const places = agents.map((agent) => ({
    agent,
    paths: placesOf(agent).map((at) => inside(source, agent, at)),
  }));
  const all = places.flatMap(({ paths }) => paths);
  const there = await pathsThere(source.engine, source.container, all);
  if (there === undefined) return agents;
  return places.filter(({ paths }) => paths.some((path) => there.includes(path))).map(({ agent }) => agent);
}

function placesOf({ transcripts }: Agent): readonly string[] {
  if (transcripts === undefined) return [];
  return transcripts.kind === "database" ? [transcripts.file] : transcripts.places;
}

// Each takes another look at everything: a file with more names has been told of often enough.
const mostNames = 20;

/**
 * Goes through everything below a place of an agent's state; nothing happens where there is no such place. A file that has several
 * names comes under each.
 */
export async function eachEntry(
  source: Source,
  { agent, place }: { readonly agent: Agent; readonly place: string },
  work: (placed: Placed) => Promise<void>,
): Promise<void> {
  const parent = place.replace(/\/[^/]*$/, "");
  const from = placeIn(source, inside(source, agent, place));
  // Names that are still to come, with the first name of the same file: its contents are in the archive once.
  const left = new Map<string, string>();
  const pass = (each: (placed: Placed) => Promise<void>): Promise<boolean | undefined> =>
    copyOut(source.engine, from, async (chunks) => {
      const before = left.size;
      const seconds = new Set<string>();
      for await (const entry of readTar(chunks)) {
        const path = `${parent}/${entry.path.replace(/\/+$/, "")}`;
        // The archive was written by the engine, of a folder that was written inside.
        if (!isPlain(path)) continue;
        if (entry.kind === "second") {
          seconds.add(path);
          if (before === 0 || left.has(path)) left.set(path, `${parent}/${entry.link}`);
        } else await each({ entry, path });
      }
      if (before === 0 || left.size < before) return left.size > 0;
      // What is gone by now is no loss.
      if ([...left.keys()].some((path) => seconds.has(path)))
        throw new BadArchive("a link in it leads to nothing");
      return false;
    });
  let more = await pass(work);
  for (let passes = 1; more === true && passes < mostNames; passes += 1) {
    const byFirst = new Map([...left].map(([name, first]) => [first, name]));
    more = await pass(async ({ entry, path }) => {
      const name = left.has(path) ? path : byFirst.get(path);
      if (name === undefined || !left.delete(name)) return;
      await work({ entry, path: name });
    });
  }
}

/** Whether a path has no part that leads anywhere else. */
export function isPlain(path: string): boolean {
  return (
    !path.includes("\0") && path.split("/").every((part) => part !== "" && part !== "." && part !== "..")
  );
}

async function fromFile(
  agent: Agent,
  transcripts: RecordFiles,
  { entry, path }: Placed,
): Promise<Conversation | undefined> {
  const named = transcripts.idOf(path);
  if (named === undefined) return undefined;
  const reading = { partial: false };
  const gathered = gather();
  for await (const record of records(entry.body(), path.endsWith(".json"), reading)) {
    for (const told of transcripts.read(record)) gathered.add(told);
  }
  const { id, folder, turns, inner } = gathered.result();
  // Gemini CLI begins a file at each start, whether or not anything is said.
  if (inner || (turns.length === 0 && !reading.partial)) return undefined;
  const when = lastSaid(turns) ?? entry.modified * 1000;
  return { agent: agent.name, id: id ?? named, folder, turns, when, partial: reading.partial };
}
