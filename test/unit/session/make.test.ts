import { describe, expect, test } from "bun:test";
import { differences } from "../../../lib/session/differences.ts";
import { type Make, makeWords } from "../../../lib/session/make.ts";
import { type Circumstances, imageOf, planMake } from "../../../lib/session/plan.ts";
import { type Session, sessionOf } from "../../../lib/session/session.ts";
import { hasRegistry } from "../../../lib/settings/image-name.ts";
import type { Settings } from "../../../lib/settings/layer.ts";

const empty: Settings = { env: [], volumes: [], ports: [], engineArgs: [], quiet: [] };
const at: Circumstances = {
  id: "uuid-1",
  folder: "/home/a/my web",
  socket: "/run/engine.sock",
  selinux: false,
  user: "ann",
  call: undefined,
  stores: [],
  prepare: [],
};
const nothing = { exact: undefined, said: undefined, usual: undefined, args: undefined };
const plan = (settings: Partial<Settings>, some: Partial<Circumstances> = {}): Make =>
  planMake("web", { ...empty, ...settings }, { ...nothing, said: "claude" }, { ...at, ...some });
const words = (make: Make, envFile?: string): readonly string[] =>
  makeWords(make, { log: ["--log-driver", "x"] }, { init: "INIT", prepare: "PREPARE" }, envFile);

/** The words after each `--label`, as a map. */
function labelsOf(all: readonly string[]): Readonly<Record<string, string>> {
  const pairs = all.filter((_, index) => all[index - 1] === "--label").map((pair) => pair.split(/=(.*)/s));
  return Object.fromEntries(pairs.map(([key = "", value = ""]) => [key, value]));
}

describe("the words that make a session", () => {
  test("are these, for a folder and a command", () => {
    const options = {
      volumes: [],
      ports: [],
      mode: "common",
      folder: "/home/a/my web",
      folderInside: "/home/a/my web",
      image: "localhost/manyoyo:1-common",
      engineArgs: [],
      variables: [],
    };
    expect(words(plan({}), "/dev/fd/3")).toEqual([
      ...["run", "--detach", "--pull", "never", "--name", "web"],
      ...["--label", "manyoyo.session=uuid-1"],
      ...["--label", "manyoyo.default_cmd=claude"],
      ...["--label", "manyoyo.args=", "--label", "manyoyo.agent=claude"],
      ...["--label", "manyoyo.workspace=/home/a/my web"],
      ...["--label", "manyoyo.image=localhost/manyoyo:1-common"],
      ...["--label", "manyoyo.name=web"],
      ...["--label", "manyoyo.user=ann", "--label", "manyoyo.commands_as="],
      ...["--label", `manyoyo.options=${JSON.stringify(options)}`],
      // What says nothing is said all the same, or the image's own label would count.
      ...["--label", "manyoyo.call=", "--label", "manyoyo.work="],
      ...["--stop-signal", "TERM", "--log-driver", "x"],
      ...["--mount", 'type=bind,"source=/home/a/my web","target=/home/a/my web"'],
      ...["--workdir", "/home/a/my web", "--env-file", "/dev/fd/3"],
      ...["--entrypoint", "/bin/sh", "localhost/manyoyo:1-common", "-c", "INIT"],
    ]);
  });

  test("quote every odd path so that it stays one field", () => {
    expect(words(plan({}, { folder: '/a:b,c"d\ne=日' }))).toContain(
      'type=bind,"source=/a:b,c""d\ne=日","target=/a:b,c""d\ne=日"',
    );
  });

  test("have the words of the first command in a label of their own, as a list", () => {
    const wish = { ...nothing, said: "codex", args: ["a b", "", "\n\"'"] };
    const labels = labelsOf(words(planMake("web", empty, wish, at)));
    expect(labels["manyoyo.default_cmd"]).toBe("codex");
    expect(labels["manyoyo.args"]).toBe(JSON.stringify(wish.args));
    expect(labels["manyoyo.agent"]).toBe("codex");
  });

  test("carry no value of a variable", () => {
    const env = [{ name: "TOKEN", value: "secret" }];
    expect(words(plan({ env }), "/dev/fd/3").join(" ")).not.toContain("secret");
  });

  test.each([
    [
      "ports",
      { ports: ["127.0.0.1:80:80", "[::1]:1:1"] },
      ["--publish", "127.0.0.1:80:80", "--publish", "[::1]:1:1"],
    ],
    [
      "a volume",
      { volumes: [{ kind: "volume", name: "cache", target: "/c", readonly: true }] },
      ["--mount", 'type=volume,"source=cache","target=/c",ro'],
    ],
    [
      "a relabelled folder",
      { volumes: [{ kind: "bind", source: "/s", target: "/t", readonly: true, relabel: "Z" }] },
      ["-v", "/s:/t:ro,Z"],
    ],
    ["a place inside", { containerPath: "/work" }, ["--workdir", "/work"]],
    ["the mode dind", { containerMode: "dind" }, ["--privileged"]],
    [
      "the mode sock",
      { containerMode: "sock" },
      [
        "--mount",
        'type=bind,"source=/run/engine.sock","target=/var/run/docker.sock"',
        "--env",
        "DOCKER_HOST=unix:///var/run/docker.sock",
      ],
    ],
    [
      "arguments for the engine, before the image",
      { engineArgs: ["--memory", "1g"] },
      ["--memory", "1g", "--entrypoint", "/bin/sh"],
    ],
    ["an image", { imageName: "box", imageVersion: "2" }, ["/bin/sh", "box:2", "-c", "INIT"]],
  ] satisfies [string, Partial<Settings>, string[]][])("for %s", (_what, settings, expected) => {
    expect(words(plan(settings)).join("\0")).toContain(expected.join("\0"));
  });

  test("let the engine remove it where it goes with its call", () => {
    const all = words(plan({}, { call: "call-1" }));
    expect(all).toContain("--rm");
    expect(labelsOf(all)["manyoyo.call"]).toBe("call-1");
    expect(words(plan({}))).not.toContain("--rm");
  });
});

describe("the image", () => {
  test.each([
    [{}, "localhost/manyoyo:1-common"],
    [{ imageName: "box" }, "box:1-common"],
    [{ imageVersion: "2-x" }, "localhost/manyoyo:2-x"],
    [{ image: "r.example/a/b@sha256:0", imageName: "box" }, "r.example/a/b@sha256:0"],
  ])("of %j is %s", (settings, image) => {
    expect(imageOf({ ...empty, ...settings })).toBe(image);
  });

  test.each([
    ["localhost/manyoyo:1", false],
    ["manyoyo:1", false],
    ["debian", false],
    ["library/debian", false],
    ["r.example/a", true],
    ["r.example:5000/a/b:1", true],
    ["host:5000/a", true],
    ["localhost:5000/a", true],
  ])("%s comes from a registry: %p", (image, expected) => {
    expect(hasRegistry(image)).toBe(expected);
  });
});

const made = (settings: Partial<Settings>): Session =>
  sessionOf({
    id: "i",
    name: "web",
    status: "running",
    created: 0,
    image: imageOf({ ...empty, ...settings }),
    labels: labelsOf(words(plan(settings))),
    binds: [],
  });

describe("options that an existing session cannot take", () => {
  const volumes: Settings["volumes"] = [{ kind: "bind", source: "/s", target: "/t", readonly: false }];
  test.each([
    ["none, when none is said", {}, {}, []],
    [
      "none, when all are as they were",
      { volumes, ports: ["1:1"], containerMode: "dind", containerPath: "/w" },
      { volumes, ports: ["1:1"], containerMode: "dind", containerPath: "/w", hostPath: "/home/a/my web" },
      [],
    ],
    ["none, when fewer are said", { volumes, ports: ["1:1", "2:2"] }, { ports: ["2:2"] }, []],
    ["a volume that it lacks", {}, { volumes }, ["-v"]],
    [
      "a volume that was read-only",
      { volumes: [{ kind: "bind", source: "/s", target: "/t", readonly: true }] },
      { volumes },
      ["-v"],
    ],
    [
      "a port, a folder, a mode and an image",
      {},
      { ports: ["1:1"], hostPath: "/x", containerPath: "/y", containerMode: "sock", image: "box" },
      ["-p", "--hp", "--cp", "-m", "--image"],
    ],
    [
      "nothing of what a command takes",
      {},
      { env: [{ name: "A", value: "1" }], shell: "ls", quiet: ["full"] },
      [],
    ],
  ] satisfies [string, Partial<Settings>, Partial<Settings>, string[]][])(
    "%s",
    (_what, then, now, expected) => {
      expect(differences({ ...empty, ...now }, made(then))).toEqual(expected);
    },
  );

  test.each([undefined, "", "[]", "null", "{", '"x"', "{}", '{"volumes":1,"ports":{}}'])(
    "are all that were said, when the record is %j",
    (options) => {
      const session = { ...made({}), options };
      expect(differences({ ...empty, volumes, ports: ["1:1"] }, session)).toEqual(["-v", "-p"]);
    },
  );
});
