import { beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { engines, testImage } from "../support/engines.ts";
import { exists, field } from "../support/inside.ts";
import { bench } from "../support/manyoyo.ts";
import { inTurn } from "../support/turns.ts";

describe.each(engines())("%s: joining a session", (engine) => {
  const { turn, share } = inTurn(engine);
  const at = bench(engine);
  const name = at.name();
  const made = ["-n", name, "-v", "/usr/share:/mnt/share:ro", "-s", "echo"];
  beforeAll(async () => {
    mkdirSync(`${at.folder}/other`);
    mkdirSync(`${at.home}/.manyoyo/run`);
    writeFileSync(
      `${at.home}/.manyoyo/run/p.json`,
      JSON.stringify({ volumes: ["/usr/lib:/mnt/lib"], env: { P: "p" } }),
    );
    expect((await at.manyoyo([...made, "--", "made"])).status).toBe(0);
  });

  test.each(
    share([
      ["-v", ["-v", "/usr/lib:/mnt/lib"]],
      ["-p", ["-p", "18080:80"]],
      ["--hp", ["--hp", "other"]],
      ["--cp", ["--cp", "/elsewhere"]],
      ["-m", ["-m", "dind"]],
      ["--image", ["--image", "localhost/other:1"]],
      ["--image", ["--iv", "2-other"]],
      ["-v", ["-r", "p"]],
    ]),
  )("names %s in a warning where it was said and differs: %j", async (option, words) => {
    const said = await at.manyoyo(["-n", name, ...words, "-x", "echo on"]);
    expect(said).toMatchObject({ status: 0, stdout: "on\n" });
    expect(said.stderr).toContain(` ${option}`);
    // Conversations are about a folder inside: with another one the session is no longer the same.
    const remedy = option === "--cp" ? `manyoyo rm ${name}` : `manyoyo recreate ${name} ${option} ...`;
    expect(said.stderr).toContain(remedy);
    expect(said.stderr.trim().split("\n")).toHaveLength(1);
  });

  turn("names all of them in one warning", async () => {
    const said = await at.manyoyo([
      "-n",
      name,
      "-v",
      "/usr/lib:/x",
      "-p",
      "18080:80",
      "-m",
      "dind",
      "-x",
      "true",
    ]);
    expect(said.stderr.trim().split("\n")).toHaveLength(1);
    for (const option of ["-v", "-p", "-m"]) expect(said.stderr).toContain(option);
  });

  turn("says nothing where what was said is what the session has", async () => {
    const words = ["--hp", at.folder, "-m", "common", "--image", testImage];
    expect(await at.manyoyo([...made, ...words, "-x", "true"])).toMatchObject({ status: 0, stderr: "" });
  });

  turn("says nothing about the global settings, which nobody said in this call", async () => {
    const home = `${at.home}/.manyoyo-2`;
    mkdirSync(home);
    writeFileSync(`${home}/manyoyo.json`, JSON.stringify({ volumes: ["/usr/lib:/y"], imageName: "other" }));
    const how = { env: { MANYOYO_HOME: home } };
    expect(await at.manyoyo(["-n", name, "-x", "true"], how)).toMatchObject({ status: 0, stderr: "" });
  });

  turn("works from a folder that could not be a workspace, and runs in the session's own", async () => {
    for (const cwd of [at.home, "/", "/etc"]) {
      expect((await at.manyoyo(["-n", name, "--", "a b"], { cwd })).stdout).toBe("a b\n");
      expect((await at.manyoyo(["-n", name, "-x", "pwd"], { cwd })).stdout).toBe(`${at.folder}\n`);
      expect((await at.manyoyo(["exec", name, "--", "pwd"], { cwd })).stdout).toBe(`${at.folder}\n`);
    }
  });

  turn("makes no second container, and leaves the first one's start alone", async () => {
    const before = await field(engine, name, ".State.StartedAt");
    await at.manyoyo(["-n", name, "-x", "true"]);
    expect(await field(engine, name, ".State.StartedAt")).toBe(before);
  });

  turn("does not make a session for words alone, and says the nearest name", async () => {
    const near = `${name}x`;
    const said = await at.manyoyo(["-n", near, "--", "word"]);
    expect(said).toMatchObject({ status: 125, stdout: "" });
    expect(said.stderr).toContain(`Did you mean ${name}?`);
    expect(said.stderr).toContain(`manyoyo -n ${near} -y c -- word`);
    expect(await exists(engine, near)).toBe(false);
    expect((await at.manyoyo(["-n", near])).status).toBe(125);
    expect(await exists(engine, near)).toBe(false);
  });
});
