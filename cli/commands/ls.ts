import { listSessions } from "../../lib/engine/list.ts";
import type { Session } from "../../lib/session/session.ts";
import { realPath } from "../../lib/settings/files.ts";
import type { Call } from "../call.ts";
import { age, answer, answerJson, say, table } from "../print.ts";
import { verbContext } from "../sessions.ts";

/** `manyoyo ls`: every session, this folder's first. */
export async function ls(call: Call): Promise<number> {
  const { values } = call.parsed;
  const { choice } = await verbContext(call);
  const here = realPath(call.cwd);
  const { early } = call;
  const isOurs = early?.name === undefined && early?.engine.program === choice.engine.program;
  const sessions = (await listSessions(choice.engine, undefined, isOurs ? early?.said : undefined))
    .filter((session) => values.state.length === 0 || values.state.includes(session.state))
    .toSorted((one, other) => order(here, one, other));
  if (values.json) {
    answerJson({ engine: choice.engine.name, sessions: sessions.map((session) => document(session, here)) });
  } else if (values.names) {
    if (sessions.length > 0) answer(sessions.map((session) => session.name).join("\n"));
  } else if (sessions.length === 0) {
    if (call.terminal) say("There are no sessions. Make one: manyoyo -n NAME -y c");
  } else {
    answer(table([heading, ...sessions.map((session) => row(session, here))]).join("\n"));
  }
  return 0;
}

// This folder's first, the newest first among equals.
function order(here: string, one: Session, other: Session): number {
  const near = Number(other.folder === here) - Number(one.folder === here);
  return near !== 0 ? near : other.created - one.created;
}

const heading = ["NAME", "AGENT", "STATE", "CREATED", "FOLDER"];

function row(session: Session, here: string): readonly string[] {
  const { name, agent, state, created, folder } = session;
  return [name, agent ?? "-", state, age(created, Date.now()), folder === here ? "." : (folder ?? "-")];
}

function document(session: Session, here: string): Readonly<Record<string, unknown>> {
  const { name, id, agent, state, created, folder, image, firstCommand, args, legacy } = session;
  return {
    name,
    id,
    state,
    agent: agent ?? null,
    folder: folder ?? null,
    here: folder === here,
    created: Number.isFinite(created) ? new Date(created).toISOString() : null,
    image,
    firstCommand,
    args,
    legacy,
  };
}
