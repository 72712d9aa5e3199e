import { describe, expect } from "bun:test";
import { engines, testImage } from "../support/engines.ts";
import { raw } from "../support/manyoyo.ts";
import { scene } from "../support/scene.ts";
import { inTurn } from "../support/turns.ts";

describe.each(engines())("%s: an engine that several people share", (engine) => {
  const { turn } = inTurn(engine);
  const at = scene(engine);
  const other = { env: { USER: "somebody-else" } };

  turn("shows everybody their own sessions, and all with --all-users", async () => {
    const [mine, theirs, old] = [at.name("mine"), at.name("theirs"), at.name("old")];
    await at.manyoyo(["-d", "-n", mine, "-s", "true"]);
    await at.manyoyo(["-d", "-n", theirs, "-s", "true"], other);
    const label = ["--label", "manyoyo.default_cmd=x"];
    await raw(engine, "run", "-d", "--name", old, ...label, testImage, "sleep", "1000");
    const among = (text: string) =>
      text
        .split(/\s+/)
        .filter((name) => [mine, theirs, old].includes(name))
        .toSorted();
    const listed = async (words: string[], how = {}) => among((await at.manyoyo(words, how)).stdout);
    expect(await listed(["ls", "--names"])).toEqual([mine, old]);
    expect(await listed(["ls", "--names"], other)).toEqual([old, theirs].toSorted());
    expect(await listed(["ls", "--names", "--all-users"])).toEqual([mine, old, theirs].toSorted());
    const table = (await at.manyoyo(["ls", "--all-users"])).stdout;
    expect(table).toMatch(/^NAME +STATE +AGENT +USED +CREATED +USER +FOLDER\n/);
    expect(table).toMatch(new RegExp(`^${theirs} .* somebody-else +\\.$`, "m"));
    expect(await listed(["stats", "--no-stream"])).toEqual([mine, old]);
    const tab = async (how = {}) =>
      (await at.manyoyo(["complete", "--", "shell", ""], how)).stdout
        .split("\n")
        .map((line) => line.split("\t")[0] ?? "")
        .filter((name) => [mine, theirs, old].includes(name))
        .toSorted();
    expect(await tab()).toEqual([mine, old]);
    expect(await tab(other)).toEqual([old, theirs].toSorted());
  });

  turn("lets a session be reached by its name, whoever made it", async () => {
    const name = at.name();
    await at.manyoyo(["-d", "-n", name, "-s", "true"], other);
    expect((await at.manyoyo(["-n", name, "-x", "echo in"])).stdout).toBe("in\n");
    expect((await at.manyoyo(["inspect", name])).stdout).toContain("by somebody-else\n");
    expect((await at.manyoyo(["rm", name])).status).toBe(0);
  });
});
