import { describe, expect, test } from "bun:test";
import {
  automaticName,
  expandName,
  folderName,
  isName,
  nextAttempt,
  numbered,
  stamp,
} from "../../../lib/session/names.ts";

const moment = new Date(2026, 0, 5, 7, 9);

test("the stamp is the local month, day, hour and minute, two digits each", () => {
  expect(stamp(moment)).toBe("0105-0709");
  expect(stamp(new Date(2026, 11, 31, 23, 59))).toBe("1231-2359");
});

test("{now} stands for the stamp wherever it is", () => {
  expect(expandName("{now}", () => moment)).toBe("0105-0709");
  expect(expandName("a-{now}-{now}", () => moment)).toBe("a-0105-0709-0105-0709");
  expect(expandName("{NOW}{no w}", () => moment)).toBe("{NOW}{no w}");
});

test("automatic names are numbered from the second on", () => {
  expect([1, 2, 3, 11].map((attempt) => automaticName(moment, attempt))).toEqual([
    "my-0105-0709",
    "my-0105-0709-2",
    "my-0105-0709-3",
    "my-0105-0709-11",
  ]);
  expect(numbered("my-web", 1)).toBe("my-web");
});

describe("a folder gives a name", () => {
  test.each([
    ["/home/a/web", "my-web"],
    ["/home/a/web/", "my-web"],
    ["/", "my-folder"],
    ["", "my-folder"],
    ["/home/a/My Project (old)", "my-My-Project-old"],
    ["/home/a/-x-", "my-x"],
    ["/home/a/.dot", "my-dot"],
    ["/home/a/crème brûlée", "my-cre-me-bru-le-e"],
    ["/home/a/日本", "my-folder"],
    ["/home/a/a\nb", "my-a-b"],
    ["/home/a/v1.2_final-3", "my-v1.2_final-3"],
  ])("%j: %s", (folder, name) => {
    expect(folderName(folder)).toBe(name);
    expect(isName(folderName(folder))).toBe(true);
  });

  test("that leaves room for a number, however long the folder's is", () => {
    const name = folderName(`/${"a".repeat(300)}`);
    expect(isName(numbered(name, 9999))).toBe(true);
  });
});

describe("a name", () => {
  test.each(["ab", "A1", "0a", "a.b_c-d", "a".repeat(60)])("may be %s", (word) => {
    expect(isName(word)).toBe(true);
  });
  test.each([
    "",
    "a",
    ".",
    "-a",
    "_a",
    ".a",
    "a b",
    "a/b",
    "a:b",
    "ab\n",
    "é1",
    "a".repeat(61),
    "--help",
    "a$b",
  ])("may not be %j", (word) => {
    expect(isName(word)).toBe(false);
  });
});

test("attempts at a name go up one by one at first, then ever wider", () => {
  expect([1, 2, 3].map((attempt) => nextAttempt(attempt, 0.99))).toEqual([2, 3, 4]);
  expect([4, 8, 40].map((attempt) => nextAttempt(attempt, 0))).toEqual([5, 9, 41]);
  expect([4, 8, 40].map((attempt) => nextAttempt(attempt, 0.99))).toEqual([8, 16, 80]);
});
