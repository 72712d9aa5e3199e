import { globalPath, largestFile } from "../../lib/settings/home.ts";

/**
 * The text of manyoyo.json in that folder of settings; nothing where it is missing or cannot be read. Not by node:fs, which
 * takes a millisecond to load.
 */
export async function settingsText(folder: string | undefined): Promise<string> {
  const file = folder === undefined ? undefined : Bun.file(globalPath(folder));
  // A device has a size without end.
  if (file === undefined || file.size === 0 || file.size > largestFile) return "";
  return file.text().catch(() => "");
}
