import type { Agent } from "./agent.ts";
import { at, blocksText, type RecordFiles, type Told, textAt, timeAt } from "./transcripts.ts";

// What Claude Code itself writes as the user: slash commands, their output, notes on an interruption.
const ownWords = /^\s*(<(command-|local-command|bash-|system-reminder)|Caveat: |\[Request interrupted)/;

/** A line a message part; tool results are said by the user, without any text; subagents are files of their own. */
const transcripts: RecordFiles = {
  kind: "records",
  places: [".claude/projects"],
  belongs: (path) => path.startsWith(".claude/projects/"),
  idOf: (path) => /^\.claude\/projects\/[^/]+\/(?!agent-)([^/]+)\.jsonl$/.exec(path)?.[1],
  read: (record): readonly Told[] => {
    const type = textAt(record, "type");
    if (type !== "user" && type !== "assistant") return [];
    if ([at(record, "isSidechain"), at(record, "isMeta"), at(record, "isCompactSummary")].includes(true))
      return [];
    const folder = textAt(record, "cwd");
    const text = blocksText(at(record, "message", "content"), ["text"]);
    if (text.trim() === "" || (type === "user" && ownWords.test(text))) return [{ folder }];
    const role = type === "user" ? "user" : "agent";
    return [{ folder, turn: { role, text, when: timeAt(record, "timestamp") } }];
  },
};

/** Claude Code 2.1: as root it refuses to skip permissions unless IS_SANDBOX=1; `-c` without a conversation is an error. */
export const claude: Agent = {
  name: "claude",
  title: "Claude Code",
  aliases: ["c", "cc"],
  yolo: "IS_SANDBOX=1 claude --dangerously-skip-permissions",
  continueLast: ["-c"],
  resume: ["-r"],
  resumeById: (id) => ["-r", id],
  conversations: (folder) => [`.claude/projects/${folder.replace(/[^A-Za-z0-9]/g, "-")}/*.jsonl`],
  listed: '"entrypoint":"cli"',
  transcripts,
  npm: "@anthropic-ai/claude-code",
  setup: {
    // .claude.json lies in that folder too once it is said, so that it is kept with the conversations.
    variables: { CLAUDE_CONFIG_DIR: "/root/.claude", DISABLE_AUTOUPDATER: "1" },
    files: {
      // A folder is trusted as soon as one above it is.
      "/root/.claude/.claude.json":
        '{"hasCompletedOnboarding":true,"projects":{"/":{"hasTrustDialogAccepted":true}}}\n',
      "/root/.claude/settings.json": '{"skipDangerousModePermissionPrompt":true}\n',
    },
  },
  state: { claude: ".claude" },
  credentials: [".claude/.credentials.json"],
  // A login by the Console of Claude Code 2.1 makes a key, and leaves it there.
  keyFiles: { ".claude.json": ["primaryApiKey"] },
  login: {
    ways: [
      {
        title:
          "a token that is good for a year (needs a subscription): nothing that several sessions could spoil",
        line: "claude setup-token",
        token: { variable: "CLAUDE_CODE_OAUTH_TOKEN", whole: /^sk-ant-oat\d\d-[\w-]{87,}$/ },
      },
      { title: "a Claude account: paste a code", line: "claude auth login" },
    ],
    keys: [
      "ANTHROPIC_API_KEY",
      "ANTHROPIC_AUTH_TOKEN",
      "CLAUDE_CODE_OAUTH_TOKEN",
      "CLAUDE_CODE_USE_BEDROCK",
      "CLAUDE_CODE_USE_VERTEX",
      "CLAUDE_CODE_USE_FOUNDRY",
    ],
    // Claude Code 2.1 writes its credentials to a file beside, and renames that.
    folder: "CLAUDE_SECURESTORAGE_CONFIG_DIR",
  },
};
