import JSON5 from "json5";
import { Failure } from "../failure.ts";
import { parseJson5 } from "./json5.ts";
import { type Path, Positions } from "./positions.ts";
import { quoted } from "./values.ts";

/** Something in a document that the user has to change. */
export interface Problem {
  readonly path: Path;
  readonly message: string;
  readonly hint?: string | undefined;
}

/** A settings file's text, parsed: a map, no key of which is said twice. */
export interface Document {
  readonly value: Readonly<Record<string, unknown>>;
  readonly positions: Positions;
  readonly file: string;
}

/** Throws Failure("settings", "FILE:LINE:COLUMN: ...") for a text that is not JSON5, not a map, or says a key twice. */
export function parseDocument(text: string, file: string): Document {
  const source = withoutMark(text);
  if (source.trim() === "") {
    throw new Failure("settings", `${file}:1:1: The file is empty.`, "Write {} for no settings at all.");
  }
  const value = parseJson(source, file);
  const positions = new Positions(source);
  if (!isMap(value)) {
    const { line, column } = positions.at([]);
    throw new Failure(
      "settings",
      `${file}:${line}:${column}: The file must hold a map of settings: { ... }.`,
    );
  }
  const twice = positions.repeated;
  if (twice !== undefined) {
    throw new Failure(
      "settings",
      `${file}:${twice.again.line}:${twice.again.column}: ${quoted(String(twice.path.at(-1)))} was said already in line ${twice.first.line}.`,
      "Keep one of the two.",
    );
  }
  return { value, positions, file };
}

function parseJson(source: string, file: string): unknown {
  try {
    return parseJson5(source);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const line = "lineNumber" in error ? Number(error.lineNumber) : 1;
    const column = "columnNumber" in error ? Math.max(1, Number(error.columnNumber)) : 1;
    const what = error.message.replace(/^JSON5: /, "").replace(/ at \d+:\d+$/, "");
    const why = what === "invalid end of input" ? "the file ends too early" : what;
    throw new Failure("settings", `${file}:${line}:${column}: This is not JSON5: ${why}.`);
  }
}

/** Of several problems the first in the order of the text, as a Failure("settings"). */
export function fault({ positions, file }: Document, problems: readonly Problem[]): Failure {
  const [first] = problems
    .map((problem) => ({ ...problem, ...positions.at(problem.path) }))
    .sort((one, other) => one.line - other.line || one.column - other.column);
  if (first === undefined) return new Failure("settings", `${file}: The file cannot be understood.`);
  return new Failure("settings", `${file}:${first.line}:${first.column}: ${first.message}`, first.hint);
}

/** `FILE:LINE:COLUMN` of a key or element of a text that was read without a Failure. */
export function locate(text: string, file: string, path: Path): string {
  const { line, column } = new Positions(withoutMark(text)).at(path);
  return `${file}:${line}:${column}`;
}

/** A text without the mark that some editors put in front of it. */
export function withoutMark(text: string): string {
  return text.replace(/^\uFEFF/, "");
}

/** Whether a parsed value is a map, rather than a list, a word or nothing. */
export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value at `path` of a text, written anew. @throws Failure `settings` as `parseDocument` does. */
export function partOf(text: string, file: string, path: Path): string {
  const { value } = parseDocument(text, file);
  const part = path.reduce<unknown>(
    (found, key) => (isMap(found) && Object.hasOwn(found, key) ? found[key] : undefined),
    value,
  );
  return JSON5.stringify(part, undefined, 2) ?? "";
}
