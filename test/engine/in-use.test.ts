import { describe, expect, test } from "bun:test";
import { engines } from "../support/engines.ts";
import { start } from "../support/live.ts";
import { bench } from "../support/manyoyo.ts";
import { inTurn } from "../support/turns.ts";

describe.each(engines())("%s: a session in use", (engine) => {
  const { share } = inTurn(engine);
  const at = bench(engine);

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
});
