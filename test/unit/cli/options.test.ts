import { describe, expect, test } from "bun:test";
import { optionNames, optionSpec, spellings, takes } from "../../../cli/options.ts";
import { firstWords, isVerb, type Place, verbNames, verbSpec, wrongVerbs } from "../../../cli/verbs.ts";
import { agentNames } from "../../../lib/agents/known.ts";

const places: readonly Place[] = ["root", ...verbNames()];
const options = optionNames().map((name) => ({ name, ...optionSpec(name) }));

describe("The table of options", () => {
  test.each(options.map((option) => [option.name, option] as const))(
    "explains %s in one short line",
    (_, option) => {
      expect(option.summary).toMatch(/^\S.{3,78}\S$/);
      expect(option.summary).not.toEndWith(".");
    },
  );

  test.each(places.map((place) => [place]))("gives no spelling two meanings at %s", (place) => {
    const here = optionNames().filter((name) => takes(place, name));
    const written = here.flatMap((name) => spellings(name));
    expect(written).toEqual([...new Set(written)]);
  });

  test("gives one spelling the same shape at every verb, so that words part before the verb is known", () => {
    const shapes = new Map<string, boolean>();
    for (const { name, metavar } of options) {
      for (const spelling of spellings(name)) {
        expect(shapes.get(spelling) ?? metavar !== undefined).toBe(metavar !== undefined);
        shapes.set(spelling, metavar !== undefined);
      }
    }
  });

  test("says how each value is completed", () => {
    expect(options.filter(({ metavar, words }) => (metavar === undefined) !== (words === undefined))).toEqual(
      [],
    );
  });

  test("offers -h everywhere", () => {
    expect(places.filter((place) => !takes(place, "help"))).toEqual([]);
  });
});

describe("The tree of verbs", () => {
  test("shares no word with the agents", () => {
    expect(firstWords().filter((word) => agentNames().includes(word))).toEqual([]);
  });

  test.each(verbNames().map((verb) => [verb]))("explains %s and shows an example", (verb) => {
    const { summary, examples } = verbSpec(verb);
    expect(summary).toMatch(/^[A-Z].*[^.]$/);
    expect(examples.length).toBeGreaterThan(0);
  });

  test("answers wrong verbs with verbs that there are, and never hides one of ours", () => {
    for (const [wrong, right] of wrongVerbs) {
      expect(isVerb(wrong)).toBe(false);
      if (typeof right === "string") expect(isVerb(right)).toBe(true);
    }
  });
});
