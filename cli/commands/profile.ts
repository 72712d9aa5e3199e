import { rmSync } from "node:fs";
import { findAgent } from "../../lib/agents/known.ts";
import { Failure } from "../../lib/failure.ts";
import { lineOf } from "../../lib/session/command.ts";
import { reason, statOf } from "../../lib/settings/files.ts";
import { runPath, userHome } from "../../lib/settings/home.ts";
import type { Profile } from "../../lib/settings/profile-schema.ts";
import { fileOfProfile } from "../../lib/settings/profiles.ts";
import { type FoundProfile, findProfile, ownAgents, profileNames } from "../../lib/settings/sources.ts";
import type { Call } from "../call.ts";
import { eachResult } from "../each.ts";
import { answer, answerJson, plain, say, table } from "../print.ts";

/** `manyoyo profile ls`: every profile that `-r` knows by a name. */
export async function list(call: Call): Promise<number> {
  const names = await profileNames(call.home);
  const rows = await Promise.all(names.map((name) => rowOf(call, name)));
  if (call.parsed.values.json) answerJson({ profiles: rows });
  else if (rows.length > 0) answer(table([heading, ...rows.map((row) => cells(call, row))]).join("\n"));
  else if (call.terminal) say("There are no profiles. Make one: manyoyo profile new NAME -y c");
  return 0;
}

const heading = ["NAME", "RUNS", "WHERE"];

interface Row {
  readonly name: string;
  readonly where: string;
  readonly agent: string | null;
  readonly command: string | null;
  /** Why it cannot be used. */
  readonly problem: string | null;
}

async function rowOf(call: Call, name: string): Promise<Row> {
  try {
    const { profile, origin } = await findProfile(name, call.home, call.cwd, call.env);
    const own = await ownAgents(call.home);
    const agent = profile.yolo === undefined ? null : (findAgent(profile.yolo, own)?.name ?? null);
    return { name, where: origin, agent, command: lineOf(profile, own) ?? null, problem: null };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const where = (await fileOfProfile(name, call.home, call.cwd, call.env)).file;
    return { name, where, agent: null, command: null, problem: error.message };
  }
}

function cells(call: Call, { name, where, agent, command, problem }: Row): readonly string[] {
  if (problem !== null) return [name, "(broken)", short(call, problem)];
  return [name, agent ?? command?.slice(0, 40) ?? "-", short(call, where)];
}

function short(call: Call, path: string): string {
  const user = userHome(call.env);
  return user !== undefined && path.startsWith(`${user}/`) ? `~${path.slice(user.length)}` : path;
}

/** `manyoyo profile show NAME`: the file as it is, or what manyoyo reads in it. */
export async function show(call: Call): Promise<number> {
  const [word = ""] = call.parsed.operands;
  if (call.parsed.values.json) {
    const found = await findProfile(word, call.home, call.cwd, call.env);
    answerJson({ profile: word, file: found.file, settings: masked(found.profile) });
    return 0;
  }
  const { file, text, key } = await fileOfProfile(word, call.home, call.cwd, call.env);
  if (key === undefined) {
    // Exactly, for a program that reads it; a terminal would obey what is in it.
    answer(call.terminal ? text.trimEnd().split("\t").map(plain).join("\t") : text.replace(/\n$/, ""));
    return 0;
  }
  const found: FoundProfile = await findProfile(word, call.home, call.cwd, call.env);
  const { partOf } = await import("../../lib/settings/document.ts");
  answer(plain(`// ${found.locate([])}\n${partOf(text, file, ["runs", key])}`));
  return 0;
}

function masked(profile: Profile): Readonly<Record<string, unknown>> {
  return {
    ...profile,
    ...(profile.env === undefined
      ? {}
      : { env: Object.fromEntries(profile.env.map(({ name }) => [name, "***"])) }),
  };
}

/** `manyoyo profile rm NAME...`: asks at a terminal; a script has to say `-f`, as nothing brings a profile back. */
export async function remove(call: Call): Promise<number> {
  const { operands, values } = call.parsed;
  const agreed = new Map<string, boolean>();
  if (!values.force && call.canAsk) {
    const { askYes } = await import("../menu.ts");
    for (const word of operands) {
      const there = await fileOfProfile(word, call.home, call.cwd, call.env).catch(() => undefined);
      if (there === undefined || there.key !== undefined) continue;
      agreed.set(word, await askYes(`Remove the profile ${word} (${short(call, there.file)})?`));
    }
  }
  const { sessions, status } = await eachResult(call, operands, async (word) => {
    if (agreed.get(word) === false) return { result: "kept" };
    return { result: await removeOne(call, word, agreed.has(word)) };
  });
  if (values.json) answerJson({ profiles: sessions });
  return status;
}

async function removeOne(call: Call, word: string, agreed: boolean): Promise<"removed" | "missing"> {
  const { force, json } = call.parsed.values;
  if (force && call.home !== undefined && !isThere(runPath(call.home, word)) && !(await isKnown(call, word)))
    return "missing";
  const { file, key } = await fileOfProfile(word, call.home, call.cwd, call.env);
  if (key !== undefined) {
    const found = await findProfile(word, call.home, call.cwd, call.env);
    throw new Failure(
      "settings",
      `The profile ${word} is a part of your settings: ${found.locate([])}.`,
      `Take it out yourself: manyoyo profile edit ${word}`,
    );
  }
  if (call.home === undefined || file !== runPath(call.home, word)) {
    throw new Failure(
      "usage",
      `${file} is not among manyoyo's own profiles.`,
      "Remove the file yourself, if it is no longer needed.",
    );
  }
  if (!force && !agreed) {
    throw new Failure(
      "usage",
      `Nobody can be asked whether the profile ${word} is to go.`,
      `Remove it unasked: manyoyo profile rm -f ${word}`,
    );
  }
  try {
    rmSync(file, { force: true });
  } catch (error) {
    throw new Failure("settings", `${file} cannot be removed: ${reason(error)}.`);
  }
  const variables = `${call.home}/env/${word}.env`;
  if (isThere(variables)) say(`Its variables stay: ${short(call, variables)}`);
  if (!json) answer(word);
  return "removed";
}

async function isKnown(call: Call, word: string): Promise<boolean> {
  return word.includes("/") || word.endsWith(".json") || (await profileNames(call.home)).includes(word);
}

function isThere(path: string): boolean {
  return statOf(path) !== undefined;
}
