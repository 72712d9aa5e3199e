import { beforeAll, describe, expect } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { engines, testImage } from "../support/engines.ts";
import { scene } from "../support/scene.ts";
import { inTurn } from "../support/turns.ts";

describe.each(engines())("%s: an agent of the user's own", (engine) => {
  const { turn } = inTurn(engine);
  const on = scene(engine);
  const bin = `${dirname(on.folder)}/bin`;
  const mount = ["-v", `${bin}/helper:/usr/local/bin/helper:ro`];

  beforeAll(async () => {
    mkdirSync(bin);
    writeFileSync(`${bin}/helper`, '#!/bin/sh\nprintf "helper"; printf "<%s>" "$@"; echo\n', { mode: 0o755 });
    const [imageName, imageVersion] = testImage.split(":");
    const agents = {
      helper: { command: "helper", yolo: "helper --all", continue: ["--go-on"], resume: ["--at", "{id}"] },
      plain: { command: "helper --plain" },
    };
    await Bun.write(
      `${on.home}/.manyoyo/manyoyo.json`,
      JSON.stringify({ imageName, imageVersion, agents, runs: { web: { yolo: "helper" } } }),
    );
  });

  turn("is run by its name after -y, in a profile and alone, and is known in the list", async () => {
    const name = on.name();
    const said = await on.manyoyo(["-n", name, "-y", "helper", ...mount, "--", "a b"]);
    expect(said).toMatchObject({ status: 0, stdout: "helper<--all><a b>\n" });
    const listed: unknown = JSON.parse((await on.manyoyo(["ls", "--json"])).stdout);
    expect(listed).toMatchObject({
      sessions: expect.arrayContaining([expect.objectContaining({ name, agent: "helper" })]),
    });
    expect((await on.manyoyo(["helper", "--", "x"])).stdout).toBe("helper<--all><x>\n");
    const byProfile = await on.manyoyo(["-n", on.name(), "-r", "web", ...mount, "--", "y"]);
    expect(byProfile).toMatchObject({ status: 0, stdout: "helper<--all><y>\n" });
  });

  turn("goes on at a terminal in its own words", async () => {
    const name = on.name();
    expect((await on.manyoyo(["-n", name, "-y", "helper", ...mount, "-d"])).status).toBe(0);
    for (const [words, shown] of [
      [["resume", name], "helper<--all><--go-on>"],
      [["resume", name, "7"], "helper<--all><--at><7>"],
      [["resume", name, "--pick"], "helper<--all><--at>"],
    ] as const) {
      await using terminal = on.at(words);
      await terminal.waitFor(shown);
      await terminal.waitFor("Resume: helper --at");
    }
  });

  turn(
    "without words to go on starts fresh, and says so; without words for one conversation says that",
    async () => {
      const name = on.name();
      expect((await on.manyoyo(["-n", name, "-y", "plain", ...mount, "-d"])).status).toBe(0);
      await using terminal = on.at(["resume", name], { cols: 200 });
      await terminal.waitFor("plain has no words that go on, so plain starts fresh.");
      await terminal.waitFor("helper<--plain>");
      await using one = on.at(["resume", name, "7"], { cols: 200 });
      await one.waitFor("plain has no words that go on with one conversation.");
      expect(await one.status()).toBe(2);
    },
  );

  turn("is refused where nobody could see it, and where it is not described", async () => {
    const refused = await on.manyoyo(["-n", on.name(), "-y", "helper"]);
    expect(refused).toMatchObject({ status: 2, stdout: "" });
    expect(refused.stderr).toContain("helper needs a terminal");
    const unknown = await on.manyoyo(["-n", on.name(), "-y", "helpr"]);
    expect(unknown.stderr).toContain("Did you mean helper?");
    const name = on.name();
    expect((await on.manyoyo(["-n", name, "-y", "helper", ...mount, "-d"])).status).toBe(0);
    const elsewhere = { env: { MANYOYO_HOME: `${on.home}/nothing` } };
    const said = await on.manyoyo(["resume", name], elsewhere);
    expect(said.status).toBe(2);
    expect(said.stderr).toContain("made for the agent helper, which your settings do not describe");
  });

  turn("with a mistake is told of by its place in the file", async () => {
    const home = `${on.home}/faulty`;
    await Bun.write(`${home}/manyoyo.json`, '{ agents: {\n  helper: { comand: "x" },\n} }');
    const said = await on.manyoyo(["-n", on.name(), "-y", "helper", "-d"], { env: { MANYOYO_HOME: home } });
    expect(said.status).toBe(2);
    expect(said.stderr).toContain(`${home}/manyoyo.json:2:13: There is no setting "comand" of an agent.`);
  });

  turn("is completed", async () => {
    const said = await on.manyoyo(["complete", "--", "-y", ""]);
    expect(said.stdout).toContain("helper\thelper\n");
    expect((await on.manyoyo(["complete", "--", "-n", "x", "-y", "helper", "--", ""])).stdout).toContain(
      "--go-on",
    );
    expect((await on.manyoyo(["complete", "--", "login", ""])).stdout).not.toContain("helper");
  });
});
