import type { Agent } from "../../lib/agents/agent.ts";
import { agentNames, agents } from "../../lib/agents/known.ts";
import { listSessions } from "../../lib/engine/list.ts";
import { Failure, Interrupted } from "../../lib/failure.ts";
import type { Session } from "../../lib/session/session.ts";
import { realPath } from "../../lib/settings/files.ts";
import { parseArgv } from "../argv.ts";
import { type Call, callOf } from "../call.ts";
import type { Pick } from "../pick/list.ts";
import { say } from "../print.ts";
import { report } from "../report.ts";
import { hereFirst, shown } from "../session-list.ts";
import { sessionOf, type VerbContext, verbContext } from "../sessions.ts";

/** `manyoyo` alone at a terminal, `manyoyo switch`: choose a session and go on in it. */
export async function pick(call: Call): Promise<number> {
  if (!call.canAsk) {
    throw new Failure(
      "usage",
      "Choosing a session needs a terminal.",
      "List them: manyoyo ls; or say which: manyoyo -n NAME",
    );
  }
  const { choice, settings } = await verbContext(call);
  const own = settings.agents ?? [];
  const here = realPath(call.cwd);
  const list = async (): Promise<readonly Session[]> =>
    shown(call, await listSessions(choice.engine)).toSorted(hereFirst(here));
  for (let sessions = await list(); ; sessions = await list()) {
    if (sessions.length === 0) {
      welcome();
      return begin(call, undefined, own);
    }
    const { pickSession } = await import("../pick/screen.ts");
    const chosen = await pickSession({ sessions, again: list, here });
    if (chosen.kind === "new") return begin(call, chosen.name, own);
    const status = await act(call, { choice, settings }, chosen);
    if (status !== undefined) return status;
  }
}

/** Does what was chosen; undefined when the list is to be shown again. */
async function act(
  call: Call,
  context: VerbContext,
  chosen: Exclude<Pick, { kind: "new" }>,
): Promise<number | undefined> {
  switch (chosen.kind) {
    case "leave":
      throw new Interrupted(130);
    case "join":
      return join(call, context, chosen.session);
    case "shell": {
      const { openShell } = await import("./shell.ts");
      return openShell(about(call, "shell", chosen.session));
    }
    case "stop": {
      const { stop } = await import("./change.ts");
      await stop(about(call, "stop", chosen.session)).catch((thrown: unknown) => report(thrown, false));
      return undefined;
    }
    case "remove": {
      const { rm } = await import("./rm.ts");
      await rm(about(call, "rm", chosen.session)).catch((thrown: unknown) => report(thrown, false));
      return undefined;
    }
  }
}

/** Goes on with the agent's conversation, else with the first command, else in a shell. */
async function join(call: Call, context: VerbContext, session: Session): Promise<number> {
  const { name, agent, firstCommand } = session;
  if (agent !== undefined) {
    const { resume } = await import("./resume.ts");
    return resume(about(call, "resume", session));
  }
  if (firstCommand === "") {
    const { openShell } = await import("./shell.ts");
    return openShell(about(call, "shell", session));
  }
  // The root command makes what it does not find.
  await sessionOf(about(call, "shell", session), context, name);
  const { root } = await import("./root.ts");
  return root(callLike(call, ["-n", name]));
}

/** A new session in this folder: of that name, or of an agent that is asked for. */
async function begin(call: Call, name: string | undefined, own: readonly Agent[]): Promise<number> {
  const { root } = await import("./root.ts");
  if (name !== undefined) return root(callLike(call, ["-n", name]));
  const { askOne } = await import("../menu.ts");
  const chosen = await askOne("A new session in this folder, for what?", [
    ...[...agents, ...own].map((agent) => ({ value: agent.name, label: agent.title })),
    { value: "", label: "A shell" },
  ]);
  if (chosen === undefined) throw new Interrupted(130);
  return root(callLike(call, chosen === "" ? ["--host-path", call.cwd] : [chosen, "--new"], own));
}

function welcome(): void {
  say("A session is a container with this folder in it, in which an agent works while you come and go.");
  say("manyoyo alone brings you back to it, manyoyo ls shows what there is, manyoyo -h names the rest.");
  say("There is none yet, so begin with an agent:");
}

/** A call of a verb about that very session, which another one may have the name of by now. */
function about(call: Call, verb: string, { name, id }: Session): Call {
  return { ...callLike(call, [verb, name]), meant: id };
}

/** A call of other words in this same place, with the engine that this one names. */
function callLike(call: Call, words: readonly string[], own: readonly Agent[] = []): Call {
  const { engine } = call.parsed.values;
  const named = engine === undefined ? [] : ["--engine", engine];
  return callOf(parseArgv([...named, ...words], { agents: agentNames(own) }));
}
