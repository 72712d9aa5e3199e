import { closeSync, openSync } from "node:fs";
import type { Agent } from "../agents/agent.ts";
import { agents } from "../agents/known.ts";
import { padding } from "../archive/tar.ts";
import { tarHeader } from "../archive/tar-write.ts";
import { writeAll } from "../archive/write.ts";
import { withoutSecrets } from "../history/database.ts";
import { volumePath } from "../history/source.ts";
import { plainPath } from "./hostile.ts";
import { keysIn, withoutItsKeys } from "./keys.ts";
import type { LayerEntry, Sifting, Verdict } from "./sieve.ts";

/** Files that were left out: their paths inside, the first of them. */
export interface LeftFiles {
  readonly files: string[];
  count: number;
}

const shown = 50;
const databaseLimit = 2 * 1024 ** 3;

/** What of an agent's files is about its login: paths relative to a home, and as they are in a volume of ours. */
function places(of: (agent: Agent) => readonly string[]): readonly string[] {
  return agents.flatMap((agent) => of(agent).flatMap((path) => [path, volumePath(agent, path)]));
}

/** The part of a path that an image has a volume's contents at, and the volume's number. */
const saved = /^manyoyo\/saved\/(\d+)\//;

const credentials = places(({ credentials: paths, secrets = [] }) => [...paths, ...secrets]);
const databases = places(({ transcripts }) => (transcripts?.kind === "database" ? [transcripts.file] : []));

/** Whether a path, without a slash at its beginning, is one of these in some home or volume. */
function isAmong(path: string, list: readonly string[]): boolean {
  return list.some((each) =>
    each.endsWith("/")
      ? `/${path}`.includes(`/${each}`)
      : path.endsWith(each) && (path.length === each.length || path.at(-each.length - 1) === "/"),
  );
}

/**
 * How a layer is gone through so that no login of an agent is in it: credential files are left out, and a database of
 * conversations is handed on without what else is in it.
 * @param own the folders inside whose volumes the image has the contents of
 * @param folder a private one, for databases on their way
 */
export function withoutLogins(left: LeftFiles, own: readonly string[], folder: string): Sifting {
  const spool = spoolFor(folder);
  // By the place in the session, or as the image has it: a volume may be an agent's folder itself, or lie above it.
  const among = (path: string, list: readonly string[]): boolean => {
    const inside = path.replace(saved, (as, number) => `${own[Number(number)]?.slice(1) ?? as}/`);
    return isAmong(path, list) || isAmong(inside, list);
  };
  const state = { changed: false };
  const judge = (entry: LayerEntry): Verdict => {
    const path = plainPath(entry.path) ?? entry.path;
    if (/^manyoyo\/(login|variables)\/./.test(path)) return note(left, path);
    // A link alone tells nothing; a second name of a file tells all.
    const names = entry.type === "1" ? [path, plainPath(entry.link ?? "") ?? ""] : [path];
    if (entry.type === "2" || entry.kind === "folder") return "keep";
    if (names.some((name) => among(name, credentials))) return note(left, path);
    const keys = names.flatMap(keysIn);
    if (keys.length > 0) {
      if (entry.kind !== "file") return note(left, path);
      return withoutItsKeys({ ...entry, path }, keys, () => {
        state.changed = true;
        note(left, path);
      });
    }
    if (!names.some((name) => among(name.replace(/-(wal|shm)$/, ""), databases))) return "keep";
    // The one that is handed on comes last, and is no longer what another name stood for.
    if (entry.kind !== "file") return note(left, path);
    if (path.endsWith("-shm")) return "drop";
    if (entry.size > databaseLimit) return note(left, path);
    return spool.take(path, entry);
  };
  return {
    judge: (entry) => {
      const verdict = judge(entry);
      state.changed ||= verdict !== "keep" && typeof verdict !== "object";
      return verdict;
    },
    isChanged: () => state.changed,
    last: () => spool.cleaned((path) => note(left, path)),
  };
}

function note(left: LeftFiles, path: string): "drop" {
  left.count += 1;
  if (left.files.length < shown) left.files.push(`/${path}`);
  return "drop";
}

interface Spooled {
  readonly path: string;
  readonly file: string;
  /** The database itself; undefined where only what was written since its last checkpoint is in this layer. */
  entry: LayerEntry | undefined;
}

function spoolFor(folder: string) {
  const found: Spooled[] = [];
  const open = new Map<string, number>();
  const take = (path: string, entry: LayerEntry): Verdict => {
    const isWal = path.endsWith("-wal");
    const base = path.replace(/-wal$/, "");
    const about = found.find((each) => each.path === base) ?? {
      path: base,
      file: `${folder}/${crypto.randomUUID()}.db`,
      entry: undefined,
    };
    if (!found.includes(about)) found.push(about);
    if (!isWal) about.entry = entry;
    const file = isWal ? `${about.file}-wal` : about.file;
    const former = open.get(path);
    if (former !== undefined) closeSync(former);
    const descriptor = openSync(file, "w", 0o600);
    open.set(path, descriptor);
    return (piece) => writeAll(descriptor, piece);
  };
  async function* cleaned(refuse: (path: string) => void): AsyncGenerator<Uint8Array> {
    for (const descriptor of open.values()) closeSync(descriptor);
    open.clear();
    for (const { path, file, entry } of found.splice(0)) {
      if (entry === undefined || !(await isClean(file))) {
        refuse(path);
        continue;
      }
      const size = Bun.file(file).size;
      yield tarHeader({ ...entry, path, kind: "file", size });
      for await (const piece of Bun.file(file).stream()) yield piece.slice();
      yield new Uint8Array(padding(size));
    }
  }
  return { take, cleaned };
}

async function isClean(file: string): Promise<boolean> {
  const [transcripts] = agents.flatMap((agent) =>
    agent.transcripts?.kind === "database" ? [agent.transcripts] : [],
  );
  if (transcripts === undefined) return false;
  try {
    await withoutSecrets(file, transcripts);
    return true;
  } catch {
    // What cannot be read cannot be cleaned.
    return false;
  }
}

/** A text in which no such value occurs: the longest go first, as one may hold another. */
export function scrubbed(text: string, values: readonly string[]): string {
  return values
    .filter((value) => value.length >= 4)
    .toSorted((one, other) => other.length - one.length)
    .reduce((left, value) => left.replaceAll(value, "***"), text);
}
