import { Failure } from "../../lib/failure.ts";
import { realPath } from "../../lib/settings/files.ts";
import type { Call } from "../call.ts";
import { answer, answerJson, say } from "../print.ts";
import { listed, sized } from "../session-list.ts";
import { document, rows } from "../session-table.ts";
import { verbContext } from "../sessions.ts";

/** `manyoyo ls`: one's own sessions, this folder's first. */
export async function ls(call: Call): Promise<number> {
  const { values } = call.parsed;
  if (values.watch) return watchList(call);
  const { choice } = await verbContext(call);
  const asked = sized(call) ? undefined : call.early?.take(choice.engine, undefined);
  const here = realPath(call.cwd);
  const sessions = await listed(call, choice.engine, asked);
  if (values.json) {
    answerJson({ engine: choice.engine.name, sessions: sessions.map((session) => document(session, here)) });
  } else if (values.names) {
    if (sessions.length > 0) answer(sessions.map((session) => session.name).join("\n"));
  } else if (sessions.length === 0) {
    if (call.terminal) say("There are no sessions. Make one: manyoyo -n NAME -y c");
  } else {
    answer(rows(call, sessions, here).join("\n"));
  }
  return 0;
}

async function watchList(call: Call): Promise<number> {
  if (!call.terminal || call.parsed.values.json || call.parsed.values.names) {
    throw new Failure("usage", "--watch draws at a terminal.", "For a script: manyoyo ls --json");
  }
  const { choice } = await verbContext(call);
  const here = realPath(call.cwd);
  const { watch } = await import("../watch.ts");
  await watch(async () => rows(call, await listed(call, choice.engine, undefined), here));
  return 0;
}
