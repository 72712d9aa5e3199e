import type { Told, Turn } from "../agents/transcripts.ts";

/** A conversation with everything that was said in it. */
export interface Conversation {
  /** The agent's name. */
  readonly agent: string;
  /** By which the agent resumes it. */
  readonly id: string;
  /** The folder inside that it is about. */
  readonly folder: string | undefined;
  readonly turns: readonly Turn[];
  /** When something was last said, in milliseconds since 1970. */
  readonly when: number | undefined;
  /** Whether it was too long to be read to its end. */
  readonly partial: boolean;
}

/** What a list tells of a conversation. */
export interface Summary extends Omit<Conversation, "turns"> {
  /** What the user said first, as one line. */
  readonly words: string;
  /** How often the user said something. */
  readonly turns: number;
}

/** What the records of a file tell together. */
export interface Gathered {
  readonly id: string | undefined;
  readonly folder: string | undefined;
  readonly turns: readonly Turn[];
  /** It is part of another conversation. */
  readonly inner: boolean;
}

/** Puts together what records tell, one after the other. */
export function gather(): { readonly add: (told: Told) => void; readonly result: () => Gathered } {
  const turns: Turn[] = [];
  const about: { id: string | undefined; folder: string | undefined; inner: boolean } = {
    id: undefined,
    folder: undefined,
    inner: false,
  };
  // By a map: a file may hold a million of them.
  const places = new Map<string, number>();
  const placeOf = (key: string | undefined): number =>
    (key === undefined ? undefined : places.get(key)) ?? -1;
  return {
    add: ({ id, folder, turn, rewindTo, inner }) => {
      about.id ??= id;
      about.folder ??= folder;
      about.inner ||= inner ?? false;
      const back = placeOf(rewindTo);
      if (back !== -1) {
        for (const { key } of turns.splice(back)) if (key !== undefined) places.delete(key);
      }
      if (turn === undefined) return;
      const place = placeOf(turn.key);
      if (turn.key !== undefined && place === -1) places.set(turn.key, turns.length);
      if (place === -1) turns.push(turn);
      else turns[place] = turn;
    },
    result: () => ({ ...about, turns }),
  };
}

/** What a list tells of it. */
export function summaryOf({ turns, ...about }: Conversation): Summary {
  const asked = turns.filter(({ role }) => role === "user");
  const words = (asked[0]?.text ?? "").slice(0, 2000).replace(/\s+/g, " ").trim();
  return { ...about, words, turns: asked.length };
}

/** When something was last said in these. */
export function lastSaid(turns: readonly Turn[]): number | undefined {
  return turns.findLast(({ when }) => when !== undefined)?.when;
}

/** The words around the first place where a text occurs, in any case, as one line; undefined where it does not. */
export function excerpt(text: string, wanted: string, around = 40): string | undefined {
  // Not one lower-cased text: a letter may get longer, and the place be another.
  const found = new RegExp(RegExp.escape(wanted), "iu").exec(text);
  if (found === null) return undefined;
  const from = Math.max(0, found.index - around);
  const end = found.index + found[0].length + around;
  const words = text.slice(from, end).toWellFormed().replace(/\s+/g, " ").trim();
  return `${from > 0 ? "..." : ""}${words}${end < text.length ? "..." : ""}`;
}
