import { agentNames } from "../lib/agents/known.ts";
import { refuseAltered } from "./altered.ts";
import { isBare, type Parsed, parseArgv, saysJson } from "./argv.ts";
import { type Call, callOf } from "./call.ts";
import type { Early } from "./early.ts";
import { answer, holdRemarks, tellRemarks } from "./print.ts";
import type { Place } from "./verbs.ts";

/** What a verb's file gives: the work of one call, to its exit status. */
export type Work = (call: Call) => Promise<number>;

// One lazy loader a verb: a call loads the one file that it needs.
const loaders: Readonly<Record<Exclude<Place, "help">, () => Promise<Work>>> = {
  root: async () => (await import("./commands/root.ts")).root,
  ls: async () => (await import("./commands/ls.ts")).ls,
  inspect: async () => (await import("./commands/inspect.ts")).inspect,
  logs: async () => (await import("./commands/logs.ts")).logs,
  stats: async () => (await import("./commands/stats.ts")).stats,
  switch: async () => (await import("./commands/switch.ts")).pick,
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
  "image ls": async () => (await import("./commands/image.ts")).list,
  "image prune": async () => (await import("./commands/image.ts")).prune,
  prune: async () => (await import("./commands/prune.ts")).prune,
  snapshot: async () => (await import("./commands/snapshot.ts")).snapshot,
  "snapshot ls": async () => (await import("./commands/snapshot.ts")).list,
  "snapshot rm": async () => (await import("./commands/snapshot.ts")).remove,
  "snapshot restore": async () => (await import("./commands/restore.ts")).restore,
  fork: async () => (await import("./commands/fork.ts")).fork,
  recreate: async () => (await import("./commands/recreate.ts")).recreate,
  export: async () => (await import("./commands/export.ts")).exportSession,
  import: async () => (await import("./commands/import.ts")).importSession,
  "history ls": async () => (await import("./commands/history.ts")).list,
  "history show": async () => (await import("./commands/history.ts")).show,
  "history search": async () => (await import("./commands/history.ts")).search,
  "history backup": async () => (await import("./commands/history-file.ts")).backup,
  "history restore": async () => (await import("./commands/history-file.ts")).restore,
  login: async () => (await import("./commands/login.ts")).login,
  logout: async () => (await import("./commands/login.ts")).logout,
  init: async () => (await import("./commands/init.ts")).init,
  "profile ls": async () => (await import("./commands/profile.ts")).list,
  "profile show": async () => (await import("./commands/profile.ts")).show,
  "profile new": async () => (await import("./commands/profile-new.ts")).create,
  "profile edit": async () => (await import("./commands/profile-edit.ts")).edit,
  "profile rm": async () => (await import("./commands/profile.ts")).remove,
  doctor: async () => (await import("./commands/doctor.ts")).doctor,
  install: async () => (await import("./commands/install.ts")).install,
  completion: async () => (await import("./commands/completion.ts")).completion,
  "image build": async () => (await import("./commands/image.ts")).build,
};

/** Runs one command line to its exit status. Never throws. */
export async function run(words: readonly string[], early?: Early): Promise<number> {
  let json = saysJson(words);
  try {
    refuseAltered(words);
    const parsed = await understood(words);
    json = parsed.values.json;
    if (json) holdRemarks();
    if (parsed.help) return await explain(parsed);
    const place = parsed.verb ?? "root";
    if (place === "help") return await explain(parsed);
    const call = callOf(parsed, early);
    // Nothing said at a terminal is a question which session.
    const loader = isBare(parsed) && call.canAsk ? loaders.switch : loaders[place];
    const [{ defineCommand, runCommand }, work] = await Promise.all([import("citty"), loader()]);
    const command = defineCommand({ meta: { name: place }, run: ({ data }) => work(data) });
    const { result } = await runCommand(command, { rawArgs: [], data: call });
    return typeof result === "number" ? result : 0;
  } catch (thrown) {
    const { report } = await import("./report.ts");
    return report(thrown, json);
  } finally {
    tellRemarks();
  }
}

// An agent of the user's own is asked for only by a line that is nonsense without one: settings take time to read.
async function understood(words: readonly string[]): Promise<Parsed> {
  try {
    return parseArgv(words, { agents: agentNames() });
  } catch (thrown) {
    const { home, ownAgentNames } = await import("../lib/settings/sources.ts");
    const own = await ownAgentNames(home(process.env));
    if (own.length === 0) throw thrown;
    return parseArgv(words, { agents: [...agentNames(), ...own] });
  }
}

async function explain(parsed: Parsed): Promise<number> {
  const { topicHelp } = await import("./help.ts");
  answer(topicHelp(parsed.topic));
  return 0;
}
