import { beforeAll, describe, expect, test } from "bun:test";
import { engines } from "../support/engines.ts";
import { raw } from "../support/manyoyo.ts";
import { agentScene, newWord, quit, tell } from "../support/real-agents.ts";
import { keys } from "../support/terminal.ts";
import { inTurn } from "../support/turns.ts";

describe.each(engines())("the real agents, %s", (engine) => {
  const { turn, share } = inTurn(engine);
  const on = agentScene(engine);
  beforeAll(on.ready, 600_000);

  /** The id in the name of the newest file of a session's conversations. */
  async function newestId(session: string, files: string): Promise<string> {
    const said = await raw(engine, "exec", session, "sh", "-c", `ls -t ${files}`);
    return /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?=\.jsonl)/.exec(said.stdout)?.[0] ?? "";
  }

  const screens = [
    {
      agent: "claude",
      once: ["-p"],
      again: ["-c", "-p"],
      last: ["-c"],
      files: "~/.claude/projects/*/*.jsonl",
      ready: /bypass\s*permissions/,
      screen: /Claude\s*Code/,
      bye: "/exit",
    },
    {
      agent: "codex",
      once: ["exec", "--skip-git-repo-check"],
      again: ["exec", "--skip-git-repo-check", "resume", "--last"],
      last: ["resume", "--last"],
      files: "~/.codex/sessions/*/*/*/*.jsonl",
      ready: /YOLO[\s\S]*›\s*Ask\s*Codex/,
      screen: "YOLO",
      bye: "/quit",
    },
  ] as const;

  test.each(share(screens))("$agent goes on with its conversation, by each way there is", async (about) => {
    const { agent, last, files, ready, screen, bye } = about;
    const session = await on.made(agent);
    const words = Array.from({ length: 5 }, newWord);
    const [one = "", two = "", three = "", four = "", five = ""] = words;

    await using terminal = on.at(["-n", session], { cols: 120 });
    await terminal.waitFor(ready);
    expect(await tell(on, terminal, one)).toEqual([one]);
    await quit(terminal, bye);

    // The menu's r: the agent's own choice, of which there is one.
    terminal.type("r");
    await terminal.waitFor(one);
    terminal.type(keys.enter);
    await terminal.waitFor(screen);
    await terminal.waitFor(new RegExp(`was\\s*told:\\s*${one}`));
    expect(await tell(on, terminal, two)).toEqual(words.slice(0, 2));
    await quit(terminal, bye);
    terminal.type("y");
    expect(await terminal.status()).toBe(0);

    await using resumed = on.at(["resume", session], { cols: 120 });
    await resumed.waitFor(two);
    expect(await tell(on, resumed, three)).toEqual(words.slice(0, 3));
    await quit(resumed, bye);
    resumed.type("y");
    expect(await resumed.status()).toBe(0);

    // That very conversation, by the beginning of its id.
    const id = await newestId(session, files);
    await using byId = on.at(["resume", session, id.slice(0, 13)], { cols: 120 });
    await byId.waitFor(id);
    await byId.waitFor(three);
    expect(await tell(on, byId, four)).toEqual(words.slice(0, 4));
    await quit(byId, bye);
    byId.type("y");
    expect(await byId.status()).toBe(0);

    // The agent's own words.
    await using own = on.at(["-n", session, "--", ...last], { cols: 120 });
    await own.waitFor(four);
    expect(await tell(on, own, five)).toEqual(words);
    await quit(own, bye);
    own.type("n");
    expect(await own.status()).toBe(0);
    expect(await on.state(session)).toBeUndefined();
  });

  test.each(share(screens))(
    "$agent goes on at a terminal with what was only said in a pipe",
    async (about) => {
      const { agent, once, again, bye } = about;
      const session = await on.made(agent);
      const [one, two, three] = [newWord(), newWord(), newWord()];
      expect(await on.printed("-n", session, "--", ...once, one)).toContain(`turn 1: I was told: ${one}`);
      expect(await on.printed("-n", session, "--", ...again, two)).toContain(`${one} | ${two}`);
      await using terminal = on.at(["resume", session], { cols: 120 });
      await terminal.waitFor(two);
      expect(await tell(on, terminal, three)).toEqual([one, two, three]);
      await quit(terminal, bye);
      terminal.type("y");
      expect(await terminal.status()).toBe(0);
    },
  );

  test.each(
    share([
      { agent: "gemini", first: ["-p"], again: ["-r", "latest", "-p"], shows: "YOLO" },
      { agent: "opencode", first: ["run"], again: ["run", "-c"], shows: "Build" },
    ]),
  )("$agent starts without asking for permissions, and goes on with its conversation", async (about) => {
    const { agent, first, again, shows } = about;
    const session = await on.made(agent);
    const [one, two] = [newWord(), newWord()];
    await on.printed("-n", session, "--", ...first, one);
    await on.printed("-n", session, "--", ...again, two);
    expect(await on.told(two)).toEqual([one, two]);
    await using terminal = on.at(["resume", session], { cols: 120 });
    await terminal.waitFor(two);
    expect(terminal.text()).toContain(shows);
    expect(terminal.text()).not.toContain("starts fresh");
  });

  turn("without a conversation claude starts fresh, and resume says so", async () => {
    const session = await on.made("claude");
    await using terminal = on.at(["resume", session], { cols: 120 });
    await terminal.waitFor(`${session} has no conversation yet, so Claude Code starts fresh.`);
    await terminal.waitFor(/bypass\s*permissions/);
    const word = newWord();
    expect(await tell(on, terminal, word)).toEqual([word]);
    await quit(terminal, "/exit");
    terminal.type("y");
    await terminal.status();

    // An id that is not there is told by manyoyo, with those that are.
    const unknown = crypto.randomUUID();
    await using wrong = on.at(["resume", session, unknown], { cols: 200 });
    await wrong.waitFor(`Claude Code has no conversation ${unknown} in the session ${session}.`);
    await wrong.waitFor(await newestId(session, "~/.claude/projects/*/*.jsonl"));
    expect(await wrong.status()).toBe(2);
  });

  turn("conversations that are kept outlive the session", async () => {
    const session = await on.made("claude", "--keep-history");
    const [one, two] = [newWord(), newWord()];
    await on.printed("-n", session, "--", "-p", one);
    expect(await on.printed("history", "ls", session, "--json")).toContain(one);
    await on.printed("history", "backup", session, "-o", `${on.home}/backup.tar`);
    await on.printed("rm", session);
    await on.printed("-n", session, "-y", "c", "--keep-history", "-d");
    await using terminal = on.at(["resume", session], { cols: 120 });
    await terminal.waitFor(one);
    expect(await tell(on, terminal, two)).toEqual([one, two]);
    await quit(terminal, "/exit");
    terminal.type("y");
    await terminal.status();
    expect(await on.manyoyo(["rm", "-f", "--history", session])).toMatchObject({ status: 0 });
  });
});
