import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Failure } from "../../lib/failure.ts";
import { commandLineLayer } from "../../lib/settings/command-line.ts";
import {
  findProfile,
  foundLayer,
  globalLayer,
  profileLayer,
  profileNames,
} from "../../lib/settings/sources.ts";
import { isTrusted, remember } from "../../lib/settings/trust.ts";
import { checkWorkspace } from "../../lib/settings/workspace.ts";

const root = realpathSync(mkdtempSync(join(tmpdir(), "manyoyo-settings-")));
const user = join(root, "user");
const home = join(user, ".manyoyo");
const project = join(user, "project");
const env = { HOME: user };
const asRoot = process.getuid?.() === 0;

function put(path: string, text: string): string {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

async function failureOf(act: () => unknown): Promise<Failure> {
  try {
    await act();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error("Nothing was refused.");
}

beforeAll(() => {
  mkdirSync(project, { recursive: true });
  put(
    "user/.manyoyo/manyoyo.json",
    `{
  // for everything
  envFile: "base",
  volumes: ["./shared:/shared"],
  runs: { api: { hostPath: "../api", env: ["FROM_RUNS=1"] }, web: { yolo: "gm" }, lost: {
    envFile: ["base", "basee"] } },
}`,
  );
  put("user/.manyoyo/env/base.env", "A=base\nB='base'\nHANDED_ON\n");
  put(
    "user/.manyoyo/run/web.json",
    `{ yolo: "c", hostPath: "~/web", envFile: ["base", "./more.env"], env: { B: "run" } }`,
  );
  put("user/.manyoyo/run/more.env", "B=more\nC=more\n");
  put("user/.manyoyo/run/broken.json", `{\n  yolo: "c"\n  shell: "x"\n}`);
  put("user/.manyoyo/run/notes.txt", "");
  put("user/project/.manyoyo.json", `{ yolo: "c", volumes: ["./cache:/cache"], envFile: ".env" }`);
  put("user/project/.env", "LOCAL=1\n");
  put("user/project/greedy.json", `{ volumes: ["~/.ssh:/root/.ssh:ro"], containerMode: "sock" }`);
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

describe("manyoyo.json", () => {
  test("is a layer, with paths from its own folder and env files in front", async () => {
    const layer = await globalLayer(home, env);
    expect(layer?.origin).toBe(join(home, "manyoyo.json"));
    expect(layer?.volumes).toMatchObject([{ source: join(home, "shared"), target: "/shared" }]);
    expect(layer?.env).toEqual([
      { name: "A", value: "base" },
      { name: "B", value: "base" },
      { name: "HANDED_ON" },
    ]);
  });

  test.each([undefined, join(root, "nowhere"), join(root, "user/project/.env")])(
    "need not be there: %s",
    async (where) => {
      expect(await globalLayer(where, env)).toBeUndefined();
      expect(await profileNames(where)).toEqual([]);
    },
  );

  test("that is a folder, or not UTF-8, is one sentence", async () => {
    mkdirSync(join(root, "odd/manyoyo.json"), { recursive: true });
    expect((await failureOf(() => globalLayer(join(root, "odd"), env))).message).toContain("it is a folder");
    mkdirSync(join(root, "latin"));
    writeFileSync(join(root, "latin/manyoyo.json"), Buffer.from([0x7b, 0xe9, 0x7d]));
    const failure = await failureOf(() => globalLayer(join(root, "latin"), env));
    expect(failure.code).toBe("settings");
    expect(failure.message).toContain("not UTF-8");
  });

  test.skipIf(asRoot)("that may not be read is one sentence", async () => {
    const file = put("locked/manyoyo.json", "{}");
    chmodSync(file, 0);
    expect((await failureOf(() => globalLayer(dirname(file), env))).message).toContain("permission denied");
  });
});

test.skipIf(asRoot)(
  "a folder of settings that may not be entered is as good as none, until one asks for it",
  async () => {
    const folder = join(root, "sealed");
    mkdirSync(folder, { mode: 0 });
    expect(await globalLayer(folder, env)).toBeUndefined();
    expect(await profileNames(folder)).toEqual([]);
    expect((await failureOf(() => findProfile("web", folder, project, env))).message).toContain(
      "permission denied",
    );
    chmodSync(folder, 0o700);
  },
);

describe("-r", () => {
  test("finds a name in run/ before runs", async () => {
    const layer = await profileLayer("web", home, project, env);
    expect(layer).toMatchObject({
      yolo: "c",
      hostPath: join(user, "web"),
      origin: join(home, "run/web.json"),
    });
    expect(layer.env.map(({ name, value }) => `${name}=${value}`)).toEqual([
      "A=base",
      "B=base",
      "HANDED_ON=undefined",
      "B=more",
      "C=more",
      "B=run",
    ]);
  });

  test("finds a name in runs, with paths from the folder of manyoyo.json", async () => {
    const layer = await profileLayer("api", home, project, env);
    expect(layer).toMatchObject({ hostPath: join(user, "api"), env: [{ name: "FROM_RUNS", value: "1" }] });
    expect(layer.origin).toEndWith("manyoyo.json (runs.api)");
  });

  test.each([".", "./.manyoyo.json", ".manyoyo.json", "../project/.manyoyo.json", "~/project/.manyoyo.json"])(
    "%s is the project's own file",
    async (word) => {
      const layer = await profileLayer(word, home, project, env);
      expect(layer.volumes).toMatchObject([{ source: join(project, "cache") }]);
      expect(layer.env).toEqual([{ name: "LOCAL", value: "1" }]);
    },
  );

  test("works without a home of settings where a path is given", async () => {
    expect((await profileLayer(".", undefined, project, env)).yolo).toBe("c");
  });

  const unknown: readonly [string, string, string | undefined][] = [
    ["webb", "run/webb.json", 'Did you mean "web"?'],
    ["zzzzzzzz", "manyoyo.json", "There are: api, broken, lost, web."],
    ["..", "neither", undefined],
    ["", "neither", undefined],
    ["../run/web", "There is no profile", undefined],
    ["./none.json", "none.json", undefined],
    ["project/", "project", undefined],
  ];
  test.each(unknown)("%j is refused with where it was looked for: %s", async (word, shown, hint) => {
    const failure = await failureOf(() => findProfile(word, home, user, env));
    expect(failure.code).toBe("settings");
    expect(failure.message).toContain(shown);
    if (hint !== undefined) expect(failure.hint).toBe(hint);
  });

  test("says where a file is broken", async () => {
    const failure = await failureOf(() => findProfile("broken", home, project, env));
    expect(failure.message).toStartWith(`${join(home, "run/broken.json")}:3:3: `);
  });

  test("says where an env file was asked for that is not there, and the nearest", async () => {
    const failure = await failureOf(() => profileLayer("lost", home, project, env));
    expect(failure.message).toStartWith(`${join(home, "manyoyo.json")}:6:23: `);
    expect(failure.hint).toBe('Did you mean "base"?');
  });

  test("lists every name once, sorted", async () => {
    expect(await profileNames(home)).toEqual(["api", "broken", "lost", "web"]);
  });
});

describe("env files on the command line", () => {
  test("come before -e, by name or by path from the current folder", () => {
    const layer = commandLineLayer({ envFile: ["base", ".env"], env: ["A=line"] }, project, env);
    expect(layer.env.map(({ name }) => name)).toEqual(["A", "B", "HANDED_ON", "LOCAL", "A"]);
  });

  test("that are missing are usage errors", async () => {
    const failure = await failureOf(() => commandLineLayer({ envFile: ["bas"] }, project, env));
    expect(failure.code).toBe("usage");
    expect(failure.hint).toBe('Did you mean "base"?');
    expect((await failureOf(() => commandLineLayer({ envFile: ["./bas"] }, project, env))).message).toContain(
      "bas",
    );
  });
});

describe("trust", () => {
  test("is needed for what reaches out of the profile's folder, and remembered", async () => {
    const refused = await failureOf(() => profileLayer("./greedy.json", home, project, env));
    expect(refused.code).toBe("untrusted");
    expect(refused.message).toContain(".ssh");

    const found = await findProfile("./greedy.json", home, project, env);
    expect(found.asks).toHaveLength(2);
    expect(isTrusted(found, home)).toBe(false);
    expect(remember(found, home)).toBeUndefined();
    expect(isTrusted(found, home)).toBe(true);
    expect(statSync(join(home, "trusted.json")).mode & 0o777).toBe(0o600);
    expect((await profileLayer("./greedy.json", home, project, env)).containerMode).toBe("sock");
    expect(foundLayer(found, home, env).volumes).toHaveLength(1);
  });

  test("is needed for a variable of the caller's that an env file hands on, and ends when that names another", async () => {
    const file = put("user/project/handing.json", `{ envFile: "./handing.env" }`);
    put("user/project/handing.env", "A=1\nTOKEN\n");
    const before = await findProfile(file, home, project, env);
    expect(before.asks).toEqual(['the variable "TOKEN" of your environment']);
    remember(before, home);
    expect(isTrusted(before, home)).toBe(true);
    put("user/project/handing.env", "A=2\nTOKEN\n");
    expect(isTrusted(await findProfile(file, home, project, env), home)).toBe(true);
    put("user/project/handing.env", "A=2\nTOKEN\nKEY\n");
    expect(isTrusted(await findProfile(file, home, project, env), home)).toBe(false);
    put("user/project/handing.env", "A=2\n=\n");
    expect((await failureOf(() => profileLayer(file, home, project, env))).message).toContain(
      "handing.env:2",
    );
  });

  test.each([
    ["none", undefined],
    ["session", undefined],
    ["shared", "shared"],
  ])(
    "a profile elsewhere that asks for shared logins, where manyoyo.json says %s, gets %s",
    async (own, got) => {
      const other = join(root, "careful");
      put("careful/manyoyo.json", `{ login: "${own}" }`);
      put("careful/run/mine.json", `{ login: "shared" }`);
      const file = put("user/project/sharing.json", `{ yolo: "c", login: "shared" }`);
      const layer = await profileLayer(file, other, project, env);
      expect([layer.yolo, layer.login]).toEqual(["c", got]);
      // One of the user's own is the user's word as well.
      expect((await profileLayer("mine", other, project, env)).login).toBe("shared");
    },
  );

  test("is needed for shared logins where the user's own settings say nothing of them", async () => {
    const file = put("user/project/sharing.json", `{ yolo: "c", login: "shared" }`);
    const refused = await failureOf(() => profileLayer(file, home, project, env));
    expect(refused.code).toBe("untrusted");
    expect(refused.message).toContain("shared logins");
  });

  test("ends when the text changes", async () => {
    const found = await findProfile("./greedy.json", home, project, env);
    expect(isTrusted({ ...found, text: `${found.text} ` }, home)).toBe(false);
  });

  test("ends when a link of the profile's folder is turned elsewhere", async () => {
    const file = put("user/project/linked.json", `{ volumes: ["./link:/x"] }`);
    symlinkSync(join(user, "one"), join(project, "link"));
    const before = await findProfile(file, home, project, env);
    expect(before.asks).toEqual([`the host path ${JSON.stringify(join(user, "one"))}`]);
    remember(before, home);
    rmSync(join(project, "link"));
    symlinkSync(join(user, "two"), join(project, "link"));
    const after = await findProfile(file, home, project, env);
    expect(isTrusted(before, home)).toBe(true);
    expect(isTrusted(after, home)).toBe(false);
  });

  /** What comes of something, or the code of its Failure, again and again while a program runs that turns links without an end. */
  async function seenWhile(turning: string, attempt: () => Promise<string>): Promise<Set<string>> {
    const turner = Bun.spawn([process.execPath, "-e", turning], { stdio: ["ignore", "ignore", "inherit"] });
    const seen = new Set<string>();
    try {
      const until = performance.now() + 3000;
      for (let calls = 0; calls < 2000 || (seen.size < 2 && performance.now() < until); calls += 1) {
        const code = (error: unknown) => (error instanceof Failure ? error.code : String(error));
        seen.add(await attempt().catch(code));
      }
      return seen;
    } finally {
      turner.kill();
      await turner.exited;
    }
  }

  test("is asked for the env file that is taken, whoever turns it elsewhere meanwhile", async () => {
    const folder = join(project, "turned");
    put("user/secret/prod.env", "SECRET=1\n");
    put("user/project/turned/p.json", `{ envFile: "./in/x.env" }`);
    put("user/project/turned/in/x.env", "PLAIN=1\n");
    const turning = `const { renameSync, rmSync, symlinkSync, writeFileSync } = require("node:fs");
process.chdir(${JSON.stringify(folder)});
for (;;) {
  symlinkSync("../../../secret/prod.env", "link");
  renameSync("link", "in/x.env");
  writeFileSync("plain", "PLAIN=1\\n");
  renameSync("plain", "in/x.env");
}`;
    const seen = await seenWhile(turning, () =>
      profileLayer(join(folder, "p.json"), home, project, env).then((layer) =>
        layer.env.map(({ name }) => name).join(),
      ),
    );
    rmSync(folder, { recursive: true });
    // Where it was another one each time, that is said.
    seen.delete("settings");
    expect([...seen].sort()).toEqual(["PLAIN", "untrusted"]);
  });

  test("is asked of a profile that was read outside, though its folder is turned to ours meanwhile", async () => {
    const folder = join(project, "swung");
    mkdirSync(folder);
    put("user/project/swung/theirs/web.json", `{ containerMode: "sock" }`);
    const turning = `const { renameSync, symlinkSync } = require("node:fs");
process.chdir(${JSON.stringify(folder)});
for (;;) for (const to of [${JSON.stringify(join(home, "run"))}, "theirs"]) {
  symlinkSync(to, "link");
  renameSync("link", "sub");
}`;
    const seen = await seenWhile(turning, () =>
      findProfile(join(folder, "sub/web.json"), home, project, env).then(
        ({ profile, asks }) => `${profile.containerMode ?? "common"}, ${asks.length} asked`,
      ),
    );
    rmSync(folder, { recursive: true });
    expect([...seen]).toContain("sock, 1 asked");
    expect([...seen]).not.toContain("sock, 0 asked");
  });

  test("is not asked for an env file that is not there, or cannot be read: that is said with its place", async () => {
    const file = put("user/project/lacking.json", `{\n  envFile: ["./none.env"] }`);
    const missing = await failureOf(() => profileLayer(file, home, project, env));
    expect(missing.message).toBe(`${file}:2:13: There is no env file ${join(project, "none.env")}.`);
    mkdirSync(join(project, "folder.env"));
    writeFileSync(file, `{ envFile: ["./folder.env"] }`);
    const folder = await failureOf(() => profileLayer(file, home, project, env));
    expect(folder.message).toBe(`Cannot read ${join(project, "folder.env")}: it is a folder.`);
    symlinkSync("round.env", join(project, "round.env"));
    writeFileSync(file, `{ envFile: ["./round.env"] }`);
    const round = await failureOf(() => profileLayer(file, home, project, env));
    expect(round.message).toContain("go round in a circle");
    rmSync(join(project, "round.env"));
    rmSync(join(project, "folder.env"), { recursive: true });
  });

  test("keeps what was trusted before", () => {
    const one = { file: join(project, "one.json"), text: "1", asks: [] };
    const two = { file: join(project, "two.json"), text: "2", asks: [] };
    remember(one, home);
    remember(two, home);
    expect([one, two].map((profile) => isTrusted(profile, home))).toEqual([true, true]);
  });

  test("is not needed in the home of settings, unless a link leads out of it", async () => {
    put("user/.manyoyo/run/all.json", `{ containerMode: "dind", volumes: ["~/.ssh:/root/.ssh"] }`);
    expect((await findProfile("all", home, project, env)).asks).toEqual([]);
    symlinkSync(join(project, "greedy.json"), join(home, "run/away.json"));
    expect((await findProfile("away", home, project, env)).asks).toHaveLength(2);
    rmSync(join(home, "run/away.json"));
    rmSync(join(home, "run/all.json"));
  });

  test("a broken record means that nothing was trusted, and is replaced", () => {
    const other = join(root, "other");
    put("other/trusted.json", "[1");
    const profile = { file: join(project, "greedy.json"), text: "x", asks: [] };
    expect(isTrusted(profile, other)).toBe(false);
    expect(remember(profile, other)).toBeUndefined();
    expect(isTrusted(profile, other)).toBe(true);
  });

  test("that cannot be remembered is told, not thrown", () => {
    const profile = { file: join(project, "greedy.json"), text: "x", asks: [] };
    expect(remember(profile, put("a-file", ""))?.message).toContain("cannot be remembered");
    expect(remember(profile, undefined)?.message).toContain("cannot be remembered");
  });

  test("the record holds paths and hashes only", () => {
    const record: unknown = JSON.parse(readFileSync(join(home, "trusted.json"), "utf8"));
    expect(Object.values(record ?? {}).every((hash) => /^[0-9a-f]{64}$/.test(String(hash)))).toBe(true);
  });
});

describe("a workspace", () => {
  test("is its real path", () => {
    symlinkSync(project, join(root, "shortcut"));
    expect(checkWorkspace(join(root, "shortcut"), user, home)).toBe(project);
    expect(checkWorkspace(`${project}/../project/`, user, home)).toBe(project);
  });

  test("is refused where it is the home folder, also through a link, or where the home is one", async () => {
    symlinkSync(user, join(root, "me"));
    for (const [path, whose] of [
      [user, user],
      [join(root, "me"), user],
      [user, join(root, "me")],
      [root, user],
      [root, join(root, "me")],
    ] as const) {
      const failure = await failureOf(() => checkWorkspace(path, whose, home));
      expect(failure.code).toBe("usage");
      expect(failure.message).toContain("cannot be a workspace");
    }
  });

  test("is refused where it is manyoyo's own folder or in it, also through a link, or where that is one", async () => {
    symlinkSync(home, join(root, "ours"));
    for (const [path, own] of [
      [home, home],
      [join(home, "run"), home],
      [join(root, "ours/env"), home],
      [home, join(root, "ours")],
    ] as const) {
      const failure = await failureOf(() => checkWorkspace(path, user, own));
      expect(failure.code).toBe("usage");
      expect(failure.message).toContain("manyoyo's own folder and cannot be a workspace");
    }
    expect(checkWorkspace(home, user, join(root, "moved"))).toBe(home);
  });

  const refused: readonly [string, string][] = [
    ["/", "whole file system"],
    ["/etc/", "folder of the system"],
    ["/proc/self", "running system"],
    [join(root, "none"), "there is no such folder"],
    [put("plain.txt", ""), "it is not a folder"],
  ];
  test.each(refused)("%s is refused: %s", async (path, why) => {
    const failure = await failureOf(() => checkWorkspace(path, user, home));
    expect(failure.code).toBe("usage");
    expect(failure.message).toContain(why);
  });
});
