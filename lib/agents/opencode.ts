import type { Agent } from "./agent.ts";
import type { DatabaseFile } from "./transcripts.ts";

/** Conversations with a parent are an agent's own; what a part holds is JSON, and only some parts were said. */
const transcripts: DatabaseFile = {
  kind: "database",
  file: ".local/share/opencode/opencode.db",
  tables: ["session", "message", "part"],
  conversations: `SELECT id, directory AS folder, time_updated AS at FROM session WHERE parent_id IS NULL
    ORDER BY time_updated DESC LIMIT 10000`,
  turns: `SELECT json_extract(m.data, '$.role') AS role, json_extract(p.data, '$.text') AS text, m.time_created AS at
    FROM message m JOIN part p ON p.message_id = m.id
    WHERE m.session_id = ?1 AND json_valid(m.data) AND json_valid(p.data)
      AND json_extract(p.data, '$.type') = 'text' AND coalesce(json_extract(p.data, '$.synthetic'), 0) = 0
    ORDER BY m.time_created, m.id, p.id LIMIT 100000`,
};

/** OpenCode 1.18: without a terminal its screen draws for ever; its conversations are rows of one database. */
export const opencode: Agent = {
  name: "opencode",
  title: "OpenCode",
  aliases: ["oc"],
  yolo: `OPENCODE_PERMISSION='{"*":"allow"}' opencode`,
  continueLast: ["-c"],
  resume: ["-c"],
  resumeById: (id) => ["-s", id],
  conversations: () => [".local/share/opencode/opencode.db"],
  transcripts,
  npm: "opencode-ai",
  setup: { variables: { OPENCODE_DISABLE_AUTOUPDATE: "1" }, files: {} },
  state: { opencode: ".local/share/opencode", "opencode-config": ".config/opencode" },
  credentials: [".local/share/opencode/auth.json"],
  secrets: [".local/share/opencode/mcp-auth.json"],
  login: {
    ways: [{ title: "any of its providers", line: "opencode auth login" }],
    keys: [
      "ANTHROPIC_API_KEY",
      "OPENAI_API_KEY",
      "GEMINI_API_KEY",
      "GOOGLE_GENERATIVE_AI_API_KEY",
      "OPENROUTER_API_KEY",
      "OPENCODE_API_KEY",
      "OPENCODE_CONFIG_CONTENT",
    ],
  },
};
