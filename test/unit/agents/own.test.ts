import { describe, expect, test } from "bun:test";
import { agentNames, agentOfLine, findAgent } from "../../../lib/agents/known.ts";
import { isAgentName, type OwnAgent, ownAgent } from "../../../lib/agents/own.ts";

const nothing = { yolo: undefined, continue: undefined, resume: undefined };

function own(name: string, said: Partial<OwnAgent> & Pick<OwnAgent, "command">) {
  return ownAgent(name, { ...nothing, ...said });
}

const aider = own("aider", { command: "aider", yolo: "aider --yes-always" });
const sonnet = own("sonnet", { command: "claude --model sonnet" });
const script = own("script", { command: "bash agent.sh" });
const all = [aider, sonnet, script];

describe("an agent of the user's own", () => {
  test("is started by its command where it has no other line for that", () => {
    expect(sonnet.yolo).toBe("claude --model sonnet");
    expect(aider.yolo).toBe("aider --yes-always");
  });

  test("is found by its name, beside the known ones", () => {
    expect(findAgent("aider", all)).toBe(aider);
    expect(findAgent("aider")).toBeUndefined();
    expect(findAgent("c", all)?.name).toBe("claude");
    expect(agentNames(all).slice(-3)).toEqual(["aider", "sonnet", "script"]);
  });

  test.each([
    ["aider", "aider"],
    ["A=b nice aider --yes-always", "aider"],
    ["claude --model sonnet", "sonnet"],
    ["claude --model sonnet -c", "sonnet"],
    ["claude --model sonnets", "claude"],
    ["claude", "claude"],
    ["bash agent.sh", "script"],
    ["bash", undefined],
    ["bash other.sh", undefined],
  ])("of the line %j: %s", (line, name) => {
    expect(agentOfLine(line, all)?.name).toBe(name);
  });

  test.each<[readonly string[] | undefined, readonly string[], readonly string[]]>([
    [undefined, [], []],
    [["--restore"], ["--restore"], ["--restore", "ID$&"]],
    [["-r", "{id}"], ["-r"], ["-r", "ID$&"]],
    [["--session={id}", "-q"], ["-q"], ["--session=ID$&", "-q"]],
  ])("whose words to resume are %j", (resume, choice, one) => {
    const agent = own("x", { command: "x", resume });
    expect(agent.resume).toEqual(choice);
    expect(agent.resumeById("ID$&")).toEqual(one);
  });

  test.each([
    ["aider", true],
    ["My_agent-2", true],
    ["a", true],
    ["", false],
    ["-a", false],
    ["2a", false],
    ["a b", false],
    ["a.b", false],
    ["a".repeat(31), false],
  ])("may be called %j: %s", (name, may) => {
    expect(isAgentName(name)).toBe(may);
  });
});
