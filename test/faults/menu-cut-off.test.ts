import { describe, expect, test } from "bun:test";
import { atSteps, cutAt, everything, expectPolite, untilQuiet, type Way, ways } from "../support/cuts.ts";
import { engines } from "../support/engines.ts";
import { done } from "../support/saved.ts";
import { scene } from "../support/scene.ts";
import { isLong } from "../support/tally.ts";
import type { Terminal } from "../support/terminal.ts";

// The shell around a call tells what the terminal's modes are afterwards, and its status.
const outer =
  'before=$(stty -g); "$@"; status=$?; [ "$(stty -g)" = "$before" ] && echo "modes are back"; echo "status=$status"';
const menu = "Open a shell";

const choices = [
  { choice: "n", what: "remove it", after: [] },
  { choice: "1", what: "the first command again", after: ["y"] },
  { choice: "y", what: "keep it", after: [] },
] as const;
const statuses: Readonly<Record<Way["signal"], number>> = { KILL: 137, TERM: 143, HUP: 129, INT: 130 };

const all = choices.flatMap((choice, row) => ways.map((way, column) => ({ ...choice, ...way, row, column })));

describe.each(engines())(
  "%s: a call that ends at the menu is cut off at any call of the engine's program",
  (engine) => {
    const on = scene(engine);

    /** Makes the choice wherever it is asked for. @returns what the shell around the call says of its end */
    async function go(terminal: Terminal, keys: readonly string[]): Promise<number> {
      for (const key of [...keys, ""]) {
        const [text, status] = await terminal.waitFor(new RegExp(`${menu}|status=(\\d+)\\n`), 40_000);
        if (text !== menu) return Number(status);
        terminal.type(key);
      }
      throw new Error(`it asks once more: ${terminal.text()}`);
    }

    async function made(): Promise<string> {
      const name = await on.session("true", "-v", "/own");
      await done(on, "-n", name, "-x", "echo work | tee /own/f >/f");
      return name;
    }

    // In the short form removing on one engine and running again on the other, each in one way.
    const isDue = (row: number, column: number): boolean =>
      engine === "docker" ? row === 0 && column === 3 : row === 1 && column === 1;

    test.each(all.filter(({ row, column }) => isLong || isDue(row, column)))(
      "$what by $signal ($when the program): the terminal is in order, the session whole or gone, and nothing besides",
      async ({ choice, after, what, signal, when, row, column }) => {
        const keys = [choice, ...after];
        const counted = await cutAt(on, { signal, when }, 0);
        const first = await made();
        const undisturbed = on.script(outer, ["-n", first], { env: counted.env });
        expect(await go(undisturbed, keys)).toBe(0);
        await done(on, "rm", "-f", first);
        await atSteps(
          {
            fault: `${engine}: the menu, ${what}, cut off by ${signal}`,
            promised: "whole or gone, terminal in order",
          },
          { count: counted.calls(), begin: counted.calls() - 1 - ((row + column) % 2) },
          async (step) => {
            const before = await everything(on);
            const name = await made();
            const cutting = await cutAt(on, { signal, when }, step);
            await using terminal = on.script(outer, ["-n", name], { env: cutting.env });
            const status = await go(terminal, keys);
            const text = terminal.text();
            expect([0, statuses[signal]], text).toContain(status);
            // Nobody can put a terminal in order after KILL.
            if (signal !== "KILL") expect(text).toContain("modes are back");
            expectPolite(text);
            await untilQuiet(on);
            expect(cutting.left()).toEqual([]);
            if ((await on.state(name)) !== undefined) {
              const said = await on.manyoyo(["-n", name, "-x", "cat /f /own/f"]);
              expect(said, said.stderr).toMatchObject({ status: 0, stdout: "work\nwork\n" });
              await done(on, "rm", "-f", name);
            } else expect(choice).toBe("n");
            expect(await everything(on)).toEqual(before);
          },
        );
      },
    );
  },
);
