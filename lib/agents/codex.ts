import type { Agent } from "./agent.ts";
import { at, blocksText, type RecordFiles, type Told, textAt, timeAt } from "./transcripts.ts";

// What Codex itself says as the user before the first words: the folder, the instructions of AGENTS.md, an interruption.
const ownWords =
  /^\s*(<(environment_context|user_instructions|turn_aborted|permissions|INSTRUCTIONS)|# AGENTS\.md)/;

/** A line an item; the first one says which conversation it is, and whether another agent began it. */
const transcripts: RecordFiles = {
  kind: "records",
  places: [".codex/sessions"],
  belongs: (path) => /^\.codex\/sessions\/.*\/rollout-[^/]*\.jsonl$/.test(path),
  idOf: (path) =>
    /^\.codex\/sessions\/.*\/rollout-[^/]*?([0-9a-f]{8}(?:-[0-9a-f]+){4})\.jsonl$/.exec(path)?.[1],
  read: (record): readonly Told[] => {
    const payload = at(record, "payload");
    if (at(record, "type") === "session_meta") {
      const inner = at(payload, "source", "subagent") !== undefined;
      return [{ id: textAt(payload, "id"), folder: textAt(payload, "cwd"), inner }];
    }
    if (at(record, "type") !== "response_item" || at(payload, "type") !== "message") return [];
    const said = textAt(payload, "role");
    const text = blocksText(at(payload, "content"), ["input_text", "output_text"]);
    if ((said !== "user" && said !== "assistant") || text.trim() === "" || ownWords.test(text)) return [];
    const role = said === "user" ? "user" : "agent";
    return [{ turn: { role, text, when: timeAt(record, "timestamp") } }];
  },
};

/** Codex 0.169: `codex list` is no verb of it, the model gets it as a prompt. */
export const codex: Agent = {
  name: "codex",
  title: "Codex",
  aliases: ["cx"],
  yolo: "codex --dangerously-bypass-approvals-and-sandbox",
  continueLast: ["resume", "--last"],
  resume: ["resume"],
  resumeById: (id) => ["resume", id],
  conversations: () => [".codex/sessions/*/*/*/rollout-*.jsonl"],
  listed: '"source":"(cli|vscode)"',
  transcripts,
  npm: "@openai/codex",
  setup: {
    variables: {},
    files: { "/etc/codex/config.toml": "check_for_update_on_startup = false\n" },
    // It trusts one folder at a time, and knows none above it.
    before: `set -- -c "projects={\\"$(pwd -P | sed 's/[\\\\"]/\\\\&/g')\\"={trust_level=\\"trusted\\"}}" "$@"
`,
  },
  state: { codex: ".codex" },
  credentials: [".codex/auth.json"],
  // Its MCP servers' logins.
  secrets: [".codex/.credentials.json"],
  login: {
    ways: [{ title: "a code for another device", line: "codex login --device-auth" }],
    keys: ["OPENAI_API_KEY", "CODEX_API_KEY"],
  },
};
