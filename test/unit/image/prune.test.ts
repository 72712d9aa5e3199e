import { describe, expect, test } from "bun:test";
import { type Image, readImages } from "../../../lib/image/list.ts";
import { endsOwn, replaced } from "../../../lib/image/prune.ts";

const image = (more: Partial<Image>): Image => ({
  id: "aa",
  names: [],
  part: "agents",
  number: "2",
  variant: "common",
  agents: {},
  node: undefined,
  npm: undefined,
  tools: undefined,
  base: undefined,
  built: undefined,
  build: undefined,
  size: 0,
  created: 0,
  ...more,
});

const now = Date.UTC(2026, 0, 5);

describe("what may go", () => {
  const present = image({ id: "present", names: ["box:2"], tools: "box-tools:2", base: "base:b" });
  const all = [
    present,
    image({ id: "nameless", tools: "box-tools:1" }),
    image({ id: "older", names: ["box:1"], number: "1", tools: "box-tools:1", base: "base:a" }),
    image({ id: "its tools", part: "tools", names: ["box-tools:2"] }),
    image({ id: "older tools", part: "tools", names: ["box-tools:1"], number: "1" }),
    image({ id: "its base", part: "base", names: ["base:b"], number: "1" }),
    image({ id: "older base", part: "base", names: ["base:a"] }),
  ];

  test("is what a newer one has replaced, with what only that was made from", () => {
    expect(replaced(all, { number: "2", all: false, now }).map(({ id }) => id)).toEqual([
      "nameless",
      "older",
      "older tools",
      "older base",
    ]);
  });

  test("is what was made for a session that may be gone, but for what may just be in the making, and no snapshot", () => {
    const own = "localhost/manyoyo-session:web--1f2e3d4c";
    const saved = [
      image({ id: "left", part: "session", names: [own], created: now - 2 * 3_600_000 }),
      image({ id: "young", part: "session", names: [own], created: now - 60_000 }),
      image({ id: "named", part: "session", names: [own, "localhost/manyoyo-snapshot:web--v1"] }),
      image({ id: "somebody's", part: "session", names: [] }),
    ];
    for (const every of [false, true]) {
      expect(replaced(saved, { number: "2", all: every, now }).map(({ id }) => id)).toEqual(["left"]);
    }
  });

  test("is nothing that an image may just be about to be made from", () => {
    const own = (name: string, more: Partial<Image>) => image({ id: name, names: [name], ...more });
    const hour = 3_600_000;
    const made = [
      own("tools:new", { part: "tools", created: now - 60_000 }),
      own("base:new", { part: "base", created: now - 60_000 }),
      own("tools:old", { part: "tools", created: now - 2 * hour }),
      image({ id: "tools without a name", part: "tools", created: now - 60_000 }),
    ];
    const ids = (images: readonly Image[], every: boolean) =>
      replaced(images, { number: "1", all: every, now }).map(({ id }) => id);
    for (const every of [false, true])
      expect(ids(made, every)).toEqual(["tools:old", "tools without a name"]);
    const done = own("box:2", { tools: "tools:new", base: "base:new", created: now });
    expect(ids([...made, done], false)).toEqual(["tools:old", "tools without a name"]);
    expect(ids([...made, done], true)).toHaveLength(5);
  });

  test("is everything where everything is asked for", () => {
    expect(replaced(all, { number: "2", all: true, now })).toEqual(all);
  });
});

describe("an image is manyoyo's own", () => {
  test.each([
    ["/bin/sh -c #(nop)  LABEL manyoyo.image.build=uuid-1\n/bin/sh -c #(nop) COPY dir:1\n", "uuid-1", true],
    ["LABEL manyoyo.image.build=uuid-1\n", "uuid-1", true],
    ["/bin/sh -c touch /mine\nLABEL manyoyo.image.build=uuid-1\n", "uuid-1", false],
    ["\n", "", true],
    ["\n\n", "", false],
  ])("by its history %j and its build %j: %p", (history, build, expected) => {
    expect(endsOwn(history, build)).toBe(expected);
  });
});

describe("an image that is inspected", () => {
  test("is read with its labels, its own name first", () => {
    const labels = {
      "manyoyo.image.part": "agents",
      "manyoyo.image.number": "1",
      "manyoyo.image.agents": '{"codex":"0.1.0"}',
      "manyoyo.image.name": "box:1",
    };
    const told = [{ Id: "sha256:aa", RepoTags: ["a:1", "box:1"], Size: 5, Config: { Labels: labels } }];
    expect(readImages(JSON.stringify(told))).toMatchObject([
      { id: "aa", names: ["box:1", "a:1"], agents: { codex: "0.1.0" }, size: 5, build: undefined },
    ]);
  });

  test("is left out where it does not carry them, and what is no list is none", () => {
    expect(readImages('[{"Id":"sha256:aa","RepoTags":null,"Config":{"Labels":null}}]')).toEqual([]);
    expect(readImages("nonsense")).toEqual([]);
  });

  test("may have labels that somebody else has written", () => {
    const labels = { "manyoyo.image.part": "agents", "manyoyo.image.agents": "[1]" };
    expect(readImages(JSON.stringify([{ Id: "aa", Config: { Labels: labels } }]))).toMatchObject([
      { agents: {} },
    ]);
  });
});
