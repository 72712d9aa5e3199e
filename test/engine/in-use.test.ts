import { describe, expect, test } from "bun:test";
import { engines } from "../support/engines.ts";
import { start } from "../support/live.ts";
import { raw, until } from "../support/manyoyo.ts";
import { copyScene, done, slowSave } from "../support/saved.ts";
import { inTurn } from "../support/turns.ts";

describe.each(engines())("%s: a session in use", (engine) => {
  const { turn, share } = inTurn(engine);
  const at = copyScene(engine, "use");

  test.each(
    share([
      ["stop", "Stop"],
      ["restart", "Restart"],
    ]),
  )("is left alone by %s in a script, said by whom and what; -f goes on", async (verb, word) => {
    const [busy, idle] = [at.name("busy"), at.name("idle")];
    for (const name of [busy, idle]) expect((await at.manyoyo(["-d", "-n", name])).status).toBe(0);
    const live = start(at, ["-n", busy, "-x", "echo up; sleep 60"]);
    await live.says("up");
    const said = await at.manyoyo([verb, busy, idle]);
    expect(said).toMatchObject({ status: 125, stdout: `${idle}\n` });
    expect(said.stderr).toMatch(new RegExp(`^manyoyo: The session ${busy} is in use: \\S+ runs .*sleep 60`));
    expect(said.stderr).toContain(`${word} it all the same: manyoyo ${verb} -f ${busy}`);
    expect(live.stdout()).toBe("up\n");
    expect(await at.manyoyo([verb, "-f", busy])).toMatchObject({
      status: 0,
      stdout: `${busy}\n`,
      stderr: "",
    });
    expect((await live.ended).status).not.toBe(0);
  });

  turn("is left alone also where somebody has paused it, unless nothing was begun in it", async () => {
    const [busy, idle] = [at.newName(), at.newName()];
    for (const name of [busy, idle]) await done(at, "-d", "-n", name);
    const live = start(at, ["-n", busy, "-x", "echo up; sleep 60"]);
    await live.says("up");
    for (const name of [busy, idle]) expect((await raw(engine, "pause", name)).status).toBe(0);
    for (const verb of ["stop", "rm"]) {
      const said = await at.manyoyo([verb, busy]);
      expect(said).toMatchObject({ status: 125, stdout: "" });
      expect(said.stderr).toContain(
        `The session ${busy} may be in use: it is paused, and what runs in it cannot be seen.`,
      );
    }
    expect(await at.state(busy)).toBe("paused");
    expect(await done(at, "stop", idle)).toBe(`${idle}\n`);
    expect(await done(at, "rm", "-f", busy)).toBe(`${busy}\n`);
    expect((await live.ended).status).not.toBe(0);
  });

  turn("is left alone while it is saved: what runs in it is seen once it goes on", async () => {
    const name = at.newName();
    await done(at, "-d", "-n", name);
    const live = start(at, ["-n", name, "-x", "echo up; sleep 60"]);
    await live.says("up");
    const save = await slowSave(at, name, "s1");
    const remove = start(at, ["rm", name]);
    await remove.warns(`Another manyoyo works on ${name}; waiting for it.`);
    expect(await save.goOn()).toMatchObject({ status: 0, stdout: "s1\n" });
    const said = await remove.ended;
    expect(said).toMatchObject({ status: 125, stdout: "" });
    expect(said.stderr).toContain(`The session ${name} is in use: `);
    await until("it runs", async () => (await at.state(name)) === "running");
    expect(await done(at, "rm", "-f", name)).toBe(`${name}\n`);
    await live.ended;
    await done(at, "snapshot", "rm", name, "s1");
  });
});
