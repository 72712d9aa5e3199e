import { parseJson5 } from "./json5.ts";

/** The keys and indices that lead to a value. */
export type Path = readonly (string | number)[];

/** A place in a text; both count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A value of the text, or a key of an object in it. */
interface Found {
  /** Where the key begins, or the element of a list. */
  readonly from: number;
  /** The value exactly as it is written, for numbers, words and strings; empty for lists and objects. */
  readonly written: string;
}

/** A key that is said twice. */
export interface Repeated {
  readonly path: Path;
  readonly first: Position;
  readonly again: Position;
}

interface Frame {
  readonly path: Path;
  readonly kind: "object" | "list";
  /** What comes next in it: the key in hand, or the index. */
  key: string | number | undefined;
  /** Where that key or element begins. */
  from: number;
}

/** No settings file says anything deeper, and a hostile one must not cost more than its length. */
const deepest = 5;
const blank = /(?:\s|\uFEFF|\/\/[^\n\r\u2028\u2029]*|\/\*[\s\S]*?\*\/)*/y;
const text = /"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*'/y;
const bare = /[^\s\uFEFF,:{}[\]"'/]+/y;

/** Where the keys and elements of a JSON5 text stand, which its parser does not tell. */
export class Positions {
  readonly #found = new Map<string, Found>();
  #repeated: Repeated | undefined;
  readonly #source: string;

  /** `source` must be a text that the JSON5 parser took. */
  constructor(source: string) {
    this.#source = source;
    this.#walk();
  }

  /** The first key that stands in its object a second time; the parser silently keeps the last. */
  get repeated(): Repeated | undefined {
    return this.#repeated;
  }

  /** Where the key or element at `path` begins, or else the nearest thing around it. */
  at(path: Path): Position {
    for (let length = path.length; length > 0; length -= 1) {
      const found = this.#found.get(name(path.slice(0, length)));
      if (found !== undefined) return this.#position(found.from);
    }
    return this.#position(skip(blank, this.#source, 0));
  }

  /** The number, word or string at `path` as it is written; undefined for anything else. */
  written(path: Path): string | undefined {
    const found = this.#found.get(name(path));
    return found === undefined || found.written === "" ? undefined : found.written;
  }

  #position(offset: number): Position {
    const before = this.#source.slice(0, offset);
    return { line: before.split("\n").length, column: offset - before.lastIndexOf("\n") };
  }

  /** One pass, without recursion: a text of a million brackets is only a long text. */
  #walk(): void {
    const source = this.#source;
    const open: Frame[] = [];
    for (let at = skip(blank, source, 0); at < source.length; at = skip(blank, source, at)) {
      const frame = open.at(-1);
      const sign = source[at] ?? "";
      if (sign === "}" || sign === "]") {
        open.pop();
        at += 1;
      } else if (sign === ",") {
        if (frame !== undefined) frame.key = frame.kind === "list" ? Number(frame.key) + 1 : undefined;
        at += 1;
      } else if (sign === ":") {
        at += 1;
      } else if (frame?.kind === "object" && frame.key === undefined) {
        const end = word(source, at);
        frame.key = plain(source.slice(at, end));
        frame.from = at;
        at = end;
      } else {
        const opens = sign === "{" || sign === "[";
        const end = opens ? at + 1 : word(source, at);
        const path = frame === undefined ? [] : childOf(frame);
        if (frame !== undefined) {
          const written = opens ? "" : source.slice(at, end);
          this.#note(path, { from: frame.kind === "list" ? at : frame.from, written });
        }
        if (sign === "{") open.push({ path, kind: "object", key: undefined, from: at });
        if (sign === "[") open.push({ path, kind: "list", key: 0, from: at });
        at = end;
      }
    }
  }

  #note(path: Path, found: Found): void {
    if (path.length > deepest) return;
    const key = name(path);
    const before = this.#found.get(key);
    if (before !== undefined) {
      this.#repeated ??= { path, first: this.#position(before.from), again: this.#position(found.from) };
    }
    this.#found.set(key, found);
  }
}

/** Paths deeper than any that is noted stop growing. */
function childOf(frame: Frame): Path {
  return frame.path.length > deepest || frame.key === undefined ? frame.path : [...frame.path, frame.key];
}

function name(path: Path): string {
  return JSON.stringify(path);
}

function skip(pattern: RegExp, source: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(source) ? pattern.lastIndex : at;
}

/** The end of the string, number or bare word at `at`; never `at` itself, so that a walk always ends. */
function word(source: string, at: number): number {
  return Math.max(at + 1, skip(source[at] === '"' || source[at] === "'" ? text : bare, source, at));
}

/** A key without its quotes and escapes. */
function plain(written: string): string {
  if (!/["'\\]/.test(written)) return written;
  return Object.keys(Object(parseJson5(`{${written}:0}`)))[0] ?? written;
}
