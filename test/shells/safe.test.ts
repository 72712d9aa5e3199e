import { beforeEach, describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { prints } from "../support/fake.ts";
import { until } from "../support/manyoyo.ts";
import { listed, loading, shellNames, shellPlace } from "../support/shells.ts";

const place = shellPlace();
beforeEach(() => {
  place.clear();
  place.engine("docker", { ps: prints(listed("my-app", {})) });
});

describe.each(shellNames.map((name) => [name] as const))("%s", (name) => {
  test("never runs what was typed", async () => {
    // By itself, zsh's usual TAB first expands the word under the cursor, whatever the command is: not ours to test.
    const key = name === "zsh" ? "; bindkey '^I' complete-word" : "";
    await using shell = await place.open(name, { startUp: `${loading[name]}${key}` });
    const before = [
      "-n $(touch x) --cont-m",
      "-n `touch x` --cont-m",
      '-n "$(touch x)" --cont-m',
      "-n '; touch x; ' --cont-m",
      "stop $(touch x) my",
      "stop \\$\\(touch\\ x\\) my",
      "-x $(touch x) fi",
      "-x '$(touch x)' fi",
      "-x git $(touch x) a",
      "exec my-app -- `touch x` fi",
    ];
    const under = [
      '-n "$(touch x) ',
      "-n $(touch x",
      "--cont-name=$(touch x)",
      "-v $(touch x):/x:",
      "-v $(touch x)/",
      "-r $(touch x)/",
      "-r ./`touch x`",
      "--hp ${X:-$(touch x)}/",
      "--hp=$(touch x)/",
      "--hp (touch x)/",
      "--ef <(touch x)/",
      "-q $(touch x),",
      "-x $(touch x)/",
      "-x ls $(touch x)/",
      "-n ünï\\ `touch x`",
    ];
    for (const words of [...before, ...under]) {
      for (const tabs of ["\t", "\t\t"]) await shell.line(`manyoyo ${words}${tabs}`);
      expect([words, ...readdirSync(place.folder)]).toEqual([words]);
    }
  });

  test("still completes after words that it does not run", async () => {
    await using shell = await place.open(name);
    for (const word of ["$(touch x)", "`touch x`", '"$(touch x) b"', "'; touch x; '", "$X", "ü\\ ö"]) {
      expect(await shell.line(`manyoyo -y ${word} -n my\t`)).toBe(`manyoyo -y ${word} -n my-app `);
    }
    expect(readdirSync(place.folder)).toEqual([]);
  });

  test("is told by no session, folder or label what to do", async () => {
    const evil = [
      "$(touch x)",
      "`touch x`",
      "a\tb",
      "a\nb",
      "\x1b[31mred",
      "'\"; touch x; '",
      ":files",
      ":command 0",
    ];
    const rows = evil.flatMap((text) => [
      listed(`my-${text}`, {}),
      listed(text, {}),
      listed("my-good", { folder: text, agent: text }),
    ]);
    place.engine("docker", { ps: prints(rows.join("")) });
    await using shell = await place.open(name);
    expect(await shell.line("manyoyo -n my-g\t")).toBe("manyoyo -n my-good ");
    expect(await shell.line("manyoyo -n \t\t")).not.toMatch(/touch|files|command/);
    await shell.run(await shell.line("manyoyo help -n my-g\t"));
    expect(shell.terminal.bytes()).not.toContain("\x1b[31mred");
    expect(readdirSync(place.folder)).toEqual([]);
  });

  test("says nothing when the engine is down, is missing or talks nonsense", async () => {
    await using shell = await place.open(name);
    for (const script of [
      "echo 'Cannot connect to the Docker daemon' >&2; exit 1",
      "echo nonsense; echo noise >&2",
      "echo '[1,{}]'; echo '{}'",
      "kill -9 $$",
    ]) {
      place.engine("docker", { any: script });
      expect(await shell.line("manyoyo -n my\t")).toBe("manyoyo -n my");
      expect(await shell.line("manyoyo stop \t\t")).toBe("manyoyo stop ");
    }
    expect(shell.terminal.text()).not.toMatch(/Cannot|nonsense|noise|error/i);
    expect(await shell.run("manyoyo completion bash >/dev/null")).not.toMatch(/Cannot|nonsense|noise/);
  });
});

describe("the question of a shell", () => {
  const ask = (...words: readonly string[]) =>
    place.manyoyo(["complete", "--", ...words], { env: { MANYOYO_ENGINE: "docker" } });

  test("is put to an engine once, and only where a session, an image or a volume is wanted", async () => {
    for (const words of [
      [""],
      ["-"],
      ["-y", ""],
      ["config", ""],
      ["-r", ""],
      ["--ef", ""],
      ["-m", ""],
      ["help", ""],
    ]) {
      await ask(...words);
      await ask(...words.slice(0, -1), "--co");
    }
    for (const words of [
      ["exec", "my-app", "--", ""],
      ["shell", "my-app", ""],
      ["-x", "stop", ""],
    ])
      await ask(...words);
    expect(place.calls()).toEqual([]);
    for (const words of [
      ["-n", ""],
      ["stop", ""],
      ["--cont-name="],
      ["-n", "my-app", "--", ""],
      ["-y", "c", "-n", ""],
    ]) {
      place.clear();
      place.engine("docker", { ps: prints(listed("my-app", {})) });
      const { status, stdout, stderr } = await ask(...words);
      expect([status, stderr]).toEqual([0, ""]);
      expect(stdout).toMatch(/^(:skip 12\n)?(my-app|-c)\t/);
      expect(place.calls().map((call) => call.slice(0, 2))).toEqual([["docker", "ps"]]);
    }
  });

  test("is answered with state, agent and folder, the home folder as ~", async () => {
    const rows = [
      listed("one", { folder: `${place.home}/src/one` }),
      listed("two", { state: "exited", agent: "codex", folder: "/w\n\x07" }),
    ];
    place.engine("docker", { ps: prints(rows.join("")) });
    const { stdout } = await ask("-n", "");
    expect(stdout).toBe("one\trunning claude ~/src/one\ntwo\tstopped codex /w??\n");
  });

  test("is put to the engine that the line, a variable or the settings name", async () => {
    place.engine("podman", { ps: "echo '[]'" });
    await place.manyoyo(["complete", "--", "--engine", "podman", "-n", ""], {
      env: { MANYOYO_ENGINE: "docker" },
    });
    await place.manyoyo(["complete", "--", "-n", ""], { env: { MANYOYO_ENGINE: "podman" } });
    await Bun.write(join(place.home, ".manyoyo/manyoyo.json"), "{ engine: 'podman', }");
    await place.manyoyo(["complete", "--", "-n", ""]);
    await Bun.write(join(place.home, ".manyoyo/manyoyo.json"), "{}");
    expect(place.calls().map(([engine]) => engine)).toEqual(["podman", "podman", "podman"]);
  });

  test("is read from podman's own list as well", async () => {
    const labels = {
      "manyoyo.session": "u",
      "manyoyo.default_cmd": "claude",
      "manyoyo.name": "one",
      "manyoyo.image": "localhost/manyoyo:1-common",
    };
    const listed = [
      { Names: ["one"], State: "exited", Image: "localhost/manyoyo:1-common", ImageID: "aa", Labels: labels },
      { Names: ["copy"], State: "running", Image: "copied:1", ImageID: "bb", Labels: labels },
      { Names: ["bare"], State: "running", Image: "localhost/manyoyo:1-common", ImageID: "aa", Labels: null },
    ];
    place.engine("podman", {
      ps: prints(JSON.stringify(listed)),
      "image inspect": prints(JSON.stringify(labels)),
    });
    const said = await place.manyoyo(["complete", "--", "-n", ""], { env: { MANYOYO_ENGINE: "podman" } });
    expect(said.stdout).toBe("one\tstopped claude\n");
  });

  test("waits two seconds for an engine, then ends its program", async () => {
    for (const script of ["exec sleep 60", "sleep 4; exit 1"]) {
      place.clear();
      place.engine("docker", { any: `echo $$ >"$state/pid"; ${script}` });
      const start = performance.now();
      const { status, stdout, stderr } = await ask("-n", "");
      expect([status, stdout, stderr]).toEqual([0, "", ""]);
      expect(performance.now() - start).toBeWithin(1900, 3500);
      const pid = readFileSync(join(place.home, "../state/pid"), "utf8").trim();
      await until("the engine's program is gone", () => !existsSync(`/proc/${pid}`));
    }
  });

  test("that a shell gives up ends the engine's program too", async () => {
    place.engine("docker", { any: `echo $$ >"$state/pid"; exec sleep 60` });
    const file = join(place.home, "../state/pid");
    const pids: number[] = [];
    const asked = place.manyoyo(["complete", "--", "-n", ""], {
      env: { MANYOYO_ENGINE: "docker" },
      onStart: (pid) => pids.push(pid),
    });
    await until("the engine is asked", () => existsSync(file) && readFileSync(file, "utf8") !== "");
    for (const pid of pids) process.kill(pid, "SIGINT");
    expect((await asked).stdout).toBe("");
    const pid = readFileSync(file, "utf8").trim();
    await until("the engine's program is gone", () => !existsSync(`/proc/${pid}`));
  });

  test.each([
    [[]],
    [["x"]],
    [["--"]],
    [["--line"]],
    [["--line", ""]],
    [["--line", "manyoyo"]],
    [["--line", "a 'b", "c"]],
  ])("that makes no sense has no answer: %j", async (words) => {
    const said = await place.manyoyo(["complete", ...words]);
    expect([said.status, said.stderr]).toEqual([0, ""]);
  });
});
