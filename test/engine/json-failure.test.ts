import { beforeAll, describe, expect } from "bun:test";
import { engines } from "../support/engines.ts";
import { bench } from "../support/manyoyo.ts";
import { inTurn } from "../support/turns.ts";

describe.concurrent.each(engines())("%s: a failure under --json", (engine) => {
  const { turn } = inTurn(engine);
  const at = bench(engine);
  const [one, two] = [at.name(), at.name()];
  beforeAll(async () => {
    for (const name of [one, two]) {
      expect(await at.manyoyo(["-n", name, "-y", "c", "-d"])).toMatchObject({ status: 0 });
    }
  });

  turn("is one line on stderr, whatever else there is to say", async () => {
    const calls = [
      // What there is to say: several sessions, options that a session cannot take, what a mode gives away.
      ["resume"],
      ["c"],
      ["."],
      ["history", "show", "."],
      ["-n", one, "-p", "8080:80"],
      ["-n", one, "--rm-on-exit"],
      ["recreate", ".", "-m", "dind", "--image", "localhost/manyoyo-test:nosuch"],
      ["snapshot", "restore", ".", "nosuch"],
      ["fork", ".", two],
      ["rm", at.name()],
      ["prune", "--nosuch"],
    ];
    const said = await Promise.all(calls.map((words) => at.manyoyo(["--json", ...words])));
    for (const [index, { status, stderr }] of said.entries()) {
      const words = calls[index]?.join(" ");
      expect(status, words).not.toBe(0);
      expect(stderr.split("\n"), words).toHaveLength(2);
      expect(JSON.parse(stderr), words).toMatchObject({ schema: 1, error: { message: expect.any(String) } });
    }
  });

  turn("alone keeps back what else there is to say", async () => {
    const said = await at.manyoyo(["--json", ".", "-x", "true"]);
    expect(said).toMatchObject({ status: 0, stderr: expect.stringContaining("This folder has 2 sessions") });
  });
});
