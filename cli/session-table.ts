import type { Running } from "../lib/engine/busy.ts";
import type { Holder } from "../lib/engine/clients.ts";
import type { Call } from "./call.ts";
import { age, plain, size, table } from "./print.ts";
import { type Listed, sized } from "./session-list.ts";

/** The lines of the table of sessions. */
export function rows(call: Call, sessions: readonly Listed[], here: string): readonly string[] {
  const { busy, allUsers } = call.parsed.values;
  const now = Date.now();
  const columns: readonly (readonly [string, (session: Listed) => string])[] = [
    ["NAME", ({ name }) => name],
    ["STATE", ({ state }) => state],
    ["AGENT", ({ agent }) => agent ?? "-"],
    ["USED", ({ used }) => (used === undefined ? "-" : age(used, now))],
    ["CREATED", ({ created }) => age(created, now)],
    ...(sized(call)
      ? [["SIZE", (each: Listed) => (each.size === undefined ? "-" : size(each.size))] as const]
      : []),
    ...(allUsers ? [["USER", ({ user }: Listed) => user ?? "-"] as const] : []),
    ["FOLDER", ({ folder }) => (folder === here ? "." : (folder ?? "-"))],
  ];
  const heading = [...columns.map(([word]) => word), ...(busy ? ["BUSY"] : [])];
  const lines = sessions.flatMap((session) => {
    const cells = columns.map(([, cell]) => cell(session));
    if (!busy) return [cells];
    const [first = "-", ...more] = session.runs?.map((run) => runCell(run, now)) ?? ["?"];
    // Further runs stand below the first, under a session that is not said again.
    return [[...cells, first], ...more.map((run) => [...cells.map(() => ""), run])];
  });
  return table([heading, ...lines]);
}

const holders: Readonly<Record<Holder, string>> = {
  attached: "",
  elsewhere: "",
  background: " (in the background)",
  orphan: " (left behind: its call was killed)",
};

function runCell({ user, line, since, held }: Running & { readonly held: Holder }, now: number): string {
  return plain(`${user} ${age(since, now)}: ${line}${holders[held]}`);
}

/** What `--json` says of a session. */
export function document(session: Listed, here: string): Readonly<Record<string, unknown>> {
  const { name, id, agent, state, created, used, folder, image, firstCommand, args, user, legacy, runs } =
    session;
  return {
    name,
    id,
    state,
    agent: agent ?? null,
    folder: folder ?? null,
    here: folder === here,
    created: iso(created),
    used: iso(used),
    size: session.size ?? null,
    user: user ?? null,
    image,
    firstCommand,
    args,
    legacy,
    busy:
      runs?.map((run) => ({
        id: run.id,
        user: run.user,
        line: run.line,
        since: iso(run.since),
        held: run.held,
      })) ?? null,
  };
}

function iso(moment: number | undefined): string | null {
  return moment === undefined || !Number.isFinite(moment) ? null : new Date(moment).toISOString();
}
