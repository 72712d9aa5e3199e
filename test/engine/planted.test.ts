import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { engines } from "../support/engines.ts";
import { bench, runProgram } from "../support/manyoyo.ts";

describe.each(engines())("%s: what an agent could plant in the workspace", (engine) => {
  const at = bench(engine);

  test("changes nothing: bunfig.toml, .env, tsconfig.json, package.json, node_modules", async () => {
    const proof = `${at.home}/planted`;
    const evil = `require("node:fs").writeFileSync(${JSON.stringify(proof)}, "ran");\n`;
    const files: Readonly<Record<string, string>> = {
      "bunfig.toml": 'preload = ["./evil.js"]\n[run]\nbun = true\n',
      "evil.js": evil,
      ".env": "MANYOYO_ENGINE=nosuch\nMANYOYO_HOME=/nowhere\nPLANTED=env\nBUN_OPTIONS=--preload ./evil.js\n",
      ".env.local": "MANYOYO_ENGINE=nosuch\n",
      ".env.production": "MANYOYO_ENGINE=nosuch\n",
      "tsconfig.json": '{"compilerOptions":{"paths":{"*":["./evil.js"]}}}\n',
      "package.json": '{"type":"module","imports":{"#*":"./evil.js"}}\n',
      ...Object.fromEntries(
        ["zx", "zx/core", "citty", "valibot", "json5", "@clack/prompts"].flatMap((name) => [
          [`node_modules/${name}/index.js`, evil],
          [`node_modules/${name}/package.json`, '{"main":"index.js"}'],
        ]),
      ),
      ".manyoyo.json": '{"env":{"PLANTED":"profile"}}',
      "manyoyo.json": '{"env":{"PLANTED":"settings"}}',
      [`bin/${engine}`]: "#!/bin/sh\nexit 9\n",
    };
    for (const [file, text] of Object.entries(files)) await Bun.write(`${at.folder}/${file}`, text);
    const name = at.name();
    for (const words of [
      ["-n", name, "-e", "A=1", "-x", 'echo "[$PLANTED]"'],
      ["-n", name, "-x", 'echo "[$PLANTED]"'],
    ]) {
      expect(await at.manyoyo(words)).toMatchObject({ status: 0, stdout: "[]\n" });
    }
    for (const words of [["ls"], ["--version"], ["-h"], ["config", "show"], ["stop", name], ["rm", name]]) {
      expect((await at.manyoyo(words)).status).toBe(0);
    }
    expect(existsSync(proof)).toBe(false);
  });

  test("text from inside never reaches a terminal raw in what manyoyo says", async () => {
    const name = at.name();
    await at.manyoyo(["-d", "-n", name, "-s", "echo \u001b]0;evil\u0007\u001b[31m\u009b\u202e"]);
    for (const words of [["ls"], ["ls", "--json"], ["config", "command", "-n", name], ["rm", name]]) {
      const said = await at.manyoyo(words);
      for (const raw of ["\u001b", "\u0007", "\u009b", "\u202e"]) {
        expect(said.stdout + said.stderr).not.toContain(raw);
      }
    }
  });

  test("such text in a line of config command is still what a shell reads", async () => {
    const name = at.name();
    const odd = "\u001b[31m\tx\u009b'\u202e\n$y";
    await at.manyoyo(["-d", "-n", name, "-s", "printf %s", "--", odd]);
    const { stdout } = await at.manyoyo(["config", "command", "-n", name]);
    expect((await runProgram(["sh"], { input: stdout })).stdout).toBe(odd);
  });
});
