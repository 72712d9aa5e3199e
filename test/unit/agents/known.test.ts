import { describe, expect, test } from "bun:test";
import { agentNames, agentOfLine, agents, findAgent } from "../../../lib/agents/known.ts";

describe("the agent of a shell line", () => {
  test.each([
    ["claude", "claude"],
    ["  claude --resume x", "claude"],
    ["IS_SANDBOX=1 claude --dangerously-skip-permissions", "claude"],
    [`OPENCODE_PERMISSION='{"*":"allow"}' opencode`, "opencode"],
    ['A="x y" B=1 codex resume --last', "codex"],
    ["env A=b codex", "codex"],
    ["env -i A=b codex", "codex"],
    ["exec gemini --yolo", "gemini"],
    ["command claude", "claude"],
    ["/usr/local/bin/claude -c", "claude"],
    ["./node_modules/.bin/gemini", "gemini"],
    ["A=$(claude) bash", undefined],
    ["echo claude", undefined],
    ["npx claude", undefined],
    ["bash -c claude", undefined],
    ["claude-next", undefined],
    ["cc", undefined],
    ["c", undefined],
    ["'claude code'", undefined],
    ["A=claude", undefined],
    ["", undefined],
    ["   ", undefined],
    ["'", undefined],
  ])("%j: %s", (line, name) => {
    expect(agentOfLine(line)?.name).toBe(name);
  });

  test("is found in every agent's own yolo line", () => {
    for (const agent of agents) expect(agentOfLine(agent.yolo)).toBe(agent);
  });
});

describe("an agent", () => {
  test("has names that no other one has", () => {
    expect(new Set(agentNames()).size).toBe(agentNames().length);
    for (const name of agentNames()) expect(findAgent(name)).toBeDefined();
  });

  test.each(["", "C", "constructor", "toString", "claude ", "list"])("is not called %j", (word) => {
    expect(findAgent(word)).toBeUndefined();
  });

  test.each([
    ["claude", ["-c"], ["-r"], ["-r", "ID"]],
    ["codex", ["resume", "--last"], ["resume"], ["resume", "ID"]],
    ["gemini", ["-r"], ["-r"], ["-r", "ID"]],
    ["opencode", ["-c"], ["-c"], ["-s", "ID"]],
  ])("%s goes on by %j, by choice %j, with one conversation %j", (name, last, pick, one) => {
    const agent = findAgent(name);
    expect(agent?.continueLast).toEqual(last);
    expect(agent?.resume).toEqual(pick);
    expect(agent?.resumeById("ID")).toEqual(one);
  });

  // The patterns stand in a shell line as they are.
  test.each(agents.map((agent) => [agent.name, agent] as const))(
    "%s looks for conversations by patterns that are safe in a shell, whatever the folder",
    (_name, agent) => {
      for (const pattern of agent.conversations("/a b/$(x)`y`;'\"\n日")) {
        expect(pattern).toMatch(/^[A-Za-z0-9.*/_-]+$/);
      }
    },
  );

  test("keeps Claude's conversations under the folder's name with dashes", () => {
    expect(findAgent("claude")?.conversations("/home/a/my.web_1")).toEqual([
      ".claude/projects/-home-a-my-web-1/*.jsonl",
    ]);
  });
});
