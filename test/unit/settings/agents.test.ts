import { describe, expect, test } from "bun:test";
import { agentNamesIn, agentsIn } from "../../../lib/settings/glance.ts";
import { readGlobal, readSettings } from "../../../lib/settings/schema.ts";

const file = "/h/manyoyo.json";

function failureOf(text: string): { readonly message: string; readonly hint: string | undefined } {
  try {
    readGlobal(text, file);
  } catch (error) {
    if (error instanceof Error && "hint" in error)
      return { message: error.message, hint: error.hint === undefined ? undefined : String(error.hint) };
  }
  throw new Error("no failure");
}

describe("agents of manyoyo.json", () => {
  const text = `{
  agents: {
    aider: { command: "aider", yolo: "aider --yes-always", continue: ["--restore-chat-history"], resume: ["-r", "{id}"] },
  },
  yolo: "aider",
  runs: { web: { yolo: "aider" } },
}`;

  test("are known to every profile of the file", () => {
    const { agents, profile, runs } = readGlobal(text, file);
    expect(agents.map(({ name, yolo, continueLast }) => [name, yolo, continueLast])).toEqual([
      ["aider", "aider --yes-always", ["--restore-chat-history"]],
    ]);
    expect(profile.yolo).toBe("aider");
    expect(runs.get("web")?.yolo).toBe("aider");
  });

  test("are known to profiles in files of their own", () => {
    const { agents } = readGlobal(text, file);
    expect(readSettings('{ yolo: "aider" }', "/h/run/web.json", agents).yolo).toBe("aider");
    expect(() => readSettings('{ yolo: "aider" }', "/h/run/web.json")).toThrow(
      '/h/run/web.json:1:3: "aider" is not an agent.',
    );
  });

  test("are read at a glance as well, those with a mistake apart", () => {
    const faulty =
      '{ agents: { aider: { command: "aider" }, odd: { command: 1 }, "a b": { command: "x" } } }';
    expect(agentsIn(faulty).map(({ name }) => name)).toEqual(["aider"]);
    expect(agentNamesIn(faulty)).toEqual(["aider", "odd"]);
    expect(agentsIn("{")).toEqual([]);
    expect(agentsIn("{ agents: 1 }")).toEqual([]);
  });

  test.each([
    ["{ agents: [] }", '1:3: "agents" must be a map of names to agents.'],
    ['{ agents: { "a b": { command: "x" } } }', '1:13: "a b" cannot name an agent.'],
    ['{ agents: { claude: { command: "x" } } }', '1:13: "claude" means Claude Code already.'],
    ['{ agents: { cx: { command: "x" } } }', '1:13: "cx" means Codex already.'],
    ["{ agents: { a: 1 } }", '1:13: The agent "a" must be a map: { command: "...", ... }.'],
    ["{ agents: { a: {} } }", '1:13: The agent "a" needs a "command".'],
    ['{ agents: { a: { command: "" } } }', '1:18: "command" must be a shell line.'],
    ['{ agents: { a: { command: "x", yolo: 1 } } }', '1:32: "yolo" must be a shell line.'],
    ['{ agents: { a: { command: "x", continue: "-c" } } }', '1:32: "continue" must be a list of strings.'],
    ['{ agents: { a: { command: "x", resume: [1] } } }', '1:32: "resume" must be a list of strings.'],
    ['{ agents: { a: { command: "x", resum: [] } } }', '1:32: There is no setting "resum" of an agent.'],
    [
      "{ runs: { web: { agents: {} } } }",
      "1:18: Agents of your own are described in manyoyo.json, at its top.",
    ],
    ['{ agents: { aider: { command: "x" } }, yolo: "aide" }', '1:40: "aide" is not an agent.'],
  ])("%j: %s", (given, message) => {
    expect(failureOf(given).message).toBe(`${file}:${message}`);
  });

  test("a word that is near is told", () => {
    expect(failureOf('{ agents: { aider: { command: "x" } }, yolo: "aide" }').hint).toBe(
      "Did you mean aider?",
    );
    expect(failureOf('{ agents: { a: { command: "x", resum: [] } } }').hint).toBe('Did you mean "resume"?');
  });
});
