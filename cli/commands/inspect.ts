import { askFor } from "../../lib/engine/ask.ts";
import { type Found, findSession } from "../../lib/engine/find.ts";
import { type Reach, readReach } from "../../lib/engine/reach.ts";
import { socketsIn, warningsOf } from "../../lib/engine/warnings.ts";
import { Failure } from "../../lib/failure.ts";
import { quote } from "../../lib/session/command.ts";
import { isTerminal } from "../../lib/terminal.ts";
import type { Call } from "../call.ts";
import { clock } from "../log-lines.ts";
import { answer, answerBytes, answerJson, plain, table } from "../print.ts";
import { nameOf, verbContext } from "../sessions.ts";
import { noSession } from "../target.ts";

/** `manyoyo inspect NAME`: what a session can reach, then what it is. */
export async function inspect(call: Call): Promise<number> {
  const { raw, json } = call.parsed.values;
  if (raw && json) {
    throw new Failure("usage", "--raw is the engine's JSON, and --json ours.", "Leave one of them out.");
  }
  const context = await verbContext(call);
  const { engine } = context.choice;
  const name = await nameOf(call, context, call.parsed.operands[0] ?? ".");
  const asked = call.early?.take(engine, name) ?? askFor(engine, name);
  const found = await findSession(engine, name, asked);
  if (found === undefined) throw await noSession(engine, name);
  const { stdout } = await asked;
  if (raw) {
    answerBytes(Buffer.from(isTerminal(1) ? plain(stdout) : stdout));
    return 0;
  }
  const reach = readReach(stdout);
  if (reach === undefined) {
    throw new Failure(
      "engine-failed",
      `${engine.name} describes "${name}" in a way that manyoyo does not know.`,
    );
  }
  if (json) answerJson({ engine: engine.name, ...document(found, reach) });
  else answer([...reachLines(reach), "", ...selfLines(engine.name, found, reach)].join("\n"));
  return 0;
}

function reachLines(reach: Reach): readonly string[] {
  const { mounts, ports, network, privileged, capabilities, env } = reach;
  const way = (readonly: boolean): string => (readonly ? "ro" : "rw");
  const sockets = socketsIn(reach);
  const files = mounts.filter((mount) => !sockets.includes(mount));
  const rows = [
    ...several(
      "Files",
      files.map(({ kind, source, target, readonly }) => {
        const from = kind === "volume" ? `volume ${source}` : kind === "tmpfs" ? "memory" : source;
        return `${way(readonly)}  ${target}${from === target ? "" : `  from ${from}`}`;
      }),
    ),
    ...several(
      "Sockets",
      sockets.map(({ source, target }) => (source === target ? target : `${target}  from ${source}`)),
    ),
    ...several(
      "Ports",
      ports.map(({ host, inside }) => `${host ?? "one that the engine chooses"} -> ${inside}`),
    ),
    ["Network", networkText(network)],
    ["Rights", rightsText(privileged, capabilities)],
    ["Variables", env.length === 0 ? "none" : env.join(" ")],
  ];
  return [
    "What it can reach",
    ...indented(rows),
    ...warningsOf(reach).map((warning) => `  ! ${plain(warning)}`),
  ];
}

/** Rows of one subject: its word stands before the first of them only. */
function several(word: string, cells: readonly string[]): readonly (readonly string[])[] {
  return cells.length === 0 ? [[word, "none"]] : cells.map((cell, at) => [at === 0 ? word : "", cell]);
}

function indented(rows: readonly (readonly string[])[]): readonly string[] {
  return table(rows).map((line) => `  ${line}`);
}

function networkText(network: string): string {
  if (network === "none") return "none";
  if (network === "host") return "host: this machine's own";
  return `${network}: the world outside, and this machine as its gateway`;
}

function rightsText(privileged: boolean, { added, dropped }: Reach["capabilities"]): string {
  if (privileged) return "privileged: all of root's, all devices";
  const changes = [...added.map((each) => `+${each}`), ...dropped.map((each) => `-${each}`)];
  return changes.length === 0
    ? "the engine's usual capabilities"
    : `the engine's usual, ${changes.join(" ")}`;
}

function selfLines(engine: string, { session, container }: Found, reach: Reach): readonly string[] {
  const { name, id, state, image, agent, firstCommand, args, folder, user, created } = session;
  const rows = [
    ["Name", name],
    ["State", state],
    ["Engine", engine],
    ["Id", id],
    ["Image", image],
    ["Agent", agent ?? "-"],
    ["First command", [firstCommand, ...args.map(quote)].join(" ") || "-"],
    ["Folder", folder ?? "-"],
    ...(container.workdir === folder ? [] : [["Folder inside", container.workdir]]),
    ["Made", `${clock(created)} by ${user ?? "somebody"}`],
    ["Started", clock(reach.started)],
    ...(reach.finished === undefined ? [] : [["Stopped", clock(reach.finished)]]),
  ];
  return ["What it is", ...indented(rows)];
}

function document({ session, container }: Found, reach: Reach): Readonly<Record<string, unknown>> {
  const { name, id, state, image, agent, firstCommand, args, folder, user, created, legacy } = session;
  const { ports, started, finished, exitStatus, ...reached } = reach;
  return {
    name,
    id,
    state,
    reach: {
      ...reached,
      ports: ports.map(({ host, inside }) => ({ host: host ?? null, inside })),
      sockets: socketsIn(reach).map(({ source, target }) => ({ source, target })),
      warnings: warningsOf(reach),
    },
    image,
    imageId: container.imageId,
    agent: agent ?? null,
    firstCommand,
    args,
    folder: folder ?? null,
    workdir: container.workdir,
    user: user ?? null,
    created: iso(created),
    started: iso(started),
    finished: iso(finished),
    exitStatus: exitStatus ?? null,
    legacy,
  };
}

function iso(moment: number | undefined): string | null {
  return moment === undefined || Number.isNaN(moment) ? null : new Date(moment).toISOString();
}
