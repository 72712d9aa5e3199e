import { describe, expect, test } from "bun:test";
import { claude } from "../../../lib/agents/claude.ts";
import { opencode } from "../../../lib/agents/opencode.ts";
import { readVolumes } from "../../../lib/engine/volumes.ts";
import { Failure } from "../../../lib/failure.ts";
import { excerpt } from "../../../lib/history/conversation.ts";
import { keptSteps, keptStore, keptVolume } from "../../../lib/history/keep.ts";
import { lostAmong, lostWords } from "../../../lib/history/lost.ts";
import { manifestText, readManifest } from "../../../lib/history/manifest.ts";
import { isPlain } from "../../../lib/history/read.ts";
import { records } from "../../../lib/history/records.ts";
import { placeOf } from "../../../lib/history/restore.ts";
import { homeIn, homePath, inside, volumePath } from "../../../lib/history/source.ts";

async function read(texts: readonly string[], whole = false) {
  async function* body() {
    for (const text of texts) yield Buffer.from(text);
  }
  const reading = { partial: false };
  const all = await Array.fromAsync(records(body(), whole, reading));
  return { all, ...reading };
}

describe("records", () => {
  test("are a value a line, however the bytes come, the last one without a line end too", async () => {
    expect((await read(['{"a":1}\n{"b', '":2}\n\n', '"日', '本"'])).all).toEqual([
      { a: 1 },
      { b: 2 },
      "日本",
    ]);
  });

  test("that are broken are passed over", async () => {
    expect((await read(['{"a":1}\nno json\n{"b":2}\n{"cut":'])).all).toEqual([{ a: 1 }, { b: 2 }]);
  });

  test("are one in all where the file is one value", async () => {
    expect((await read(['{\n"a":', "1}\n"], true)).all).toEqual([{ a: 1 }]);
  });

  test("are read up to a limit, and it is told", async () => {
    const line = `${JSON.stringify("x".repeat(1 << 20))}\n`;
    const { all, partial } = await read(new Array(60).fill(line));
    expect(partial).toBe(true);
    expect(all.length).toBeLessThan(50);
  });
});

describe("paths", () => {
  test("have other names in a volume", () => {
    expect(volumePath(opencode, ".local/share/opencode/opencode.db")).toBe("opencode/opencode.db");
    expect(volumePath(opencode, ".config/opencode")).toBe("opencode-config");
    expect(homePath(opencode, "opencode-config/x")).toBe(".config/opencode/x");
    expect(homePath(claude, "opencode/x")).toBeUndefined();
    expect(homePath(claude, "constructor/x")).toBeUndefined();
    const source = {
      engine: { name: "docker", program: "docker" },
      name: "n",
      container: "c",
      image: "i",
      state: "gone",
    } as const;
    expect(inside({ ...source, kept: true, home: "/root" }, claude, ".claude/projects")).toBe(
      "/manyoyo/history/claude/projects",
    );
    expect(inside({ ...source, kept: false, home: "/h" }, claude, ".claude/projects")).toBe(
      "/h/.claude/projects",
    );
  });

  test.each(["a/b", ".claude/x y/日.jsonl", "..a/b.."])("%j leads nowhere else", (path) => {
    expect(isPlain(path)).toBe(true);
  });

  test.each(["/a", "a/../b", "..", "a//b", "./a", "a/", "", "a\0b"])("%j is not taken", (path) => {
    expect(isPlain(path)).toBe(false);
  });

  test("of a home come from the list of users", () => {
    const passwd = "root:x:0:0:root:/root:/bin/sh\nann:x:1000:1000::/home/ann:/bin/sh\n";
    expect(homeIn(passwd, "ann")).toBe("/home/ann");
    expect(homeIn(passwd, "1000:1000")).toBe("/home/ann");
    expect(homeIn(passwd, "4711")).toBe("/root");
  });
});

describe("an entry of a backup", () => {
  test("goes where its agent looks for it", () => {
    expect(placeOf({ path: "claude/projects/-w/a.jsonl", kind: "file" })).toMatchObject({
      agent: { name: "claude" },
      path: ".claude/projects/-w/a.jsonl",
    });
    expect(placeOf({ path: "opencode/opencode.db", kind: "file" }).path).toBe(
      ".local/share/opencode/opencode.db",
    );
  });

  test.each([
    ["claude/.credentials.json", "file"],
    ["claude/settings.json", "file"],
    ["claude/projects/../settings.json", "file"],
    ["/claude/projects/a/b.jsonl", "file"],
    ["../claude/projects/a/b.jsonl", "file"],
    ["opencode/auth.json", "file"],
    ["codex/config.toml", "file"],
    ["etc/passwd", "file"],
    ["claude/projects/a/b.jsonl", "other"],
  ] as const)("%s (%s) is refused", (path, kind) => {
    expect(() => placeOf({ path, kind })).toThrow(Failure);
  });
});

describe("what goes with a session", () => {
  test("is counted by agent, out of paths of any form", () => {
    const lost = lostAmong(
      [
        ".claude/projects/-w/1.jsonl",
        "C /root/.claude/projects",
        "A /root/.claude/projects/-w/2.jsonl",
        "A /root/.claude/projects/-w/agent-3.jsonl",
        "A /manyoyo/history/claude/projects/-w/4.jsonl",
        "D /root/.claude/projects/-w/5.jsonl",
        ".gemini/tmp/w/chats/session-1-aaaa.jsonl",
        ".gemini/tmp/w/chats/session-2-aaaa.jsonl",
        "A /root/.local/share/opencode/opencode.db",
      ].join("\n"),
    );
    expect(lost.map(({ agent, count }) => [agent.name, count])).toEqual([
      ["claude", 3],
      ["gemini", 1],
      ["opencode", undefined],
    ]);
    expect(lostWords(lost)).toBe(
      "3 conversations of Claude Code, 1 conversation of Gemini CLI and the conversations of OpenCode",
    );
    expect(lostWords([])).toBeUndefined();
  });
});

describe("kept conversations", () => {
  test("are in a volume that says whose they are", () => {
    expect(keptStore("web", "ann")).toEqual({
      volume: "manyoyo-history-web",
      target: "/manyoyo/history",
      labels: { "manyoyo.history": "web", "manyoyo.user": "ann" },
    });
    expect(keptVolume("web").marks).toEqual(["manyoyo.history"]);
    expect(keptSteps()).toContainEqual(["link", ".claude", "/manyoyo/history/claude"]);
  });

  test("are known by what an engine says of volumes", () => {
    expect(readVolumes('[{"Name":"a","Labels":null},{"Name":"b","Labels":{"k":"v"}}]')).toEqual([
      { name: "a", labels: {} },
      { name: "b", labels: { k: "v" } },
    ]);
    expect(readVolumes("nonsense")).toEqual([]);
  });
});

describe("a manifest", () => {
  const manifest = { session: "web", created: "2026-01-02T03:04:05Z", agents: { claude: ["a", "b"] } };

  test("is read as it was written", () => {
    expect(readManifest(manifestText(manifest))).toEqual(manifest);
  });

  test("of anybody else is none, of a later version is told", () => {
    expect(readManifest("{}")).toBeUndefined();
    expect(readManifest("no json")).toBeUndefined();
    expect(readManifest('{"kind":"manyoyo history","schema":2}')).toBe("newer");
    expect(readManifest('{"kind":"manyoyo history","schema":1,"agents":{"claude":[1,"a"]}}')).toMatchObject({
      agents: { claude: ["a"] },
    });
  });
});

test("the words around what was searched are given, in any case, taken literally", () => {
  expect(excerpt("an İstanbul a.b*c (x", "A.B*C (")).toBe("an İstanbul a.b*c (x");
  expect(excerpt(`${"x".repeat(100)} needle ${"y".repeat(100)}`, "Needle", 5)).toBe("...xxxx needle yyyy...");
  expect(excerpt("abc", "abd")).toBeUndefined();
});
