import { describe, expect, test } from "bun:test";
import { engines } from "../support/engines.ts";
import { exists } from "../support/inside.ts";
import { bench, raw } from "../support/manyoyo.ts";
import { holdings } from "../support/saved.ts";

// Verbs that two people may use on one session at the same moment. Either may find it gone or stopped; none may fail in
// a way that nobody can act on, and afterwards the session is whole or gone.
const pairs: readonly (readonly [one: readonly string[], other: readonly string[]])[] = [
  [["stop"], ["start"]],
  [["stop"], ["rm", "-f"]],
  [["start"], ["rm", "-f"]],
  [
    ["restart", "-f"],
    ["restart", "-f"],
  ],
  [
    ["restart", "-f"],
    ["stop", "-f"],
  ],
  [
    ["rm", "-f"],
    ["rm", "-f"],
  ],
  [["rm"], ["rm"]],
  [["inspect"], ["rm", "-f"]],
  [["logs"], ["rm", "-f"]],
  [
    ["stats", "--no-stream"],
    ["rm", "-f"],
  ],
  [
    ["ls", "--busy"],
    ["rm", "-f"],
  ],
  [
    ["history", "ls"],
    ["rm", "-f"],
  ],
  [["wait"], ["rm", "-f"]],
  [["shell"], ["stop", "-f"]],
  [["snapshot"], ["rm", "-f"]],
  [
    ["recreate", "-f", "-e", "A=1"],
    ["rm", "-f"],
  ],
  [
    ["recreate", "-f", "-e", "A=1"],
    ["stop", "-f"],
  ],
  [["recreate", "-f", "-e", "A=1"], ["snapshot"]],
];

describe.each(engines())("%s: two at once on one session", (engine) => {
  const at = bench(engine);

  test.each(pairs.map((both) => [both] as const))(
    "%j leave it whole or gone, and no defect",
    async (both) => {
      for (let round = 0; round < 2; round += 1) {
        const name = at.name("both");
        expect(await at.manyoyo(["-d", "-n", name, "-s", "claude", "--login", "none"])).toMatchObject({
          status: 0,
        });
        const said = await Promise.all(
          both.map((words) =>
            at.manyoyo([...words, ...(words[0] === "ls" ? [] : [name])], { input: "true\n" }),
          ),
        );
        for (const { status, stderr } of said) {
          expect(stderr).not.toMatch(/itself failed|TypeError|\n +at /);
          // 137 and 143 are the shell's, whose session was stopped under it.
          expect([0, 125, 137, 143]).toContain(status);
          if (status === 125) expect(stderr).toMatch(/^manyoyo: /m);
        }
        for (const image of (await holdings(engine, [name])).images) {
          if (image.includes("snapshot")) await raw(engine, "rmi", image);
        }
        if (!(await exists(engine, name))) {
          expect(await holdings(engine, [name])).toEqual({ containers: {}, images: [], volumes: [] });
          continue;
        }
        expect(await at.manyoyo(["-n", name, "-x", "echo whole"])).toMatchObject({
          status: 0,
          stdout: "whole\n",
        });
        expect(await at.manyoyo(["rm", "-f", name])).toMatchObject({ status: 0 });
      }
    },
  );
});
