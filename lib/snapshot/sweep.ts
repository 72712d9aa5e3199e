import { forgetImage } from "../engine/change.ts";
import { dialect } from "../engine/dialect.ts";
import type { Engine } from "../engine/engine.ts";
import { imagesIn, imagesOf } from "../engine/images.ts";
import { wordsIn } from "../engine/told.ts";
import { listVolumes } from "../engine/volumes.ts";
import { placeOfImages, readImageName } from "../session/images.ts";
import { helperName, label, passingName } from "../session/labels.ts";
import { capture } from "../shell.ts";

/**
 * Clears away what calls that worked on a session left behind when the whole machine went down under them. Only for who alone
 * may work on that session: whatever is there in passing is then nobody's.
 */
export async function sweep(engine: Engine, name: string): Promise<void> {
  const [volumes] = await Promise.all([
    listVolumes(engine, label.work),
    sweepContainers(engine, name),
    sweepImages(engine, name),
  ]);
  // Containers may have had them. One with what was put aside may be the only copy of it.
  for (const { name: volume, labels } of volumes) {
    if (labels[label.work] !== name || labels[label.aside] !== undefined) continue;
    await capture([engine.program, "volume", "rm", volume], { apart: true });
  }
}

async function sweepContainers(engine: Engine, name: string): Promise<void> {
  const [work, making] = await Promise.all([
    // The label alone may be an image's.
    ids(engine, `name=^/?${helperName("[0-9a-f]{8}")}$`, `label=${label.work}=${name}`),
    ids(engine, `name=${pattern(passingName(name, "new", ""))}[0-9a-f]{8}$`, `label=${label.name}=${name}`),
  ]);
  for (const id of [...work, ...making]) {
    await capture([engine.program, ...dialect(engine.name).remove, id], { apart: true });
  }
}

async function sweepImages(engine: Engine, name: string): Promise<void> {
  const parts = await imagesOf(engine, await imagesIn(engine, placeOfImages("part")));
  // The name alone may be a person's.
  const left = parts.filter(({ labels }) => labels[label.work] === name);
  for (const image of left.flatMap(({ names }) => names)) {
    if (readImageName("part", image)?.name === name) await forgetImage(engine, image);
  }
}

/**
 * Gives a session its name back that a call took from it a moment before the whole machine went down, unless another one has
 * that name now.
 */
export async function bringBack(engine: Engine, name: string): Promise<void> {
  const filter = `name=${pattern(passingName(name, "old", ""))}[0-9a-f]{8}$`;
  const [old] = await ids(engine, filter, `label=${label.name}=${name}`);
  if (old !== undefined) await capture([engine.program, "rename", old, name], { apart: true });
}

async function ids(engine: Engine, ...filters: readonly string[]): Promise<readonly string[]> {
  const words = filters.flatMap((filter) => ["--filter", filter]);
  const said = await capture([engine.program, "ps", "--all", "--quiet", "--no-trunc", ...words]);
  return wordsIn(said.stdout);
}

// docker's names have a slash before them.
function pattern(name: string): string {
  return `^/?${name.replaceAll(".", "\\.")}`;
}
