import { expect, spyOn, test } from "bun:test";
import { parseJson5 } from "../../../lib/settings/json5.ts";

test("a line separator in a string is a sign like any other, and nobody is warned of it", () => {
  const warned = spyOn(console, "warn");
  expect(
    parseJson5(`{a: "x\u2028y", 'b': '\u2029"', /* "\u2028 */ c: "z\\\u2028", // '\u2028 d: "\\\\\u2028" }`),
  ).toEqual({
    a: "x\u2028y",
    b: '\u2029"',
    c: "z",
    d: "\\\u2028",
  });
  expect(() => parseJson5('{a: "\u2028')).toThrow(SyntaxError);
  expect(warned).not.toHaveBeenCalled();
  warned.mockRestore();
});
