import { Failure } from "../failure.ts";

/** Variables with their values, the later winning already. */
export type Values = ReadonlyMap<string, string>;

/** What an engine is handed: a text for `--env-file`, and which names arrive encoded. */
export interface EnvFile {
  readonly text: string;
  /** Names whose values hold line ends: inside they are decoded from `MANYOYO_ENV_NAME` before the command runs. */
  readonly encoded: readonly string[];
}

const prefix = "MANYOYO_ENV_";
const limit = 60_000;
// The engines read such a file by lines of at most 64 KiB, their ends included.
const lineLimit = 65_535;

/**
 * The env file for these values. The engines' format knows no line ends inside a value, so such a value travels
 * encoded under another name.
 * @throws Failure `settings` for a value that cannot travel; it names the variable, never the value.
 */
export function envFile(values: Values): EnvFile {
  const encoded: string[] = [];
  const lines: string[] = [];
  for (const [name, value] of values) {
    if (Buffer.byteLength(value) > limit) {
      throw tooLong(`The value of "${name}" is longer than ${limit} bytes.`);
    }
    if (!/[\n\r]/.test(value)) {
      lines.push(`${name}=${value}`);
    } else if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      encoded.push(name);
      lines.push(`${prefix}${name}=${encode(value)}`);
    } else {
      throw new Failure(
        "settings",
        `The value of "${name}" has several lines, which only a name of letters, digits and _ can have.`,
      );
    }
  }
  const long = lines.find((line) => Buffer.byteLength(line) > lineLimit);
  if (long !== undefined) {
    const name = long.replace(/=.*$/s, "");
    throw tooLong(
      long.startsWith(prefix)
        ? `The value of "${name.slice(prefix.length)}" is longer than ${lineLimit} bytes on its way, where each of its line ends and backslashes takes two.`
        : `The name and the value of "${name.slice(0, 100)}" are longer than ${lineLimit} bytes.`,
    );
  }
  return { text: lines.map((line) => `${line}\n`).join(""), encoded };
}

function tooLong(message: string): Failure {
  return new Failure("settings", message, "Put it into a file of the workspace and hand on the file's name.");
}

/** The names that a container's own variables hold encoded. */
export function encodedNames(names: readonly string[]): readonly string[] {
  return names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
}

/** The variable that holds a value with line ends, and its value there. */
export function encodedEntry(name: string, value: string): readonly [name: string, value: string] {
  return [`${prefix}${name}`, encode(value)];
}

/** What was encoded for a variable. */
export function decoded(value: string): string {
  return value.replace(/\\([\\nr])/g, (_, letter) => (letter === "n" ? "\n" : letter === "r" ? "\r" : "\\"));
}

// Decoded by printf %b inside.
function encode(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll("\r", "\\r");
}
