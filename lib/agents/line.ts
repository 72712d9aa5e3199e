import { posix } from "node:path";

/** How a program that starts another one is followed by that one. */
interface Starter {
  /** Its options whose value is a word of its own. */
  readonly valued: readonly string[];
  /** How many words of its own come after its options. */
  readonly operands: number;
}

const plain: Starter = { valued: [], operands: 0 };

/** Programs that only start another one, in other circumstances. */
const starters: ReadonlyMap<string, Starter> = new Map([
  ["env", { valued: ["-u", "--unset", "-C", "--chdir"], operands: 0 }],
  ["exec", { valued: ["-a"], operands: 0 }],
  ["command", plain],
  ["nohup", plain],
  ["setsid", plain],
  ["time", plain],
  ["nice", { valued: ["-n", "--adjustment"], operands: 0 }],
  ["ionice", { valued: ["-c", "--class", "-n", "--classdata"], operands: 0 }],
  ["stdbuf", { valued: ["-i", "-o", "-e"], operands: 0 }],
  ["timeout", { valued: ["-s", "--signal", "-k", "--kill-after"], operands: 1 }],
  ["sudo", { valued: ["-u", "--user", "-g", "--group"], operands: 0 }],
]);

// A word with its quotes; what stands between commands.
const word = /(?:[<>]&|[^\s'"\\;&|]|\\.|'[^']*'|"(?:[^"\\]|\\.)*")+/;
const between = /&&|\|\||[;&|\n]/;
const assignment = /^[A-Za-z_][A-Za-z0-9_]*=/;

/**
 * The program that a shell line's last command starts, without its folder: words after the line go to that one. Undefined
 * where it starts none. A guess at a glance, not a shell: it must only never take one program for another.
 */
export function programOf(line: string): string | undefined {
  return programIn(commandsOf(line).at(-1) ?? []);
}

/** The folder in which a line's last command runs, when the line runs in `folder`: `cd sub && ...` goes elsewhere. */
export function folderOf(line: string, folder: string): string {
  const [first = [], ...others] = commandsOf(line);
  const [program, aim, ...more] = first.map(unquoted);
  if (program !== "cd" || aim === undefined || more.length > 0 || others.length !== 1) return folder;
  return /[$`~*?[]/.test(aim) ? folder : posix.resolve(folder, aim);
}

/** The simple commands of a line, each as its words. */
function commandsOf(line: string): readonly (readonly string[])[] {
  const tokens = line.trim().match(new RegExp(`${word.source}|${between.source}`, "g")) ?? [];
  const isBetween = new RegExp(`^(?:${between.source})$`);
  const commands: string[][] = [[]];
  for (const token of tokens) {
    if (isBetween.test(token)) commands.push([]);
    else commands.at(-1)?.push(token);
  }
  return commands;
}

function programIn(words: readonly string[]): string | undefined {
  const start = words.findIndex((each) => !assignment.test(each));
  const first = start === -1 ? undefined : words[start];
  if (first === undefined) return undefined;
  const program = unquoted(first).replace(/^.*\//s, "");
  const starter = starters.get(program);
  return starter === undefined ? program : programIn(started(words.slice(start + 1), starter));
}

/** The words of the command that a starter starts, given all that comes after its name. */
function started([first, ...others]: readonly string[], starter: Starter): readonly string[] {
  if (first === undefined) return [];
  if (first === "--") return others.slice(starter.operands);
  if (first.startsWith("-"))
    return started(starter.valued.includes(first) ? others.slice(1) : others, starter);
  return [first, ...others].slice(starter.operands);
}

function unquoted(text: string): string {
  return text.replace(/'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)/gs, (_, single, double, escaped) =>
    [single, double?.replace(/\\(["\\$`])/g, "$1"), escaped].find((part) => part !== undefined),
  );
}
