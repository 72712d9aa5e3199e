import type { Agent } from "./agent.ts";
import { at, blocksText, type RecordFiles, type Told, textAt, timeAt } from "./transcripts.ts";

/** Claude's way of keeping files, with Gemini's messages in them: a line a message, thoughts apart. */
const transcripts: RecordFiles = {
  kind: "records",
  places: [".qwen/projects"],
  belongs: (path) => /^\.qwen\/projects\/[^/]+\/chats\/[^/]+\.jsonl$/.test(path),
  idOf: (path) => /^\.qwen\/projects\/[^/]+\/chats\/([^/]+)\.jsonl$/.exec(path)?.[1],
  read: (record): readonly Told[] => {
    const type = textAt(record, "type");
    if (type !== "user" && type !== "assistant") return [];
    const folder = textAt(record, "cwd");
    const parts = at(record, "message", "parts");
    const said = Array.isArray(parts) ? parts.filter((part) => at(part, "thought") !== true) : [];
    const text = blocksText(said);
    if (text.trim() === "") return [{ folder }];
    const role = type === "user" ? "user" : "agent";
    return [{ folder, turn: { role, text, when: timeAt(record, "timestamp") } }];
  },
};

/** Qwen Code 0.15: once a Gemini CLI, but `-r` alone is the picker, and an unknown id an error without a word. */
export const qwen: Agent = {
  name: "qwen",
  title: "Qwen Code",
  aliases: ["qw"],
  yolo: "qwen --yolo",
  continueLast: ["--continue"],
  resume: ["--resume"],
  resumeById: (id) => ["--resume", id],
  conversations: (folder) => [`.qwen/projects/${folder.replace(/[^A-Za-z0-9]/g, "-")}/chats/*.jsonl`],
  transcripts,
  npm: "@qwen-code/qwen-code",
  state: { qwen: ".qwen" },
  credentials: [".qwen/oauth_creds.json"],
  secrets: ["mcp-oauth-tokens", "mcp-oauth-tokens-v2"].map((name) => `.qwen/${name}.json`),
  login: {
    ways: [{ title: "an account or a key", line: "qwen auth" }],
    keys: ["OPENAI_API_KEY", "DASHSCOPE_API_KEY", "BAILIAN_CODING_PLAN_API_KEY"],
  },
};
