/** A line as bash has it, up to the cursor, read by its rules without evaluating anything of it. */
export interface ShellLine {
  /** Its words without their quotes; the last is the one under the cursor, and may be empty. */
  readonly words: readonly string[];
  /** Where each word begins in the line. */
  readonly starts: readonly number[];
  /** The quote that is still open at the cursor. */
  readonly quote: Quote;
  /** Whether the word under the cursor is the file of a redirection. */
  readonly redirected: boolean;
}

export type Quote = "" | "'" | '"';

const blank = /[ \t\n]/;

/**
 * Parts a line into words as bash does. Assignments before the command and redirections are left out; what would be
 * replaced (`$x`, `$(...)`, backticks) stays as it is written. Never throws.
 */
export function readLine(line: string): ShellLine {
  const found: { word: string; start: number; redirected: boolean }[] = [];
  let [word, start, redirected]: [string, number, boolean] = ["", -1, false];
  let quote: Quote = "";
  let at = 0;
  const end = (): void => {
    if (start < 0) return;
    const isAssignment = found.every((each) => each.redirected) && /^[A-Za-z_][A-Za-z0-9_]*\+?=/.test(word);
    if (!isAssignment) found.push({ word, start, redirected });
    [word, start, redirected] = ["", -1, false];
  };
  while (at < line.length) {
    const sign = line[at] ?? "";
    const next = line[at + 1] ?? "";
    if (quote === "" && blank.test(sign)) {
      end();
      at += 1;
      continue;
    }
    if (quote === "" && (sign === "<" || sign === ">") && next !== "(") {
      // The number of a descriptor belongs to the redirection.
      if (/^[0-9&]+$/.test(word)) [word, start] = ["", -1];
      end();
      redirected = true;
      at += 1 + (line.slice(at + 1).match(/^[<>|&]*[ \t]*/)?.[0].length ?? 0);
      continue;
    }
    if (start < 0) start = at;
    const [taken, length, after] = piece(line, at, quote);
    word += taken;
    at += length;
    quote = after;
  }
  if (start < 0) start = at;
  const words = [...found.filter((each) => !each.redirected), { word, start, redirected }];
  return {
    words: words.map((each) => each.word),
    starts: words.map((each) => each.start),
    quote,
    redirected,
  };
}

/** The next piece of a word: what it stands for, how long it is as written, and the quote that is open after it. */
function piece(line: string, at: number, quote: Quote): readonly [string, number, Quote] {
  const sign = line[at] ?? "";
  const next = line[at + 1] ?? "";
  if (quote === "'") return sign === "'" ? ["", 1, ""] : [sign, 1, "'"];
  if (sign === "\\") {
    if (quote === '"' && !'"$`\\\n'.includes(next)) return ["\\", 1, quote];
    return [next === "\n" ? "" : next, 2, quote];
  }
  if (sign === '"') return ["", 1, quote === '"' ? "" : '"'];
  if (sign === "'" && quote === "") return ["", 1, "'"];
  const length = expansion(line, at);
  return [line.slice(at, at + length), length, quote];
}

/** How long the expansion that begins here is, one whose end is missing included; 1 where none begins. */
function expansion(line: string, at: number): number {
  const opening = line.slice(at).match(/^(?:[$<>]\(|\$\{|`)/)?.[0];
  if (opening === undefined) return 1;
  const closing = opening === "`" ? "`" : opening === "${" ? "}" : ")";
  let here = at + opening.length;
  let quote: Quote = "";
  while (here < line.length) {
    if (quote === "" && line[here] === closing) return here + 1 - at;
    // Parentheses of a subshell inside count as well.
    const nested = quote === "" && closing === ")" && line[here] === "(";
    if (nested) here += expansion(`$${line.slice(here)}`, 0) - 1;
    else {
      const [, length, after] = piece(line, here, quote);
      here += length;
      quote = after;
    }
  }
  return line.length - at;
}

/** What a piece of a word stands for that begins inside `quote`. */
export function unquoted(text: string, quote: Quote): string {
  let [word, at, open]: [string, number, Quote] = ["", 0, quote];
  while (at < text.length) {
    const [taken, length, after] = piece(text, at, open);
    word += taken;
    at += length;
    open = after;
  }
  return word;
}

/** `text` as it has to be written inside `quote` to mean itself. */
export function requoted(text: string, quote: Quote): string {
  if (quote === "'") return text.replaceAll("'", "'\\''");
  if (quote === '"') return text.replace(/["$`\\]/g, "\\$&");
  return text.replace(/[^A-Za-z0-9_@%+=:,./\u0080-\u{10ffff}-]/gu, "\\$&");
}
