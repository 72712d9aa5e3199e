import { beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { dirname } from "node:path";
import { engines, testImage } from "../support/engines.ts";
import { exists } from "../support/inside.ts";
import { bench } from "../support/manyoyo.ts";
import { inTurn } from "../support/turns.ts";

const folders = [
  "with space",
  "co:lon:/x",
  "com,ma",
  'quo"te',
  "apo'strophe",
  "new\nline",
  "ünïcødé 漢字 🙂",
  "back\\slash",
  "$HOME $(id)",
  "-dash",
  "[x]*?",
  " blank ",
];

describe.concurrent.each(engines())("%s: the workspace", (engine) => {
  const { turn, share } = inTurn(engine);
  const at = bench(engine);
  const root = dirname(at.folder);

  test.each(
    share(
      folders.map((folder) => [JSON.stringify(folder), folder]),
      4,
    ),
  )("may be called %s", async (_shown, folder) => {
    const path = `${root}/odd/${folder}`;
    mkdirSync(path, { recursive: true });
    const name = at.name();
    const made = await at.manyoyo(["-n", name, "-x", "pwd; echo from inside >out"], { cwd: path });
    expect(made).toMatchObject({ status: 0, stdout: `${path}\n` });
    const shown = path.replace("\n", "\\x0a");
    expect(made.stderr).toBe(`Made the session ${name} (${engine}) in ${shown}.\n`);
    expect(readFileSync(`${path}/out`, "utf8")).toBe("from inside\n");
    const joined = await at.manyoyo(["exec", name, "--", "cat", `${path}/out`]);
    expect(joined.stdout).toBe("from inside\n");
    expect((await at.manyoyo([".", "-x", "pwd"], { cwd: path })).stdout).toBe(`${path}\n`);
  });

  turn("is the current folder by its real path, whatever link led there", async () => {
    mkdirSync(`${root}/real`);
    symlinkSync(`${root}/real`, `${root}/link`);
    const said = await at.manyoyo(["-n", at.name(), "-x", "pwd -P"], { cwd: `${root}/link` });
    expect(said).toMatchObject({ status: 0, stdout: `${root}/real\n` });
  });

  turn("is another one with --hp, and elsewhere inside with --cp", async () => {
    mkdirSync(`${at.folder}/sub`);
    const name = at.name();
    const words = ["-n", name, "--hp", "sub", "--cp", "/inside/deep er", "-x", "pwd; echo hi >file"];
    expect(await at.manyoyo(words)).toMatchObject({ status: 0, stdout: "/inside/deep er\n" });
    expect(readFileSync(`${at.folder}/sub/file`, "utf8")).toBe("hi\n");
    expect((await at.manyoyo(["-n", name, "-x", "pwd"], { cwd: root })).stdout).toBe("/inside/deep er\n");
  });
});

describe.concurrent.each(engines())("%s: a folder that is never a workspace", (engine) => {
  const { turn, share } = inTurn(engine);
  const at = bench(engine);
  const root = dirname(at.folder);
  beforeAll(() => {
    symlinkSync(at.home, `${root}/to-home`);
    symlinkSync("/", `${root}/to-root`);
    symlinkSync("/etc", `${root}/to-etc`);
    mkdirSync(`${at.home}/.manyoyo/run`);
    symlinkSync(`${at.home}/.manyoyo/run`, `${root}/to-run`);
  });

  const refused = [
    ["the home folder", () => at.home],
    ["a link to the home folder", () => `${root}/to-home`],
    ["what holds the home folder", () => root],
    ["/", () => "/"],
    ["a link to /", () => `${root}/to-root`],
    ["/etc", () => "/etc"],
    ["a link to /etc", () => `${root}/to-etc`],
    ["/usr", () => "/usr"],
    ["manyoyo's own folder", () => `${at.home}/.manyoyo`],
    ["a folder in manyoyo's own", () => `${at.home}/.manyoyo/run`],
    ["a link to a folder in manyoyo's own", () => `${root}/to-run`],
    ["/tmp", () => "/tmp"],
    ["/proc/self", () => "/proc/self"],
    ["/dev/shm", () => "/dev/shm"],
  ] as const;

  test.each(share(refused))(
    "%s: refused as current folder and with --hp, with nothing made",
    async (_what, path) => {
      const name = at.name();
      for (const how of [
        { words: ["-n", name, "-x", "true"], cwd: path() },
        { words: ["-n", name, "--hp", path(), "-x", "true"], cwd: at.folder },
      ]) {
        const said = await at.manyoyo(how.words, { cwd: how.cwd });
        expect(said).toMatchObject({ status: 2, stdout: "" });
        expect(said.stderr).toContain("--hp");
      }
      expect(await exists(engine, name)).toBe(false);
    },
  );

  turn("manyoyo's own folder where it was moved to, for a copy too", async () => {
    const moved = `${root}/moved`;
    mkdirSync(moved);
    const [name, copy] = [at.name(), at.name()];
    const image = ["--image", testImage];
    const made = await at.manyoyo(["-n", name, ...image, "-x", "true"], { cwd: moved });
    expect(made.status, made.stderr).toBe(0);
    const how = { env: { MANYOYO_HOME: moved } };
    for (const words of [
      ["-n", copy, ...image, "--hp", moved, "-x", "true"],
      ["fork", name, copy],
      ["recreate", name],
    ]) {
      const said = await at.manyoyo(words, how);
      expect(said.status).toBe(2);
      expect(said.stderr).toContain(`${moved} is manyoyo's own folder and cannot be a workspace`);
    }
    expect(await exists(engine, copy)).toBe(false);
  });

  turn("a folder that is missing, or a file", async () => {
    await Bun.write(`${at.folder}/file`, "");
    for (const path of ["missing", "file"]) {
      const name = at.name();
      const said = await at.manyoyo(["-n", name, "--hp", path, "-x", "true"]);
      expect(said.status).toBe(2);
      expect(said.stderr).toContain(path);
      expect(await exists(engine, name)).toBe(false);
    }
  });
});
