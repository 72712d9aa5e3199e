import { BadArchive, padding } from "../archive/tar.ts";
import { tarEnd, tarHeader } from "../archive/tar-write.ts";
import type { Engine } from "../engine/engine.ts";
import { engineFailure } from "../engine/problem.ts";
import { type Scratch, withScratch } from "../engine/scratch.ts";
import { Failure } from "../failure.ts";
import type { Labels } from "../session/labels.ts";
import { fed } from "../shell.ts";
import type { Image } from "./config.ts";
import { entriesOf, layerIn, textOf } from "./entries.ts";
import { counted, sha256 } from "./packer.ts";
import { type Checked, refusal } from "./read.ts";
import { readSaved, type SavedImage } from "./saved-image.ts";
import type { Save } from "./write.ts";

/** What is brought into an engine. */
export interface Loading {
  readonly path: string;
  readonly checked: Checked;
  /** The name that the image gets there. */
  readonly image: string;
  readonly labels: Labels;
  /** The image whose layers the file leaves out, as this engine has it. */
  readonly base: Save | undefined;
  /** A descriptor that the engine's program holds while it runs. */
  readonly held: number;
  readonly signal: AbortSignal;
}

/**
 * Brings the image of an exported session into an engine.
 * @param tell hears how many bytes of the file were read so far
 * @throws Failure
 */
export function loadExport(engine: Engine, loading: Loading, tell: (bytes: number) => void): Promise<void> {
  return withScratch(engine, (scratch) => load(engine, loading, { tell, scratch }));
}

async function load(
  engine: Engine,
  loading: Loading,
  { tell, scratch }: { readonly tell: (bytes: number) => void; readonly scratch: Scratch },
): Promise<void> {
  const descriptors = [loading.held, ...scratch.descriptors];
  const client = await fed([engine.program, "load"], { ...scratch, descriptors });
  const stop = (): void => client.kill("SIGKILL");
  const write = async (bytes: Uint8Array): Promise<void> => {
    if (!(await client.write(bytes))) throw new Gone("the engine takes no more");
  };
  loading.signal.addEventListener("abort", stop);
  try {
    await feed(write, loading, tell);
  } catch (thrown) {
    // One that takes no more says why at its end.
    if (!(thrown instanceof Gone)) {
      stop();
      await client.end();
      throw refusal(thrown);
    }
  } finally {
    loading.signal.removeEventListener("abort", stop);
  }
  const said = await client.end();
  if (loading.signal.aborted) throw new Failure("interrupted", "Interrupted.");
  if (said.status !== 0) throw engineFailure(engine, said, "load the session's image");
}

class Gone extends Error {
  override readonly name = "Gone";
}

type Write = (bytes: Uint8Array) => Promise<void>;

async function feed(write: Write, loading: Loading, tell: (bytes: number) => void): Promise<void> {
  const { checked, base } = loading;
  const below = base === undefined ? undefined : await feedBase(write, base);
  await feedLayers(write, loading, tell);
  const own = checked.image.layers.flatMap((layer) => (layer.of === "file" ? [layer] : []));
  const diffIds = [...(below?.config.rootfs.diff_ids ?? []), ...own.map(({ diffId }) => diffId)];
  const config = Buffer.from(JSON.stringify(configOf(checked.image, loading.labels, { diffIds, below })));
  const name = `${sha256(config)}.json`;
  await putFile(write, name, config);
  const layers = [...(below?.layers.map(baseName) ?? []), ...own.map(({ part }) => layerName(part))];
  const manifest = [{ Config: name, RepoTags: [loading.image], Layers: layers }];
  await putFile(write, "manifest.json", Buffer.from(JSON.stringify(manifest)));
  await write(tarEnd());
}

async function feedLayers(
  write: Write,
  { path, checked }: Loading,
  tell: (bytes: number) => void,
): Promise<void> {
  const entries = await entriesOf(path, tell);
  const head = await textOf(entries, "manyoyo.json");
  for (const [at, { size, sha256: sum }] of checked.layers.entries()) {
    const chunks = counted(layerIn(entries, at));
    await write(header(layerName(at), size));
    for await (const chunk of chunks.bytes) {
      if (chunks.size() > size) break;
      // A copy: pieces are used anew.
      await write(chunk.slice());
    }
    await write(new Uint8Array(padding(size)));
    // It was whole when it was checked; somebody has changed it since.
    if (chunks.size() !== size || chunks.sha256() !== sum) throw changed();
  }
  const body = await textOf(entries, "image.json");
  if (head.text === "" || body.text === "") throw changed();
}

async function feedBase(write: Write, save: Save): Promise<SavedImage> {
  return save((chunks) =>
    readSaved(chunks, async ({ path, size, raw }) => {
      await write(header(baseName(path), size));
      // docker 29 saves them packed, and every engine takes them so.
      for await (const chunk of raw()) await write(chunk.slice());
      await write(new Uint8Array(padding(size)));
    }),
  );
}

function changed(): BadArchive {
  return new BadArchive("it was changed while it was read");
}

function configOf(
  image: Image,
  labels: Labels,
  { diffIds, below }: { readonly diffIds: readonly string[]; readonly below: SavedImage | undefined },
): Readonly<Record<string, unknown>> {
  const { architecture, os, variant, created, config, history, layers } = image;
  const own = layers.filter(({ of }) => of === "file");
  // A base of another build has other steps. What does not count the layers rightly is put aside.
  const under = below?.config.history ?? [];
  const mark = { ...(created === undefined ? {} : { created }), comment: "manyoyo" };
  const steps: readonly Readonly<Record<string, unknown>>[] =
    below === undefined ? history : [...under, ...own.map(() => mark)];
  const fits = steps.filter((step) => step["empty_layer"] !== true).length === diffIds.length;
  return {
    architecture,
    os,
    ...(variant === undefined ? {} : { variant }),
    ...(created === undefined ? {} : { created }),
    config: { ...config, Labels: { ...config.Labels, ...labels } },
    rootfs: { type: "layers", diff_ids: diffIds },
    history: fits ? steps : diffIds.map(() => mark),
  };
}

function layerName(part: number): string {
  return `layer-${part}.tar`;
}

// Its own path may be long, and leads through folders.
function baseName(path: string): string {
  return `base-${sha256(Buffer.from(path)).slice(0, 16)}.tar`;
}

function header(path: string, size: number): Uint8Array {
  return tarHeader({ path, kind: "file", size, mode: 0o600, uid: 0, gid: 0, modified: 0 });
}

async function putFile(write: Write, path: string, bytes: Uint8Array): Promise<void> {
  await write(header(path, bytes.length));
  await write(bytes);
  await write(new Uint8Array(padding(bytes.length)));
}
