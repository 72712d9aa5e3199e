import type { Agent } from "./agent.ts";

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
};
