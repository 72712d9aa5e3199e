import { isName } from "../../lib/session/names.ts";
import type { Session } from "../../lib/session/session.ts";

/** What the list of sessions shows, and where its cursor is. */
export interface List {
  /** In the order in which they are shown. */
  readonly sessions: readonly Session[];
  readonly query: string;
  /** The entry under the cursor, counted among those that fit the query. */
  readonly at: number;
  /** The session whose removal is asked about. */
  readonly asks: Session | undefined;
}

/** A line of the list: a session, or a new one here, by the name that was typed where that can be one. */
export type Entry =
  | { readonly kind: "session"; readonly session: Session }
  | { readonly kind: "new"; readonly name: string | undefined };

/** What was chosen. */
export type Pick =
  | { readonly kind: "join" | "shell" | "stop" | "remove"; readonly session: Session }
  | { readonly kind: "new"; readonly name: string | undefined }
  | { readonly kind: "leave" };

/** A key as a terminal's reader tells of it. */
export interface Key {
  readonly name?: string | undefined;
  readonly ctrl?: boolean | undefined;
  readonly meta?: boolean | undefined;
  /** What it types. */
  readonly text?: string | undefined;
}

/** The entries that fit what was typed: every word of it in the name, the agent, the state or the folder. */
export function entries({ sessions, query }: List): readonly Entry[] {
  const words = query.toLowerCase().split(" ");
  const fitting = sessions.filter(({ name, agent = "", state, folder = "" }) => {
    const text = `${name} ${agent} ${state} ${folder}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const name = isName(query) && !sessions.some((session) => session.name === query) ? query : undefined;
  return [...fitting.map((session): Entry => ({ kind: "session", session })), { kind: "new", name }];
}

/** The list after a key, or what the key chooses. Pure. */
export function press(list: List, key: Key): List | Pick {
  if (list.asks !== undefined) return answered(list, list.asks, key);
  const all = entries(list);
  const under = all[Math.min(list.at, all.length - 1)];
  const session = under?.kind === "session" ? under.session : undefined;
  if (key.ctrl === true) return control(list, session, key.name);
  switch (key.name) {
    case "return":
    case "enter":
      return under === undefined || under.kind === "new"
        ? { kind: "new", name: under?.name }
        : { kind: "join", session: under.session };
    case "escape":
      return list.query === "" ? { kind: "leave" } : { ...list, query: "", at: 0 };
    case "backspace":
      return { ...list, query: [...list.query].slice(0, -1).join(""), at: 0 };
    default:
      return moved(list, all.length, key) ?? typed(list, key);
  }
}

function moved(list: List, count: number, { name }: Key): List | undefined {
  const steps: Readonly<Record<string, number>> = { up: -1, down: 1, pageup: -10, pagedown: 10 };
  const step = steps[name ?? ""];
  if (step !== undefined) return { ...list, at: Math.max(0, Math.min(count - 1, list.at + step)) };
  if (name === "home") return { ...list, at: 0 };
  return name === "end" ? { ...list, at: count - 1 } : undefined;
}

function typed(list: List, { text, meta }: Key): List {
  const isText = text !== undefined && meta !== true && /^[^\p{Cc}]+$/u.test(text);
  return isText ? { ...list, query: list.query + text, at: 0 } : list;
}

function control(list: List, session: Session | undefined, name: string | undefined): List | Pick {
  if (name === "c" || name === "d") return { kind: "leave" };
  if (name === "n") return { kind: "new", name: undefined };
  if (name === "u") return { ...list, query: "", at: 0 };
  if (session === undefined) return list;
  if (name === "t") return { kind: "shell", session };
  if (name === "x") return { kind: "stop", session };
  return name === "r" ? { ...list, asks: session } : list;
}

// Only a clear yes removes; every other key goes back to the list. Esc and y soon after it come as one key.
function answered(list: List, session: Session, { name, ctrl, meta }: Key): List | Pick {
  if (ctrl === true && (name === "c" || name === "d")) return { kind: "leave" };
  return name === "y" && ctrl !== true && meta !== true
    ? { kind: "remove", session }
    : { ...list, asks: undefined };
}

/** The list with what the engine tells now; the cursor stays on its session where that is still there. */
export function refreshed(list: List, sessions: readonly Session[]): List {
  const under = entries(list)[list.at];
  const next = { ...list, sessions };
  const asks = sessions.find(({ id }) => id === list.asks?.id);
  const at =
    under?.kind === "session"
      ? entries(next).findIndex((entry) => entry.kind === "session" && entry.session.id === under.session.id)
      : -1;
  const last = entries(next).length - 1;
  const kept = under?.kind === "new" ? last : Math.min(list.at, last);
  return { ...next, asks, at: at < 0 ? kept : at };
}
