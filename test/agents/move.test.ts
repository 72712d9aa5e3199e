import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { engines } from "../support/engines.ts";
import { agentScene, newWord, quit, tell } from "../support/real-agents.ts";
import { clear } from "../support/saved.ts";
import { isLong } from "../support/tally.ts";

const [first] = engines();
const last = engines().at(-1);

describe.each(first === undefined || last === undefined ? [] : [{ from: first, to: last }])(
  "a conversation of Claude Code in $from",
  ({ from, to }) => {
    const [on, at] = [agentScene(from), agentScene(to)];
    const names: string[] = [];
    beforeAll(async () => {
      await on.ready();
      await at.ready();
    }, 600_000);
    afterAll(async () => {
      await clear(on, names);
      await clear(at, names);
    });

    test(`is gone on with in ${to}${isLong ? ", and after a fork by both sides, each its own way" : ""}`, async () => {
      const session = await on.made("claude");
      const moved = at.name("claude");
      const fork = `${session}-2`;
      names.push(session, moved, fork);
      const [one, two, three, four] = [newWord(), newWord(), newWord(), newWord()];
      await on.printed("-n", session, "--", "-p", one);

      const file = `${on.home}/claude.manyoyo`;
      // Its image is 1.6 GB, and both engines have it.
      await on.printed("export", session, "-o", file, ...(isLong ? ["--zstd"] : ["--without-image"]));
      await at.printed("import", file, "--name", moved);
      await using terminal = at.at(["resume", moved], { cols: 120 });
      await terminal.waitFor(one);
      expect(await tell(at, terminal, two)).toEqual([one, two]);
      await quit(terminal, "/exit");
      terminal.type("y");
      expect(await terminal.status()).toBe(0);
      await at.printed("rm", "-f", moved);
      // A fork with a conversation of its own is in the engine tests as well, with a program in the agent's place.
      if (!isLong) return;
      await on.printed("fork", session, fork);
      await on.printed("-n", session, "--", "-c", "-p", three);
      await on.printed("-n", fork, "--", "-c", "-p", four);
      expect(await on.told(three)).toEqual([one, three]);
      expect(await on.told(four)).toEqual([one, four]);
      await on.printed("rm", "-f", session, fork);
    });
  },
);
