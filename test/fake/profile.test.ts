import { beforeEach, describe, expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { readSettings } from "../../lib/settings/schema.ts";
import { fake, inspected, missing, prints } from "../support/fake.ts";

const place = fake();
const home = join(place.home, ".manyoyo");
const profile = (name: string): string => join(home, "run", `${name}.json`);
const envFile = (name: string): string => join(home, "env", `${name}.env`);

beforeEach(() => {
  place.clear();
  rmSync(home, { recursive: true, force: true });
});

function put(path: string, text: string): string {
  const file = join(home, path);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, text);
  return file;
}

function settings(name: string): unknown {
  return JSON.parse(JSON.stringify(readSettings(readFileSync(profile(name), "utf8"), profile(name))));
}

const modeOf = (file: string): number => statSync(file).mode & 0o777;

describe("profile new", () => {
  test("writes what the options say, with paths that mean the same everywhere, and prints where", async () => {
    const words = [
      "-y",
      "c",
      "-v",
      "./data:/data:ro",
      "-p",
      "8080:80",
      "--hp",
      ".",
      "--image",
      "box:2",
      "-e",
      "LANG",
    ];
    const said = await place.manyoyo(["profile", "new", "web", ...words]);
    expect(said).toMatchObject({
      status: 0,
      stdout: `${profile("web")}\n`,
      stderr: "Use it: manyoyo -r web\n",
    });
    expect(settings("web")).toEqual({
      yolo: "claude",
      volumes: [`${place.folder}/data:/data:ro`],
      ports: ["127.0.0.1:8080:80"],
      hostPath: place.folder,
      imageName: "box",
      imageVersion: "2",
      env: [{ name: "LANG" }],
    });
    expect(readdirSync(join(home, "run"))).toEqual(["web.json"]);
    expect(place.calls()).toEqual([]);
  });

  test("puts values into an env file that only the user can read, and nowhere else", async () => {
    const value = `hush "hush" $x\n'#'`;
    const said = await place.manyoyo([
      "profile",
      "new",
      "web",
      "-s",
      "env",
      "-e",
      `KEY=${value}`,
      "-e",
      "A=",
    ]);
    expect(said.status).toBe(0);
    expect(said.stderr).toContain(`The values of KEY, A are in ${envFile("web")}`);
    expect(`${said.stdout}${said.stderr}${readFileSync(profile("web"), "utf8")}`).not.toContain("hush");
    expect([modeOf(envFile("web")), modeOf(profile("web"))]).toEqual([0o600, 0o600]);
    expect(settings("web")).toMatchObject({ envFile: ["web"] });
    const shown = await place.manyoyo(["config", "show", "-r", "web", "--json"]);
    expect(JSON.parse(shown.stdout).settings.env).toEqual({ KEY: "***", A: "***" });
  });

  test("is used as it was written", async () => {
    await place.manyoyo(["profile", "new", "web", "-s", "env", "-e", "KEY=two\nlines", "-n", "web-1"]);
    place.engine("podman", {
      "container inspect": missing.podman,
      run: "cat /dev/fd/3 >$state/env; echo 4f6a",
      exec: "exit 0",
    });
    const said = await place.manyoyo(["-r", "web", "-x", "true"]);
    expect(said).toMatchObject({ status: 0 });
    const run = place.calls().find(([, verb]) => verb === "run") ?? [];
    expect(run).toContain("web-1");
  });

  test("refuses to write over a profile or an env file unless told to", async () => {
    await place.manyoyo(["profile", "new", "web", "-s", "one"]);
    const again = await place.manyoyo(["profile", "new", "web", "-s", "two"]);
    expect([again.status, again.stdout]).toEqual([2, ""]);
    expect(again.stderr).toContain("There is a profile web already");
    expect(settings("web")).toEqual({ shell: "one" });
    expect((await place.manyoyo(["profile", "new", "web", "-s", "two", "-f"])).status).toBe(0);
    expect(settings("web")).toEqual({ shell: "two" });
    put("env/api.env", "OLD=1\n");
    const over = await place.manyoyo(["profile", "new", "api", "-e", "NEW=1"]);
    expect([over.status, existsSync(profile("api"))]).toEqual([2, false]);
    expect(readFileSync(envFile("api"), "utf8")).toBe("OLD=1\n");
    const own = await place.manyoyo(["profile", "new", "api", "-f", "--ef", "api", "-e", "NEW=1"]);
    expect([own.status, readFileSync(envFile("api"), "utf8")]).toEqual([2, "OLD=1\n"]);
  });

  test("by several at once makes one, and the others are told", async () => {
    const lines = [1, 2, 3, 4, 5, 6].map((number) => `echo ${number}`);
    const said = await Promise.all(lines.map((line) => place.manyoyo(["profile", "new", "web", "-s", line])));
    expect(said.map(({ status }) => status).toSorted()).toEqual([0, 2, 2, 2, 2, 2]);
    const winner = lines[said.findIndex(({ status }) => status === 0)];
    expect(settings("web")).toEqual({ shell: winner });
    expect(readdirSync(join(home, "run"))).toEqual(["web.json"]);
  });

  test.each([
    [["a/b"], "cannot be the name"],
    [[".hidden"], "cannot be the name"],
    [["x.json"], "cannot be the name"],
    [["a\nb"], "cannot be the name"],
    [["web", "-m", "sokc"], "It takes common, dind, sock"],
    [["web", "-v", "x"], "names no absolute path"],
    [["web", "--ef", "nothing"], "There is no env file"],
    [["web", "--from", "nothing"], 'Neither a profile nor a session is called "nothing"'],
    [["web", "-e", "#A=1"], "no usable name"],
    [[], "profile new needs NAME"],
  ])("refuses %j and writes nothing", async (words, sentence) => {
    place.engine("podman", { "container inspect": missing.podman, ps: "echo '[]'" });
    const said = await place.manyoyo(["profile", "new", ...words]);
    expect([said.status, said.stdout]).toEqual([words.includes("--from") ? 125 : 2, ""]);
    expect(said.stderr).toContain(sentence);
    expect(existsSync(join(home, "run")) ? readdirSync(join(home, "run")) : []).toEqual([]);
  });

  test("from a session takes what its labels tell, and options go before it", async () => {
    const labels = {
      "manyoyo.session": "uuid-1",
      "manyoyo.default_cmd": "npm test",
      "manyoyo.args": '["a b"]',
      "manyoyo.name": "web",
      "manyoyo.image": "localhost/manyoyo:1-common",
      "manyoyo.workspace": "/src/it's",
      "manyoyo.options": JSON.stringify({
        volumes: ['--mount type=bind,"source=/a,b","target=/c",ro'],
        ports: ["127.0.0.1:1:2"],
        mode: "common",
        folder: "/src/it's",
        folderInside: "/work",
        image: "localhost/manyoyo:1-common",
      }),
    };
    const Config = {
      Image: "localhost/manyoyo:1-common",
      Labels: labels,
      Env: ["SECRET=hush"],
      WorkingDir: "/work",
    };
    place.engine("podman", { "container inspect": prints(inspected("web", { Config })) });
    const said = await place.manyoyo(["profile", "new", "like", "--from", "web", "-p", "3:4"]);
    expect(said).toMatchObject({ status: 0 });
    expect(settings("like")).toEqual({
      shell: "npm test",
      shellSuffix: "'a b'",
      hostPath: "/src/it's",
      containerPath: "/work",
      volumes: ["/a,b:/c:ro"],
      ports: ["127.0.0.1:1:2", "127.0.0.1:3:4"],
      imageName: "localhost/manyoyo",
      imageVersion: "1-common",
    });
    expect(readFileSync(profile("like"), "utf8")).not.toContain("hush");
  });

  test("from a session of the original tool takes nothing that only its image's labels tell", async () => {
    const labels = {
      "manyoyo.default_cmd": "npm test",
      "manyoyo.args": '["--evil"]',
      "manyoyo.workspace": "/home/ann/.ssh",
      "manyoyo.commands_as": "root",
      "manyoyo.options": JSON.stringify({ volumes: ["-v /:/host"], ports: ["1:2"], mode: "sock" }),
    };
    const Config = { Image: "box:1", Labels: labels, Env: [], WorkingDir: "/work" };
    const Mounts = [{ Type: "bind", Source: "/work", Destination: "/work" }];
    const image = [{ Id: "sha256:aa", Config: { Labels: { ...labels, "manyoyo.default_cmd": "x" } } }];
    place.engine("podman", {
      "container inspect": prints(inspected("web", { Config, Mounts })),
      "image inspect": prints(JSON.stringify(image)),
    });
    const said = await place.manyoyo(["profile", "new", "old", "--from", "web"]);
    expect(said).toMatchObject({ status: 0 });
    expect(settings("old")).toEqual({
      shell: "npm test",
      hostPath: "/work",
      imageName: "box",
      imageVersion: "1",
    });
  });

  test("from another profile, wherever it is written down, moves values out of it", async () => {
    put("manyoyo.json", '{ runs: { old: { shell: "x", volumes: ["./a:/a"], env: { K: "hush", L: 1 } } } }');
    const said = await place.manyoyo(["profile", "new", "young", "--from", "old", "-e", "L=2", "--json"]);
    expect(JSON.parse(said.stdout)).toEqual({
      schema: 1,
      profile: "young",
      file: profile("young"),
      envFile: envFile("young"),
    });
    expect(settings("young")).toEqual({ shell: "x", volumes: [`${home}/a:/a`], envFile: ["young"] });
    expect(readFileSync(envFile("young"), "utf8")).toContain("K=hush\nL=2\n");
  });

  test("from a profile that anybody could have written asks for trust first", async () => {
    const path = join(place.folder, ".manyoyo.json");
    writeFileSync(path, '{ volumes: ["/etc:/etc"] }');
    const refused = await place.manyoyo(["profile", "new", "bad", "--from", "./.manyoyo.json"]);
    expect([refused.status, existsSync(profile("bad"))]).toEqual([2, false]);
    expect(refused.stderr).toContain('the host path "/etc"');
    expect((await place.manyoyo(["profile", "new", "good", "--from", path, "--trust"])).status).toBe(0);
  });

  test("where the folder cannot be written says so", async () => {
    writeFileSync(home, "a file in its place");
    const said = await place.manyoyo(["profile", "new", "web", "-e", "A=1"]);
    expect(said.status).toBe(2);
    expect(said.stderr).toContain("cannot be written");
  });
});

describe("profile ls", () => {
  test("names every profile, what it runs and where it is, a broken one as well", async () => {
    put("run/web.json", '{ yolo: "c" }');
    put("run/bad.json", '{ yolo: "nobody" }');
    put(
      "manyoyo.json",
      '{ runs: { api: { shell: "npm start", shellSuffix: "now" }, web: { shell: "hidden" } } }',
    );
    const said = await place.manyoyo(["profile", "ls"]);
    expect(said.status).toBe(0);
    expect(said.stdout.split("\n").map((line) => line.split(/ {2,}/))).toEqual([
      ["NAME", "RUNS", "WHERE"],
      ["api", "npm start now", "~/.manyoyo/manyoyo.json (runs.api)"],
      ["bad", "(broken)", expect.stringMatching(/^~\/\.manyoyo\/run\/bad\.json:1:3: .*"nobody"/)],
      ["web", "claude", "~/.manyoyo/run/web.json"],
      [""],
    ]);
    const { profiles } = JSON.parse((await place.manyoyo(["profile", "ls", "--json"])).stdout);
    expect(profiles).toHaveLength(3);
    expect(profiles[1]).toMatchObject({ name: "bad", where: profile("bad"), command: null });
    expect(place.calls()).toEqual([]);
  });

  test("without any is nothing, also for a script", async () => {
    expect(await place.manyoyo(["profile", "ls"])).toMatchObject({ status: 0, stdout: "" });
    expect(JSON.parse((await place.manyoyo(["profile", "ls", "--json"])).stdout)).toEqual({
      schema: 1,
      profiles: [],
    });
  });
});

describe("profile show", () => {
  test("prints the file as it is, and with --json what is read in it, values masked", async () => {
    const text = '// mine\n{\n\tyolo: "c", env: { K: "hush" },\n}\n';
    put("run/web.json", text);
    expect(await place.manyoyo(["profile", "show", "web"])).toMatchObject({
      status: 0,
      stdout: text,
      stderr: "",
    });
    const json = await place.manyoyo(["profile", "show", "web", "--json"]);
    expect(JSON.parse(json.stdout)).toMatchObject({
      profile: "web",
      settings: { yolo: "c", env: { K: "***" } },
    });
    expect(json.stdout).not.toContain("hush");
  });

  test("prints a file with a mistake in it too", async () => {
    put("run/web.json", "{ broken");
    expect(await place.manyoyo(["profile", "show", "web"])).toMatchObject({
      status: 0,
      stdout: "{ broken\n",
    });
    expect((await place.manyoyo(["profile", "show", "web", "--json"])).status).toBe(2);
  });

  test("prints its part of manyoyo.json, with the place", async () => {
    const file = put("manyoyo.json", '{\n  runs: { web: { yolo: "c" } },\n}\n');
    const said = await place.manyoyo(["profile", "show", "web"]);
    expect(said.stdout).toBe(`// ${file}:2:11\n{\n  yolo: 'c',\n}\n`);
  });

  test("of one that is not there names the nearest", async () => {
    put("run/web.json", "{}");
    const said = await place.manyoyo(["profile", "show", "webb"]);
    expect([said.status, said.stdout]).toEqual([2, ""]);
    expect(said.stderr).toContain('Did you mean "web"?');
  });
});

describe("profile rm", () => {
  test("in a script needs -f, as nothing brings a profile back", async () => {
    put("run/web.json", "{}");
    put("env/web.env", "A=1\n");
    const refused = await place.manyoyo(["profile", "rm", "web"]);
    expect([refused.status, existsSync(profile("web"))]).toEqual([125, true]);
    expect(refused.stderr).toContain("manyoyo profile rm -f web");
    const removed = await place.manyoyo(["profile", "rm", "-f", "web", "gone"]);
    expect(removed).toMatchObject({
      status: 0,
      stdout: "web\n",
      stderr: "Its variables stay: ~/.manyoyo/env/web.env\n",
    });
    expect([existsSync(profile("web")), existsSync(envFile("web"))]).toEqual([false, true]);
  });

  test("does each of several, and names those that it cannot", async () => {
    put("run/web.json", "{}");
    const file = put("manyoyo.json", "{ runs: { api: {} } }");
    const said = await place.manyoyo(["profile", "rm", "-f", "api", "web", "--json"]);
    expect(said.status).toBe(125);
    expect(JSON.parse(said.stdout).profiles).toEqual([
      { name: "api", error: "settings" },
      { name: "web", result: "removed" },
    ]);
    expect(said.stderr).toContain(`${file}:1:11`);
    expect(readFileSync(file, "utf8")).toBe("{ runs: { api: {} } }");
  });

  test("leaves files elsewhere alone", async () => {
    const path = join(place.folder, "own.json");
    writeFileSync(path, "{}");
    expect((await place.manyoyo(["profile", "rm", "-f", "./own.json"])).status).toBe(125);
    expect(existsSync(path)).toBe(true);
  });
});

test("profile edit without a terminal fails and names the file", async () => {
  put("run/web.json", "{}");
  const said = await place.manyoyo(["profile", "edit", "web"], { env: { EDITOR: "touch" } });
  expect(said.status).toBe(2);
  expect(said.stderr).toContain(profile("web"));
});

describe("config show --origin", () => {
  test("says for every value where it comes from", async () => {
    const global = put("manyoyo.json", '{\n  shell: "sh",\n  ports: ["1:2"],\n  env: ["A=1"],\n}\n');
    const web = put(
      "run/web.json",
      '{\n  yolo: "c",\n  envFile: "web",\n  volumes: [\n    "xx:/x",\n  ],\n  env: { B: "hush" },\n}\n',
    );
    const variables = put("env/web.env", "# these\n\nC=hush\n");
    chmodSync(variables, 0o600);
    const words = ["config", "show", "--origin", "-r", "web", "-p", "3:4", "-e", "A=hush"];
    const said = await place.manyoyo(words, { env: { MANYOYO_ENGINE: "podman" } });
    const rows = new Map(
      said.stdout.split("\n").map((line) => [line.split(/ +/)[0], line.split(/ {2,}/).slice(1)]),
    );
    expect(said.stdout).not.toContain("hush");
    expect(rows.get("yolo")).toEqual(["c", `${web}:2:3`]);
    expect(rows.has("shell")).toBe(false);
    expect(rows.get("engine")).toEqual(["podman", "the variable MANYOYO_ENGINE"]);
    expect(rows.get("hostPath")).toEqual([place.folder, "default"]);
    expect(rows.get("volumes[0]")).toEqual(["xx:/x", `${web}:5:5`]);
    expect(rows.get("ports[0]")).toEqual(["127.0.0.1:1:2", `${global}:3:11`]);
    expect(rows.get("ports[1]")).toEqual(["127.0.0.1:3:4", "command line"]);
    expect(rows.get("env.A")).toEqual(["***", "command line"]);
    expect(rows.get("env.B")).toEqual(["***", `${web}:7:10`]);
    expect(rows.get("env.C")).toEqual(["***", `${variables}:3`]);
    const json = await place.manyoyo([...words, "--json"]);
    const { origins } = JSON.parse(json.stdout);
    expect(origins).toContainEqual({
      key: "env.C",
      value: "***",
      from: { source: "file", file: variables, line: 3 },
    });
    expect(origins).toContainEqual({ key: "containerMode", value: "common", from: { source: "default" } });
  });
});
