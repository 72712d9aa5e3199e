import { describe, expect, test } from "bun:test";
import { draftOf } from "../../../lib/session/draft.ts";
import { makeWords } from "../../../lib/session/make.ts";
import { planMake } from "../../../lib/session/plan.ts";
import { sessionOf } from "../../../lib/session/session.ts";
import { parseEnvFile, placedEntries } from "../../../lib/settings/env-file.ts";
import { envFileText } from "../../../lib/settings/env-text.ts";
import { mergeLayers } from "../../../lib/settings/layer.ts";
import { mountOfWords, mountText } from "../../../lib/settings/mount-text.ts";
import { type Mount, mountWords, parseVolume } from "../../../lib/settings/mounts.ts";
import { originsOf, placedAt } from "../../../lib/settings/origin.ts";
import { absoluteDraft } from "../../../lib/settings/profile-draft.ts";
import { type Draft, imageParts, mergeDrafts, profileText } from "../../../lib/settings/profile-text.ts";
import { readSettings } from "../../../lib/settings/schema.ts";

const everything: Draft = {
  containerName: "web-{now}",
  hostPath: '/it\'s "odd"\n$x',
  containerPath: "/work",
  imageName: "localhost/box",
  imageVersion: "1",
  containerMode: "dind",
  yolo: "claude",
  shell: "echo \u2028 */ // \u0007",
  shellPrefix: "A=1",
  shellSuffix: "'a b'",
  engine: "podman",
  menu: "never",
  history: "keep",
  login: "none",
  user: "root",
  volumes: ["/a:/b", "/c\\:d:/e:ro"],
  ports: ["127.0.0.1:8080:80"],
  envFile: ["web"],
  env: ["LANG"],
  engineArgs: ["--memory", "4g"],
  quiet: ["tip"],
};

describe("The text of a profile", () => {
  test("is read back as what it was made of", () => {
    const text = profileText(everything, ["A heading\nof two lines", "and another"]);
    const read = readSettings(text, "p.json");
    expect(JSON.parse(JSON.stringify(read))).toEqual({
      ...everything,
      env: [{ name: "LANG" }],
      quiet: [["tip"]],
    });
  });

  test("has a comment at each setting, and the others as examples that are right once they are taken in", () => {
    const text = profileText({ shell: "bash" }, []);
    expect(text).toContain('// The shell line to run, in place of an agent.\n  shell: "bash",');
    const examples = text.match(/^ {2}\/\/ \w+: .*$/gm) ?? [];
    expect(examples).toHaveLength(20);
    for (const line of examples) {
      expect(() => readSettings(`{${line.replace("//", "")}\n}`, "p.json")).not.toThrow();
    }
  });

  test("without any setting is a profile too", () => {
    expect(readSettings(profileText({}, []), "p.json")).toEqual({});
  });
});

describe("Two drafts together", () => {
  test("let the later scalar win and add up lists", () => {
    const merged = mergeDrafts(
      { imageName: "a", imageVersion: "1", ports: ["1:1"], quiet: ["tip"] },
      { imageVersion: "2", ports: ["1:1", "2:2"], imageName: undefined },
    );
    expect(merged).toMatchObject({
      imageName: "a",
      imageVersion: "2",
      ports: ["1:1", "2:2"],
      quiet: ["tip"],
    });
  });

  test("have one command: a line puts an agent aside, and the other way round", () => {
    expect(mergeDrafts({ yolo: "claude" }, { shell: "bash" })).toMatchObject({
      yolo: undefined,
      shell: "bash",
    });
    expect(mergeDrafts({ shell: "bash" }, { yolo: "codex" })).toMatchObject({
      yolo: "codex",
      shell: undefined,
    });
    expect(mergeDrafts({ shell: "bash" }, {})).toMatchObject({ shell: "bash" });
  });
});

test.each([
  ["debian", "debian", "latest"],
  ["debian:12", "debian", "12"],
  ["host:5000/box", "host:5000/box", "latest"],
  ["host:5000/box:3", "host:5000/box", "3"],
])("the image %s is %s in version %s", (reference, imageName, imageVersion) => {
  expect(imageParts(reference)).toEqual({ imageName, imageVersion });
});

describe("A mount", () => {
  const mounts: readonly Mount[] = [
    { kind: "bind", source: "/a b", target: "/b", readonly: false },
    { kind: "bind", source: '/a:b,"c"', target: "/x:y", readonly: true },
    { kind: "volume", name: "data", target: "/data", readonly: true },
    { kind: "volume", name: undefined, target: "/data", readonly: false },
    { kind: "bind", source: "/a", target: "/b", readonly: true, relabel: "z" },
  ];

  test.each(mounts)("goes through a profile and through a session's label: %j", (mount) => {
    const text = mountText(mount);
    expect(parseVolume(text, "/", undefined)).toEqual(mount);
    const label = mountOfWords(mountWords(mount).join(" "));
    expect(parseVolume(label ?? "", "/", undefined)).toEqual(mount);
  });

  test("that no profile can say is refused", () => {
    const odd: Mount = { kind: "bind", source: "/a\\", target: "/b", readonly: false };
    expect(() => mountText(odd)).toThrow("cannot be written into a profile");
  });

  test.each([
    "",
    "-v",
    "--mount",
    "--mount type=tmpfs,target=/x",
    "--privileged",
    '--mount type=bind,"target=/x"',
  ])("is not taken out of %j", (text) => expect(mountOfWords(text)).toBeUndefined());
});

describe("An env file's text", () => {
  const values = [
    "",
    "plain",
    "a b",
    "$HOME",
    "'x'",
    '"q"',
    "back\\slash\\n",
    "two\nlines\r\n",
    "\ttab",
    "# no",
    "ü",
  ];

  test("is read back value by value", () => {
    const entries = values.map((value, at) => ({ name: `V${at}`, value }));
    expect(parseEnvFile(envFileText(entries, ["Heading\nin one line"]), "f")).toEqual(entries);
  });

  test("tells the line of each variable, also after values of several lines", () => {
    const text = "# first\nA=1\n\nB='x\ny'\r\nexport C=3\nD\n";
    expect(placedEntries(text, "f").map(({ entry, line }) => [entry.name, line])).toEqual([
      ["A", 2],
      ["B", 4],
      ["C", 6],
      ["D", 7],
    ]);
  });
});

describe("A profile in another folder", () => {
  test("means the same, and gives up its values", () => {
    const profile = readSettings(
      '{ hostPath: "../x", volumes: ["./a:/a", "~/b:/b", "data:/d"], envFile: ["./x.env", "web"], env: { A: 1, B: "$x" } }',
      "/p/run/a.json",
    );
    const { draft, values } = absoluteDraft(profile, "/p/run/a.json", "/h", "/u");
    expect(draft).toMatchObject({
      hostPath: "/p/x",
      volumes: ["/p/run/a:/a", "~/b:/b", "data:/d"],
      envFile: ["/p/run/x.env", "web"],
    });
    expect(values).toEqual([
      { name: "A", value: "1" },
      { name: "B", value: "$x" },
    ]);
  });
});

describe("A session's draft", () => {
  const settings = mergeLayers([]);
  const made = planMake(
    "my-app",
    {
      ...settings,
      image: "box:2",
      containerPath: "/inside",
      volumes: [{ kind: "bind", source: "/a,b", target: "/c", readonly: true }],
      ports: ["127.0.0.1:1:2"],
      containerMode: "sock",
    },
    { exact: undefined, said: "npm test", usual: undefined, args: ["a b"] },
    {
      id: "uuid",
      folder: "/work",
      socket: "/s",
      user: "me",
      selinux: false,
      call: undefined,
      stores: [],
      prepare: [],
    },
  );
  const words = makeWords(made, { log: [] }, { init: "", prepare: "" }, undefined);
  const labels = Object.fromEntries(
    words.flatMap((word, at) => {
      if (words[at - 1] !== "--label") return [];
      return [[word.slice(0, word.indexOf("=")), word.slice(word.indexOf("=") + 1)]];
    }),
  );
  const container = { id: "1", name: "my-app", status: "running", created: 0, image: "box:2", binds: [] };

  test("says what its labels tell", () => {
    expect(draftOf(sessionOf({ ...container, labels }))).toMatchObject({
      shell: "npm test",
      shellSuffix: "'a b'",
      hostPath: "/work",
      containerPath: "/inside",
      volumes: ["/a,b:/c:ro"],
      ports: ["127.0.0.1:1:2"],
      containerMode: "sock",
      imageName: "box",
      imageVersion: "2",
    });
  });

  test.each(["", "{", "null", "[]", '{"volumes":{"a":1},"ports":[1,null],"mode":5}'])(
    "takes nothing from options that say %j",
    (text) => {
      const session = sessionOf({ ...container, labels: { ...labels, "manyoyo.options": text } });
      expect(draftOf(session)).toMatchObject({ volumes: [], ports: [], containerMode: undefined });
    },
  );
});

test("origins: the last that says it, list by list, and what nobody says by default", () => {
  const empty = { env: [], volumes: [], ports: [], engineArgs: [], quiet: [] };
  const origins = originsOf(
    [
      placedAt(
        { ...empty, origin: "f", yolo: "claude", ports: ["1", "2"], env: [{ name: "A", value: "x" }] },
        {
          kind: "file",
          file: "f",
          line: 1,
        },
      ),
      placedAt(
        { ...empty, origin: "command line", shell: "sh", ports: ["2", "3"] },
        { kind: "command line" },
      ),
    ],
    { menu: "auto", shell: "not this one" },
  );
  expect(origins.map(({ key, value, source }) => [key, value, source.kind])).toEqual([
    ["shell", "sh", "command line"],
    ["menu", "auto", "default"],
    ["env.A", "***", "file"],
    ["ports[0]", "1", "file"],
    ["ports[1]", "2", "file"],
    ["ports[2]", "3", "command line"],
  ]);
});
