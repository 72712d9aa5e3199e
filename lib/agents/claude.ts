import type { Agent } from "./agent.ts";

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
};
