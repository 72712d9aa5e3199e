import { createGzip } from "node:zlib";
import type { Agent } from "../agents/agent.ts";
import { compressed } from "../archive/compressed.ts";
import { padding } from "../archive/tar.ts";
import { tarEnd, tarHeader } from "../archive/tar-write.ts";
import { unreadable, withoutSecrets } from "./database.ts";
import { withDatabase } from "./database-copy.ts";
import { type Manifest, manifestName, manifestText } from "./manifest.ts";
import { agentsIn, eachConversation, eachEntry } from "./read.ts";
import { type Source, volumePath } from "./source.ts";

type Write = (bytes: Uint8Array) => Promise<void>;

/** The conversations that a backup of this source would hold. */
export async function manifestOf(source: Source): Promise<Manifest> {
  const found: (readonly [agent: string, id: string])[] = [];
  await eachConversation(source, ({ agent, id }) => found.push([agent, id]));
  const names = [...new Set(found.map(([agent]) => agent))];
  return {
    session: source.name,
    created: new Date().toISOString(),
    agents: Object.fromEntries(
      names.map((name) => [name, found.filter(([agent]) => agent === name).map(([, id]) => id)]),
    ),
  };
}

/**
 * Writes a source's conversations as a compressed archive, piece by piece; whatever their number, little is in memory.
 * Only what belongs to conversations is in it: no login, no settings.
 * @throws Failure, and what `write` throws.
 */
export async function backUp(
  source: Source,
  manifest: Manifest,
  write: (bytes: Uint8Array) => void,
): Promise<void> {
  const archive = compressed(createGzip(), write);
  try {
    await fill(source, manifest, archive.put);
    await archive.finish();
  } catch (thrown) {
    archive.abandon(thrown);
    throw thrown;
  }
}

async function fill(source: Source, manifest: Manifest, put: Write): Promise<void> {
  const text = Buffer.from(manifestText(manifest));
  await file(put, { path: manifestName, size: text.length, modified: Date.now() / 1000 }, [text]);
  for (const agent of await agentsIn(source)) {
    const { transcripts } = agent;
    if (transcripts?.kind === "database") await database(source, agent, put);
    if (transcripts?.kind !== "records") continue;
    for (const place of transcripts.places) {
      await eachEntry(source, { agent, place }, async ({ entry, path }) => {
        if (entry.kind !== "file" || !transcripts.belongs(path) || agent.credentials.includes(path)) return;
        const { size, modified } = entry;
        await file(put, { path: volumePath(agent, path), size, modified }, entry.body());
      });
    }
  }
  await put(tarEnd());
}

async function database(source: Source, agent: Agent, put: Write): Promise<void> {
  await withDatabase(source, agent, async (copy) => {
    const { transcripts } = agent;
    if (transcripts?.kind !== "database") return;
    await withoutSecrets(copy, transcripts).catch((thrown) => {
      throw unreadable(thrown, source, agent);
    });
    const { size } = Bun.file(copy);
    const path = volumePath(agent, transcripts.file);
    await file(put, { path, size, modified: Date.now() / 1000 }, Bun.file(copy).stream());
  });
}

async function file(
  put: Write,
  about: { readonly path: string; readonly size: number; readonly modified: number },
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<void> {
  const modified = Math.floor(about.modified);
  await put(tarHeader({ ...about, modified, kind: "file", mode: 0o600, uid: 0, gid: 0 }));
  // A copy: the pieces of a stream are used anew.
  for await (const piece of body) await put(piece.slice());
  await put(new Uint8Array(padding(about.size)));
}
