import { describe, expect, test } from "bun:test";
import JSON5 from "json5";
import { type Path, Positions } from "../../../lib/settings/positions.ts";

const text = `// settings
{
  /* a: 1 */ shell: 'bash', // "b": 2
  "env": { A: 1.10, 'B\\x43': "x\\"}]", $d_1: +0x1F },
  volumes: [
    "/a:/b", '/c:/d',
    "e",
  ],
  runs: {
    "web/app": { ports: ["80", [{ deep: [1] }]] },
    "\\u0061": {}, \\u0062: null,
  },
}
`;

describe("a place in a JSON5 text", () => {
  const rows: readonly [Path, number, number][] = [
    [[], 2, 1],
    [["shell"], 3, 14],
    [["env"], 4, 3],
    [["env", "A"], 4, 12],
    [["env", "BC"], 4, 21],
    [["env", "$d_1"], 4, 39],
    [["volumes"], 5, 3],
    [["volumes", 0], 6, 5],
    [["volumes", 1], 6, 14],
    [["volumes", 2], 7, 5],
    [["runs", "web/app", "ports", 0], 10, 26],
    [["runs", "web/app", "ports", 1], 10, 32],
    [["runs", "a"], 11, 5],
    [["runs", "b"], 11, 19],
  ];
  test.each(rows)("%j is in line %d, column %d", (path, line, column) => {
    JSON5.parse(text);
    expect(new Positions(text).at(path)).toEqual({ line, column });
  });

  test("what is not there is where its nearest surroundings are", () => {
    const positions = new Positions(text);
    expect(positions.at(["env", "nothing"])).toEqual(positions.at(["env"]));
    expect(positions.at(["nothing", 5])).toEqual({ line: 2, column: 1 });
  });

  test("numbers are known as they are written", () => {
    const positions = new Positions(text);
    expect(positions.written(["env", "A"])).toBe("1.10");
    expect(positions.written(["env", "$d_1"])).toBe("+0x1F");
    expect(positions.written(["volumes"])).toBeUndefined();
    expect(positions.written(["nothing"])).toBeUndefined();
  });

  test("a key that is said twice is found, however it is written", () => {
    const { repeated } = new Positions("{\n  a: 1,\n  b: {c: 1},\n  '\\u0061': 2,\n}");
    expect(repeated).toEqual({ path: ["a"], first: { line: 2, column: 3 }, again: { line: 4, column: 3 } });
  });

  test("the same key in two maps is no repetition", () => {
    expect(new Positions("{a: {c: 1}, b: {c: 1}, d: [{c: 1}, {c: 2}]}").repeated).toBeUndefined();
  });

  test.each(["null", "[]", "'a'", "1", " [1, [2], {a: 3}] ", "{}", "{a:{},b:[]}", "{a:1/**/,b/**/:/**/2}"])(
    "%s is walked to its end",
    (source) => {
      JSON5.parse(source);
      expect(new Positions(source).repeated).toBeUndefined();
    },
  );

  const long: readonly [string, string][] = [
    ["brackets", "[".repeat(100_000) + "]".repeat(100_000)],
    ["blanks", `{${" \n".repeat(300_000)}a: 1}`],
    ["comments", `{${"/* x */ // y\n".repeat(50_000)}a: 1}`],
    ["one string", `{a: "${"x\\n".repeat(200_000)}"}`],
  ];
  test.each(long)("a long text of %s costs no more than its length", (_, source) => {
    // Time of the processor, as others may be at work: what grows with the square takes minutes.
    const before = process.cpuUsage();
    expect(new Positions(source).repeated).toBeUndefined();
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(2_000);
  });
});
