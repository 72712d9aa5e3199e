import { agents } from "../agents/known.ts";
import { padding } from "../archive/tar.ts";
import { tarHeader } from "../archive/tar-write.ts";
import { parsedJson } from "../json.ts";
import type { LayerEntry, Verdict } from "./sieve.ts";

const longest = 32 * 1024 ** 2;

// Claude Code leaves copies of its file beside it: .claude.json.backup.1764273600000
const copy = /\.backup(\.[^/]*)?$/;

/** The names of the keys that a file holds among other things; none for a file that is not known to hold any. */
export function keysIn(path: string): readonly string[] {
  const name = path.replace(copy, "").replace(/^.*\//, "");
  return agents.flatMap(({ keyFiles = {} }) => (Object.hasOwn(keyFiles, name) ? (keyFiles[name] ?? []) : []));
}

/**
 * A file that is handed on without the keys that it holds, and to the letter where it holds none.
 * @param note hears where it does not stay as it is
 */
export function withoutItsKeys(entry: LayerEntry, keys: readonly string[], note: () => void): Verdict {
  if (entry.size > longest) {
    note();
    return "drop";
  }
  return {
    whole: (contents) => {
      const bytes = withoutKeys(contents, keys);
      if (bytes === contents) return "keep";
      note();
      if (bytes === undefined) return "drop";
      const size = bytes.length;
      return [tarHeader({ ...entry, kind: "file", size }), bytes, new Uint8Array(padding(size))];
    },
  };
}

/** A file of JSON without these keys, the same one where it has none of them; undefined where that cannot be told. */
export function withoutKeys(text: Uint8Array, keys: readonly string[]): Uint8Array | undefined {
  const words = Buffer.from(text).toString("utf8");
  const value = parsedJson(words);
  if (typeof value !== "object" || value === null) {
    return keys.some((key) => words.includes(key)) ? undefined : text;
  }
  if (!keys.some((key) => Object.hasOwn(value, key))) return text;
  const rest = Object.entries(value).filter(([key]) => !keys.includes(key));
  return Buffer.from(`${JSON.stringify(Object.fromEntries(rest), undefined, 2)}\n`);
}
