import type { Agent } from "./agent.ts";

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
};
