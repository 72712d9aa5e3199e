import type { Agent } from "./agent.ts";
import { at, blocksText, type RecordFiles, type Told, textAt, timeAt } from "./transcripts.ts";

// What Gemini CLI itself says as the user before the first words.
const ownWords = /^\s*<session_context>/;

function readMessage(record: unknown): readonly Told[] {
  const type = textAt(record, "type");
  const text = blocksText(at(record, "content"));
  if ((type !== "user" && type !== "gemini") || text.trim() === "" || ownWords.test(text)) return [];
  const role = type === "user" ? "user" : "agent";
  return [{ turn: { role, text, when: timeAt(record, "timestamp"), key: textAt(record, "id") } }];
}

/**
 * Earlier versions wrote one object with a list of messages; later ones a line a message, and one that is said again with
 * the same id takes the place of the first. `.project_root` tells which folder a project is.
 */
const transcripts: RecordFiles = {
  kind: "records",
  places: [".gemini/tmp"],
  belongs: (path) => /^\.gemini\/tmp\/[^/]+\/(chats\/.+\.jsonl?|\.project_root)$/.test(path),
  // A resumed conversation has several files, whose names end in the start of its id.
  idOf: (path) => /^\.gemini\/tmp\/[^/]+\/chats\/(?:session-[^/]*-)?([^/]+)\.jsonl?$/.exec(path)?.[1],
  read: (record): readonly Told[] => {
    const rewindTo = textAt(record, "$rewindTo");
    if (rewindTo !== undefined) return [{ rewindTo }];
    const header = at(record, "$set") ?? record;
    const messages = at(header, "messages");
    const id = textAt(header, "sessionId");
    const about: readonly Told[] = id === undefined ? [] : [{ id, inner: at(header, "kind") === "subagent" }];
    return [...about, ...(Array.isArray(messages) ? messages.flatMap(readMessage) : readMessage(record))];
  },
};

const noUpdate = '{"enableAutoUpdate":false,"enableAutoUpdateNotification":false}';

/** Gemini CLI 0.61: `-r` alone is the latest conversation. */
export const gemini: Agent = {
  name: "gemini",
  title: "Gemini CLI",
  aliases: ["gm", "g"],
  yolo: "gemini --yolo",
  continueLast: ["-r"],
  resume: ["-r"],
  resumeById: (id) => ["-r", id],
  conversations: () => [".gemini/tmp/*/chats/*.jsonl", ".gemini/tmp/*/chats/*.json"],
  transcripts,
  npm: "@google/gemini-cli",
  setup: {
    variables: { GEMINI_CLI_TRUST_WORKSPACE: "true" },
    files: {
      "/etc/gemini-cli/system-defaults.json": `{"general":${noUpdate}}\n`,
      "/etc/gemini-cli/with-key.json": `{"general":${noUpdate},"security":{"auth":{"selectedType":"gemini-api-key"}}}\n`,
    },
    // It asks whether to use the key that it sees; what a person once chose still comes first.
    before: `if [ -n "\${GEMINI_API_KEY:-}" ] && [ -z "\${GOOGLE_GENAI_USE_GCA:-}\${GOOGLE_GENAI_USE_VERTEXAI:-}" ]; then
  export GEMINI_CLI_SYSTEM_DEFAULTS_PATH="\${GEMINI_CLI_SYSTEM_DEFAULTS_PATH:-/etc/gemini-cli/with-key.json}"
fi
`,
  },
  state: { gemini: ".gemini" },
  credentials: [".gemini/oauth_creds.json", ".gemini/google_accounts.json"],
  secrets: ["gemini-credentials", "mcp-oauth-tokens", "a2a-oauth-tokens"].map(
    (name) => `.gemini/${name}.json`,
  ),
  login: {
    ways: [
      {
        title: "a Google account",
        line: "NO_BROWSER=true GEMINI_CLI_TRUST_WORKSPACE=true GOOGLE_GENAI_USE_GCA=true gemini",
      },
    ],
    keys: ["GEMINI_API_KEY", "GOOGLE_API_KEY", "GOOGLE_GENAI_USE_VERTEXAI", "GOOGLE_APPLICATION_CREDENTIALS"],
    // Without it the agent asks for a way of logging in, although its login is there.
    mark: ["GOOGLE_GENAI_USE_GCA", "true"],
  },
};
