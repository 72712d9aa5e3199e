import { describe, expect } from "bun:test";
import { engines } from "../support/engines.ts";
import { bench, raw } from "../support/manyoyo.ts";
import { isLong, times, tried } from "../support/tally.ts";
import { inTurn } from "../support/turns.ts";

const fifty = Array.from({ length: times(5, 50) }, (_, index) => index);
const twenty = Array.from({ length: times(8, 20) }, (_, index) => index);

describe.each(engines())("%s: many calls at once", (engine) => {
  const { turn, rare } = inTurn(engine);
  const at = bench(engine);

  turn(
    "for one name make one container, and all their commands run",
    async () => {
      const name = at.name();
      const said = await Promise.all(
        twenty.map((index) => at.manyoyo(["-n", name, "-x", `echo ${index}; exit ${index}`])),
      );
      expect(said.map(({ stderr }) => stderr.replace(/^Made the session .*\n/, "")).join("")).toBe("");
      expect(said.map(({ stdout }) => stdout)).toEqual(twenty.map((index) => `${index}\n`));
      expect(said.map(({ status }) => status)).toEqual(twenty);
      expect(said.filter(({ stderr }) => stderr.startsWith("Made"))).toHaveLength(1);
      const there = await raw(engine, "ps", "-a", "--format", "{{.Names}}", "--filter", `name=${name}`);
      expect(there.stdout).toBe(`${name}\n`);
    },
    120_000,
  );

  rare(
    "without a name make as many sessions",
    async () => {
      const said = await Promise.all(twenty.map(() => at.manyoyo(["-d", "-x", "true"])));
      const names = said.map(({ stdout }) => stdout.trim());
      for (const name of names.filter((each) => each !== "")) at.forget(name);
      expect(said.map(({ status }) => status)).toEqual(twenty.map(() => 0));
      expect(new Set(names).size).toBe(twenty.length);
      for (const name of names) expect(name).toMatch(/^my-\d{4}-\d{4}(-\d+)?$/);
      const listed = (await at.manyoyo(["ls", "--names"])).stdout.split("\n");
      for (const name of names) expect(listed).toContain(name);
      expect((await at.manyoyo(["rm", "-f", ...names])).status).toBe(0);
    },
    120_000,
  );

  turn(
    "make as many sessions of as many names as there are, named and unnamed, none of them half",
    async () => {
      const what = {
        fault: `${engine}: ${fifty.length} made at once`,
        promised: "all are made and run; no more, none half",
      };
      const names = fifty.map(() => at.name("many"));
      for (const given of [true, false]) {
        const words = (index: number) => (given ? ["-n", names[index] ?? ""] : []);
        const begin = performance.now();
        const said = await Promise.all(
          fifty.map((index) => at.manyoyo([...words(index), "-d", "-x", "exit 0"])),
        );
        const took = performance.now() - begin;
        if (isLong)
          console.error(`${engine}: ${fifty.length} made at once, named: ${given}, ${took.toFixed(0)} ms`);
        const made = said.map(({ stdout }) => stdout.trim());
        for (const name of made.filter((each) => each !== "")) at.forget(name);
        await tried(what, async () => {
          expect(said.map(({ status }) => status)).toEqual(fifty.map(() => 0));
          if (given) expect(made).toEqual(names);
          expect(new Set(made).size).toBe(fifty.length);
          const listed = JSON.parse((await at.manyoyo(["ls", "--json"])).stdout).sessions;
          const states = new Map(
            listed.map((each: { name: string; state: string }) => [each.name, each.state]),
          );
          expect(made.map((name) => states.get(name))).toEqual(fifty.map(() => "running"));
        });
        expect((await at.manyoyo(["rm", "-f", ...made])).status).toBe(0);
      }
    },
    300_000,
  );

  turn(
    "that wake one stopped session all work in it",
    async () => {
      const name = at.name();
      await at.manyoyo(["-n", name, "-x", "true"]);
      await at.manyoyo(["stop", name]);
      const said = await Promise.all(twenty.slice(0, 8).map(() => at.manyoyo(["-n", name, "-x", "echo ok"])));
      expect(said.map(({ stdout }) => stdout)).toEqual(twenty.slice(0, 8).map(() => "ok\n"));
    },
    120_000,
  );
});
