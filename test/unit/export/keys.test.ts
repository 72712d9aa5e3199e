import { describe, expect, test } from "bun:test";
import { keysIn, withoutKeys } from "../../../lib/export/keys.ts";

describe("a file that holds a key among other things", () => {
  test.each([
    "root/.claude.json",
    ".claude.json",
    "home/x/.claude/.claude.json",
    "root/.claude.json.backup",
    "root/.claude/backups/.claude.json.backup.1764273600000",
    "manyoyo/history/claude/.claude.json",
  ])("is known as %s", (path) => {
    expect(keysIn(path)).toEqual(["primaryApiKey"]);
  });

  test.each(["root/claude.json", "root/.claude.json/x", "root/.claude.jsonl", "constructor", ""])(
    "is not %p",
    (path) => {
      expect(keysIn(path)).toEqual([]);
    },
  );

  const without = (text: string): string | undefined => {
    const bytes = withoutKeys(Buffer.from(text), ["primaryApiKey"]);
    return bytes === undefined ? undefined : Buffer.from(bytes).toString();
  };

  test.each([
    '{"theme":"dark","primaryApiKey":"sk-ant-1"}',
    '{"primaryApiKey":"sk-ant-1","primaryApiKey":"sk-ant-2","theme":"dark"}',
    '{"primary\\u0041piKey":"sk-ant-1","theme":"dark"}',
  ])("goes without it: %s", (text) => {
    expect(without(text)).toBe('{\n  "theme": "dark"\n}\n');
  });

  test.each(['{"theme": "dark" }', "", "[1]", "{ half", '{"projects":{"primaryApiKey":1}}'])(
    "is the same where it has none: %p",
    (text) => {
      expect(without(text)).toBe(text);
    },
  );

  test("is left out where it is no JSON and may have one", () => {
    expect(without('{"primaryApiKey":"sk-ant-1"')).toBeUndefined();
  });
});
