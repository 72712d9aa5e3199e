import { describe, expect, test } from "bun:test";
import { parseArgv } from "../../../cli/argv.ts";
import { optionsHelp, rootHelp, topicHelp, verbHelp } from "../../../cli/help.ts";
import { optionNames, spellings, takes } from "../../../cli/options.ts";
import { topicNames, topics } from "../../../cli/topics.ts";
import { firstWords, rootExamples, verbNames, verbSpec } from "../../../cli/verbs.ts";
import { agentNames } from "../../../lib/agents/known.ts";

const pages = ["", "config", "image", ...topicNames(), ...verbNames()];

describe("Help", () => {
  test("begins with one page of at most 36 lines", () => {
    expect(rootHelp().trimEnd().split("\n").length).toBeLessThanOrEqual(36);
  });

  test.each(pages.map((topic) => [topic]))("of %p keeps to 100 columns of plain text", (topic) => {
    for (const line of topicHelp(topic).split("\n")) {
      expect(line).toMatch(/^[\x20-\x7e]{0,100}$/);
      expect(line).toBe(line.trimEnd());
    }
  });

  test("names every first word of a verb on the first page", () => {
    const shown = rootHelp().split(/\s+/);
    const hidden = firstWords().filter((word) => !shown.includes(word));
    expect(hidden).toEqual(["ps"]);
  });

  test("lists every option with every spelling", () => {
    const shown = optionsHelp().split(/[\s,]+/);
    expect(
      optionNames()
        .flatMap((name) => spellings(name))
        .filter((word) => !shown.includes(word)),
    ).toEqual([]);
  });

  test.each(verbNames().map((verb) => [verb]))(
    "of %s names each option that it takes apart from a run's",
    (verb) => {
      const shown = verbHelp(verb).split(/[\s,]+/);
      const asRoot = verbSpec(verb).asRoot === true;
      const own = optionNames().filter((name) => takes(verb, name) && !(asRoot && takes("root", name)));
      expect(
        own.flatMap((name) => spellings(name).slice(0, 1)).filter((word) => !shown.includes(word)),
      ).toEqual([]);
    },
  );

  test("shows only examples that are understood", () => {
    const examples = [...rootExamples, ...verbNames().flatMap((verb) => verbSpec(verb).examples)];
    for (const [line] of examples) {
      const command = line.replace(/^.*\| */, "").replace(/\$\((.*)\)/, "my-app");
      const [program, ...words] = command.split(" ");
      if (program === "manyoyo") expect(() => parseArgv(words, { agents: agentNames() })).not.toThrow();
    }
  });

  test("of a verb is found by an alias too", () => {
    expect(topicHelp("ps")).toBe(topicHelp("ls"));
  });

  test("of an unknown topic names the nearest", () => {
    expect(() => topicHelp("option")).toThrow("There is no help on option. Did you mean options?");
    expect(() => topicHelp("exit")).toThrow("There is no help on exit. Did you mean exit-status?");
    expect(() => topicHelp("scritping")).toThrow("Did you mean scripting?");
    expect(() => topicHelp("constructor")).toThrow("There is no help on constructor.");
  });

  test("of a topic of two words takes them apart or together", () => {
    expect(topicHelp("exit status")).toBe(topicHelp("exit-status"));
    expect(topicHelp("env files")).toBe(topicHelp("env-files"));
  });

  test("names every topic at help itself, and none is called as a verb or an agent is", () => {
    for (const topic of topicNames()) {
      expect(verbHelp("help")).toContain(topics[topic]);
      expect([...firstWords(), ...agentNames()]).not.toContain(topic);
    }
  });
});
