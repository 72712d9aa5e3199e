import { describe, expect, test } from "bun:test";
import { Failure } from "../../../lib/failure.ts";
import { parseDuration, parseLimit } from "../../../lib/settings/durations.ts";

describe("a length of time", () => {
  const good: readonly [string, number][] = [
    ["90", 90_000],
    ["0", 0],
    ["500ms", 500],
    ["30s", 30_000],
    ["1.5h", 5_400_000],
    ["10m", 600_000],
    ["2h", 7_200_000],
    ["7d", 604_800_000],
  ];
  test.each(good)("%s is %d milliseconds", (word, milliseconds) => {
    expect(parseDuration(word)).toBe(milliseconds);
  });

  const bad = [
    "",
    "m",
    "-5s",
    "5 m",
    "10min",
    "1e3",
    "7D",
    "Infinity",
    "1.s",
    "٣m",
    "99999999999999999999d",
    "5m\n",
  ];
  test.each(bad)("%j is refused", (word) => {
    expect(() => parseDuration(word)).toThrow(Failure);
  });
});

describe("the time that a command may take", () => {
  test("is a length of time", () => {
    expect(parseLimit("1ms")).toBe(1);
    expect(() => parseLimit("soon")).toThrow("is not a length of time");
  });

  test.each(["0", "0s", "0.4ms"])("is not %s", (word) => {
    expect(() => parseLimit(word)).toThrow(`--timeout ${word} leaves the command no time.`);
  });
});
