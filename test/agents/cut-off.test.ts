import { beforeAll, describe, expect, test } from "bun:test";
import { expectPolite } from "../support/cuts.ts";
import { engines } from "../support/engines.ts";
import { raw, until } from "../support/manyoyo.ts";
import { agentScene, newWord, tell } from "../support/real-agents.ts";
import { isLong, tried } from "../support/tally.ts";
import type { Terminal } from "../support/terminal.ts";

const agents = [
  { agent: "claude", ready: /bypass\s*permissions/, again: ["-c", "-p"] },
  {
    agent: "codex",
    ready: /YOLO[\s\S]*›\s*Ask\s*Codex/,
    again: ["exec", "--skip-git-repo-check", "resume", "--last"],
  },
] as const;

interface Way {
  readonly way: string;
  readonly does: (terminal: Terminal, session: string) => unknown;
  readonly statuses: readonly number[];
}

describe.each(engines())("a real agent is cut off in its turn, %s", (engine) => {
  const on = agentScene(engine);
  beforeAll(on.ready, 600_000);

  const ways: readonly Way[] = [
    { way: "its terminal is closed", does: (terminal) => terminal.close(), statuses: [129] },
    { way: "manyoyo is told to end by TERM", does: (terminal) => terminal.kill("SIGTERM"), statuses: [143] },
    { way: "manyoyo is told to end by HUP", does: (terminal) => terminal.kill("SIGHUP"), statuses: [129] },
    { way: "its session is killed", does: (_, session) => raw(engine, "kill", session), statuses: [125] },
    {
      way: "its session is stopped",
      does: (_, session) => raw(engine, "stop", "-t", "1", session),
      statuses: [125],
    },
  ];
  const all = agents.flatMap((agent, row) => ways.map((way, column) => ({ ...agent, ...way, row, column })));
  // In the short form each agent in one way on one engine.
  const due = (row: number, column: number): boolean =>
    engine === "docker" ? row === 0 && column === 0 : row === 1 && column === 3;

  test.each(all.filter(({ row, column }) => isLong || due(row, column)))(
    "$agent, as $way: nothing of it runs on, and its conversation is gone on with",
    async ({ agent, ready, again, way, does, statuses }) => {
      await tried(
        {
          fault: `${engine}: ${agent} in its turn, ${way}`,
          promised: "nothing runs on; the conversation is whole",
        },
        async () => {
          const session = await on.made(agent);
          const [one, two, three] = [newWord(), newWord(), newWord()];
          const answer = on.model.hold(two);
          await using terminal = on.at(["-n", session], { cols: 120 });
          await terminal.waitFor(ready);
          expect(await tell(on, terminal, one)).toEqual([one]);
          await terminal.waitFor(new RegExp(`was\\s*told:\\s*${one}`));
          expect(await tell(on, terminal, two)).toEqual([one, two]);
          await does(terminal, session);
          expect(statuses).toContain(await terminal.status(30_000));
          expectPolite(terminal.text());
          if ((await on.state(session)) === "running") {
            await until(`nothing of ${agent} runs`, async () => !(await on.runs(session, agent)), 20_000);
          }
          answer();
          expect(await on.printed("history", "ls", session, "--json")).toContain(one);
          await on.printed("-n", session, "--", ...again, three);
          const told = await on.told(three);
          expect([told[0], told.at(-1)]).toEqual([one, three]);
          await on.printed("rm", "-f", session);
        },
      );
    },
  );
});
