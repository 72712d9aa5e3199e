import { age, plain } from "../print.ts";
import { type Entry, entries, type List } from "./list.ts";

/** The terminal, and the folder whose sessions are called by a dot. */
export interface Frame {
  readonly cols: number;
  readonly rows: number;
  readonly here: string;
  readonly now: number;
}

const most = 20;
const bold = (text: string): string => `\x1b[1m${text}\x1b[22m`;
const dim = (text: string): string => `\x1b[2m${text}\x1b[22m`;

/** The lines of a list: what was typed, as many entries as fit around the cursor, and the keys. None is wider than the terminal. */
export function draw(list: List, frame: Frame): readonly string[] {
  const { cols, rows } = frame;
  const all = entries(list);
  const height = Math.max(1, Math.min(most, rows - 3, all.length));
  const first = Math.max(0, Math.min(list.at - Math.floor(height / 2), all.length - height));
  const width = Math.min(28, Math.max(...list.sessions.map(({ name }) => name.length), 4));
  const lines = all.slice(first, first + height).map((entry, at) => {
    const text = cut(entryText(entry, width, frame), cols - 3);
    return first + at === list.at ? bold(`> ${text}`) : `  ${text}`;
  });
  const hidden = all.length - height;
  const count = hidden > 0 ? ` (${all.length - 1})` : "";
  const head = cut(`Session${count}: ${plain(list.query)}`, cols - 2);
  const foot =
    list.asks === undefined
      ? dim(cut("Enter join  ^T shell  ^X stop  ^R remove  ^N new  Esc leave", cols - 1))
      : bold(cut(`Remove ${plain(list.asks.name)} and what only it holds? y/N`, cols - 1));
  return [head, ...lines, foot];
}

function entryText(entry: Entry, width: number, { here, now }: Frame): string {
  if (entry.kind === "new") return `+ new session here${entry.name === undefined ? "" : `: ${entry.name}`}`;
  const { name, agent = "-", state, created, folder = "-" } = entry.session;
  const cells = [
    cut(name, width).padEnd(width),
    agent.padEnd(8),
    state.padEnd(7),
    age(created, now).padStart(4),
    folder === here ? "." : folder,
  ];
  return plain(cells.join("  ")).replaceAll("\n", "\\x0a");
}

/** Text that is at most so wide on a terminal, with a sign where something is missing. */
export function cut(text: string, width: number): string {
  if (Bun.stringWidth(text) <= width) return text;
  let [short, taken] = ["", 0];
  for (const letter of text) {
    taken += Bun.stringWidth(letter);
    if (taken > width - 1) break;
    short += letter;
  }
  return `${short}…`;
}
