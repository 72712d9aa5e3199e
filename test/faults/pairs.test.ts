import { describe, expect, test } from "bun:test";
import { type EngineName, engines } from "../support/engines.ts";
import { randomFrom } from "../support/hostile.ts";
import { type Lane, pairLanes } from "../support/pair-rounds.ts";
import { allPairs, dangerous, type Pair, pairVerbs, titleOf } from "../support/pair-table.ts";
import { isLong, note, times } from "../support/tally.ts";

// The same seed has the same pairs at the same moments again; in the long form each day has its own.
const seed = Number(process.env["MANYOYO_TEST_SEED"] ?? times(1, Math.floor(Date.now() / 86_400_000)));
const rounds = Number(process.env["MANYOYO_TEST_ROUNDS"] ?? 50);
const atOnce = times(1, 4);
const promised = "whole or gone, what is said is so, nothing is left half done, no stack";

function kindOf(pair: Pair): string {
  const kinds = pair.map(({ kind }) => kind);
  if (kinds.includes("remove")) return "one removes";
  if (kinds.includes("end")) return "one stops or makes anew";
  return kinds.every((kind) => kind === "read") ? "both read" : "one changes or runs";
}

/** Goes through pairs on several sessions at once, until all are through or the time is over, but through one each. */
type Through = (pairs: readonly Pair[], milliseconds?: number) => Promise<readonly string[]>;

/** Must be called while tests are being defined. */
function pairsOn(engine: EngineName): Through {
  const { lane } = pairLanes(engine);
  const lanes: Lane[] = [];

  return async (pairs, milliseconds = Number.POSITIVE_INFINITY) => {
    const missing = Array.from({ length: atOnce - lanes.length }, (_, at) => lanes.length + at);
    lanes.push(...(await Promise.all(missing.map((at) => lane(seed * 100 + at)))));
    const until = Date.now() + milliseconds;
    const waiting = [...pairs];
    const broken: string[] = [];
    const met: string[] = [];
    await Promise.all(
      lanes.map(async (each) => {
        for (let pair = waiting.shift(); pair !== undefined && Date.now() < until; pair = waiting.shift()) {
          const said = await each.round(pair);
          note({
            fault: `${engine}: two verbs at once, ${kindOf(pair)}`,
            promised,
            tries: 1,
            broken: said.length > 0 ? 1 : 0,
          });
          met.push(titleOf(pair));
          if (said.length > 0) broken.push(said.join("\n  "));
          if (said.length > 0 && isLong) console.log(`${engine}: ${said.join("\n  ")}`);
        }
      }),
    );
    expect(met.length).toBeGreaterThanOrEqual(Math.min(pairs.length, atOnce));
    console.log(`${engine}: two at once, seed ${seed}, ${met.length} rounds: ${met.join("; ")}`);
    return broken;
  };
}

const fields = engines().map((engine) => ({ engine, through: pairsOn(engine) }));

if (isLong) {
  describe.each(fields)("$engine: two at once on one session", ({ through }) => {
    const shuffled = (pairs: readonly Pair[], random: () => number): readonly Pair[] =>
      pairs
        .map((pair) => ({ pair, at: random() }))
        .toSorted((one, other) => one.at - other.at)
        .map(({ pair }) => pair);
    const table = pairVerbs.map((verb, at) => [verb.verb, at] as const);
    test.each(table)(
      "%s and every verb below it leave it whole or gone, and are as good as their word",
      async (_, at) => {
        const mine = allPairs.filter(([one]) => one === pairVerbs[at]);
        const random = randomFrom(seed + at);
        const all = Array.from({ length: rounds }, () => shuffled(mine, random)).flat();
        expect(await through(all)).toEqual([]);
      },
      24 * 3_600_000,
    );
  });
} else {
  describe.concurrent("two at once on one session", () => {
    test.each(fields)(
      "$engine: a sample of all pairs leaves it whole or gone, and each verb is as good as its word",
      async ({ through }) => {
        const random = randomFrom(seed);
        const others = allPairs.filter((pair) => !dangerous.includes(titleOf(pair)));
        const sample = Array.from({ length: 30 }, () => others[Math.floor(random() * others.length)] as Pair);
        const known = allPairs.filter((pair) => dangerous.includes(titleOf(pair)));
        expect(known).toHaveLength(dangerous.length);
        expect(await through([...known, ...sample], 10_000)).toEqual([]);
      },
      300_000,
    );
  });
}
