import type { Agent } from "./agent.ts";
import { at, type RecordFiles, type Told, textAt, timeAt } from "./transcripts.ts";

/** A folder a conversation, whose name is the id; a line an event. */
const transcripts: RecordFiles = {
  kind: "records",
  places: [".copilot/session-state"],
  belongs: (path) => /^\.copilot\/session-state\/[0-9a-f-]{36}\//.test(path) && !path.endsWith(".lock"),
  idOf: (path) => /^\.copilot\/session-state\/([0-9a-f-]{36})\/events\.jsonl$/.exec(path)?.[1],
  read: (record): readonly Told[] => {
    const type = textAt(record, "type");
    const folder = textAt(record, "data", "context", "cwd");
    if (type === "session.start") return [{ id: textAt(record, "data", "sessionId"), folder }];
    const text = textAt(record, "data", "content") ?? "";
    if ((type !== "user.message" && type !== "assistant.message") || text.trim() === "") return [];
    // A part of the agent that it set to work has words of its own, which nobody said to it.
    if (at(record, "data", "parentToolCallId") !== undefined) return [];
    const role = type === "user.message" ? "user" : "agent";
    return [{ turn: { role, text, when: timeAt(record, "timestamp") } }];
  },
};

/** GitHub Copilot CLI 1.0: `--continue` without a conversation starts one; `--resume` with an unknown id is an error. */
export const copilot: Agent = {
  name: "copilot",
  title: "GitHub Copilot CLI",
  aliases: ["cop"],
  yolo: "copilot --yolo",
  continueLast: ["--continue"],
  resume: ["--resume"],
  resumeById: (id) => [`--resume=${id}`],
  conversations: () => [".copilot/session-state/*/events.jsonl"],
  transcripts,
  npm: "@github/copilot",
  setup: { variables: { COPILOT_AUTO_UPDATE: "false" }, files: {} },
  state: { copilot: ".copilot" },
  // Where there is no keyring, the token lies in its settings.
  credentials: [".copilot/config.json"],
  // The logins of MCP servers, a file each.
  secrets: [".copilot/mcp-oauth-config/"],
  login: {
    ways: [{ title: "a code for another device", line: "copilot login --device-code" }],
    keys: ["COPILOT_GITHUB_TOKEN", "GH_TOKEN", "GITHUB_TOKEN", "COPILOT_PROVIDER_BASE_URL"],
  },
};
