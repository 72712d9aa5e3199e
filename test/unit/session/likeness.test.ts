import { describe, expect, test } from "bun:test";
import { type Body, likenessOf, recordsVariables } from "../../../lib/session/body.ts";
import { imageFor, isSessionImage, isTag, readImageName } from "../../../lib/session/images.ts";
import { isInTheMaking, passingName } from "../../../lib/session/labels.ts";
import { type Likeness, likenessLabels, makeLike, readLikeness } from "../../../lib/session/likeness.ts";
import { makeWords } from "../../../lib/session/make.ts";

const steps = [
  ["git", "Ann", "ann@x"],
  ["link", ".claude", "/manyoyo/history/claude"],
];
const options = {
  volumes: [
    "-v /src:/code:ro,z",
    '--mount type=volume,"target=/own"',
    '--mount type=volume,"source=data","target=/data"',
  ],
  ports: ["127.0.0.1:8080:80"],
  mode: "sock",
  folder: "/home/ann/web",
  folderInside: "/work",
  image: "box:1",
  engineArgs: ["--memory=1g"],
  variables: ["KEY"],
};
const body: Body = {
  labels: {
    "manyoyo.session": "u",
    "manyoyo.default_cmd": "claude 'x'",
    "manyoyo.args": '["a b",""]',
    "manyoyo.agent": "claude",
    "manyoyo.workspace": "/home/ann/web",
    "manyoyo.options": JSON.stringify(options),
  },
  image: "box:1",
  workdir: "/work",
  words: ["-c", "INIT", "manyoyo", "PREPARE", ...steps.flat(), "ready", "/tmp/x"],
  mounts: [
    { kind: "bind", source: "/home/ann/web", target: "/work", readonly: false },
    { kind: "bind", source: "/src", target: "/code", readonly: true },
    { kind: "bind", source: "/run/docker.sock", target: "/var/run/docker.sock", readonly: false },
    { kind: "volume", source: "a".repeat(64), target: "/own", readonly: false },
    { kind: "volume", source: "data", target: "/data", readonly: false },
    { kind: "volume", source: "manyoyo-history-web", target: "/manyoyo/history", readonly: false },
    { kind: "volume", source: "manyoyo-login-claude-ann", target: "/manyoyo/login/claude", readonly: false },
    { kind: "tmpfs", source: "", target: "/memory", readonly: false },
  ],
  ports: ["0.0.0.0:1:1"],
  envNames: ["KEY"],
  binds: ["/home/ann/web", "/src"],
};
const like: Likeness = {
  base: "box:1",
  firstCommand: "claude 'x'",
  args: ["a b", ""],
  agent: "claude",
  folder: "/home/ann/web",
  folderInside: "/work",
  volumes: [
    { kind: "bind", source: "/src", target: "/code", readonly: true, relabel: "z" },
    { kind: "volume", target: "/own", readonly: false },
    { kind: "volume", name: "data", target: "/data", readonly: false },
  ],
  ports: ["127.0.0.1:8080:80"],
  mode: "sock",
  engineArgs: ["--memory=1g"],
  stores: [
    { volume: "manyoyo-history-web", target: "/manyoyo/history" },
    { volume: "manyoyo-login-claude-ann", target: "/manyoyo/login/claude" },
  ],
  prepare: steps,
  commandsAsRoot: false,
  variables: ["KEY"],
  own: ["/own", "/manyoyo/history"],
};

describe("what a session is like", () => {
  test("is told by its container and its labels", () => {
    expect(likenessOf(body)).toEqual(like);
  });

  test("has what the engine's own arguments mount in those alone, and by its name what a person named", () => {
    const [own, theirs, cache] = ["b", "c", "d"].map((digit) => digit.repeat(64));
    const told = {
      ...options,
      volumes: [...options.volumes, `--mount type=volume,"source=${theirs}","target=/theirs"`],
      engineArgs: ["--mount", 'type=volume,source=args,"dst=/args"', "-v/cache/", "--volumes-from=db"],
    };
    const labels = { ...body.labels, "manyoyo.options": JSON.stringify(told) };
    const more = [
      [own, "/image"],
      [theirs, "/theirs"],
      [cache, "/cache"],
      ["args", "/args"],
      ["db", "/db"],
    ].map(([source = "", target = ""]) => ({ kind: "volume", source, target, readonly: false }));
    const { volumes, own: owned } = likenessOf({ ...body, labels, mounts: [...body.mounts, ...more] });
    expect(volumes).toEqual([
      ...like.volumes,
      { kind: "volume", target: "/image", readonly: false },
      { kind: "volume", name: theirs, target: "/theirs", readonly: false },
    ]);
    expect(owned).toEqual(["/own", "/image", "/cache", "/manyoyo/history"]);
  });

  test("is told of one that the original tool made as well", () => {
    const labels = { "manyoyo.default_cmd": "claude" };
    const mounts = [{ kind: "bind", source: "/home/ann/web", target: "/home/ann/web", readonly: false }];
    const legacy = { ...body, labels, mounts, workdir: "/home/ann/web", words: ["-f", "/dev/null"] };
    expect(likenessOf(legacy)).toMatchObject({
      folder: "/home/ann/web",
      volumes: [],
      ports: ["0.0.0.0:1:1"],
      mode: "common",
      prepare: [],
      own: [],
    });
    expect(recordsVariables(labels)).toBe(false);
    expect(recordsVariables(body.labels)).toBe(true);
  });

  test.each(["", "{", '{"volumes":7}', '["a"]'])("is not upset by options such as %j", (text) => {
    const labels = { ...body.labels, "manyoyo.options": text, "manyoyo.args": text };
    expect(() => likenessOf({ ...body, labels })).not.toThrow();
  });

  test("survives labels, whose every letter is plain and which are no longer than a Dockerfile's line, and nothing else is taken for one", () => {
    const odd = { ...like, firstCommand: "a \"b\" 'c' $d `e`\n日 % \\" };
    const long = { ...like, firstCommand: "日".repeat(40_000) };
    for (const each of [odd, long]) {
      const labels = likenessLabels(each);
      for (const value of Object.values(labels)) expect(value).toMatch(/^[A-Za-z0-9%._~!()*-]{1,65000}$/);
      expect(readLikeness(labels)).toEqual(each);
      // Of the image that a session of it is made from, which an engine adds.
      expect(readLikeness({ ...likenessLabels(long), ...labels })).toEqual(each);
    }
    const one = likenessLabels(like);
    expect(readLikeness({ "manyoyo.likeness": one["manyoyo.likeness"] ?? "" })).toEqual(like);
    const texts = ["", "%", "x", "%7B%7D", one["manyoyo.likeness"]?.replace("sock", "host") ?? ""];
    for (const text of texts) expect(readLikeness({ "manyoyo.likeness": text })).toBeUndefined();
    for (const parts of ["0", "-1", "1e9", "x", "2"]) {
      expect(readLikeness({ "manyoyo.likeness.parts": parts })).toBeUndefined();
    }
  });

  test("makes a session again, whose image's own labels count for nothing", () => {
    const self = {
      name: "web",
      id: "new",
      folder: "/elsewhere",
      user: "ann",
      socket: "/run/docker.sock",
      selinux: false,
    };
    const image = imageFor("session", "web", "1f2e3d4c");
    const make = makeLike(
      { ...like, agent: undefined },
      { ...self, image, nameNow: passingName("web", "new", "1f2e3d4c") },
    );
    const dialect = { log: [], noImageVolumes: ["--image-volume", "ignore"] };
    const words = makeWords(make, dialect, { init: "I", prepare: "P" }, undefined);
    expect(words.slice(words.indexOf("--name"), words.indexOf("--name") + 2)).toEqual([
      "--name",
      "web.new-1f2e3d4c",
    ]);
    const labels = words.filter((_, at) => words[at - 1] === "--label");
    for (const label of [
      "manyoyo.name=web",
      "manyoyo.agent=",
      "manyoyo.call=",
      "manyoyo.workspace=/elsewhere",
    ]) {
      expect(labels).toContain(label);
    }
    expect(words).toContain("--image-volume");
    expect(words).toContain("/src:/code:ro,z");
    expect(words.slice(-8)).toEqual([...steps.flat(), "ready", "/tmp/.manyoyo-new"]);
    const plain = makeWords({ ...make, image: "box:1" }, dialect, { init: "I", prepare: "P" }, undefined);
    expect(plain.join(" ")).not.toContain("image-volume");
  });

  test("holds no value of a variable that stands among engine arguments", () => {
    const engineArgs = [
      "-e",
      "A=secret",
      "--env=B=secret",
      "-eC=secret",
      "--env-file",
      "secret",
      "--memory=1g",
    ];
    const make = makeLike(
      { ...like, engineArgs },
      { name: "w", id: "i", image: "b", folder: "/", user: "", socket: "", selinux: false },
    );
    const words = makeWords(make, { log: [] }, { init: "", prepare: "" }, undefined);
    const options = words.find((word) => word.startsWith("manyoyo.options="));
    expect(options).not.toContain("secret");
    expect(options).toContain("--memory=1g");
  });
});

describe("names of images", () => {
  test.each([
    ["web", "v1"],
    ["a--b", "c"],
    ["a-", "b-"],
    ["web", "v1.0_x"],
  ])("of %s and %s are told apart again", (name, mark) => {
    const image = imageFor("snapshot", name, mark);
    expect(readImageName("snapshot", image)).toEqual({ name, mark });
    expect(readImageName("session", image)).toBeUndefined();
    expect(isSessionImage(image)).toBe(false);
  });

  test("are no others'", () => {
    for (const image of [
      "box:1",
      "localhost/manyoyo-snapshot",
      "localhost/manyoyo-snapshot:web",
      "x/manyoyo-session:a--b",
    ]) {
      expect(readImageName("snapshot", image)).toBeUndefined();
      expect(isSessionImage(image)).toBe(false);
    }
  });

  test.each([
    ["v1", true],
    ["1126-2254-2", true],
    ["a.b_c", true],
    ["a--b", false],
    ["-a", false],
    [".a", false],
    ["", false],
    ["a b", false],
    ["a/b", false],
    ["a".repeat(51), false],
  ])("take the tag %j: %p", (tag, expected) => {
    expect(isTag(tag)).toBe(expected);
  });
});

test.each([
  ["web.new-0123abcd", true],
  ["web.old-0123abcd", false],
  ["web.new-0123abc", false],
  ["web.new-0123abcx", false],
  ["other.new-0123abcd", false],
  ["web", false],
])("a container %s of the session web is in the making: %p", (name, expected) => {
  expect(isInTheMaking({ "manyoyo.name": "web" }, name)).toBe(expected);
});
