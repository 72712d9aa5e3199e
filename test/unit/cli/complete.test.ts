import { describe, expect, test } from "bun:test";
import type { Source } from "../../../cli/complete/source.ts";
import { wantedBy } from "../../../cli/complete/wanted.ts";
import { optionNames, spellings, takes } from "../../../cli/options.ts";
import { verbNames, verbSpec } from "../../../cli/verbs.ts";
import { agentNames } from "../../../lib/agents/known.ts";
import { states } from "../../../lib/session/session.ts";

const wanted = (...words: readonly string[]) => wantedBy(words, { agents: agentNames() });
const kinds = (...words: readonly string[]) => wanted(...words).sources.map(({ kind }) => kind);
const values = (...words: readonly string[]) =>
  wanted(...words).sources.flatMap((source) =>
    source.kind === "words" ? source.words.map(({ value }) => value) : [],
  );
const usable = ["running", "paused", "stopped", "created"] as const;
const sessions = (of: readonly (typeof states)[number][] | undefined, ...except: string[]): Source => ({
  kind: "sessions",
  states: of,
  except,
});

describe("the value of an option", () => {
  test.each<[string[], number, Source[]]>([
    [["-n", ""], 0, [sessions(undefined)]],
    [["-n="], 3, [sessions(undefined)]],
    [["-nab"], 2, [sessions(undefined)]],
    [["-dn", "ab"], 0, [sessions(undefined)]],
    [["-dn=ab"], 4, [sessions(undefined)]],
    [["--cont-name=ab"], 12, [sessions(undefined)]],
    [["rm", "a-b", "-n", ""], 0, [sessions(states, "a-b")]],
    [["-y", ""], 0, [{ kind: "agents", except: [], own: true }]],
    [["-r", "we"], 0, [{ kind: "profiles" }, { kind: "files" }]],
    [["-r", "./we"], 0, [{ kind: "files" }]],
    [["profile", "new", "x", "--from", ""], 0, [{ kind: "profiles" }, sessions(undefined)]],
    [["--ef=ke"], 5, [{ kind: "env files" }, { kind: "files" }]],
    [["--hp=x"], 5, [{ kind: "folders" }]],
    [["-v", "da"], 0, [{ kind: "volumes" }, { kind: "files" }]],
    [["-v", "~/a"], 0, [{ kind: "files" }]],
    [["-v", "data:/x"], 5, []],
    [["--image", ""], 0, [{ kind: "images", part: "whole" }]],
    [["--in", "x", "--iv", ""], 0, [{ kind: "images", part: "version", of: "x" }]],
    [["-p", ""], 0, []],
    [["-e", ""], 0, []],
  ])("%j", (words, from, sources) => {
    expect(wanted(...words)).toEqual({ from, sources, engine: undefined });
  });

  test("is one of its few words, without those that were said where it repeats", () => {
    expect(values("-m", "")).toEqual(["common", "dind", "sock"]);
    expect(values("-q", "cnew", "-q", "tip,")).toEqual(["crm", "cmd", "askkeep", "full"]);
    expect(wanted("ls", "--state=running,pa").from).toBe(16);
    expect(values("-v", "data:/x:")).toEqual(["ro", "rw", "z", "Z"]);
  });

  test("knows the engine that the line names", () => {
    expect(wanted("--engine", "podman", "-n", "").engine).toBe("podman");
  });
});

describe("a bare word", () => {
  test("is a verb, a group, an agent or this folder", () => {
    expect(values("")).toEqual(expect.arrayContaining(["ls", "rm", "config", "image", "completion", "."]));
    expect(values("")).not.toContain("complete");
    expect(new Set(values("")).size).toBe(values("").length);
    expect(kinds("")).toEqual(["words", "agents"]);
    expect(kinds("-y", "c", "")).toEqual(["words"]);
    expect(values("-n", "ab", "")).toEqual(expect.arrayContaining(["rm", "exec"]));
    expect(values("-n", "ab", "")).not.toContain("ls");
    expect(kinds("c", "")).toEqual([]);
    expect(kinds("nonsense", "")).toEqual([]);
  });

  const ofSessions = verbNames().filter((verb) => {
    const { sessions: many, words } = verbSpec(verb);
    return many !== undefined && words !== "snapshot" && words !== "file";
  });
  test.each(ofSessions)("is a session for %s, in the states that it can use", (verb) => {
    const { states: of, sessions: many } = verbSpec(verb);
    expect(wanted(verb, "").sources).toEqual([sessions(of)]);
    expect(kinds(verb, "ab", "")).toEqual(many === "many" ? ["sessions"] : verb === "exec" ? ["words"] : []);
    if (many === "many")
      expect(wanted(verb, "ab", "-n", "cd", "").sources).toEqual([sessions(of, "ab", "cd")]);
  });

  test("is a session and then its tags for the verbs of snapshots, and for a new one no tag", () => {
    expect(kinds("snapshot", "")).toEqual(["words", "sessions"]);
    expect(values("snapshot", "")).toEqual(["ls", "rm", "restore"]);
    expect(kinds("snapshot", "web", "")).toEqual([]);
    expect(kinds("snapshot", "rm", "")).toEqual(["sessions"]);
    expect(wanted("snapshot", "rm", "web", "v1", "").sources).toEqual([
      { kind: "snapshots", of: "web", except: ["v1"] },
    ]);
    expect(wanted("snapshot", "restore", "-n", "web", "").sources).toEqual([
      { kind: "snapshots", of: "web", except: [] },
    ]);
    expect(wanted("fork", "web", "--from", "").sources).toEqual([
      { kind: "snapshots", of: "web", except: [] },
    ]);
  });

  test("is a file where a verb takes one, after its session", () => {
    expect(kinds("import", "")).toEqual(["files"]);
    expect(kinds("import", "--", "")).toEqual(["files"]);
    expect(kinds("import", "a.manyoyo", "")).toEqual([]);
    expect(wanted("history", "restore", "").sources).toEqual([sessions(undefined)]);
    expect(kinds("history", "restore", "web", "")).toEqual(["files"]);
    expect(kinds("history", "restore", "-n", "web", "")).toEqual(["files"]);
    expect(kinds("history", "restore", "-n", "web", "web", "")).toEqual(["files"]);
    expect(kinds("history", "restore", "-n", "web", "a.tar.gz", "")).toEqual([]);
  });

  test("follows the older spelling of a verb", () => {
    expect(wanted("--crm", "").sources).toEqual([sessions(states)]);
  });

  test("is what a group, the help and a shell's completion know", () => {
    expect(values("config", "")).toEqual(["show", "command", "path"]);
    expect(values("help", "")).toEqual(expect.arrayContaining(["rm", "config", "options"]));
    expect(values("help", "config", "")).toEqual(["show", "command", "path"]);
    expect(values("help", "rm", "")).toEqual([]);
    expect(values("completion", "")).toEqual(["bash", "zsh", "fish"]);
    expect(values("completion", "bash", "")).toEqual([]);
    expect(kinds("config", "show", "")).toEqual(["words", "agents"]);
  });
});

describe("an option", () => {
  test.each(verbNames())("is any that %s takes", (verb) => {
    const own = optionNames().filter((name) => takes(verb, name));
    const offered = values(...verb.split(" "), "-");
    for (const name of own.filter(
      (each) => !["contList", "contRemove", "showConfig", "showCommand", "imageBuild"].includes(each),
    ))
      expect(offered).toEqual(expect.arrayContaining([...spellings(name)]));
    const others = optionNames()
      .filter((name) => !takes(verb, name))
      .flatMap((name) => spellings(name));
    const known = own.flatMap((name) => spellings(name));
    expect(offered.filter((word) => others.includes(word) && !known.includes(word))).toEqual([]);
  });

  test("is offered by its letter or its word, and once unless it repeats", () => {
    expect(values("--ver")).toContain("--version");
    expect(values("--ver")).not.toContain("-V");
    expect(values("-V")).toContain("-V");
    expect(values("-n", "ab", "-")).not.toContain("--cont-name");
    expect(values("-v", "a:/a", "-")).toContain("--volume");
    expect(values("-")).toContain("--crm");
    expect(values("c", "-")).not.toContain("--crm");
    expect(values("nonsense", "-")).toEqual([]);
  });

  test("is explained as the verb means it", () => {
    const [source] = wanted("rm", "--for").sources;
    const about =
      source?.kind === "words" ? source.words.find(({ value }) => value === "--force")?.about : "";
    expect(about).toContain("a missing one is no error");
  });
});

describe("words that are not ours", () => {
  test.each<[string[], Source[]]>([
    [["-x", ""], [{ kind: "command", at: 1 }]],
    [["-n", "ab", "-x", "npm", "-"], [{ kind: "command", at: 3 }]],
    [["-dx", "npm", ""], [{ kind: "command", at: 1 }]],
    [["-xnpm", ""], [{ kind: "files" }]],
    [["-xnp"], [{ kind: "files" }]],
    [["exec", "ab", "--", ""], [{ kind: "command", at: 3 }]],
    [["-n", "ab", "--", ""], [{ kind: "agent words", agent: undefined, session: "ab", said: [] }]],
    [["c", "--", "-p", ""], [{ kind: "agent words", agent: "c", session: undefined, said: ["-p"] }]],
    [["-y", "cx", "--", ""], [{ kind: "agent words", agent: "cx", session: undefined, said: [] }]],
    [[".", "--", ""], [{ kind: "agent words", agent: undefined, session: ".", said: [] }]],
    [["rm", "ab", "--", ""], [sessions(states, "ab")]],
    [["shell", "--", ""], [sessions(usable)]],
  ])("%j", (words, sources) => {
    expect(wanted(...words).sources).toEqual(sources);
  });
});

test("nothing that can be typed throws", () => {
  const pieces = [
    "",
    "-",
    "--",
    "-n",
    "-n=",
    "--x=",
    "rm",
    "config",
    "-x",
    "--crm",
    "-l",
    ".",
    "c",
    "-rm",
    "$(a)",
    "\u0000",
    "ü",
  ];
  for (const one of pieces)
    for (const two of pieces) for (const three of pieces) expect(() => wanted(one, two, three)).not.toThrow();
  expect(wanted()).toMatchObject({ from: 0 });
});
