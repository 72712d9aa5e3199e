import { describe, expect, test } from "bun:test";
import { type EnvEntry, envFilePath, mergeEnv, parseEnvWord, resolveEnv } from "../../../lib/settings/env.ts";
import { failureOf } from "./failure-of.ts";

describe("a word of -e", () => {
  const good: readonly [string, EnvEntry][] = [
    ["K=V", { name: "K", value: "V" }],
    ["K=", { name: "K", value: "" }],
    ["K", { name: "K" }],
    ["K=a=b", { name: "K", value: "a=b" }],
    ["K= a & b | $HOME ' \" \\ ", { name: "K", value: " a & b | $HOME ' \" \\ " }],
    ["K=line 1\nline 2", { name: "K", value: "line 1\nline 2" }],
    ["K=über 😀", { name: "K", value: "über 😀" }],
    ["constructor=1", { name: "constructor", value: "1" }],
    ["__proto__=1", { name: "__proto__", value: "1" }],
    ["MANYOYO_HOME=/m", { name: "MANYOYO_HOME", value: "/m" }],
    ["_manyoyo_=1", { name: "_manyoyo_", value: "1" }],
  ];
  test.each(good)("%j is understood", (word, entry) => {
    expect(parseEnvWord(word)).toEqual(entry);
  });

  test.each([
    "",
    "=secret",
    "A B=secret",
    "A\tB=secret",
    " K=secret",
    "A\0=secret",
    "K=secret\0",
    "my secret",
    // What a shell that is no bash drops of its environment.
    "a.b-c=secret",
    "1A=secret",
    "é=secret",
    "BASH_FUNC_a%%=secret",
    "sk-secret",
    // What the texts that run a command call their own.
    "manyoyo_id=secret",
    "manyoyo_",
    "MANYOYO_ENV_A=secret",
    "MANYOYO_EXEC=secret",
    "MANYOYO_CONTAINER=secret",
    "MANYOYO_READY",
  ])("%j is refused without showing the value", (word) => {
    const failure = failureOf(() => parseEnvWord(word));
    expect(failure.code).toBe("usage");
    expect(`${failure.message}${failure.hint}`).not.toContain("secret");
  });
});

describe("variables of several sources", () => {
  test("the later one wins by name, and the others keep their order", () => {
    expect(mergeEnv(["A=1", "B=1", "A=2"].map(parseEnvWord))).toEqual(["B=1", "A=2"].map(parseEnvWord));
  });

  test("a bare name that is unset here leaves an earlier value alone", () => {
    const entries = mergeEnv(["A=1", "A"].map(parseEnvWord));
    expect(resolveEnv(entries, {})).toEqual([{ name: "A", value: "1" }]);
    expect(resolveEnv(entries, { A: "ours" })).toEqual([{ name: "A", value: "ours" }]);
  });

  test("a value after a bare name wins over ours", () => {
    expect(resolveEnv(["A", "A=1"].map(parseEnvWord), { A: "ours" })).toEqual([{ name: "A", value: "1" }]);
  });

  test("a bare name that is unset here is dropped, also one that every object has", () => {
    expect(resolveEnv(["A", "toString"].map(parseEnvWord), {})).toEqual([]);
  });

  test("ours may be empty, and is handed on as that", () => {
    expect(resolveEnv([{ name: "A" }], { A: "" })).toEqual([{ name: "A", value: "" }]);
  });
});

describe("the word of an env file", () => {
  const where = { folder: "/project", userHome: "/home/me", home: "/home/me/.manyoyo" };
  const rows: readonly [string, string][] = [
    ["work", "/home/me/.manyoyo/env/work.env"],
    ["a.b", "/home/me/.manyoyo/env/a.b.env"],
    [".env", "/project/.env"],
    [".secrets", "/project/.secrets"],
    ["local.env", "/project/local.env"],
    ["../shared.env", "/shared.env"],
    ["sub/file", "/project/sub/file"],
    ["/etc/file", "/etc/file"],
    ["~/file", "/home/me/file"],
    ["..", "/"],
  ];
  test.each(rows)("%s means %s", (word, path) => {
    expect(envFilePath(word, where).path).toBe(path);
  });

  test("a name needs a home folder, a path does not", () => {
    const homeless = { folder: "/project", userHome: undefined, home: undefined };
    expect(failureOf(() => envFilePath("work", homeless)).code).toBe("usage");
    expect(envFilePath("./work", homeless).path).toBe("/project/work");
    expect(failureOf(() => envFilePath("~/work", homeless)).message).toContain("home folder");
  });

  test("an empty word is refused", () => {
    expect(failureOf(() => envFilePath("", where)).code).toBe("usage");
  });
});
