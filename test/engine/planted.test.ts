import { describe, expect } from "bun:test";
import { existsSync } from "node:fs";
import { engines, testImage } from "../support/engines.ts";
import { bench, raw, runProgram } from "../support/manyoyo.ts";
import { spyOn } from "../support/spy.ts";
import { inTurn } from "../support/turns.ts";

describe.concurrent.each(engines())("%s: what an agent could plant in the workspace", (engine) => {
  const { turn } = inTurn(engine);
  const at = bench(engine);

  turn("changes nothing: bunfig.toml, .env, tsconfig.json, package.json, node_modules", async () => {
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

  turn("text from inside never reaches a terminal raw in what manyoyo says", async () => {
    const name = at.name();
    await at.manyoyo(["-d", "-n", name, "-s", "echo \u001b]0;evil\u0007\u001b[31m\u009b\u202e"]);
    for (const words of [["ls"], ["ls", "--json"], ["config", "command", "-n", name], ["rm", name]]) {
      const said = await at.manyoyo(words);
      for (const raw of ["\u001b", "\u0007", "\u009b", "\u202e"]) {
        expect(said.stdout + said.stderr).not.toContain(raw);
      }
    }
  });

  turn("such text in a line of config command is still what a shell reads", async () => {
    const name = at.name();
    const odd = "\u001b[31m\tx\u009b'\u202e\n$y";
    await at.manyoyo(["-d", "-n", name, "-s", "printf %s", "--", odd]);
    const { stdout } = await at.manyoyo(["config", "command", "-n", name]);
    expect((await runProgram(["sh"], { input: stdout })).stdout).toBe(odd);
  });

  turn("git's hooks and config in the workspace are never run", async () => {
    const proof = `${at.home}/by-git`;
    const plant = await runProgram(
      [
        ...["sh", "-ec"],
        `git init -q . && printf '#!/bin/sh\n: >"%s"\n' "$1" >.git/planted && chmod +x .git/planted
         for key in core.fsmonitor core.pager core.editor core.sshCommand diff.external credential.helper filter.x.smudge; do
           git config "$key" "$PWD/.git/planted"
         done
         for hook in post-checkout pre-commit post-index-change reference-transaction; do ln -sf ../planted ".git/hooks/$hook"; done`,
        ...["sh", proof],
      ],
      { cwd: at.folder, env: at.env },
    );
    expect(plant.status, plant.stderr).toBe(0);
    const name = at.name();
    for (const words of [
      ["-n", name, "-x", "true"],
      ["-n", name, "-d", "-x", "true"],
      ["config", "show"],
      ["ls", "--busy"],
      ["doctor"],
      ["rm", "-f", name],
    ]) {
      const said = await at.manyoyo(words);
      expect([0, 1], `${words.join(" ")}: ${said.stderr}`).toContain(said.status);
    }
    expect(existsSync(proof)).toBe(false);
  });

  turn("labels of an image are not those of the session made from it", async () => {
    const [base, name, other] = [at.name("base"), at.name(), at.name("other")];
    const image = `localhost/${base}:1`;
    const planted = [
      `LABEL manyoyo.args="[\\"planted\\"]" manyoyo.agent=codex manyoyo.commands_as=root`,
      `LABEL manyoyo.user=planted manyoyo.work=${other} manyoyo.call=planted`,
    ];
    const changes = planted.flatMap((change) => ["--change", change]);
    try {
      for (const words of [
        ["create", "--name", base, testImage, "true"],
        ["commit", ...changes, base, image],
        ["rm", base],
      ]) {
        const said = await raw(engine, ...words);
        expect(said.status, said.stderr).toBe(0);
      }
      const made = await at.manyoyo(["-n", name, "--image", image, "-s", "echo first", "-d"]);
      expect(made.status, made.stderr).toBe(0);
      const told = await raw(engine, "container", "inspect", "--format", "{{json .Config.Labels}}", name);
      const labels = JSON.parse(told.stdout);
      expect(labels["manyoyo.default_cmd"]).toBe("echo first");
      expect(labels["manyoyo.user"]).not.toBe("planted");
      for (const key of ["args", "agent", "commands_as", "work", "call"]) {
        expect(labels[`manyoyo.${key}`], key).toBe("");
      }
      // What is left of calls on the other session is cleared away by its next one; this one is nothing of it.
      expect((await at.manyoyo(["-n", other, "-d"])).status).toBe(0);
      const saved = await at.manyoyo(["snapshot", other, "v1"]);
      expect(saved.status, saved.stderr).toBe(0);
      expect((await at.manyoyo(["-n", name, "-x", "echo whole"])).stdout).toBe("whole\n");
      expect((await at.manyoyo(["snapshot", "rm", other, "v1"])).status).toBe(0);
      expect((await at.manyoyo(["rm", "-f", name, other])).status).toBe(0);
    } finally {
      await raw(engine, "rmi", image);
    }
  });

  turn("labels of an image are neither options of the engine nor lines of what is built on it", async () => {
    const repository = `localhost/${at.name("renewed")}`;
    const image = async (tag: string, labels: Readonly<Record<string, string>>): Promise<string> => {
      const name = at.name(tag);
      const words = Object.entries(labels).flatMap(([key, value]) => [
        "--label",
        `manyoyo.image.${key}=${value}`,
      ]);
      for (const call of [
        ["create", "--name", name, ...words, testImage, "true"],
        ["commit", name, `${repository}:${tag}`],
        ["rm", name],
      ]) {
        const said = await raw(engine, ...call);
        expect(said.status, said.stderr).toBe(0);
      }
      return `${repository}:${tag}`;
    };
    const update = async (tag: string) => {
      const spy = spyOn(engine, at.home);
      const words = ["image", "build", "--update", "--agents", "none", "--in", repository, "--iv", tag];
      return { said: await at.manyoyo(words, { env: spy.env }), calls: spy.calls() };
    };
    const agents = { part: "agents", agents: '{"gemini":"0.0.1"}' };
    try {
      await image("option", { ...agents, tools: "--help" });
      const option = await update("option");
      expect(option.said).toMatchObject({ status: 125, stdout: "" });
      expect(option.calls.flatMap(({ words }) => words)).not.toContain("--help");
      const tools = await image("tools", { part: "tools", base: 'x"\nRUN echo planted\nLABEL x="' });
      await image("line", { ...agents, tools });
      const line = await update("line");
      expect(line.said).toMatchObject({ status: 125, stdout: "" });
      expect(line.said.stderr).toContain("cannot be renewed");
      expect(line.calls.flatMap(({ words }) => words)).not.toContain("build");
    } finally {
      for (const tag of ["option", "line", "tools"]) await raw(engine, "rmi", "-f", `${repository}:${tag}`);
    }
  });
});
