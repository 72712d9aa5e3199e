import { describe, expect, test } from "bun:test";
import { locate } from "../../../lib/settings/document.ts";
import { runNames } from "../../../lib/settings/glance.ts";
import { readGlobal, readSettings } from "../../../lib/settings/schema.ts";
import { failureOf } from "./failure-of.ts";

describe("a profile", () => {
  test("may say everything", () => {
    const text = `{
      containerName: "web-{now}", hostPath: "~/web", containerPath: "/web/", imageName: "localhost/manyoyo",
      imageVersion: "1-common", containerMode: "dind", env: { A: "x", B: 1, C: true }, envFile: ["base", "./b.env"],
      volumes: ["~/.ssh:/root/.ssh:ro", "cache:/c"], ports: ["8080:80"], shell: "bash", shellPrefix: "A=1", shellSuffix: "-l",
      yolo: "c", quiet: ["tip", "cmd"], engine: "podman", engineArgs: ["--cpus=2"], menu: "never",
    }`;
    expect(readSettings(text, "f")).toEqual({
      containerName: "web-{now}",
      hostPath: "~/web",
      containerPath: "/web",
      imageName: "localhost/manyoyo",
      imageVersion: "1-common",
      containerMode: "dind",
      env: [
        { name: "A", value: "x" },
        { name: "B", value: "1" },
        { name: "C", value: "true" },
      ],
      envFile: ["base", "./b.env"],
      volumes: ["~/.ssh:/root/.ssh:ro", "cache:/c"],
      ports: ["127.0.0.1:8080:80"],
      shell: "bash",
      shellPrefix: "A=1",
      shellSuffix: "-l",
      yolo: "c",
      quiet: [["tip"], ["cmd"]],
      engine: "podman",
      engineArgs: ["--cpus=2"],
      menu: "never",
    });
  });

  test("may say nothing", () => {
    expect(readSettings("{}", "f")).toEqual({});
    expect(readSettings("\uFEFF// nothing\n{}\n", "f")).toEqual({});
  });

  test("takes a word where a list would have one element", () => {
    expect(readSettings("{envFile: 'base', quiet: 'tip,cmd'}", "f")).toEqual({
      envFile: ["base"],
      quiet: [["tip", "cmd"]],
    });
  });

  test("takes env as a list, bare names included", () => {
    expect(readSettings(`{env: ["TZ=Asia/Shanghai", "TERM", "E="]}`, "f").env).toEqual([
      { name: "TZ", value: "Asia/Shanghai" },
      { name: "TERM" },
      { name: "E", value: "" },
    ]);
  });

  test("hands numbers on as they are written", () => {
    expect(readSettings("{env: {V: 1.10, ID: 12345678901234567890, H: 0x1F, S: '1.10'}}", "f").env).toEqual([
      { name: "V", value: "1.10" },
      { name: "ID", value: "12345678901234567890" },
      { name: "H", value: "0x1F" },
      { name: "S", value: "1.10" },
    ]);
  });

  test("takes variables that are called like parts of every object", () => {
    const names = ["__proto__", "constructor", "toString", "prototype"];
    const text = JSON.stringify({ env: Object.fromEntries(names.map((name) => [name, "x"])) });
    const own = `{env: {"__proto__": "x", "constructor": "x", "toString": "x", "prototype": "x"}}`;
    expect(text).toContain("constructor");
    expect(readSettings(own, "f").env).toEqual(names.map((name) => ({ name, value: "x" })));
    expect(Object.hasOwn(Object.prototype, "x")).toBe(false);
  });
});

describe("a fault in a settings file is one sentence with its place", () => {
  const rows: readonly [string, string, string, string | undefined][] = [
    ["", "f:1:1:", "is empty", "{}"],
    [" \n\n", "f:1:1:", "is empty", "{}"],
    ["\uFEFF", "f:1:1:", "is empty", "{}"],
    ["[]", "f:1:1:", "must hold a map", undefined],
    ["\n  null", "f:2:3:", "must hold a map", undefined],
    ["'text'", "f:1:1:", "must hold a map", undefined],
    ["{", "f:1:2:", "ends too early", undefined],
    ["{\n  shell: bash\n}", "f:2:10:", "invalid character 'b'", undefined],
    ["\uFEFF{x", "f:1:3:", "ends too early", undefined],
    ["{\n  shel: 'bash'\n}", "f:2:3:", 'no setting "shel"', '"shell"'],
    ["{volume: []}", "f:1:2:", 'no setting "volume"', '"volumes"'],
    ["{zzzzzz: 1}", "f:1:2:", 'no setting "zzzzzz"', "Known: containerName"],
    ["{'__proto__': 1}", "f:1:2:", 'no setting "__proto__"', "Known:"],
    ["{constructor: 1}", "f:1:2:", 'no setting "constructor"', "Known:"],
    ["{toString: 1}", "f:1:2:", 'no setting "toString"', "Known:"],
    ["{runs: {}}", "f:1:2:", 'no setting "runs"', "Known:"],
    ["{shell: 'a',\n shell: 'b'}", "f:2:2:", '"shell" was said already in line 1', "one of the two"],
    ["{env: {A: 1,\n 'A': 2}}", "f:2:2:", '"A" was said already', "one of the two"],
    ["{shell: null}", "f:1:2:", '"shell" must be a string', undefined],
    ["{imageVersion: 1.10}", "f:1:2:", '"imageVersion" must be a string', undefined],
    ["{volumes: '/a:/b'}", "f:1:2:", '"volumes" must be a list', undefined],
    ["{volumes: {}}", "f:1:2:", '"volumes" must be a list', undefined],
    ["{volumes: ['/a:/b',\n  7]}", "f:2:3:", '"volumes" must be a list of strings', undefined],
    ["{volumes: ['/a:/b', '/a:b']}", "f:1:21:", "no absolute path", "SOURCE:/TARGET"],
    ["{ports: ['http']}", "f:1:10:", '"http"', "8080:80"],
    ["{ports: [80]}", "f:1:10:", '"ports" must be a list of strings', undefined],
    ["{envFile: 1}", "f:1:2:", '"envFile" must be a string or a list', undefined],
    ["{envFile: ['a', '']}", "f:1:17:", "empty value", undefined],
    ["{env: 'A=1'}", "f:1:2:", '"env" must be a map', undefined],
    ["{env: {A: null}}", "f:1:8:", 'variable "A" must be', undefined],
    ["{env: {A: 'x',\n 'B C': 'secret'}}", "f:2:2:", "no usable name", "NAME=value"],
    ["{env: {A: ['secret']}}", "f:1:8:", 'variable "A" must be', undefined],
    ["{env: ['A=1', '=secret']}", "f:1:15:", "no usable name", "NAME=value"],
    ["{env: ['A=1', 2]}", "f:1:15:", '"env" must be a list of strings', undefined],
    ["{containerName: 'a'}", "f:1:2:", "name of a session", "2 to 60"],
    ["{containerName: 'a{then}'}", "f:1:2:", "name of a session", "2 to 60"],
    ["{containerName: '.'}", "f:1:2:", "name of a session", "2 to 60"],
    ["{containerPath: 'work'}", "f:1:2:", "place inside", "absolute"],
    ["{containerPath: '/'}", "f:1:2:", "place inside", "absolute"],
    ["{hostPath: '~you/x'}", "f:1:2:", "another user", "whole path"],
    ["{envFile: ['a', '~you/x']}", "f:1:17:", "another user", "whole path"],
    ["{hostPath: ''}", "f:1:2:", "empty value", undefined],
    ["{containerMode: 'dint'}", "f:1:2:", "not a container mode", "dind"],
    ["{engine: 'dokcer'}", "f:1:2:", "not an engine", "docker"],
    ["{yolo: 'cladue'}", "f:1:2:", "not an agent", "claude"],
    ["{yolo: ''}", "f:1:2:", "not an agent", "Known: claude"],
    ["{menu: 'sometimes'}", "f:1:2:", "not a habit", "auto, always, never"],
    ["{quiet: ['tip', 'tips']}", "f:1:17:", "not a message", "tip"],
    ["{quiet: {}}", "f:1:2:", '"quiet" must be', undefined],
    ["{imageName: 'a b'}", "f:1:2:", "name of an image", undefined],
    ["{imageName: '--privileged'}", "f:1:2:", "name of an image", undefined],
    ["{shell: 'a\\0b'}", "f:1:2:", "NUL", undefined],
    ["{menu: 'x',\n shel: 1}", "f:1:2:", "habit", undefined],
    ["{shel: 1,\n menu: 'x'}", "f:1:2:", "shel", undefined],
  ];
  test.each(rows)("%j: %s %s", (text, place, why, hint) => {
    const failure = failureOf(() => readSettings(text, "f"));
    expect(failure.code).toBe("settings");
    expect(failure.message).toStartWith(`${place} `);
    expect(failure.message).toContain(why);
    if (hint !== undefined) expect(failure.hint).toContain(hint);
    const said = `${failure.message}${failure.hint}`;
    expect(said).not.toContain("secret");
    expect(said).not.toContain("\0");
  });

  test("what would move a terminal's cursor is shown escaped", () => {
    const { message } = failureOf(() => readSettings('{"\\u001b[2J\\u009b\\u202e": 1}', "f"));
    expect(message).toContain('"\\u001b[2J\\u009b\\u202e"');
  });
});

describe("manyoyo.json", () => {
  test("holds a profile for everything and named ones", () => {
    const { profile, runs } = readGlobal("{yolo: 'c', runs: {web: {ports: ['80']}, 'a b': {}}}", "g");
    expect(profile).toEqual({ yolo: "c" });
    expect([...runs]).toEqual([
      ["web", { ports: ["127.0.0.1::80"] }],
      ["a b", {}],
    ]);
  });

  test("needs no runs", () => {
    expect(readGlobal("{}", "g").runs.size).toBe(0);
  });

  test("may call a profile like a part of every object", () => {
    const { runs } = readGlobal("{runs: {'__proto__': {shell: 'a'}, constructor: {shell: 'b'}}}", "g");
    expect([...runs.keys()]).toEqual(["__proto__", "constructor"]);
    expect(runs.get("__proto__")).toEqual({ shell: "a" });
  });

  const rows: readonly [string, string, string][] = [
    ["{run: {}}", "g:1:2:", 'no setting "run"'],
    ["{runs: []}", "g:1:2:", '"runs" must be a map'],
    ["{runs: {web: 1}}", "g:1:9:", 'profile "web" must be a map'],
    ["{runs: {'a/b': {}}}", "g:1:9:", "cannot name a profile"],
    ["{runs: {'..': {}}}", "g:1:9:", "cannot name a profile"],
    ["{runs: {'a.json': {}}}", "g:1:9:", "cannot name a profile"],
    ["{runs: {'': {}}}", "g:1:9:", "cannot name a profile"],
    ["{runs: {web: {shel: 'x'}}}", "g:1:15:", 'no setting "shel" in a profile'],
    ["{runs: {web: {runs: {}}}}", "g:1:15:", 'no setting "runs" in a profile'],
    ["{runs: {web: {volumes: ['/a:/b', 'x']}}}", "g:1:34:", "no absolute path"],
    ["{runs: {web: {env: {A: 1, B: []}}}}", "g:1:27:", 'variable "B"'],
    ["{runs: {web: {menu: 1}},\n yolo: 1}", "g:1:15:", '"menu"'],
    ["{yolo: 1,\n runs: {web: {menu: 1}}}", "g:1:2:", '"yolo"'],
  ];
  test.each(rows)("%j: %s %s", (text, place, why) => {
    const failure = failureOf(() => readGlobal(text, "g"));
    expect(failure.code).toBe("settings");
    expect(failure.message).toStartWith(`${place} `);
    expect(failure.message).toContain(why);
  });

  test("gives the names of its runs even where they are faulty", () => {
    expect(runNames("{bad: 1, runs: {web: 1, 'a/b': 1, api: {}}}")).toEqual(["web", "api"]);
    expect(["", "{", "[]", "null", "{runs: 1}"].map(runNames)).toEqual([[], [], [], [], []]);
  });
});

test("a key can be located later on", () => {
  expect(locate("\uFEFF{\n runs: {web: {envFile: 'x'}}}", "g", ["runs", "web", "envFile", 0])).toBe("g:2:15");
});
