import type { Agent } from "./agent.ts";

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
};
