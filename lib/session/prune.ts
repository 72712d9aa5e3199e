import type { Session, State } from "./session.ts";

/** What decides whether a session may go. */
export interface Use {
  readonly session: Session;
  /** When it was last used, in milliseconds since 1970; undefined where that is not known. */
  readonly used: number | undefined;
  /** Bytes that only its container holds; undefined where the engine does not tell. */
  readonly size: number | undefined;
  /** What runs in it, in words; undefined for nothing. */
  readonly busy: string | undefined;
  /** How many conversations are in its container and nowhere else; undefined where the engine could not tell. */
  readonly conversations: number | undefined;
}

/** Which sessions are wanted gone. */
export interface PruneWish {
  /** Milliseconds without use. */
  readonly olderThan: number;
  /** Those that run as well. */
  readonly all: boolean;
  /** Also those that are in use, or hold conversations. */
  readonly force: boolean;
}

/** A session that stays although its age would let it go. */
export interface Spared {
  readonly use: Use;
  readonly reason: string;
}

const idle: readonly State[] = ["stopped", "created", "broken"];

/** Whether a session in this state is looked at at all. */
export function isCandidate({ state }: Pick<Session, "state">, { all }: Pick<PruneWish, "all">): boolean {
  return all || idle.includes(state);
}

/**
 * Which of the candidates go, the one that was used longest ago first, and which of them stay for a reason of their own.
 * One of which nobody knows when it was used stays. Pure.
 */
export function judge(candidates: readonly Use[], wish: PruneWish, now: number) {
  const old = candidates
    .filter(({ used }) => used === undefined || now - used >= wish.olderThan)
    .toSorted((one, other) => (one.used ?? 0) - (other.used ?? 0));
  const told = old.map((use) => ({ use, reason: reasonToStay(use, wish.force) }));
  return {
    gone: told.filter(({ reason }) => reason === undefined).map(({ use }) => use),
    spared: told.flatMap(({ use, reason }): Spared[] => (reason === undefined ? [] : [{ use, reason }])),
  };
}

function reasonToStay({ used, busy, conversations }: Use, force: boolean): string | undefined {
  if (force) return undefined;
  if (busy !== undefined) return `in use: ${busy}`;
  if (conversations === undefined) return "whether it holds conversations could not be seen";
  if (conversations > 0) {
    return `holds ${conversations} ${conversations === 1 ? "conversation that is" : "conversations that are"} nowhere else`;
  }
  return used === undefined ? "when it was last used is not known" : undefined;
}
