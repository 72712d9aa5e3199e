import { describe, expect, test } from "bun:test";
import { readLine, requoted, unquoted } from "../../../cli/complete/line.ts";
import { toldByLine } from "../../../cli/complete/told.ts";

describe("a line of bash", () => {
  test.each<[string, string[], string]>([
    ["manyoyo -n my", ["manyoyo", "-n", "my"], ""],
    ["manyoyo ", ["manyoyo", ""], ""],
    ["", [""], ""],
    ['m "a b" c\\ d', ["m", "a b", "c d"], ""],
    ["m 'a b' \"c", ["m", "a b", "c"], '"'],
    ["m 'a\\", ["m", "a\\"], "'"],
    ['m "a\\"b\\c"', ["m", 'a"b\\c'], ""],
    ["m a\"b\"'c'd", ["m", "abcd"], ""],
    ["m '' x", ["m", "", "x"], ""],
    ["m $(touch x) y", ["m", "$(touch x)", "y"], ""],
    ["m $(a $(b ')') c) y", ["m", "$(a $(b ')') c)", "y"], ""],
    ["m $(a (b) c) y", ["m", "$(a (b) c)", "y"], ""],
    ['m "$(a "b c") d" y', ["m", '$(a "b c") d', "y"], ""],
    ["m `a b` y", ["m", "`a b`", "y"], ""],
    ["m ${a:-b c} y", ["m", "${a:-b c}", "y"], ""],
    ["m <(a b) y", ["m", "<(a b)", "y"], ""],
    ["m $(a b", ["m", "$(a b"], ""],
    ["A=1 B='x y' m a=b ", ["m", "a=b", ""], ""],
    ["m > f a 2>&1 b", ["m", "a", "b"], ""],
    ["m --cont-name=ab", ["m", "--cont-name=ab"], ""],
    ["m \\", ["m", ""], ""],
    ["m ünï \u{1f600} x", ["m", "ünï", "\u{1f600}", "x"], ""],
  ])("%s", (line, words, quote) => {
    const read = readLine(line);
    expect(read.words).toEqual(words);
    expect<string>(read.quote).toBe(quote);
    expect(read.starts.length).toBe(words.length);
  });

  test("knows where its words begin and whether a redirection is at the cursor", () => {
    expect(readLine("m >x  'a b' c").starts).toEqual([0, 6, 12]);
    expect(readLine("m > fi").redirected).toBe(true);
    expect(readLine("m 2>").redirected).toBe(true);
    expect(readLine("m > fi x").redirected).toBe(false);
  });

  test("gets back words that mean the same", () => {
    const words = ["plain", "a b", "$(x)", "it's", '"', "`x`", "a\\b", "ü", "*?[]", "a;b&c|d", "~x"];
    for (const word of words) {
      for (const quote of ["", "'", '"'] as const) {
        const [, back] = readLine(`m ${quote}${requoted(word, quote)}${quote}`).words;
        expect(back).toBe(word);
      }
      expect(unquoted(requoted(word, ""), "")).toBe(word);
      expect(unquoted(requoted(word, '"'), '"')).toBe(word);
    }
  });

  test.each(["\u0085", "\u202e", "\x1b", "\n"])(
    "is offered nothing that would bring back a character that a terminal obeys (%#)",
    (mark) => {
      const offered = (volume: string): readonly string[] => {
        const line = `m -v '${volume}:`;
        const found = { words: [{ value: "ro" }], directives: [], goesOn: false };
        return toldByLine(found, volume.length + 1, { shell: readLine(line), typed: `'${volume}:`, line });
      };
      expect(offered("/a b:/c")).toEqual(["/a b:/c:ro"]);
      expect(offered(`/a${mark}b:/c`)).toEqual([]);
    },
  );
});
