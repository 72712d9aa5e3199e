import { describe, expect, test } from "bun:test";
import { parseEnvFile } from "../../../lib/settings/env-file.ts";
import { failureOf } from "./failure-of.ts";

describe("a line of an env file", () => {
  const rows: readonly [string, string, string | undefined][] = [
    ["K=V", "K", "V"],
    ["export K=V", "K", "V"],
    ["export\tK=V", "K", "V"],
    ["  K=V", "K", "V"],
    ["K=", "K", ""],
    ["K", "K", undefined],
    ["export K", "K", undefined],
    ["K  ", "K", undefined],
    ["export=1", "export", "1"],
    ["exportK=1", "exportK", "1"],
    ["K=a b c  ", "K", "a b c"],
    ["K= V", "K", "V"],
    ["K=a # no comment", "K", "a # no comment"],
    ["K=#fff", "K", "#fff"],
    ["K=$HOME $\u007bX} `x` $(x)", "K", "$HOME $\u007bX} `x` $(x)"],
    ["K=a=b", "K", "a=b"],
    ["K=it's", "K", "it's"],
    ['K={"a": "b"}', "K", '{"a": "b"}'],
    ["K=a\\nb", "K", "a\\nb"],
    ["K='a\\nb $X \"c\"'", "K", 'a\\nb $X "c"'],
    ["K=' a '", "K", " a "],
    ["K=''", "K", ""],
    ['K=""', "K", ""],
    ['K="a\\nb\\tc\\rd\\\\e\\"f\\$g"', "K", 'a\nb\tc\rd\\e"f$g'],
    ['K="a\\qb"', "K", "a\\qb"],
    ['K="a\nb"', "K", "a\nb"],
    ["K='a\n# b\nc'", "K", "a\n# b\nc"],
    ['K="a\\\nb"', "K", "a\\\nb"],
    ['K="a"   ', "K", "a"],
    ['K= "a"', "K", "a"],
    ["K=über 😀", "K", "über 😀"],
    ["constructor=1", "constructor", "1"],
  ];
  test.each(rows)("%j", (text, name, value) => {
    const entry = value === undefined ? { name } : { name, value };
    expect(parseEnvFile(text, "f.env")).toEqual([entry]);
    expect(parseEnvFile(`${text}\nNEXT=1\n`, "f.env")).toEqual([entry, { name: "NEXT", value: "1" }]);
    expect(parseEnvFile(`${text}\nNEXT=1\n`.replaceAll("\n", "\r\n"), "f.env")).toEqual([
      entry,
      { name: "NEXT", value: "1" },
    ]);
  });

  test("empty lines, comments and a byte order mark say nothing", () => {
    expect(parseEnvFile("\uFEFF# a\n\n  \t\n  # b\nK=V\n\n", "f.env")).toEqual([{ name: "K", value: "V" }]);
    expect(parseEnvFile("", "f.env")).toEqual([]);
  });

  test("a private key survives between quotes", () => {
    const key = "-----BEGIN KEY-----\nabc+/=\n-----END KEY-----\n";
    expect(parseEnvFile(`A=1\nKEY="${key}"\nB=2`, "f.env")).toEqual([
      { name: "A", value: "1" },
      { name: "KEY", value: key },
      { name: "B", value: "2" },
    ]);
  });

  test("repeated names stay in order, so that the last wins later", () => {
    expect(parseEnvFile("A=1\nA=2", "f.env")).toEqual([
      { name: "A", value: "1" },
      { name: "A", value: "2" },
    ]);
  });
});

describe("a faulty env file", () => {
  const rows: readonly [string, string, string][] = [
    ["A=1\n=secret", "f.env:2:", "no usable name"],
    ["A=1\n\nA B=secret", "f.env:3:", "no usable name"],
    ["secret words", "f.env:1:", "no usable name"],
    ["K =secret", "f.env:1:", "no usable name"],
    ["A=1\nK='secret\nB=2\n", "f.env:2:", "never closed"],
    ['K="secret\\"', "f.env:1:", "never closed"],
    ["K='secret' # x", "f.env:1:", "after the closing quote"],
    ["A='1\n2'\nK='secret'x", "f.env:3:", "after the closing quote"],
    ["K=secret\0", "f.env:1:", "NUL"],
    ["export =secret", "f.env:1:", "no usable name"],
  ];
  test.each(rows)("%j is refused at %s %s, without its text", (text, place, why) => {
    const failure = failureOf(() => parseEnvFile(text, "f.env"));
    expect(failure.code).toBe("settings");
    expect(failure.message).toStartWith(place);
    expect(failure.message).toContain(why);
    expect(`${failure.message}${failure.hint}`).not.toContain("secret");
  });
});
