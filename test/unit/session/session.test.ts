import { describe, expect, test } from "bun:test";
import { type Container, type State, sessionOf, stateOf } from "../../../lib/session/session.ts";

const container: Container = {
  id: "0123",
  name: "web",
  status: "running",
  created: 5,
  image: "box:1",
  labels: {},
  binds: ["/home/a/web", "/cache"],
};

describe("an engine's word for a state means", () => {
  test.each([
    ["running", "running"],
    ["Up", "running"],
    ["restarting", "running"],
    ["paused", "paused"],
    ["exited", "stopped"],
    ["Exited", "stopped"],
    ["stopped", "stopped"],
    ["stopping", "stopped"],
    ["created", "created"],
    ["configured", "created"],
    ["initialized", "created"],
    ["dead", "broken"],
    ["removing", "broken"],
    ["", "broken"],
    ["constructor", "broken"],
  ] satisfies [string, State][])("%s: %s", (word, state) => {
    expect(stateOf(word)).toBe(state);
  });
});

describe("a session", () => {
  test("of ours is what its labels say", () => {
    const labels = {
      "manyoyo.session": "u",
      "manyoyo.default_cmd": "A=1 codex",
      "manyoyo.args": '["a b",""]',
      "manyoyo.agent": "codex",
      "manyoyo.workspace": "/w",
      "manyoyo.user": "ann",
      "manyoyo.options": "{}",
    };
    expect(sessionOf({ ...container, labels })).toEqual({
      id: "0123",
      name: "web",
      state: "running",
      created: 5,
      image: "box:1",
      folder: "/w",
      agent: "codex",
      firstCommand: "A=1 codex",
      args: ["a b", ""],
      legacy: false,
      user: "ann",
      userHabit: undefined,
      options: "{}",
    });
  });

  test("of the original tool has its agent from its line and its folder from its first mount", () => {
    const labels = { "manyoyo.default_cmd": "IS_SANDBOX=1 claude --dangerously-skip-permissions" };
    expect(sessionOf({ ...container, labels })).toMatchObject({
      agent: "claude",
      folder: "/home/a/web",
      args: [],
      legacy: true,
    });
  });

  test.each(["", "{}", "null", "[", '"a"', "7"])("whose args label is %j has none", (text) => {
    const labels = { "manyoyo.session": "u", "manyoyo.args": text };
    expect(sessionOf({ ...container, labels }).args).toEqual([]);
  });

  test("keeps the words of a list that has other things in it, and no agent that nobody knows", () => {
    const labels = {
      "manyoyo.session": "u",
      "manyoyo.args": '["a",1,null,"b"]',
      "manyoyo.agent": "\u001b[2J",
    };
    const session = sessionOf({ ...container, labels });
    expect(session.args).toEqual(["a", "b"]);
    expect(session.agent).toBeUndefined();
  });
});
