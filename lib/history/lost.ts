import type { Agent } from "../agents/agent.ts";
import { agents } from "../agents/known.ts";
import type { Engine } from "../engine/engine.ts";
import { guardSession } from "../engine/guard.ts";
import { ownFilesText } from "../inside/texts.ts";
import { isSessionImage } from "../session/images.ts";
import { label } from "../session/labels.ts";
import { keptPlace } from "../session/make.ts";
import type { Session } from "../session/session.ts";
import { capture } from "../shell.ts";

/** Conversations of one agent that would go with their session. */
export interface Lost {
  readonly agent: Agent;
  /** Undefined where they are rows of a database, which is not opened for this. */
  readonly count: number | undefined;
}

// What answers from inside may be a program of somebody's own in the place of /bin/sh.
const usualLimit = 60_000;
const most = 64 << 20;

/**
 * The conversations that only the session's container holds: one call of the engine or two, which copy nothing.
 * @param limit milliseconds that each may take.
 * @returns undefined where the engine cannot say, or not in time: that is not the same as none.
 */
export async function lostWith(
  engine: Engine,
  { id, state, image, size }: Pick<Session, "id" | "state" | "image"> & Partial<Pick<Session, "size">>,
  limit = usualLimit,
): Promise<readonly Lost[] | undefined> {
  const look = ["/bin/sh", "-c", ownFilesText(), "files", ...places()];
  const asked = async (
    words: readonly string[],
    descriptors: readonly number[] = [],
  ): Promise<string | undefined> => {
    const said = await capture([engine.program, ...words], { limit, most, descriptors });
    return said.status === 0 ? said.stdout : undefined;
  };
  const judged = (text: string | undefined) => (text === undefined ? undefined : lostAmong(text));
  if (state === "running") return judged(await asked(["exec", id, ...look]));
  // Where nothing was written, no conversation was either.
  const own = size === 0 ? "" : await asked(["diff", id]);
  if (own === undefined || !isSessionImage(image)) return judged(own);
  // What it was copied with is in an image that goes with it, and in no `diff`.
  const [program = "", ...rest] = look;
  const call = crypto.randomUUID();
  const name = `manyoyo-history-reader-${call.slice(0, 8)}`;
  const marks = ["--name", name, "--label", `${label.call}=${call}`];
  const apart = ["--network", "none", "--pull", "never", "--user", "0", "--entrypoint", program];
  // It goes also where its program never ends, or this call is killed.
  const guard = guardSession(engine, name, call);
  try {
    const made = await asked(["create", ...marks, ...apart, image, ...rest], [guard.descriptor]);
    const copied = made === undefined ? undefined : await asked(["start", "--attach", name]);
    return copied === undefined ? undefined : lostAmong(`${own}\n${copied}`);
  } finally {
    await guard.release();
  }
}

function places(): readonly string[] {
  return agents.flatMap(({ transcripts }) =>
    transcripts === undefined
      ? []
      : transcripts.kind === "database"
        ? [transcripts.file]
        : [...transcripts.places],
  );
}

/** Counts the conversations among paths, one a line: relative to the home, or as an engine's `diff` tells of them. */
export function lostAmong(text: string): readonly Lost[] {
  const lines = text.split("\n").filter((line) => !line.startsWith("D "));
  const paths = lines.map((line) => line.replace(/^[AC] /, ""));
  return agents.flatMap((agent): readonly Lost[] => {
    const { transcripts } = agent;
    if (transcripts === undefined) return [];
    const own = paths.map((path) => below(agent, path));
    if (transcripts.kind === "database") {
      return own.includes(transcripts.file) ? [{ agent, count: undefined }] : [];
    }
    const ids = own.map((path) => (path === undefined ? undefined : transcripts.idOf(path)));
    const count = new Set(ids.filter((id) => id !== undefined)).size;
    return count === 0 ? [] : [{ agent, count }];
  });
}

// The path relative to whichever home it is in; a session of a snapshot may have our links, but not the volume.
function below({ state }: Agent, path: string): string | undefined {
  for (const [name, folder] of Object.entries(state)) {
    const kept = `${keptPlace}/${name}/`;
    if (path.startsWith(kept)) return `${folder}/${path.slice(kept.length)}`;
    if (path.startsWith(`${folder}/`)) return path;
    const at = path.indexOf(`/${folder}/`);
    if (at !== -1) return path.slice(at + 1);
  }
  return undefined;
}

/** How many they are, a database counted as one. */
export function lostCount(lost: readonly Lost[]): number {
  return lost.reduce((sum, { count }) => sum + (count ?? 1), 0);
}

/** What to say of conversations, given in words, that have gone with their session. */
export function goneWords(lost: string): string {
  return `Gone with it: ${lost}. To keep them the next time: --keep-history`;
}

/** `2 conversations of Claude Code and those of OpenCode`; undefined for none. */
export function lostWords(lost: readonly Lost[]): string | undefined {
  const parts = lost.map(({ agent, count }) => {
    if (count === undefined) return `the conversations of ${agent.title}`;
    return `${count} ${count === 1 ? "conversation" : "conversations"} of ${agent.title}`;
  });
  const last = parts.at(-1);
  if (last === undefined) return undefined;
  return parts.length === 1 ? last : `${parts.slice(0, -1).join(", ")} and ${last}`;
}
