import { describe, expect, test } from "bun:test";
import { agents } from "../../../lib/agents/known.ts";
import { asksOnExit, choices, commandOfAnswer, type Leaving } from "../../../lib/session/exit.ts";

const plain: Leaving = {
  habit: undefined,
  quiet: [],
  canAsk: true,
  made: false,
  origin: "line",
  removeOnExit: false,
};

describe("the menu comes", () => {
  test.each([
    ["after the first command", {}, true],
    ["after the first command with words of this call", { origin: "line with words" }, true],
    ["after a shell that stands for a command", { origin: "shell" }, true],
    ["not after -x in a session that was there", { origin: "exact" }, false],
    ["after -x in a session that this call made", { origin: "exact", made: true }, true],
    ["always, by the setting", { origin: "exact", habit: "always" }, true],
    ["never, by the setting", { habit: "never", made: true }, false],
    [
      "not without anybody to answer, whatever the setting",
      { canAsk: false, habit: "always", made: true },
      false,
    ],
    ["not where the session goes with the call", { removeOnExit: true, habit: "always" }, false],
    ["not with quiet askkeep", { quiet: ["askkeep"], habit: "always" }, false],
    ["not with quiet full", { quiet: ["full"] }, false],
    ["with quiet about other things", { quiet: ["tip", "cmd", "cnew", "crm"] }, true],
  ] satisfies [string, Partial<Leaving>, boolean][])("%s", (_what, some, expected) => {
    expect(asksOnExit({ ...plain, ...some })).toBe(expected);
  });
});

describe("the menu offers", () => {
  const answers = (firstCommand: string): string =>
    choices({ firstCommand, args: [] })
      .map(({ answer }) => answer)
      .join("");

  test("all six to an agent's session, no resuming to another, no first command where there is none", () => {
    expect(answers("claude")).toBe("yn1rxi");
    expect(answers("npm test")).toBe("yn1xi");
    expect(answers("")).toBe("ynxi");
  });

  test.each([
    ["claude", "Resume: claude -r"],
    ["codex", "Resume: codex resume"],
    ["gemini", "Resume: gemini -r"],
    ["opencode", "Resume: opencode -c"],
  ])("the resume words of %s", (name, words) => {
    const yolo = agents.find((agent) => agent.name === name)?.yolo ?? "";
    const lines = choices({ firstCommand: yolo, args: [] });
    expect(lines.find(({ answer }) => answer === "r")?.label).toBe(words);
  });
});

test("1 runs the first command with its words, r the agent's resume words in their place", () => {
  const left = { firstCommand: "A=1 codex --search", args: ["fix it"] };
  expect(commandOfAnswer("1", left)).toEqual({ kind: "line", line: left.firstCommand, args: ["fix it"] });
  expect(commandOfAnswer("r", left)).toEqual({ kind: "line", line: left.firstCommand, args: ["resume"] });
});
