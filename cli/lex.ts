import { Failure } from "../lib/failure.ts";
import { type OptionName, optionNames, optionSpec, spellings } from "./options.ts";
import { quoted } from "./quoted.ts";

/**
 * A piece of the command line. An option stands for all entries of the table that have its spelling: which one is
 * meant depends on the verb, which may come later. `at` is the index of the word.
 */
export type Token = { readonly at: number } & (
  | { readonly kind: "option"; readonly typed: string; readonly names: Names; readonly value?: string }
  | { readonly kind: "word"; readonly word: string }
  | {
      readonly kind: "rest";
      readonly typed: string;
      readonly names: Names;
      readonly words: readonly string[];
    }
  | { readonly kind: "args"; readonly words: readonly string[] }
  | { readonly kind: "unknown"; readonly typed: string }
  | { readonly kind: "problem"; readonly failure: Failure }
);

type Names = readonly OptionName[];
type Taken = { readonly token: Token; readonly next: number };

/** Which options each spelling can mean. */
export type Spellings = ReadonlyMap<string, Names>;

/** The spellings of the whole table. */
export function allSpellings(): Spellings {
  const found = new Map<string, Names>();
  for (const name of optionNames()) {
    for (const spelling of spellings(name)) found.set(spelling, [...(found.get(spelling) ?? []), name]);
  }
  return found;
}

/**
 * Parts the words of a command line. Never throws: what is wrong becomes a token in its place, so that `-h` beside
 * it still gets its help and an earlier mistake is told before a later one.
 */
export function lex(words: readonly string[], known: Spellings): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < words.length) {
    const word = words[at] ?? "";
    if (word === "--") return [...tokens, { kind: "args", at, words: words.slice(at + 1) }];
    if (word.startsWith("--")) {
      const taken = long(words, at, known);
      tokens.push(taken.token);
      at = taken.next;
    } else if (word.startsWith("-") && word !== "-") {
      at = cluster(words, at, { known, tokens });
    } else {
      tokens.push({ kind: "word", at, word });
      at += 1;
    }
  }
  return tokens;
}

/** `--name`, `--name VALUE`, `--name=VALUE`. */
function long(words: readonly string[], at: number, known: Spellings): Taken {
  const word = words[at] ?? "";
  const equals = word.indexOf("=");
  const typed = equals < 0 ? word : word.slice(0, equals);
  const names = known.get(typed);
  if (names === undefined) return { token: { kind: "unknown", at, typed }, next: at + 1 };
  return withValue(words, at, {
    typed,
    names,
    known,
    attached: equals < 0 ? undefined : word.slice(equals + 1),
  });
}

/** `-d`, `-dy c`, `-nNAME`, `-n=NAME`, `-n NAME`: letters without a value may be followed by one that has one. */
function cluster(
  words: readonly string[],
  at: number,
  { known, tokens }: { readonly known: Spellings; readonly tokens: Token[] },
): number {
  const body = (words[at] ?? "").slice(1);
  // `-rm` would be the profile "m", `-sp` the shell line "p": nobody means that.
  if (body.length > 1 && known.has(`--${body}`)) {
    tokens.push(problem(at, `-${body} is written with two dashes: --${body}.`));
    return at + 1;
  }
  for (let index = 0; index < body.length; index += 1) {
    const typed = `-${String.fromCodePoint(body.codePointAt(index) ?? 0)}`;
    const names = known.get(typed);
    if (names === undefined) {
      tokens.push({ kind: "unknown", at, typed });
      return at + 1;
    }
    const after = body.slice(index + 1);
    if (!hasValue(names) && !after.startsWith("=")) {
      tokens.push({ kind: "option", at, typed, names });
      continue;
    }
    const attached = after === "" ? undefined : after.replace(/^=/, "");
    const taken = withValue(words, at, { typed, names, known, attached });
    tokens.push(taken.token);
    return taken.next;
  }
  return at + 1;
}

/** The option `typed` at word `at`, whose value is attached or the next word. */
function withValue(
  words: readonly string[],
  at: number,
  option: { typed: string; names: Names; known: Spellings; attached: string | undefined },
): Taken {
  const { typed, names, attached } = option;
  const fail = (message: string, hint?: string) => ({ token: problem(at, message, hint), next: at + 1 });
  if (!hasValue(names)) {
    if (attached !== undefined) return fail(`${typed} takes no value.`);
    return { token: { kind: "option", at, typed, names }, next: at + 1 };
  }
  if (names.some((name) => optionSpec(name).rest === true)) {
    const rest = [...(attached === undefined ? [] : [attached]), ...words.slice(at + 1)];
    if (rest.length === 0) return fail(`${typed} needs a command after it.`, "manyoyo -n NAME -x npm test");
    return { token: { kind: "rest", at, typed, names, words: rest }, next: words.length };
  }
  if (attached !== undefined) {
    return { token: { kind: "option", at, typed, names, value: attached }, next: at + 1 };
  }
  const value = words[at + 1];
  if (value === undefined || value === "--") return fail(`${typed} needs a value: ${usage(names)}.`);
  if (!value.startsWith("-") || value === "-") {
    return { token: { kind: "option", at, typed, names, value }, next: at + 2 };
  }
  const other = value.split("=", 1).join();
  if (option.known.has(other))
    return fail(`${typed} needs a value: ${usage(names)}; ${other} is an option itself.`);
  const canonical = names[0] === undefined ? typed : (spellings(names[0])[0] ?? typed);
  return {
    token: problem(
      at,
      `${typed} needs a value: ${usage(names)}.`,
      `A value that begins with a dash is attached: ${canonical}=${quoted(value)}`,
    ),
    next: at + 2,
  };
}

function hasValue(names: Names): boolean {
  return names.some((name) => optionSpec(name).metavar !== undefined);
}

function usage(names: Names): string {
  const [name] = names;
  return name === undefined ? "" : `${spellings(name)[0]} ${optionSpec(name).metavar}`;
}

function problem(at: number, message: string, hint?: string): Token {
  return { kind: "problem", at, failure: new Failure("usage", message, hint) };
}
