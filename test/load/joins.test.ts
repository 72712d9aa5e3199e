import { describe, expect } from "bun:test";
import { mkdirSync, readdirSync } from "node:fs";
import { engines } from "../support/engines.ts";
import { bench, raw } from "../support/manyoyo.ts";
import { memoryOf, programsWith } from "../support/memory.ts";
import { done } from "../support/saved.ts";
import { times, tried } from "../support/tally.ts";
import { inTurn } from "../support/turns.ts";

describe.each(engines())("%s: very many joins of one session", (engine) => {
  const { turn } = inTurn(engine);
  const at = bench(engine);
  const joins = times(25, 10_000);

  turn(
    "leave nothing behind, on either side",
    async () => {
      const name = at.name("joins");
      const temporary = `${at.home}/tmp`;
      mkdirSync(temporary);
      await done(at, "-d", "-n", name);
      const join = async (round: number): Promise<void> => {
        const how = ways[round % ways.length] ?? [];
        const said = await at.manyoyo(["-n", name, ...how, "-x", "cat; echo $A; exit 3"], {
          input: `${round}\n`,
          env: { TMPDIR: temporary },
        });
        expect(said, `join ${round}`).toEqual({
          status: 3,
          signal: undefined,
          stdout: `${round}\n${how.length === 0 ? "" : "1"}\n`,
          stderr: "",
        });
      };
      const rounds = async (from: number, to: number): Promise<void> => {
        const left = Array.from({ length: to - from }, (_, index) => from + index).values();
        const worker = async (): Promise<void> => {
          for (const round of left) await join(round);
        };
        await Promise.all([worker(), worker(), worker()]);
      };
      const { stdout: id } = await raw(engine, "container", "inspect", "--format", "{{.Id}}", name);
      const look = async () => ({
        inside: (
          await raw(
            engine,
            "exec",
            name,
            "sh",
            "-c",
            "find / -path /proc -prune -o -path /sys -prune -o -print | sort",
          )
        ).stdout,
        outside: readdirSync(at.home, { recursive: true }).toSorted(),
        // `ps` itself and what starts it are there at every look.
        processes: (await raw(engine, "exec", name, "ps", "-eo", "stat,args")).stdout
          .split("\n")
          .map((line) => line.replace(/^(.)\S*/, "$1").trim())
          .toSorted(),
        execs: JSON.parse((await raw(engine, "container", "inspect", name)).stdout)[0].ExecIDs ?? [],
      });
      const weigh = async () => {
        const programs = programsWith(id.trim());
        const sum = (numbers: readonly number[]): number => numbers.reduce((all, each) => all + each, 0);
        return {
          programs: programs.length,
          files: sum(programs.map(({ files }) => files)),
          megabytes: sum(programs.map(({ pid }) => memoryOf(pid).now)),
          session:
            JSON.parse(await done(at, "stats", "--no-stream", "--json", name)).sessions[0].memory / 2 ** 20,
        };
      };
      // The engine tidies up behind a join, by programs that have the session's id in their words for a moment.
      const settled = async () => {
        const looks: Awaited<ReturnType<typeof weigh>>[] = [];
        while (looks.length < times(2, 4)) looks.push(await weigh());
        return looks.reduce((one, other) => (other.megabytes < one.megabytes ? other : one));
      };
      const log = async (): Promise<number> => (await raw(engine, "logs", name)).stdout.length;
      await rounds(0, 10);
      const [before, weight, logged] = [await look(), await settled(), await log()];
      const begin = performance.now();
      await rounds(10, joins);
      const each = (performance.now() - begin) / (joins - 10);
      const [after, weightAfter, loggedAfter] = [await look(), await settled(), await log()];
      console.error(
        `${engine}: ${joins} joins, ${each.toFixed(0)} ms each`,
        JSON.stringify({ weight, weightAfter, logged, loggedAfter }),
      );
      await tried(
        {
          fault: `${engine}: ${joins} joins of one session`,
          promised: "no file, process or exec more, in it or outside",
        },
        () => expect(after).toEqual(before),
      );
      await tried(
        {
          fault: `${engine}: ${joins} joins of one session`,
          promised: "the engine's programs for it and its memory do not grow",
        },
        () => {
          expect(weightAfter.programs).toBe(weight.programs);
          expect(weightAfter.files).toBeLessThanOrEqual(weight.files + 4);
          expect(weightAfter.megabytes).toBeLessThan(weight.megabytes + 10);
          expect(weightAfter.session).toBeLessThan(weight.session + 10);
        },
      );
      // Two lines a run, and the engine bounds them all (10 MB a file).
      await tried({ fault: `${engine}: ${joins} joins of one session`, promised: "its log is bounded" }, () =>
        expect(loggedAfter).toBeLessThan(Math.min(50e6, logged + joins * 400)),
      );
    },
    times(150_000, 7_200_000),
  );

  // Plain, and with a variable of the call alone, which takes another way in.
  const ways: readonly (readonly string[])[] = [[], [], ["-e", "A=1"]];
});
