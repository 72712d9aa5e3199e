import { beforeAll, describe, expect } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { engines } from "../support/engines.ts";
import { bench, type Outcome, raw } from "../support/manyoyo.ts";
import { inTurn } from "../support/turns.ts";

const values: Readonly<Record<string, string>> = {
  PLAIN: "a b",
  QUOTES: `it's "quoted"`,
  EQUALS: "a=b==c",
  EMPTY: "",
  UNICODE: "é漢字🙂",
  SHELL: "$HOME `id` $(id) ${X} a&b;c|d>e *",
  LINES: "one\ntwo\n\nfour\n",
  WINDOWS: "one\r\ntwo",
  TAB: "\t x\t",
  BLANKS: "  two  ",
  BACKSLASHES: "a\\nb\\\\c\\",
  LINES_AND_BACKSLASHES: "a\\nb\n\\0101\\c\n%s\\",
  HASH: "#no comment",
  ESCAPE: "\u001b[31mred\u0001",
  LONG: "x".repeat(60_000),
  // Encoded, with its name and its end, a line of 64 KiB.
  LONG_LINES: "\\\n".repeat(16_378),
};
// Those that the texts around a command had for themselves, or might have, and those that a shell goes by.
const innerNames =
  "id note multi kind output size owner own text name value path system here line children child does tenths most file shell uid rest gid as stat began mark files fd status groups home run signal found unable folder IFS CDPATH ENV PS4 TMOUT POSIXLY_CORRECT GREP_OPTIONS".split(
    " ",
  );
const pairs = Object.entries(values).flatMap(([name, value]) => ["-e", `${name}=${value}`]);

/** What `env -0` printed. */
function variables(said: Outcome): Readonly<Record<string, string>> {
  return Object.fromEntries(
    said.stdout
      .split("\0")
      .slice(0, -1)
      .map((entry) => [entry.replace(/=.*$/s, ""), entry.replace(/^[^=]*=/, "")]),
  );
}

describe.each(engines())("%s: variables", (engine) => {
  const { turn } = inTurn(engine);
  const at = bench(engine);
  const name = at.name();
  const env = async (...words: string[]) => variables(await at.manyoyo([...words, "-x", "env", "-0"]));
  beforeAll(async () => {
    expect((await at.manyoyo(["-n", name, "-x", "true"])).status).toBe(0);
  });

  turn("of the call that makes the session may have any value, and stay for later commands", async () => {
    const fresh = at.name();
    expect(await env("-n", fresh, ...pairs)).toMatchObject(values);
    expect(await env("-n", fresh)).toMatchObject(values);
    expect(variables(await at.manyoyo(["exec", fresh, "--", "env", "-0"]))).toMatchObject(values);
  });

  turn("on an existing session may have any value, and are this command's alone", async () => {
    expect(await env("-n", name, ...pairs)).toMatchObject(values);
    const later = await env("-n", name);
    for (const key of Object.keys(values)) expect(later).not.toHaveProperty(key);
  });

  turn("of this command win over those that the session was made with", async () => {
    const fresh = at.name();
    expect(await env("-n", fresh, "-e", "A=first", "-e", "B=b\nb")).toMatchObject({ A: "first", B: "b\nb" });
    expect(await env("-n", fresh, "-e", "A=2\n2", "-e", "B=plain")).toMatchObject({ A: "2\n2", B: "plain" });
    expect(await env("-n", fresh)).toMatchObject({ A: "first", B: "b\nb" });
  });

  turn("without a value take ours, and are nothing where we have none", async () => {
    const how = { env: { MYT_OURS: "ours\n'2'", MYT_NONE: undefined } };
    const said = await at.manyoyo(["-n", name, "-e", "MYT_OURS", "-e", "MYT_NONE", "-x", "env", "-0"], how);
    expect(variables(said)).toMatchObject({ MYT_OURS: "ours\n'2'" });
    expect(variables(said)).not.toHaveProperty("MYT_NONE");
    expect(await env("-n", name)).not.toHaveProperty("MYT_OURS");
  });

  turn("come from env files by path and by name, the command line winning", async () => {
    mkdirSync(`${at.home}/.manyoyo/env`, { recursive: true });
    writeFileSync(`${at.home}/.manyoyo/env/keys.env`, `A=named\nexport B='lit $x'\nC="two\nlines"\n# D=no\n`);
    writeFileSync(`${at.folder}/.env.local`, "A=path\nD=#kept\n");
    const files = ["--ef", "keys", "--ef", ".env.local"];
    const wanted = { A: "path", B: "lit $x", C: "two\nlines", D: "#kept" };
    expect(await env("-n", name, ...files)).toMatchObject(wanted);
    expect(await env("-n", name, ...files, "-e", "A=line")).toMatchObject({ ...wanted, A: "line" });
    expect(await env("-n", at.name(), ...files)).toMatchObject(wanted);
  });

  turn("of a profile reach its own session only", async () => {
    mkdirSync(`${at.home}/.manyoyo/run`, { recursive: true });
    writeFileSync(`${at.home}/.manyoyo/run/p.json`, JSON.stringify({ env: { FROM_PROFILE: "secret" } }));
    const own = at.name();
    expect(await env("-r", "p", "-n", own)).toMatchObject({ FROM_PROFILE: "secret" });
    expect(await env("-n", own)).toMatchObject({ FROM_PROFILE: "secret" });
    expect(await env("-n", at.name())).not.toHaveProperty("FROM_PROFILE");
    expect(await env("-r", "p", "-n", name)).toMatchObject({ FROM_PROFILE: "secret" });
    expect(await env("-n", name)).not.toHaveProperty("FROM_PROFILE");
  });

  turn("that steer the engine's own program change nothing for it", async () => {
    const steering: Readonly<Record<string, string>> = {
      DOCKER_HOST: "tcp://127.0.0.1:1",
      DOCKER_CONTEXT: "nowhere",
      CONTAINER_HOST: "tcp://127.0.0.1:1",
      CONTAINERS_CONF: "/x",
      TMPDIR: "/nowhere",
      HOME: "/nowhere",
      LD_PRELOAD: "",
    };
    const said = Object.entries(steering).flatMap(([key, value]) => ["-e", `${key}=${value}`]);
    expect(await env("-n", name, ...said)).toMatchObject(steering);
    const fresh = at.name();
    expect(await env("-n", fresh, ...said)).toMatchObject(steering);
    expect((await at.manyoyo(["rm", fresh])).status).toBe(0);
  });

  turn("may even take the PATH away", async () => {
    expect((await at.manyoyo(["-n", name, "-e", "PATH=/x", "-x", "/bin/echo", "a"])).stdout).toBe("a\n");
    expect((await at.manyoyo(["-n", name, "-e", "PATH=/x", "-x", "echo $PATH"])).stdout).toBe("/x\n");
    const fresh = at.name();
    expect(await at.manyoyo(["-n", fresh, "-e", "PATH=/x", "-x", "echo $PATH"])).toMatchObject({
      status: 0,
      stdout: "/x\n",
    });
    expect((await at.manyoyo(["stop", fresh])).status).toBe(0);
  });

  turn("of any name reach the command, of one line or of several, and nothing else does", async () => {
    for (const value of ["mine", "log\nline\n1:1:x"]) {
      const wanted = Object.fromEntries(innerNames.map((each) => [each, value]));
      const words = innerNames.flatMap((each) => ["-e", `${each}=${value}`]);
      const plain = await env("-n", name);
      const joined = await env("-n", name, ...words);
      expect(Object.keys(joined).toSorted()).toEqual(
        [...new Set([...Object.keys(plain), ...innerNames])].toSorted(),
      );
      expect(joined).toMatchObject({ ...wanted, ...(value === "mine" ? { IFS: " \t\n" } : {}) });
      const fresh = at.name();
      const said = await at.manyoyo(["-n", fresh, ...words, "-x", 'printf %s "$id$file$owner"']);
      expect(said, said.stderr).toMatchObject({ status: 0, stdout: value.repeat(3) });
      expect((await at.manyoyo(["exec", fresh, "--", "sh", "-c", "exit 7"])).status).toBe(7);
    }
  });

  turn("of the command are not those that its image has under a name of ours", async () => {
    const image = `localhost/myt-names:${crypto.randomUUID()}`;
    expect((await raw(engine, "commit", "--change", "ENV manyoyo_id=image", name, image)).status).toBe(0);
    const fresh = at.name();
    try {
      expect(await env("--image", image, "-n", fresh)).not.toHaveProperty("manyoyo_id");
    } finally {
      await raw(engine, "rm", "-f", fresh);
      await raw(engine, "rmi", image);
    }
  });

  turn(
    "do not keep a run from being ended, nor from being seen, where an older grep heeds one of them",
    async () => {
      const fresh = at.name();
      const old = '#!/bin/sh\nexec /usr/bin/grep $GREP_OPTIONS "$@"\n';
      const script = 'printf %s "$1" >/usr/local/bin/grep && chmod 755 /usr/local/bin/grep';
      const made = ["-n", fresh, "-e", "GREP_OPTIONS=--color=always", "-x", "sh", "-c", script, "sh", old];
      expect((await at.manyoyo(made)).status).toBe(0);
      const said = await at.manyoyo([
        "exec",
        fresh,
        "--timeout",
        "2s",
        "--",
        "setsid",
        "-w",
        "sleep",
        "4322",
      ]);
      expect(said.status).toBe(124);
      expect((await raw(engine, "exec", fresh, "ps", "-eo", "args")).stdout).not.toContain("sleep 4322");
    },
  );

  turn("with a value that cannot travel are refused without telling it", async () => {
    const fresh = at.name();
    const said = await at.manyoyo(["-n", fresh, "-e", `BIG=${"hush".repeat(20_000)}`, "-x", "true"]);
    expect(said.status).toBe(2);
    expect(said.stderr).toContain("BIG");
    expect(said.stderr).not.toContain("hush");
  });
});
