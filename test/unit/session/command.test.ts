import { describe, expect, test } from "bun:test";
import { agents } from "../../../lib/agents/known.ts";
import {
  asLine,
  type Chosen,
  type Command,
  commandOf,
  firstCommand,
  joinCommand,
  lineOf,
  makeCommand,
  quote,
  refuseScreen,
  shell,
  type Wish,
} from "../../../lib/session/command.ts";
import type { Session } from "../../../lib/session/session.ts";
import { failureOf } from "../settings/failure-of.ts";

const nothing: Wish = { exact: undefined, said: undefined, usual: undefined, args: undefined };
const wish = (some: Partial<Wish>): Wish => ({ ...nothing, ...some });
const line = (text: string, ...args: string[]): Command => ({ kind: "line", line: text, args });

describe("settings ask for a line", () => {
  test.each([
    [{}, undefined],
    [{ shell: "bash" }, "bash"],
    [{ shell: "npm", shellPrefix: "A=1", shellSuffix: "test" }, "A=1 npm test"],
    [{ shell: "npm", shellPrefix: "", shellSuffix: "" }, "npm"],
    [{ yolo: "cx", shellSuffix: "--search" }, "codex --dangerously-bypass-approvals-and-sandbox --search"],
    [{ yolo: "c", shell: "bash" }, "IS_SANDBOX=1 claude --dangerously-skip-permissions"],
    [{ shellPrefix: "A=1", shellSuffix: "-c" }, undefined],
  ])("%j: %j", (settings, expected) => {
    expect(lineOf(settings)).toBe(expected);
  });

  test.each(
    agents.flatMap((agent) => [agent.name, ...agent.aliases].map((word) => [word, agent.yolo] as const)),
  )("for %s: %s", (word, yolo) => {
    expect(lineOf({ yolo: word })).toBe(yolo);
  });

  test("for an agent that nobody knows: a refusal that names the nearest and all", () => {
    const failure = failureOf(() => lineOf({ yolo: "cluade" }));
    expect(failure.code).toBe("usage");
    expect(failure.message).toBe('No agent is called "cluade". Did you mean claude?');
    expect(failure.hint).toContain("claude c cc codex cx gemini gm g opencode oc");
  });
});

describe("words after -x", () => {
  test.each([
    [["ls -l | wc"], line("ls -l | wc")],
    [["ls", "-l | wc"], { kind: "words", words: ["ls", "-l | wc"] }],
    [[""], line("")],
    [["", ""], { kind: "words", words: ["", ""] }],
  ] satisfies [string[], Command][])("%j are %j", (words, expected) => {
    expect(commandOf(words)).toEqual(expected);
  });
});

describe("a word in a shell line", () => {
  test.each([
    ["plain-1.2_a/b:c=d,e@f+g%", "plain-1.2_a/b:c=d,e@f+g%"],
    ["", "''"],
    ["a b", "'a b'"],
    ["it's", "'it'\\''s'"],
    ['$(x)`y`"z"', "'$(x)`y`\"z\"'"],
    ["a\nb", "'a\nb'"],
    ["~", "'~'"],
    ["é", "'é'"],
  ])("%j is written %s", (word, expected) => {
    expect(quote(word)).toBe(expected);
  });
});

test("a command is remembered as a line that does the same", () => {
  expect(asLine(line("claude", "-p", "a b"))).toBe("claude -p 'a b'");
  expect(asLine({ kind: "words", words: ["echo", "$HOME", ""] })).toBe("echo '$HOME' ''");
  expect(asLine(shell)).toBe("shell");
});

const session = (first: string, args: readonly string[] = []): Session => ({
  id: "i",
  name: "web",
  state: "running",
  created: 0,
  image: "i",
  folder: undefined,
  agent: undefined,
  firstCommand: first,
  args,
  legacy: false,
  user: undefined,
  userHabit: undefined,
  options: undefined,
});

describe("a call that joins runs", () => {
  test.each([
    ["-x before all", wish({ exact: ["ls"], said: "s", args: ["w"] }), session("f"), line("ls"), "exact"],
    ["what was said", wish({ said: "s", usual: "u" }), session("f", ["a"]), line("s"), "line"],
    [
      "what was said with its words",
      wish({ said: "s", args: ["w"] }),
      session("f"),
      line("s", "w"),
      "line with words",
    ],
    [
      "the first command with its own words",
      wish({ usual: "u" }),
      session("f", ["a b"]),
      line("f", "a b"),
      "line",
    ],
    [
      "the first command with new words",
      wish({ args: ["-c"] }),
      session("f", ["a"]),
      line("f", "-c"),
      "line with words",
    ],
    [
      "the first command with no words, when -- has none",
      wish({ args: [] }),
      session("f", ["a"]),
      line("f"),
      "line with words",
    ],
    ["the usual line, when it has no first command", wish({ usual: "u" }), session(""), line("u"), "line"],
  ] satisfies [string, Wish, Session, Command, Chosen["origin"]][])(
    "%s",
    (_what, wanted, joined, command, origin) => {
      expect(joinCommand(wanted, joined)).toEqual({ command, origin });
    },
  );

  test("nothing, when nothing is known", () => {
    expect(joinCommand(nothing, session(""))).toBeUndefined();
  });
});

describe("a call that makes runs and remembers", () => {
  test.each([
    ["a line", wish({ said: "s", usual: "u" }), line("s"), { line: "s", args: [] }],
    [
      "the usual line with words",
      wish({ usual: "u", args: ["a b"] }),
      line("u", "a b"),
      { line: "u", args: ["a b"] },
    ],
    ["-x, and remembers the line", wish({ exact: ["ls"], said: "s" }), line("ls"), { line: "s", args: [] }],
    [
      "-x, and remembers it for want of a line",
      wish({ exact: ["ls -l | wc"] }),
      line("ls -l | wc"),
      { line: "ls -l | wc", args: [] },
    ],
    [
      "exact words, and remembers them quoted",
      wish({ exact: ["echo", "a b"] }),
      { kind: "words", words: ["echo", "a b"] },
      { line: "echo 'a b'", args: [] },
    ],
  ] satisfies [string, Wish, Command, object][])("%s", (_what, wanted, command, remembered) => {
    expect(makeCommand(wanted)?.command).toEqual(command);
    expect(firstCommand(wanted)).toEqual(remembered);
  });

  test("nothing, when nothing is known", () => {
    expect(makeCommand(nothing)).toBeUndefined();
    expect(firstCommand(nothing)).toEqual({ line: "", args: [] });
  });
});

describe("without a terminal", () => {
  test.each([
    ...agents.map((agent) => line(agent.yolo)),
    line("claude"),
    line("A=1 codex --search"),
    line("exec gemini"),
  ])("an agent's screen is refused: $line", (command) => {
    const failure = failureOf(() => refuseScreen(command, false));
    expect(failure.code).toBe("usage");
    expect(failure.message).toEndWith("needs a terminal on stdin and stdout.");
  });

  test.each([
    line("claude", "-p", "hi"),
    line("claude -p hi"),
    line("claude --print hi"),
    line("codex exec hi"),
    line("opencode run hi"),
    line("claude --version"),
    line("bash"),
    line("echo claude"),
  ])("a command for a pipe is not: $line $args", (command) => {
    expect(() => refuseScreen(command, false)).not.toThrow();
  });

  test("exact words are the caller's own affair, and so is everything at a terminal", () => {
    expect(() => refuseScreen({ kind: "words", words: ["claude"] }, false)).not.toThrow();
    expect(() => refuseScreen(line("claude"), true)).not.toThrow();
  });
});
