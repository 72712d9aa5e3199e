import { beforeAll, describe, expect, test } from "bun:test";
import { engines, executable, testImage } from "../support/engines.ts";
import { bench, raw, runProgram } from "../support/manyoyo.ts";
import { noPrograms } from "../support/no-programs.ts";
import { inTurn } from "../support/turns.ts";

// Every word that a shell, a template or a careless split would change.
const odd = [
  "a b",
  "",
  " ",
  "'",
  '"',
  "''",
  "$HOME",
  "$(id)",
  "`id`",
  "x;id",
  "a&b|c>d",
  "a\nb",
  "\n",
  "tab\there",
  "é漢字🙂",
  "*",
  "\\",
  "\\n",
  "%s%d",
  "%41",
  "-n",
  "--",
  "--help",
  "!x",
  "~",
  "a\u0001b",
  "{{.ID}}",
  "",
];

const split = (stdout: string): readonly string[] => stdout.split("\0").slice(0, -1);

describe.concurrent.each(engines())("%s: the words of a command", (engine) => {
  const { turn } = inTurn(engine);
  const at = bench(engine);
  const name = at.name();
  beforeAll(async () => {
    expect((await at.manyoyo(["-n", name, "-x", "true"])).status).toBe(0);
  });

  test("several after -x arrive unchanged", async () => {
    const said = await at.manyoyo(["-n", name, "-x", "printf", "%s\\0", ...odd]);
    expect(split(said.stdout)).toEqual(odd);
  });

  turn("one after -x is a shell line, in bash where the image has it", async () => {
    const said = await at.manyoyo(["-n", name, "-x", "x='a  b'; echo \"$x\"; echo ${BASH_VERSION:+bash}"]);
    expect(said.stdout).toBe("a  b\nbash\n");
    expect((await at.manyoyo(["-n", name, "-x", "echo one | tr o 0\nexit 4"])).status).toBe(4);
  });

  turn("-x ends the options, so what follows belongs to the command", async () => {
    const said = await at.manyoyo(["-n", name, "-x", "echo", "-n", "--rm", "--", "-x"]);
    expect(said.stdout).toBe("--rm -- -x");
  });

  turn("after exec arrive unchanged and never meet a shell, not even one word", async () => {
    const said = await at.manyoyo(["exec", name, "--", "printf", "%s\\0", ...odd]);
    expect(split(said.stdout)).toEqual(odd);
    const single = await at.manyoyo(["exec", name, "--", "echo a;echo b"]);
    expect(single).toMatchObject({ status: 127, stdout: "" });
    expect((await at.manyoyo(["exec", name, "--", "pwd"])).stdout).toBe(`${at.folder}\n`);
  });

  // As docker's own exec says. Its /bin/sh may be bash as well, which has more builtins, and options for exec.
  turn("after exec are no builtins of a shell, and nothing of ours", async () => {
    const fresh = at.name();
    expect((await at.manyoyo(["-n", fresh, "-x", "exit", "0"])).status).toBe(127);
    for (const [shell, those] of [
      ["dash", noPrograms],
      ["bash", noPrograms.slice(-2)],
    ] as const) {
      const exec = (...words: string[]) => at.manyoyo(["exec", fresh, "--", ...words]);
      expect((await exec("ln", "-sf", shell, "/bin/sh")).status).toBe(0);
      for (const words of those) {
        const said = await exec(...words);
        expect([words, said.status, said.stdout]).toEqual([words, 127, ""]);
        expect(said.stderr).toContain("not found");
      }
      expect((await exec("echo", "a\\nb")).stdout).toBe("a\\nb\n");
    }
  });

  turn("after -- follow -s, each as a single argument", async () => {
    const fresh = at.name();
    const made = await at.manyoyo(["-n", fresh, "-s", "printf [%s]", "--", "a b", "", "$x", "'"]);
    expect(made).toMatchObject({ status: 0, stdout: "[a b][][$x][']" });
    const joined = await at.manyoyo(["-n", fresh, "-s", "printf '%s\\0'", "--", ...odd]);
    expect(split(joined.stdout)).toEqual(odd);
  });

  turn("after -- follow the session's first command, and are not remembered as part of it", async () => {
    const fresh = at.name();
    const make = ["-n", fresh, "-s", "printf '%s\\0' first"];
    expect(split((await at.manyoyo(make)).stdout)).toEqual(["first"]);
    expect(split((await at.manyoyo(["-n", fresh, "--", ...odd])).stdout)).toEqual(["first", ...odd]);
    expect(split((await at.manyoyo(["-n", fresh])).stdout)).toEqual(["first"]);
    expect(split((await at.manyoyo(["-n", fresh, "--"])).stdout)).toEqual(["first"]);
  });

  turn("that a session was made with come again with its first command", async () => {
    const fresh = at.name();
    const make = ["-n", fresh, "-s", "printf '%s\\0'", "--", ...odd];
    expect(split((await at.manyoyo(make)).stdout)).toEqual(odd);
    expect(split((await at.manyoyo(["-n", fresh])).stdout)).toEqual(odd);
    expect(split((await at.manyoyo(["-n", fresh, "--", "other"])).stdout)).toEqual(["other"]);
  });

  turn("go to the last command of a line, also with a prefix and a suffix", async () => {
    const fresh = at.name();
    const line = ["--sp", "A='1 2'", "-s", 'sh -c \'printf "[%s]" "$A" "$@"\'', "--ss", "zero"];
    expect((await at.manyoyo(["-n", fresh, ...line, "--", "x y"])).stdout).toBe("[1 2][x y]");
  });

  turn("after -- follow the first command of a session that the original tool made", async () => {
    const old = at.name("old");
    await raw(
      engine,
      ...[
        "run",
        "-d",
        "--name",
        old,
        "--entrypoint",
        "",
        "--label",
        "manyoyo.default_cmd=printf '%s\\0' 1st",
      ],
      ...["-v", `${at.home}:/work`, "-w", "/work", testImage, "tail", "-f", "/dev/null"],
    );
    expect(split((await at.manyoyo(["-n", old, "--", ...odd])).stdout)).toEqual(["1st", ...odd]);
    expect(split((await at.manyoyo(["-n", old, "-x", "printf", "%s\\0", ...odd])).stdout)).toEqual(odd);
  });

  turn("that are longer than the system allows are refused in a sentence", async () => {
    const long = "x".repeat(131_060);
    const said = await at.manyoyo(["-n", at.name(), "-y", "c", "-d", "--", long]);
    expect([said.status, said.stdout]).toEqual([2, ""]);
    expect(said.stderr).toMatch(/^manyoyo: The words of this call are too long/);
    expect(said.stderr).not.toContain("itself failed");
  });

  turn("that are not UTF-8 are refused, as they would arrive as others", async () => {
    const call = (word: string) =>
      runProgram(["bash", "-c", `"$0" -n ${name} -x printf %s ${word}`, executable()], {
        cwd: at.folder,
        env: at.env,
      });
    const said = await call("$'caf\\xe9.txt'");
    expect([said.status, said.stdout]).toEqual([2, ""]);
    expect(said.stderr).toMatch(/^manyoyo: Word 6 of this call is not UTF-8/);
    // The sign that stands for such bytes is a word like any other.
    expect(await call("'caf\uFFFD \u00e9'")).toMatchObject({ status: 0, stdout: "caf\uFFFD \u00e9" });
  });

  turn("may be as long as the system allows", async () => {
    const long = "x".repeat(100_000);
    expect((await at.manyoyo(["-n", name, "-x", "printf", "%s", long])).stdout).toBe(long);
  });
});
