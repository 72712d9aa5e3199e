import { describe, expect } from "bun:test";
import { mkdirSync, realpathSync } from "node:fs";
import { engines } from "../support/engines.ts";
import { field } from "../support/inside.ts";
import { copyScene, done, holdings } from "../support/saved.ts";
import { inTurn } from "../support/turns.ts";

describe.concurrent.each(engines())("%s: a fork", (engine) => {
  const { turn, rare } = inTurn(engine);
  const on = copyScene(engine, "fork");
  const { newName, inside } = on;
  turn(
    "has the same settings, first command, variables and conversations, and goes its own way",
    async () => {
      const [one, two] = [newName(), newName()];
      const own = `${on.folder} own 'é'`;
      mkdirSync(own, { recursive: true });
      const line = 'printf "%s|" "$@"; pwd';
      await done(
        on,
        ...[
          "-n",
          one,
          "-s",
          line,
          "-d",
          "--keep-history",
          "-v",
          "/own",
          "-p",
          "0:80",
          "-e",
          "A=x y",
          "-e",
          "B=1\n2\\n",
        ],
        ...["--engine-arg=--memory=200m", "--", "a b", "c'd"],
      );
      await inside(
        one,
        "mkdir -p ~/.claude/projects/-w; echo said >~/.claude/projects/-w/c.jsonl; echo o >/own/f; echo f >/etc/f",
      );
      const made = await on.manyoyo(["fork", one, two, "--hp", own, "--json"]);
      expect(made.status, made.stderr).toBe(0);
      expect(JSON.parse(made.stdout)).toMatchObject({
        name: two,
        of: one,
        folder: realpathSync(own),
        engine,
      });
      // Its first command in the first one's place, as a conversation belongs to a folder.
      expect(await done(on, "-n", two)).toBe(`a b|c'd|${on.folder}\n`);
      expect(await inside(two, 'cat ~/.claude/projects/-w/c.jsonl /own/f /etc/f; printf "%s" "$A:$B"')).toBe(
        "said\no\nf\nx y:1\n2\\n",
      );
      expect(await field(engine, two, ".HostConfig.Memory")).toBe(
        await field(engine, one, ".HostConfig.Memory"),
      );
      await inside(
        two,
        "echo here >from-two; echo more >>~/.claude/projects/-w/c.jsonl; echo 2 >/own/f; rm /etc/f",
      );
      expect(await Bun.file(`${own}/from-two`).text()).toBe("here\n");
      expect(await inside(one, "cat ~/.claude/projects/-w/c.jsonl /own/f /etc/f; ls")).toBe("said\no\nf\n");

      // A fork of the fork, and the first one's end.
      const three = newName();
      expect((await on.manyoyo(["fork", two, three])).status).toBe(0);
      await done(on, "rm", "-f", one, two);
      expect(await inside(three, "cat ~/.claude/projects/-w/c.jsonl /own/f")).toBe("said\nmore\n2\n");
      expect((await holdings(engine, [one, two])).images).toEqual([]);
      await done(on, "rm", "-f", "--history", one, two, three);
      expect(await holdings(engine, [one, two, three])).toEqual({ containers: {}, images: [], volumes: [] });
    },
  );

  turn("can be of a snapshot, and outlives it", async () => {
    const [one, two] = [newName(), newName()];
    await done(on, "-n", one, "-s", "cat /etc/word", "-d");
    await inside(one, "echo then >/etc/word");
    await done(on, "snapshot", one, "v1");
    await inside(one, "echo now >/etc/word");
    await done(on, "fork", one, two, "--from", "v1");
    await done(on, "snapshot", "rm", one, "v1");
    expect(await done(on, "-n", two)).toBe("then\n");
    expect(await done(on, "-n", one)).toBe("now\n");
    await done(on, "rm", "-f", two);
    expect((await holdings(engine, [one, two])).images).toEqual([]);
  });

  rare("that is stopped is known to hold the conversations that it was made with", async () => {
    const [one, two] = [newName(), newName()];
    await done(on, "-n", one, "-s", "claude", "-d");
    await inside(one, "mkdir -p ~/.claude/projects/-w; echo c >~/.claude/projects/-w/c.jsonl");
    await done(on, "fork", one, two);
    await done(on, "stop", two);
    const pruned = await on.manyoyo(["prune", "--older-than", "1s", "--dry-run", "--json"]);
    expect(JSON.parse(pruned.stdout).sessions.map(({ name }: { name: string }) => name)).not.toContain(two);
    expect(await on.manyoyo(["rm", two])).toMatchObject({
      status: 0,
      stderr: expect.stringContaining("Gone with it: 1 conversation of Claude Code."),
    });
    expect((await holdings(engine, [two])).images).toEqual([]);
    // A profile of it is about the image that the first one was made from.
    await done(on, "fork", one, two);
    expect(await done(on, "profile", "new", two, "--from", two)).toContain(two);
    expect(await done(on, "profile", "show", two)).not.toContain("manyoyo-session");
    await done(on, "rm", "-f", one, two);
  });

  rare("is refused where conversations are kept under its name, and leaves nothing behind", async () => {
    const [one, two] = [newName(), newName()];
    await done(on, "-n", one, "-s", "bash", "-d", "--keep-history");
    await done(on, "-n", two, "-s", "bash", "-d", "--keep-history");
    await done(on, "rm", two);
    const before = await holdings(engine, [one, two]);
    expect(await on.manyoyo(["fork", one, two])).toMatchObject({
      status: 125,
      stdout: "",
      stderr: expect.stringContaining(`manyoyo rm --history -f ${two}`),
    });
    expect(await holdings(engine, [one, two])).toEqual(before);
    await done(on, "rm", "-f", "--history", one, two);
  });

  rare("of one session can be made by several at once", async () => {
    const one = newName();
    await done(on, "-n", one, "-d");
    const all = Array.from({ length: 4 }, newName);
    const made = await Promise.all(all.map((name) => on.manyoyo(["fork", one, name])));
    expect(made.map(({ stdout }) => stdout.trim())).toEqual(all);
    await done(on, "rm", "-f", one, ...all);
    expect(await holdings(engine, [one, ...all])).toEqual({ containers: {}, images: [], volumes: [] });
  });
});
