import { describe, expect } from "bun:test";
import { readFileSync } from "node:fs";
import { engines } from "../support/engines.ts";
import { field } from "../support/inside.ts";
import { bench } from "../support/manyoyo.ts";
import { inTurn } from "../support/turns.ts";

describe.each(engines())("%s: profile new --from a session", (engine) => {
  const { turn } = inTurn(engine);
  const at = bench(engine);

  turn("makes the next session like it, in its folder, without the values of its variables", async () => {
    const [first, second] = [at.name(), at.name()];
    const profile = `${at.home}/.manyoyo/run/like.json`;
    const words = ["-v", "./it's, a: file:/data:ro", "-s", "printf '[%s]'", "-e", "SECRET=hush", "-d"];
    await Bun.write(`${at.folder}/it's, a: file/x`, "");
    const made = await at.manyoyo(["-n", first, "--cp", "/work", ...words, "--", "a b", "$c"]);
    expect(made.status, made.stderr).toBe(0);
    const written = await at.manyoyo(["profile", "new", "like", "--from", first]);
    expect(written, written.stderr).toMatchObject({ status: 0, stdout: `${profile}\n` });
    expect(readFileSync(profile, "utf8")).not.toContain("hush");
    const ran = await at.manyoyo(["-r", "like", "-n", second, "-q", "full"], { cwd: "/" });
    expect(ran).toMatchObject({ status: 0, stdout: "[a b][$c]" });
    const options = async (name: string) =>
      JSON.parse(await field(engine, name, 'index .Config.Labels "manyoyo.options"'));
    expect(await options(second)).toEqual({ ...(await options(first)), variables: [] });
  });

  turn("of two at once one wins, and the other says so", async () => {
    const name = at.name();
    await at.manyoyo(["-n", name, "-s", "true", "-d"]);
    const both = await Promise.all([1, 2].map(() => at.manyoyo(["profile", "new", "once", "--from", name])));
    expect(both.map(({ status }) => status).toSorted()).toEqual([0, 2]);
  });

  turn("of a session that is not there names what there is to see", async () => {
    const said = await at.manyoyo(["profile", "new", "none", "--from", at.name()]);
    expect([said.status, said.stdout]).toEqual([125, ""]);
    expect(said.stderr).toContain("Neither a profile nor a session is called");
  });
});
