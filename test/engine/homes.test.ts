import { describe, expect } from "bun:test";
import { chmodSync, chownSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { engines, testImage } from "../support/engines.ts";
import { bench, type RunHow } from "../support/manyoyo.ts";
import { isLong } from "../support/tally.ts";
import { inTurn } from "../support/turns.ts";

describe.each(engines())("%s: manyoyo works", (engine) => {
  const { turn } = inTurn(engine);
  const at = bench(engine);
  const image = ["--image", testImage];

  /** Makes a session, joins it, lists and removes it. */
  async function works(how: RunHow): Promise<void> {
    const name = at.name();
    const made = await at.manyoyo(["-n", name, ...image, "-e", "A=1", "-x", "echo $A"], how);
    expect(made).toMatchObject({ status: 0, stdout: "1\n" });
    const joined = await at.manyoyo(["-n", name, "-x", "pwd"], how);
    expect(joined).toMatchObject({ status: 0, stdout: `${at.folder}\n` });
    // docker itself warns where it cannot look for its own settings.
    expect(joined.stderr.replace(/^WARNING: Error loading config file: .*\n/, "")).toBe("");
    expect((await at.manyoyo(["ls", "--names"], how)).stdout).toContain(name);
    expect((await at.manyoyo(["rm", name], how)).status).toBe(0);
  }

  turn("without HOME", () => works({ env: { HOME: undefined } }));

  turn("with a HOME that is not there, empty, or a file", async () => {
    writeFileSync(`${at.home}/file`, "");
    const all = [`${at.home}/file`, `${at.home}/missing`, ""];
    for (const HOME of isLong ? all : all.slice(0, 1)) await works({ env: { HOME } });
  });

  turn("without ~/.manyoyo, and makes none", async () => {
    mkdirSync(`${at.home}/bare`);
    await works({ env: { HOME: `${at.home}/bare` } });
    expect(await Array.fromAsync(new Bun.Glob("**/*").scan({ cwd: `${at.home}/bare`, dot: true }))).toEqual(
      [],
    );
  });

  turn("with a home that cannot be written", async () => {
    const home = `${at.home}/readonly`;
    mkdirSync(`${home}/.manyoyo`, { recursive: true });
    writeFileSync(`${home}/.manyoyo/manyoyo.json`, "{}");
    for (const path of [`${home}/.manyoyo`, home]) chmodSync(path, 0o555);
    await works({ env: { HOME: home } });
  });

  turn("with a ~/.manyoyo of somebody else, or a broken link", async () => {
    const home = `${at.home}/foreign`;
    mkdirSync(`${home}/.manyoyo`, { recursive: true });
    if (process.getuid?.() === 0) chownSync(`${home}/.manyoyo`, 65534, 65534);
    chmodSync(`${home}/.manyoyo`, 0o000);
    await works({ env: { HOME: home } });
    mkdirSync(`${at.home}/linked`);
    symlinkSync("/nowhere/at/all", `${at.home}/linked/.manyoyo`);
    await works({ env: { HOME: `${at.home}/linked` } });
  });

  turn("with MANYOYO_HOME elsewhere", async () => {
    const home = `${at.home}/moved`;
    mkdirSync(home);
    writeFileSync(`${home}/manyoyo.json`, JSON.stringify({ env: { MOVED: "yes" } }));
    const how = { env: { MANYOYO_HOME: home } };
    await works(how);
    expect((await at.manyoyo(["-n", at.name(), ...image, "-x", "echo $MOVED"], how)).stdout).toBe("yes\n");
  });
});
