import { describe, expect } from "bun:test";
import { randomBytes } from "node:crypto";
import { engines } from "../support/engines.ts";
import { exists } from "../support/inside.ts";
import { start } from "../support/live.ts";
import { bench, type RunHow, raw, until } from "../support/manyoyo.ts";
import { inTurn } from "../support/turns.ts";

describe.each(engines())("%s: prune", (engine) => {
  const { turn, rare } = inTurn(engine);
  const at = bench(engine);
  // A user of its own for each test: prune looks at one user's sessions only, so no other session is in danger.
  const someone = () => {
    const env = { USER: `myt-${randomBytes(4).toString("hex")}` };
    const manyoyo = (words: readonly string[], how: RunHow = {}) =>
      at.manyoyo(words, { ...how, env: { ...env, ...how.env } });
    const session = async (...more: readonly string[]) => {
      const name = at.name();
      expect(await manyoyo(["-d", "-n", name, ...more])).toMatchObject({ status: 0 });
      return name;
    };
    const stopped = async (...more: readonly string[]) => {
      const name = await session(...more);
      expect(await manyoyo(["stop", name])).toMatchObject({ status: 0 });
      return name;
    };
    return { env, manyoyo, session, stopped };
  };
  const isThere = (name: string) => exists(engine, name);

  turn("says what would go, and removes it with --yes", async () => {
    const { manyoyo, stopped, session } = someone();
    const [down, up] = [await stopped(), await session()];
    const dry = await manyoyo(["prune", "--older-than", "0s", "--dry-run"]);
    expect(dry).toMatchObject({ status: 0, stderr: "" });
    expect(dry.stdout).toMatch(/^NAME +STATE +USED +SIZE +FOLDER\n/);
    expect(dry.stdout).toContain(down);
    expect(dry.stdout).not.toContain(up);
    expect(await isThere(down)).toBe(true);
    const done = await manyoyo(["prune", "--older-than", "0s", "--yes"]);
    expect(done).toMatchObject({ status: 0, stdout: `${down}\n` });
    expect(done.stderr).toContain(down);
    expect([await isThere(down), await isThere(up)]).toEqual([false, true]);
  });

  turn("leaves one that was made for no agent, and holds a conversation all the same", async () => {
    const { manyoyo, session } = someone();
    const name = await session("-s", "bash");
    const file = "~/.claude/projects/-w/11111111-1111-4111-8111-111111111111.jsonl";
    const put = `mkdir -p ~/.claude/projects/-w && echo '{}' >${file}`;
    expect(await manyoyo(["exec", name, "--", "sh", "-c", put])).toMatchObject({ status: 0 });
    expect(await manyoyo(["stop", name])).toMatchObject({ status: 0 });
    const said = await manyoyo(["prune", "--older-than", "0s", "--yes"]);
    expect(said).toMatchObject({ status: 0, stdout: "" });
    expect(said.stderr).toContain(`Left out: ${name}, holds 1 conversation`);
    expect(await isThere(name)).toBe(true);
    expect((await manyoyo(["prune", "--older-than", "0s", "--yes", "--force"])).stdout).toBe(`${name}\n`);
  });

  turn("leaves what was used within seven days, or the time that is said", async () => {
    const { manyoyo, stopped } = someone();
    const name = await stopped();
    for (const more of [[], ["--older-than", "1h"], ["--older-than", "30d", "--all"]]) {
      const said = await manyoyo(["prune", "--yes", ...more]);
      expect(said).toMatchObject({ status: 0, stdout: "", stderr: "There is nothing to remove.\n" });
    }
    expect(await isThere(name)).toBe(true);
  });

  turn("counts from the last use, not from when it was made", async () => {
    const { manyoyo, session } = someone();
    const name = await session();
    await until("the session is two seconds old", async () => {
      const { stdout } = await manyoyo(["ls", "--json"]);
      const { sessions } = JSON.parse(stdout);
      const [own] = sessions.filter((each: { readonly name: string }) => each.name === name);
      return Date.now() - Date.parse(own.created) > 2500;
    });
    expect(await manyoyo(["-n", name, "-x", "true"])).toMatchObject({ status: 0 });
    const said = await manyoyo(["prune", "--all", "--older-than", "2s", "--dry-run"]);
    expect(said).toMatchObject({ status: 0, stdout: "" });
  });

  turn("asks nobody in a script: it removes nothing without --yes", async () => {
    const { manyoyo, stopped } = someone();
    const name = await stopped();
    const said = await manyoyo(["prune", "--older-than", "0s"]);
    expect(said).toMatchObject({ status: 2, stdout: "" });
    expect(said.stderr).toContain("--yes");
    expect(await isThere(name)).toBe(true);
  });

  turn("--all takes idle sessions that run, and leaves those in use, said so, unless --force", async () => {
    const { env, manyoyo, session } = someone();
    const [idle, busy] = [await session(), await session()];
    const live = start({ ...at, env: { ...at.env, ...env } }, ["-n", busy, "-x", "echo up; sleep 60"]);
    await live.says("up");
    const said = await manyoyo(["prune", "--all", "--older-than", "0s", "--yes"]);
    expect(said).toMatchObject({ status: 0, stdout: `${idle}\n` });
    expect(said.stderr).toContain(`Left out: ${busy}, in use: `);
    expect(said.stderr).toContain("sleep 60");
    expect(await isThere(busy)).toBe(true);
    const forced = await manyoyo(["prune", "--all", "--older-than", "0s", "--yes", "--force"]);
    expect(forced).toMatchObject({ status: 0, stdout: `${busy}\n` });
    expect(await isThere(busy)).toBe(false);
    await live.ended;
  });

  turn("touches nobody else's sessions, and no container that is none", async () => {
    const [one, other] = [someone(), someone()];
    const name = await other.stopped();
    const plain = at.name("plain");
    const { MANYOYO_TEST_IMAGE: image = "localhost/manyoyo-test:base" } = process.env;
    expect((await raw(engine, "create", "--name", plain, image, "true")).status).toBe(0);
    expect(await one.manyoyo(["prune", "--all", "--older-than", "0s", "--yes", "--force"])).toMatchObject({
      status: 0,
      stdout: "",
    });
    expect([await isThere(name), await isThere(plain)]).toEqual([true, true]);
  });

  turn("tells all of it as one document", async () => {
    const { manyoyo, stopped } = someone();
    const name = await stopped();
    const words = ["prune", "--older-than", "0s", "--json"];
    const dry = JSON.parse((await manyoyo([...words, "--dry-run"])).stdout);
    expect(dry).toMatchObject({
      schema: 1,
      engine,
      dryRun: true,
      sessions: [{ name, state: "stopped", folder: at.folder, used: expect.any(String) }],
      spared: [],
      images: [],
    });
    const done = JSON.parse((await manyoyo([...words, "--yes"])).stdout);
    expect(done).toMatchObject({ dryRun: false, sessions: [{ name, result: "removed" }] });
    expect(await isThere(name)).toBe(false);
  });

  rare("two at once remove each session once, and neither fails", async () => {
    const { manyoyo, stopped } = someone();
    const names = [await stopped(), await stopped(), await stopped()];
    const words = ["prune", "--older-than", "0s", "--yes"];
    const both = await Promise.all([manyoyo(words), manyoyo(words)]);
    for (const said of both) expect([said.status, said.stderr]).toEqual([0, expect.any(String)]);
    expect(await Promise.all(names.map(isThere))).toEqual([false, false, false]);
  });
});
