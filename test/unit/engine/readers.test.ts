import { describe, expect, test } from "bun:test";
import { readRunning } from "../../../lib/engine/busy.ts";
import { readInspect } from "../../../lib/engine/inspect.ts";
import { readList } from "../../../lib/engine/list.ts";
import { endOfLast } from "../../../lib/engine/wait.ts";
import { failureOf } from "../settings/failure-of.ts";

const odd = { "manyoyo.session": "u", "manyoyo.default_cmd": "a,b=c\nd \"e\" 'f' 日本 \u001b[1m", other: "" };

// What docker 20.10 and 28.2 say, without what nobody reads.
const docker = {
  Id: "4f6a",
  Created: "2026-01-05T07:09:00.123456789Z",
  State: { Status: "exited", Running: false, ExitCode: 137 },
  Image: "sha256:aa",
  Name: "/web",
  Mounts: [
    { Type: "bind", Source: "/home/a/web", Destination: "/w", RW: true },
    { Type: "volume", Name: "cache", Destination: "/cache", Source: "/var/lib/docker/volumes/cache/_data" },
  ],
  Config: {
    Env: ["PATH=/bin", "MANYOYO_ENV_A=x\\ny", "EMPTY=", "B=c=d"],
    Image: "box:1",
    WorkingDir: "/w",
    Labels: odd,
  },
};
// podman 4.3.
const podman = {
  Id: "4f6a",
  Created: "2026-01-05T07:09:00.123456789+00:00",
  State: { Status: "running", ExitCode: 0 },
  Image: "aa",
  ImageName: "localhost/box:1",
  Name: "web",
  Mounts: [],
  Config: { Env: ["container=podman"], WorkingDir: "/w", Labels: odd },
};

describe("inspect", () => {
  test("of docker is read", () => {
    expect(readInspect(JSON.stringify([docker]))).toEqual({
      id: "4f6a",
      name: "web",
      status: "exited",
      created: Date.UTC(2026, 0, 5, 7, 9, 0, 123),
      image: "box:1",
      imageId: "sha256:aa",
      labels: odd,
      envNames: ["PATH", "MANYOYO_ENV_A", "EMPTY", "B"],
      homeVariable: undefined,
      runsAs: "",
      namedVolumes: { "/cache": "cache" },
      workdir: "/w",
      binds: ["/home/a/web"],
      words: [],
      ports: [],
      mounts: [
        { kind: "bind", source: "/home/a/web", target: "/w", readonly: false },
        { kind: "volume", source: "cache", target: "/cache", readonly: false },
      ],
    });
  });

  test("of podman is read", () => {
    expect(readInspect(JSON.stringify([podman]))).toMatchObject({
      name: "web",
      status: "running",
      image: "localhost/box:1",
      imageId: "aa",
      labels: odd,
      binds: [],
    });
  });

  test("of a container with null for what is empty is read", () => {
    const config = { Image: "box:1", Labels: null, Env: null };
    expect(readInspect(JSON.stringify([{ ...docker, Mounts: null, Config: config }]))).toMatchObject({
      labels: {},
      envNames: [],
      binds: [],
      workdir: "/",
    });
  });

  test.each([
    "",
    "[]",
    "{}",
    "null",
    "[null]",
    "garbage",
    JSON.stringify([docker]).slice(0, -40),
    JSON.stringify([{ ...docker, Config: { ...docker.Config, Labels: { a: 1 } } }]),
  ])("that says %j is not understood", (text) => {
    expect(readInspect(text)).toBeUndefined();
  });
});

describe("the list of docker", () => {
  const line = (more: object): string =>
    JSON.stringify({
      id: "4f6a",
      name: "web",
      status: "running",
      created: "2026-01-05 07:09:00 +0000 UTC",
      image: "box:1",
      mounts: "/home/a/web,cache",
      labels: odd,
      ...more,
    });

  test("is an object a line, whose labels keep commas, line ends, quotes and every language", () => {
    const [first, second, ...more] = readList(
      "docker",
      `${line({})}\n${line({ name: "api", mounts: "" })}\n`,
    );
    expect(first).toMatchObject({
      name: "web",
      status: "running",
      created: Date.UTC(2026, 0, 5, 7, 9),
      binds: ["/home/a/web"],
      labels: { "manyoyo.default_cmd": odd["manyoyo.default_cmd"] },
    });
    expect(second).toMatchObject({ name: "api", binds: [] });
    expect(more).toEqual([]);
  });

  test("has an empty text for a label that is not there", () => {
    const labels = { "manyoyo.session": "", "manyoyo.default_cmd": "claude" };
    expect(readList("docker", line({ labels }))[0]?.labels).toEqual({ "manyoyo.default_cmd": "claude" });
  });

  test.each([
    ["2026-01-05 07:09:00 +0000 UTC", Date.UTC(2026, 0, 5, 7, 9)],
    ["2026-07-05 09:09:00 +0200 CEST", Date.UTC(2026, 6, 5, 7, 9)],
    ["2026-01-05 04:09:00 -0300 -03", Date.UTC(2026, 0, 5, 7, 9)],
    ["2026-01-05 12:54:00 +0545 +0545", Date.UTC(2026, 0, 5, 7, 9)],
  ])("has times of the machine's own zone: %s", (created, expected) => {
    expect(readList("docker", line({ created }))[0]?.created).toBe(expected);
  });

  test("tells when each was started or stopped last, and what it wrote where that was asked", () => {
    const [read] = readList("docker", line({ told: "Exited (0) 2 hours ago", size: "12kB (virtual 169MB)" }));
    expect(read?.size).toBe(12_000);
    expect(Math.abs((read?.used ?? 0) - (Date.now() - 7_200_000))).toBeLessThan(5000);
    const created = "2226-01-05 07:09:00 +0000 UTC";
    expect(readList("docker", line({ created, told: "Created" }))[0]?.used).toBe(Date.UTC(2226, 0, 5, 7, 9));
  });

  test("of nothing is empty", () => {
    expect(readList("docker", "")).toEqual([]);
    expect(readList("docker", "\n")).toEqual([]);
  });
});

describe("the list of podman", () => {
  const each = {
    Id: "4f6a",
    Names: ["web"],
    State: "exited",
    Created: 1_767_596_940,
    CreatedAt: "2 hours ago",
    Image: "localhost/box:1",
    ImageID: "aa",
    Labels: odd,
    Mounts: ["/w"],
  };

  test("is one list, with all labels and the seconds since 1970", () => {
    expect(readList("podman", JSON.stringify([each]))).toEqual([
      {
        id: "4f6a",
        name: "web",
        status: "exited",
        created: Date.UTC(2026, 0, 5, 7, 9),
        used: Date.UTC(2026, 0, 5, 7, 9),
        image: "localhost/box:1",
        labels: odd,
        binds: [],
        imageWord: "aa",
      },
    ]);
  });

  test("tells when each was started or stopped last, and what it wrote where that was asked", () => {
    const [never, stopped] = readList(
      "podman",
      JSON.stringify([
        { ...each, StartedAt: -62_135_596_800, ExitedAt: -62_135_596_800 },
        {
          ...each,
          StartedAt: each.Created + 5,
          ExitedAt: each.Created + 90,
          Size: { rootFsSize: 169, rwSize: 12 },
        },
      ]),
    );
    expect(never?.used).toBe(each.Created * 1000);
    expect(stopped).toMatchObject({ used: (each.Created + 90) * 1000, size: 12 });
  });

  test("may have no labels and no names", () => {
    const [read] = readList("podman", JSON.stringify([{ ...each, Labels: null, Names: [] }]));
    expect(read).toMatchObject({ labels: {}, name: "" });
  });

  test.each(["", "[]", "[]\n", "\n"])("of nothing is empty: %j", (text) => {
    expect(readList("podman", text)).toEqual([]);
  });
});

test.each([
  ["docker", "garbage"],
  ["docker", "{}"],
  ["docker", '{"id":"1"'],
  ["docker", "[]"],
  ["podman", "garbage"],
  ["podman", "{}"],
  ["podman", "[{}]"],
  ["podman", '[{"Id":"1"'],
] as const)("a list of %s that says %j is an error of the engine", (engine, text) => {
  const failure = failureOf(() => readList(engine, text));
  expect(failure.code).toBe("engine-failed");
  expect(failure.message).toBe(`${engine} lists its containers in a way that manyoyo does not know.`);
});

describe("what runs", () => {
  test.each([
    ["", []],
    [
      "ab 1767596940 ann,npm%20test\n",
      [{ id: "ab", since: 1_767_596_940_000, user: "ann", line: "npm test", background: false }],
    ],
    [
      "ab 5 ann,%E6%97%A5%0A%1B\n",
      [{ id: "ab", since: 5000, user: "ann", line: "日\n\u001b", background: false }],
    ],
    ["ab 5 ann,100%\n", [{ id: "ab", since: 5000, user: "ann", line: "100%", background: false }]],
    ["ab 5 \n", [{ id: "ab", since: 5000, user: "", line: "", background: false }]],
    ["ab 5 ann,x,background\n", [{ id: "ab", since: 5000, user: "ann", line: "x", background: true }]],
    ["ab 5\n\n", [{ id: "ab", since: 5000, user: "", line: "", background: false }]],
  ])("is read from %j", (text, expected) => {
    expect(readRunning(text)).toEqual(expected);
  });
});

describe("the status of the last run", () => {
  const [a, b] = ["0123456789abcdef", "fedcba9876543210"];
  test.each([
    ["nothing ever ran", "", 0],
    ["one ended", `manyoyo start ${a} ann,x\nmanyoyo end ${a} 3\n`, 3],
    [
      "the last of two ended",
      `manyoyo start ${a} x\nmanyoyo end ${a} 3\nmanyoyo start ${b} x\nout\nmanyoyo end ${b} 0\n`,
      0,
    ],
    [
      "two overlapped",
      `manyoyo start ${a} x\nmanyoyo start ${b} x\nmanyoyo end ${a} 4\nmanyoyo end ${b} 5\n`,
      5,
    ],
    ["the end is missing", `manyoyo start ${a} x\n`, undefined],
    [
      "the one that began last has ended, an earlier one not",
      `manyoyo start ${a} x\nmanyoyo start ${b} x\nmanyoyo end ${b} 0\n`,
      0,
    ],
    [
      "the one that began last has no end",
      `manyoyo start ${a} x\nmanyoyo start ${b} x\nmanyoyo end ${a} 0\n`,
      undefined,
    ],
    ["something inside wrote an end of nothing", `manyoyo made\nmanyoyo end ${a} 9\n`, 0],
    ["its start was dropped from a long log", `text\nmanyoyo end ${a} 2\n`, 2],
    ["the start of one that goes on, or was lost, was dropped", "text\ntext\n", undefined],
    ["the session was started again since", `text\nmanyoyo end ${a} 2\nmanyoyo made\n`, 2],
    ["an end came twice", `manyoyo start ${a} x\nmanyoyo end ${a} 3\nmanyoyo end ${a} 9\n`, 3],
    ["its output has no line end", `manyoyo start ${a} ann,x\nabcmanyoyo end ${a} 3\n`, 3],
    [
      "the words stand inside a line",
      `manyoyo start ${a} x\nmanyoyo end ${a} 3\nsay manyoyo start ${b} x\n`,
      3,
    ],
  ])("where %s", (_what, log, status) => {
    expect(endOfLast(log, { legacy: false })).toBe(status);
  });
});
