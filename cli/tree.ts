import { agentNames } from "../lib/agents/known.ts";
import { type Parsed, parseArgv, saysJson } from "./argv.ts";
import { type Call, callOf } from "./call.ts";
import type { Early } from "./early.ts";
import type { Place } from "./verbs.ts";

/** What a verb's file gives: the work of one call, to its exit status. */
export type Work = (call: Call) => Promise<number>;

// One lazy loader a verb: a call loads the one file that it needs.
const loaders: Readonly<Record<Exclude<Place, "help">, () => Promise<Work>>> = {
  root: async () => (await import("./commands/root.ts")).root,
  ls: async () => (await import("./commands/ls.ts")).ls,
  resume: async () => (await import("./commands/resume.ts")).resume,
  shell: async () => (await import("./commands/shell.ts")).openShell,
  exec: async () => (await import("./commands/exec.ts")).exec,
  start: async () => (await import("./commands/change.ts")).start,
  stop: async () => (await import("./commands/change.ts")).stop,
  restart: async () => (await import("./commands/change.ts")).restart,
  rm: async () => (await import("./commands/rm.ts")).rm,
  wait: async () => (await import("./commands/wait.ts")).wait,
  "config show": async () => (await import("./commands/config.ts")).show,
  "config command": async () => (await import("./commands/config.ts")).command,
  "config path": async () => (await import("./commands/config.ts")).path,
  completion: async () => (await import("./commands/completion.ts")).completion,
  "image build": async () => (await import("./commands/image.ts")).build,
};

/** Runs one command line to its exit status. Never throws. */
export async function run(words: readonly string[], early?: Early): Promise<number> {
  let json = saysJson(words);
  try {
    const parsed = parseArgv(words, { agents: agentNames() });
    json = parsed.values.json;
    if (parsed.help) return await explain(parsed);
    const place = parsed.verb ?? "root";
    if (place === "help") return await explain(parsed);
    const [{ defineCommand, runCommand }, work] = await Promise.all([import("citty"), loaders[place]()]);
    const command = defineCommand({ meta: { name: place }, run: ({ data }) => work(data) });
    const { result } = await runCommand(command, { rawArgs: [], data: callOf(parsed, early) });
    return typeof result === "number" ? result : 0;
  } catch (thrown) {
    const { report } = await import("./report.ts");
    return report(thrown, json);
  }
}

async function explain(parsed: Parsed): Promise<number> {
  const { topicHelp } = await import("./help.ts");
  const { answer } = await import("./print.ts");
  answer(topicHelp(parsed.topic));
  return 0;
}
