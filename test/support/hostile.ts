import { isLong } from "./tally.ts";

/**
 * Hostile input, made from valid input: words and texts are spliced, doubled, dropped and dotted with what programs stumble
 * over. Everything comes from one number, so whatever was found can be made again (MANYOYO_TEST_SEED, MANYOYO_TEST_CASE).
 */
export interface Chance {
  /** A whole number from 0 to `below` - 1. */
  number(below: number): number;
  /** Whether something that happens once in `of` times happens now. */
  once(of: number): boolean;
  one<Each>(of: readonly Each[]): Each;
}

/** Random numbers from 0 to 1 that are the same again for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Chance that always takes the same turns for the same words (xmur3 to begin with, then mulberry32). */
export function chanceOf(...words: readonly (string | number)[]): Chance {
  let hash = 1779033703;
  for (const letter of words.join("\0")) {
    hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 3432918353);
    hash = (hash << 13) | (hash >>> 19);
  }
  const next = randomFrom(hash);
  const number = (below: number): number => Math.floor(next() * below);
  const one = <Each>(of: readonly Each[]): Each => {
    if (of.length === 0) throw new Error("there is nothing to choose from");
    return of[number(of.length)] as Each;
  };
  return { number, one, once: (of) => number(of) === 0 };
}

/** Where a run begins: in the long form a new place each time, unless one is given. */
export const seed: string = process.env["MANYOYO_TEST_SEED"] || (isLong ? String(Date.now()) : "1");

/** Stands for the byte 0x80 + n where a text cannot hold it: U+F780 to U+F7FF. See `bytesOf`. */
const rawByte = (byte: number): string => String.fromCharCode(0xf700 + byte);

/** The bytes of a hostile text: UTF-8, apart from the characters that stand for bytes which are none. */
export function bytesOf(text: string): Buffer {
  const parts = text.split(/([\uf780-\uf7ff])/);
  return Buffer.concat(
    parts.map((part, at) =>
      at % 2 === 1 ? Buffer.from([part.charCodeAt(0) - 0xf700]) : Buffer.from(part, "utf8"),
    ),
  );
}

/** What would be an option of an engine if it ever stood for itself among its words. */
export const canaries: readonly string[] = [
  "--privileged",
  "--volume=/:/host",
  "-v/:/x",
  "--pid=host",
  "--network=host",
  "--user=0:0",
  "--entrypoint=/bin/canary",
  "--format={{.Config.Env}}",
  "-f",
  "--all",
  "--help",
];

/** What a terminal would obey. */
export const controls: readonly string[] = [
  "\x1b[31mred\x1b[0m",
  "\x1b]0;title\x07",
  "\x1b]52;c;cm0gLXJmIH4=\x07",
  "\x1b[2J\x1b[H",
  "\x1b[6n",
  "\x1bP+q544e\x1b\\",
  "\x07",
  "\b\b\b",
  "\rmanyoyo: all is well",
  "\x7f",
  "\u009b31m",
  "\u0090q\u009c",
  "\u0085",
  "\u202egnp.exe",
  "\u2066\u2069",
  "\u200f",
  "\u061c",
  "\v\f",
];

const nasty: readonly string[] = [
  ...canaries,
  ...controls,
  ..."-- - = == : :: , . .. / ~ ~root * ? $HOME $(id) `id` ${x} %s %n %00 %ff \\ \\n # ; | & && > < ! { } [ ] ( )".split(
    " ",
  ),
  ...["", " ", "\t", "\n", "\r\n", "'", '"', "''", '"\'"', "a\nb", "a=b", "=a", "-n", "-x", "-y", "c", "web"],
  ...[
    "__proto__",
    "constructor",
    "toString",
    "hasOwnProperty",
    "prototype",
    "null",
    "undefined",
    "NaN",
    "true",
  ],
  ...[
    "0",
    "-0",
    "-1",
    "65535",
    "65536",
    "4294967296",
    "9007199254740993",
    "1e309",
    "0x10",
    "1_000",
    "٣",
    "Infinity",
  ],
  ...["../../../etc/passwd", "/", "/etc/passwd", "/dev/zero", "/proc/self/environ", "file:///", "\\\\unc\\x"],
  ...[
    "ü",
    "日本語",
    "é",
    "👨‍👩‍👧‍👦",
    "\ud800",
    "\udc00x",
    "\ufeff",
    "\uffff",
    "\u2028",
    "\u{10ffff}",
    "ﬀ",
    "İ",
    "ß",
  ],
  ...[rawByte(0xff), rawByte(0xc3), `a${rawByte(0xe2)}${rawByte(0x82)}b`, rawByte(0x80)],
];

/** A hostile word; now and then a very long one. */
export function nastyWord(chance: Chance): string {
  if (chance.once(60))
    return chance.one(["a", "-", "é", "\n", "/", "[", "{a:"]).repeat(10 ** (1 + chance.number(4)));
  if (chance.once(3)) return `${chance.one(nasty)}${chance.one(nasty)}`;
  return chance.one(nasty);
}

/** A word, changed somewhere inside. */
export function mutatedText(chance: Chance, text: string, pool: readonly string[] = nasty): string {
  const cut = (): number => chance.number(text.length + 1);
  const [one, other] = [cut(), cut()].toSorted((a, b) => a - b) as [number, number];
  switch (chance.number(6)) {
    case 0:
      return text.slice(0, one) + text.slice(other);
    case 1:
      return text.slice(0, other) + text.slice(one);
    case 2:
      return text.slice(0, one);
    case 3:
      return text.slice(0, one) + chance.one(pool) + text.slice(other);
    default:
      return text.slice(0, one) + nastyWord(chance) + text.slice(one);
  }
}

/** Words, changed in one place: one dropped, doubled, put in, put elsewhere, or changed itself; or the rest cut off. */
export function mutatedWords(
  chance: Chance,
  words: readonly string[],
  pool: readonly string[],
): readonly string[] {
  const at = chance.number(words.length + 1);
  const before = words.slice(0, at);
  const word = words[at] ?? "";
  const after = words.slice(at + 1);
  switch (chance.number(8)) {
    case 0:
      return [...before, ...after];
    case 1:
      return [...before, word, word, ...after];
    case 2:
      return [...before, chance.one(pool), word, ...after];
    case 3:
      return [...after, word, ...before];
    case 4:
      return before;
    case 5:
      return [...before, mutatedText(chance, word), ...after];
    case 6:
      return [...before, word, ...after, chance.one(pool), nastyWord(chance)];
    default:
      return [...before, nastyWord(chance), ...(chance.once(2) ? [word] : []), ...after];
  }
}

/** Does something to `value` a few times over, or not at all. */
export function again<Value>(
  chance: Chance,
  most: number,
  value: Value,
  change: (value: Value) => Value,
): Value {
  return Array.from({ length: chance.number(most + 1) }).reduce<Value>(change, value);
}

/** A JSON value, changed somewhere: a value of another kind, a key dropped or added, a list doubled, depth without end. */
export function mutatedJson(chance: Chance, value: unknown): unknown {
  if (typeof value === "object" && value !== null && !chance.once(8)) {
    const entries = Object.entries(value);
    const at = chance.number(entries.length + 1);
    const [key, inner] = entries[at] ?? [nastyWord(chance), nastyWord(chance)];
    const changed = chance.once(8) ? [] : [[key, mutatedJson(chance, inner)] as const];
    const rest = entries.filter(([other]) => other !== key);
    const all = [...rest.slice(0, at), ...changed, ...rest.slice(at)];
    if (Array.isArray(value)) return [...all.map(([, each]) => each), ...(chance.once(8) ? value : [])];
    // Not an object literal: `__proto__` is a key like any other here.
    return Object.fromEntries(all);
  }
  if (typeof value === "string" && !chance.once(4)) return mutatedText(chance, value);
  return chance.one<() => unknown>([
    () => nastyWord(chance),
    () => chance.one([0, -1, 1.5, 2 ** 53, -(2 ** 63), 1e308]),
    () => chance.one([null, true, false, [], {}, "", [null], [[]], { __proto__x: 1 }]),
    () => Array.from({ length: 200 }).reduce<unknown>((inner) => [inner], "deep"),
    () => value,
  ])();
}
