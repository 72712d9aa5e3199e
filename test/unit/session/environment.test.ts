import { describe, expect, test } from "bun:test";
import { encodedNames, envFile } from "../../../lib/session/environment.ts";
import { failureOf } from "../settings/failure-of.ts";

describe("an env file for the engines", () => {
  test.each([
    ["", ""],
    ["1", "1"],
    ["a=b #c 'd' \"e\" $F `g` \\h", "a=b #c 'd' \"e\" $F `g` \\h"],
    ["  blanks  ", "  blanks  "],
    ["日本 \u{1f600}", "日本 \u{1f600}"],
    ["a\tb\u0001", "a\tb\u0001"],
  ])("has %j as it is", (value, written) => {
    expect(envFile(new Map([["A", value]]))).toEqual({ text: `A=${written}\n`, encoded: [] });
  });

  test.each([
    ["a\nb", "a\\nb"],
    ["a\r\nb\r", "a\\r\\nb\\r"],
    ["\n", "\\n"],
    ["a\\nb\n", "a\\\\nb\\n"],
  ])("has %j encoded, under a name that says so", (value, written) => {
    expect(envFile(new Map([["A", value]]))).toEqual({ text: `MANYOYO_ENV_A=${written}\n`, encoded: ["A"] });
  });

  test("has values of 60,000 bytes, and encoded ones in a line of 64 KiB with its end", () => {
    const values = new Map([
      ["A", "x".repeat(60_000)],
      ["B", `${"\\\n".repeat(16_380)}x`],
    ]);
    const [one = "", other = ""] = envFile(values).text.split("\n");
    expect([one.length, other.length]).toEqual([60_002, 65_535]);
    values.set("B", `${"\\\n".repeat(16_380)}xy`);
    expect(failureOf(() => envFile(values)).message).toContain('"B"');
  });

  test("keeps the order, and is empty for nothing", () => {
    const values = new Map([
      ["B", "2"],
      ["A", "1\n"],
      ["c.d-e", "3"],
    ]);
    expect(envFile(values).text).toBe("B=2\nMANYOYO_ENV_A=1\\n\nc.d-e=3\n");
    expect(envFile(new Map())).toEqual({ text: "", encoded: [] });
  });

  test.each([
    [new Map([["a.b", "secret\nsecret"]]), '"a.b"'],
    [new Map([["LONG", `secret${"x".repeat(59_995)}`]]), 'The value of "LONG" is longer than 60000 bytes.'],
    [new Map([["LONG", `secret\n${"é".repeat(30_000)}`]]), 'The value of "LONG" is longer than 60000 bytes.'],
    [
      new Map([["LONG", `secret${"\\\n".repeat(17_000)}`]]),
      'The value of "LONG" is longer than 65535 bytes on',
    ],
    [new Map([["N".repeat(9000), `secret${"x".repeat(59_000)}`]]), "The name and the value of"],
  ])("refuses what cannot travel, by name and never by value (%#)", (values, name) => {
    const failure = failureOf(() => envFile(values));
    expect(failure.code).toBe("settings");
    expect(failure.message).toContain(name);
    expect(`${failure.message}${failure.hint}`).not.toContain("secret");
  });
});

test("the names of encoded variables are found among a container's own", () => {
  expect(encodedNames(["PATH", "MANYOYO_ENV_A", "MANYOYO_EXEC", "MANYOYO_ENV_b_1"])).toEqual(["A", "b_1"]);
});
