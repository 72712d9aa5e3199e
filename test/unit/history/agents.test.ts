import { describe, expect, test } from "bun:test";
import { claude } from "../../../lib/agents/claude.ts";
import { codex } from "../../../lib/agents/codex.ts";
import { gemini } from "../../../lib/agents/gemini.ts";
import { agents } from "../../../lib/agents/known.ts";
import { opencode } from "../../../lib/agents/opencode.ts";
import type { RecordFiles, Transcripts } from "../../../lib/agents/transcripts.ts";
import { gather, lastSaid, summaryOf } from "../../../lib/history/conversation.ts";

function filesOf(transcripts: Transcripts | undefined): RecordFiles {
  if (transcripts?.kind !== "records") throw new Error("not of files");
  return transcripts;
}

function gathered(transcripts: Transcripts | undefined, lines: readonly unknown[]) {
  const all = gather();
  for (const line of lines) for (const told of filesOf(transcripts).read(line)) all.add(told);
  return all.result();
}

const id = "01a20ac5-190e-7d91-88ea-408a7dd8643c";
const when = "2026-01-02T03:04:05.000Z";
const then = Date.parse(when);

describe("Claude Code's files", () => {
  const message = (role: string, content: unknown, more = {}) => ({
    ...{ type: role, cwd: "/w", timestamp: when, message: { role, content } },
    ...more,
  });

  test("tell what was said, and leave out what only looks so", () => {
    const { turns, folder } = gathered(claude.transcripts, [
      { type: "file-history-snapshot" },
      message("user", "<command-name>/clear</command-name>"),
      message("user", "Caveat: the messages below", { isMeta: true }),
      message("user", [{ type: "text", text: "please" }, { type: "image" }]),
      message("assistant", [{ type: "thinking", thinking: "hm" }]),
      message("assistant", [
        { type: "text", text: "done" },
        { type: "tool_use", input: {} },
      ]),
      message("user", [{ type: "tool_result", content: "42" }]),
      message("assistant", [{ type: "text", text: "inner" }], { isSidechain: true }),
    ]);
    expect(folder).toBe("/w");
    expect(turns).toEqual([
      { role: "user", text: "please", when: then },
      { role: "agent", text: "done", when: then },
    ]);
  });

  test("are conversations by their names; those of subagents are not", () => {
    const { idOf, belongs } = filesOf(claude.transcripts);
    expect(idOf(`.claude/projects/-w/${id}.jsonl`)).toBe(id);
    expect(idOf(".claude/projects/-w/agent-12.jsonl")).toBeUndefined();
    expect(idOf(`.claude/projects/-w/${id}/subagents/agent-1.jsonl`)).toBeUndefined();
    expect(belongs(`.claude/projects/-w/${id}/subagents/agent-1.jsonl`)).toBe(true);
    expect(belongs(".claude/settings.json")).toBe(false);
  });
});

describe("Codex's files", () => {
  const item = (role: string, type: string, text: string) => ({
    timestamp: when,
    type: "response_item",
    payload: { type: "message", role, content: [{ type, text }] },
  });

  test("tell what was said, without what Codex says as the user", () => {
    const all = gathered(codex.transcripts, [
      { type: "session_meta", payload: { id, cwd: "/w", source: "exec" } },
      item("developer", "input_text", "<skills_instructions>"),
      item("user", "input_text", "<environment_context>\n"),
      item("user", "input_text", "# AGENTS.md instructions for /w"),
      item("user", "input_text", "first words"),
      { type: "event_msg", payload: { type: "user_message", message: "first words" } },
      { type: "response_item", payload: { type: "reasoning" } },
      item("assistant", "output_text", "an answer"),
    ]);
    expect(all).toMatchObject({ id, folder: "/w", inner: false });
    expect(all.turns.map(({ role, text }) => [role, text])).toEqual([
      ["user", "first words"],
      ["agent", "an answer"],
    ]);
  });

  test("that another agent began are part of its conversation", () => {
    const meta = { type: "session_meta", payload: { id, source: { subagent: "review" } } };
    expect(gathered(codex.transcripts, [meta]).inner).toBe(true);
  });

  test("have their id in their names", () => {
    const { idOf } = filesOf(codex.transcripts);
    expect(idOf(`.codex/sessions/2026/11/23/rollout-2026-11-23T23-36-58-${id}.jsonl`)).toBe(id);
    expect(idOf(".codex/sessions/2026/notes.jsonl")).toBeUndefined();
  });
});

describe("Gemini CLI's files", () => {
  const message = (key: string, type: string, content: unknown) => ({
    id: key,
    timestamp: when,
    type,
    content,
  });

  test("of later versions are lines; what is said again is said once, what is taken back is not", () => {
    const { id: found, turns } = gathered(gemini.transcripts, [
      { sessionId: id, kind: "main" },
      {
        $set: {
          messages: [
            message("0", "user", [{ text: "<session_context>\n" }]),
            message("1", "user", [{ text: "a" }]),
          ],
        },
      },
      message("2", "gemini", ""),
      message("2", "gemini", "b"),
      message("3", "user", [{ text: "wrong" }]),
      message("4", "gemini", "wrong too"),
      { $rewindTo: "3" },
      message("5", "info", "update"),
    ]);
    expect(found).toBe(id);
    expect(turns.map(({ text }) => text)).toEqual(["a", "b"]);
  });

  test("of earlier versions are one object", () => {
    const messages = [message("1", "user", "a"), message("2", "gemini", "b")];
    const { id: found, turns } = gathered(gemini.transcripts, [{ sessionId: id, messages }]);
    expect(found).toBe(id);
    expect(turns.map(({ role }) => role)).toEqual(["user", "agent"]);
  });

  test("of one conversation have the same id in their names", () => {
    const { idOf, belongs } = filesOf(gemini.transcripts);
    expect(idOf(".gemini/tmp/ws/chats/session-2026-11-23T23-37-bdb8185f.jsonl")).toBe("bdb8185f");
    expect(belongs(".gemini/tmp/bin/rg")).toBe(false);
  });
});

describe("any file", () => {
  const odd = [
    null,
    1,
    "x",
    [],
    {},
    { type: "user" },
    { type: "user", message: 1 },
    { payload: null, $set: 1 },
  ];

  test.each(
    agents
      .filter(({ transcripts }) => transcripts?.kind === "records")
      .map((agent) => [agent.name, agent] as const),
  )("of %s may hold anything", (_, { transcripts }) => {
    expect(gathered(transcripts, odd).turns).toEqual([]);
  });

  test("of an agent lies in a folder of its state", () => {
    for (const { state, transcripts } of agents) {
      if (transcripts === undefined) continue;
      const places = transcripts.kind === "database" ? [transcripts.file] : transcripts.places;
      for (const place of places) {
        expect(
          Object.values(state).some((folder) => place.startsWith(`${folder}/`)),
          place,
        ).toBe(true);
      }
    }
    expect(opencode.transcripts?.kind).toBe("database");
  });
});

test("a summary has the user's first words on one line, and counts what the user said", () => {
  const turns = [
    { role: "agent", text: "hello", when: undefined },
    { role: "user", text: "  a\n\tb  ", when: 1 },
    { role: "user", text: "c", when: 2 },
  ] as const;
  const about = { agent: "claude", id, folder: undefined, when: lastSaid(turns), partial: false };
  expect(summaryOf({ ...about, turns })).toMatchObject({ words: "a b", turns: 2, when: 2 });
});
