import { describe, expect, test } from "bun:test";
import { age, plain, table } from "../../../cli/print.ts";

describe("foreign text on a terminal", () => {
  test.each([
    ["plain", "plain"],
    ["日本 é \u{1f600}", "日本 é \u{1f600}"],
    ["a\nb", "a\nb"],
    ["\u001b[31mred\u001b[0m", "\\x1b[31mred\\x1b[0m"],
    ["\u001b]0;title\u0007", "\\x1b]0;title\\x07"],
    ["a\rb\tc\bd\u0000e", "a\\x0db\\x09c\\x08d\\x00e"],
    ["\u007f\u0080\u009b1m", "\\x7f\\x80\\x9b1m"],
    ["\u202eevil\u2066x\u200f", "\\x202eevil\\x2066x\\x200f"],
  ])("%j is shown as %j", (text, shown) => {
    expect(plain(text)).toBe(shown);
  });
});

describe("a table", () => {
  test("has columns as wide as their widest cell, and no blanks at the ends of lines", () => {
    expect(
      table([
        ["NAME", "STATE"],
        ["a", "running"],
        ["long-name", ""],
      ]),
    ).toEqual(["NAME       STATE", "a          running", "long-name"]);
  });

  test("counts what a terminal shows, not letters", () => {
    expect(
      table([
        ["日本", "x"],
        ["abcd", "y"],
      ]),
    ).toEqual(["日本  x", "abcd  y"]);
  });

  test("keeps a row one line, whatever is in it", () => {
    expect(table([["a\nb", "\u001b[2J"]])).toEqual(["a\\x0ab  \\x1b[2J"]);
  });

  test("of nothing is nothing", () => {
    expect(table([])).toEqual([]);
    expect(table([[]])).toEqual([""]);
  });
});

describe("an age", () => {
  const second = 1000;
  const hour = 3600 * second;
  test.each([
    [0, "0s"],
    [-5 * second, "0s"],
    [59 * second, "59s"],
    [60 * second, "1m"],
    [3599 * second, "59m"],
    [hour, "1h"],
    [47 * hour, "47h"],
    [48 * hour, "2d"],
    [400 * 24 * hour, "400d"],
    [Number.NaN, "-"],
  ])("of %d ms is %s", (elapsed, shown) => {
    expect(age(1_000_000_000_000 - elapsed, 1_000_000_000_000)).toBe(shown);
  });
});
