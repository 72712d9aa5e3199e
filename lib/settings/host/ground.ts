import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { isMap, withoutMark } from "../document.ts";
import type { Environment } from "../env.ts";
import { errorCode, reason, statOf } from "../files.ts";
import { parseJson5 } from "../json5.ts";

/** Where an agent of this machine has its settings. Only the user's home is looked at, never a workspace. */
export interface Ground {
  readonly userHome: string;
  readonly env: Environment;
}

/** What was found of one agent on this machine. */
export interface Found {
  readonly agent: string;
  /** What it was found in: files as a person writes them, and "the environment". */
  readonly sources: readonly string[];
  /** Variables for its sessions; their values may be secret. */
  readonly variables: ReadonlyMap<string, string>;
  /** Words that its command needs. */
  readonly shellSuffix?: string | undefined;
  /** What was not taken over, and why. */
  readonly notes: readonly string[];
  /** Files that could not be understood. */
  readonly problems: readonly string[];
}

/** Gathers what is found of one agent. */
export class Finds {
  readonly #sources = new Set<string>();
  readonly #variables = new Map<string, string>();
  readonly #notes = new Set<string>();
  readonly #problems: string[] = [];

  constructor(
    readonly agent: string,
    readonly ground: Ground,
  ) {}

  /** A variable, unless it is of no use elsewhere; of several with one name the first stays. */
  take(name: string, value: unknown, source: string): void {
    if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean") return;
    const text = String(value);
    if (text === "" || this.#variables.has(name)) return;
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || text.includes("\0") || Buffer.byteLength(text) > longest) {
      this.note(`A variable in ${source} cannot be handed to a session, and is left out.`);
    } else if (/^(~?\/|[A-Za-z]:\\)/.test(text) || ofThisMachine.has(name)) {
      this.note(`${name} in ${source} is about this machine, and is left out.`);
    } else {
      if (/^https?:\/\/(localhost|127\.|\[::1\])/.test(text)) {
        this.note(
          `${name} in ${source} is an address of this machine, which a session cannot reach by that name.`,
        );
      }
      this.#variables.set(name, text);
      this.#sources.add(source);
    }
  }

  /** Variables of our own environment whose names fit. */
  takeOurs(names: RegExp): void {
    for (const [name, value] of Object.entries(this.ground.env)) {
      if (names.test(name)) this.take(name, value, "the environment");
    }
  }

  note(sentence: string): void {
    this.#notes.add(sentence);
  }

  problem(sentence: string): void {
    this.#problems.push(sentence);
  }

  from(source: string): void {
    this.#sources.add(source);
  }

  /** The file's text; undefined when it is not there, or, said so, cannot be read. At most a megabyte, of a real file. */
  read(path: string): string | undefined {
    const file = resolve(this.ground.userHome, path);
    try {
      const { size, isFile } = sizeOf(file);
      if (!isFile) throw new Error("it is no file");
      if (size > 1_000_000) throw new Error("it is too large to be settings");
      return withoutMark(new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(file)));
    } catch (error) {
      const code = errorCode(error);
      if (code === "ENOENT" || code === "ENOTDIR") return undefined;
      const why =
        error instanceof TypeError ? "it is not text" : code === undefined ? messageOf(error) : reason(error);
      this.problem(`${this.shown(path)} cannot be read: ${why}.`);
      return undefined;
    }
  }

  /** A settings file that is a map; undefined when it is not there, or, said so, cannot be understood. */
  readMap(
    path: string,
    parse: (text: string) => unknown = parseJson5,
  ): Readonly<Record<string, unknown>> | undefined {
    const text = this.read(path);
    if (text === undefined) return undefined;
    try {
      const value = text.trim() === "" ? {} : parse(text);
      if (isMap(value)) return value;
    } catch {
      // The parser's words may hold a piece of the file.
    }
    this.problem(`${this.shown(path)} cannot be understood.`);
    return undefined;
  }

  /** Whether there is such a file; nothing of it is read. */
  has(path: string): boolean {
    return statOf(resolve(this.ground.userHome, path))?.isFile() === true;
  }

  /** A path as a person writes it. */
  shown(path: string): string {
    const file = resolve(this.ground.userHome, path);
    const home = `${this.ground.userHome}/`;
    return file.startsWith(home) ? `~/${file.slice(home.length)}` : file;
  }

  found(shellSuffix?: string): Found {
    return {
      agent: this.agent,
      sources: [...this.#sources],
      variables: this.#variables,
      shellSuffix,
      notes: [...this.#notes],
      problems: this.#problems,
    };
  }
}

/** The map at a key of a map; an empty one where there is none. */
export function mapAt(map: unknown, ...keys: readonly string[]): Readonly<Record<string, unknown>> {
  const value = keys.reduce<unknown>(
    (at, key) => (isMap(at) && Object.hasOwn(at, key) ? at[key] : undefined),
    map,
  );
  return isMap(value) ? value : {};
}

/** The text at a key of a map; undefined where there is none. */
export function textAt(map: Readonly<Record<string, unknown>>, key: string): string | undefined {
  const value = Object.hasOwn(map, key) ? map[key] : undefined;
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The sentence about a login that is there: copied, two holders of one refresh token would log each other out. */
export function loginNote(title: string, agent: string): string {
  return `${title} is logged in to an account here. A login is never copied: manyoyo login ${agent}`;
}

// As long as an engine takes a variable.
const longest = 60_000;
const ofThisMachine = new Set(["PATH", "HOME", "USER", "LOGNAME", "SHELL", "PWD", "TMPDIR", "DISPLAY"]);

function sizeOf(file: string): { readonly size: number; readonly isFile: boolean } {
  const stat = statSync(file);
  return { size: stat.size, isFile: stat.isFile() };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
