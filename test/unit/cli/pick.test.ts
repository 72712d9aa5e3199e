import { describe, expect, test } from "bun:test";
import { draw } from "../../../cli/pick/draw.ts";
import { entries, type Key, type List, type Pick, press, refreshed } from "../../../cli/pick/list.ts";
import type { Session } from "../../../lib/session/session.ts";
import { sessionOf } from "../../../lib/session/session.ts";

const session = (name: string, folder = "/w/other", status = "running"): Session =>
  sessionOf({
    id: `id-${name}`,
    name,
    status,
    created: 0,
    image: "i",
    imageId: "i",
    labels: { "manyoyo.session": "u", "manyoyo.workspace": folder, "manyoyo.agent": "claude" },
    binds: [],
  } as Parameters<typeof sessionOf>[0]);
const [web, api, docs] = [
  session("web", "/w/here"),
  session("api"),
  session("docs.site", "/w/ünï", "exited"),
];
const list: List = { sessions: [web, api, docs], query: "", at: 0, asks: undefined };

/** The list after keys; each letter of a word is a key, and so is what stands in angle brackets. */
function after(keys: string, from: List = list): List | Pick {
  const all = (keys.match(/<[^>]+>|./g) ?? []).map((key): Key => {
    const name = key.replace(/[<>]/g, "");
    if (name.startsWith("^")) return { name: name.slice(1), ctrl: true };
    return key.startsWith("<") ? { name } : { name: key, text: key };
  });
  return all.reduce<List | Pick>((now, key) => ("kind" in now ? now : press(now, key)), from);
}
const names = (now: List | Pick): readonly string[] =>
  "kind" in now
    ? [now.kind]
    : entries(now).map((entry) => (entry.kind === "new" ? `+${entry.name ?? ""}` : entry.session.name));

describe("the list of sessions", () => {
  test.each([
    ["", ["web", "api", "docs.site", "+"]],
    ["ap", ["api", "+ap"]],
    ["AP", ["api", "+AP"]],
    ["here", ["web", "+here"]],
    ["claude api", ["api", "+"]],
    ["stopped", ["docs.site", "+stopped"]],
    ["ünï", ["docs.site", "+"]],
    ["api", ["api", "+"]],
    ["nothing", ["+nothing"]],
    ["no.<backspace><backspace><backspace>", ["web", "api", "docs.site", "+"]],
    ["ap<^u>", ["web", "api", "docs.site", "+"]],
    ["ap<escape>", ["web", "api", "docs.site", "+"]],
  ])("after %j is %j", (keys, expected) => {
    expect(names(after(keys))).toEqual(expected);
  });

  test.each<[string, Pick]>([
    ["<return>", { kind: "join", session: web }],
    ["<down><return>", { kind: "join", session: api }],
    ["<down><down><down><down><down><return>", { kind: "new", name: undefined }],
    ["<end><up><return>", { kind: "join", session: docs }],
    ["<pagedown><home><return>", { kind: "join", session: web }],
    ["fresh<return>", { kind: "new", name: "fresh" }],
    ["api<^t>", { kind: "shell", session: api }],
    ["api<^x>", { kind: "stop", session: api }],
    ["api<^r>y", { kind: "remove", session: api }],
    ["api<^r><^c>", { kind: "leave" }],
    ["<^n>", { kind: "new", name: undefined }],
    ["<escape>", { kind: "leave" }],
    ["abc<^c>", { kind: "leave" }],
    ["<^d>", { kind: "leave" }],
  ])("%s chooses", (keys, expected) => {
    expect(after(keys)).toEqual(expected);
  });

  test.each(["n", "<return>", "<escape>", "x", "<^y>"])("a %s at the question removes nothing", (key) => {
    expect(after(`<^r>${key}`)).toMatchObject({ asks: undefined, query: "" });
  });

  test("keeps its cursor on the session when the engine tells of more or fewer", () => {
    const on = after("<down>");
    if ("kind" in on) throw new Error("nothing was to be chosen");
    expect(refreshed(on, [session("new"), web, api])).toMatchObject({ at: 2 });
    expect(refreshed(on, [web])).toMatchObject({ at: 1 });
    const asking = after("<^r>", on);
    if ("kind" in asking) throw new Error("nothing was to be chosen");
    expect(refreshed(asking, [web]).asks).toBeUndefined();
  });
});

describe("its picture", () => {
  const frame = { cols: 80, rows: 24, here: "/w/here", now: 60_000 };
  const text = (now: List, more = {}): readonly string[] =>
    draw(now, { ...frame, ...more }).map((line) => Bun.stripANSI(line));

  test("has what was typed, the sessions and the keys", () => {
    expect(text(list)).toEqual([
      "Session: ",
      "> web        claude    running    1m  .",
      "  api        claude    running    1m  /w/other",
      "  docs.site  claude    stopped    1m  /w/ünï",
      "  + new session here",
      "Enter join  ^T shell  ^X stop  ^R remove  ^N new  Esc leave",
    ]);
  });

  test("fits into 40 columns, and into few rows around the cursor", () => {
    const many = Array.from({ length: 300 }, (_, at) => session(`session-${at}`, `/w/${"漢".repeat(30)}`));
    for (const at of [0, 150, 300]) {
      const lines = text({ ...list, sessions: many, at }, { cols: 40, rows: 10 });
      expect(lines).toHaveLength(9);
      expect(Math.max(...lines.map((line) => Bun.stringWidth(line)))).toBeLessThan(40);
      expect(lines.some((line) => line.startsWith("> "))).toBe(true);
    }
  });

  test("obeys nothing that a name or a folder holds", () => {
    const evil = [session("a", "/w/\x1b[31m\nred"), session("\x1b]0;x\x07")];
    const picture = draw({ ...list, sessions: evil, query: "\x1b" }, frame).join("");
    for (const sequence of ["\x1b[31", "\x1b]", "\n", "\x07"]) expect(picture).not.toContain(sequence);
  });
});
