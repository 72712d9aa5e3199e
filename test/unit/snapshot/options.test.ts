import { describe, expect, test } from "bun:test";
import type { Likeness } from "../../../lib/session/likeness.ts";
import { commandLineLayer } from "../../../lib/settings/command-line.ts";
import { changedIn } from "../../../lib/snapshot/changed.ts";
import { changedLikeness } from "../../../lib/snapshot/options.ts";
import { overValues, readValues } from "../../../lib/snapshot/variables.ts";

const like: Likeness = {
  base: "box:1",
  firstCommand: "claude",
  args: [],
  folder: "/web",
  folderInside: "/web",
  volumes: [
    { kind: "bind", source: "/src", target: "/code", readonly: true },
    { kind: "volume", target: "/own", readonly: false },
  ],
  ports: ["127.0.0.1:8080:80", "127.0.0.1:53:53/udp"],
  mode: "common",
  engineArgs: ["--memory=1g"],
  stores: [{ volume: "manyoyo-history-web", target: "/manyoyo/history" }],
  prepare: [],
  commandsAsRoot: false,
  variables: ["A"],
  own: ["/own", "/manyoyo/history"],
};
const said = (
  options: Parameters<typeof commandLineLayer>[0],
  more: { noVolumes?: boolean; noPorts?: boolean } = {},
  of = like,
) =>
  changedLikeness(of, {
    layer: commandLineLayer(options, "/here", {}),
    noVolumes: false,
    noPorts: false,
    names: [],
    base: like.base,
    ...more,
  });

describe("a session that is made anew", () => {
  test("is the same where nothing is said", () => {
    expect(said({})).toEqual(like);
  });

  test("has what is said in the place of what was there, and the rest besides", () => {
    const changed = said({
      volume: ["./new:/code", "data:/data"],
      publish: ["9090:80", "53:53"],
      contMode: "dind",
    });
    expect(changed.volumes).toEqual([
      { kind: "volume", target: "/own", readonly: false },
      { kind: "bind", source: "/here/new", target: "/code", readonly: false },
      { kind: "volume", name: "data", target: "/data", readonly: false },
    ]);
    expect(changed.ports).toEqual(["127.0.0.1:53:53/udp", "127.0.0.1:9090:80", "127.0.0.1:53:53"]);
    expect([changed.mode, changed.own]).toEqual(["dind", like.own]);
  });

  test("has no volume of its own where another one takes its place, and none at all where none is said", () => {
    expect(said({ volume: ["data:/own"] }).own).toEqual(["/manyoyo/history"]);
    expect(said({}, { noVolumes: true })).toMatchObject({
      volumes: [],
      own: ["/manyoyo/history"],
      ports: like.ports,
    });
    const cache = { ...like, own: ["/cache", ...like.own] };
    expect(said({}, { noVolumes: true }, cache).own).toEqual(["/cache", "/manyoyo/history"]);
    expect(said({ publish: ["1:1"] }, { noPorts: true }).ports).toEqual(["127.0.0.1:1:1"]);
  });

  test("knows the names of its variables, old and new", () => {
    const layer = commandLineLayer({}, "/", {});
    const changed = changedLikeness(like, {
      layer,
      noVolumes: false,
      noPorts: false,
      names: ["A", "B"],
      base: "box:2",
    });
    expect([changed.variables, changed.base]).toEqual([["A", "B"], "box:2"]);
  });
});

describe("values of variables", () => {
  const env = ["A=1=2", "MANYOYO_ENV_B=x\\\\y\\nz", "B=old", "C=", "OTHER=o"];

  test("are read by name, those with line ends as they were", () => {
    expect([...readValues(env, ["A", "B", "C", "D"])]).toEqual([
      ["A", "1=2"],
      ["B", "x\\y\nz"],
      ["C", ""],
    ]);
  });

  test("go over those in an image, also where one of those is encoded", () => {
    const values = overValues(
      new Map([
        ["B", "a\\b"],
        ["A", "1"],
      ]),
      ["A", "MANYOYO_ENV_B"],
    );
    expect([...values]).toEqual([
      ["MANYOYO_ENV_B", "a\\\\b"],
      ["A", "1"],
    ]);
  });
});

test("files that stay behind are those that lie in no kept folder, and that somebody has made", () => {
  const diff = [
    "C /etc",
    "A /etc/mine",
    "D /etc/gone",
    "C /etc/manyoyo",
    "A /etc/manyoyo/as-1",
    "C /root",
    "A /root/.bashrc",
    "A /web",
    "A /mnt",
    "A /mnt/code",
    "C /var/log/apt.log",
    "A /opt/tool/bin",
    "A /opt/tool/bin/x",
    "C /tmp",
    "",
  ].join("\n");
  expect(changedIn(diff, ["/root", "/web", "/mnt/code"])).toEqual(["/etc/mine", "/opt/tool/bin/x"]);
});
