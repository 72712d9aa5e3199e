import { findAgent } from "../../lib/agents/known.ts";
import { Failure, Interrupted } from "../../lib/failure.ts";
import { userHome } from "../../lib/settings/home.ts";
import { findAgents, foundAgents } from "../../lib/settings/host/find.ts";
import type { Found } from "../../lib/settings/host/ground.ts";
import { type Wanted, wantedFiles, writeWanted } from "../../lib/settings/host/write.ts";
import { profileNames } from "../../lib/settings/sources.ts";
import type { Call } from "../call.ts";
import { answer, answerJson, say } from "../print.ts";

/**
 * `manyoyo init [AGENT...]`: writes what this machine's own agents are told into profiles and env files. Shows it first, and
 * asks; a file that is there already stays as it is.
 */
export async function init(call: Call): Promise<number> {
  const { dryRun, json, yes } = call.parsed.values;
  const { home, user } = homes(call);
  const found = findAgents(namesOf(call), { userHome: user, env: call.env });
  const taken = await otherProfiles(home);
  const wanted = found.flatMap((each) => wantedFiles(each, home)).map((file) => withOther(file, taken));
  const missing = wanted.filter(({ now }) => now === "missing");
  if (!json)
    for (const each of found)
      show(
        each,
        wanted.filter(({ agent }) => agent === each.agent),
      );
  if (!json && wanted.length === 0) say("Nothing was found that could be taken over.");
  const write = missing.length > 0 && !dryRun;
  if (write && !yes) await agree(call, missing.length);
  const problems = write ? missing.flatMap((file) => tell(file, json)) : [];
  if (json) answerJson(document(found, wanted, { dryRun, problems }));
  return found.some((each) => each.problems.length > 0) || problems.length > 0 ? 2 : 0;
}

function homes(call: Call): { readonly home: string; readonly user: string } {
  const user = userHome(call.env);
  if (user === undefined || call.home === undefined) {
    throw new Failure("settings", "There is no home folder to look into.", "Set HOME.");
  }
  return { home: call.home, user };
}

function namesOf(call: Call): readonly string[] {
  if (call.parsed.operands.length === 0) return foundAgents;
  const names = call.parsed.operands.map((word) => findAgent(word)?.name ?? word);
  const other = names.find((name) => !foundAgents.includes(name));
  if (other === undefined) return [...new Set(names)];
  throw new Failure(
    "usage",
    `manyoyo init knows nothing of ${JSON.stringify(other)}.`,
    `It looks for ${foundAgents.join(", ")}.`,
  );
}

// A profile of that name in manyoyo.json would be put aside by a file of its own.
async function otherProfiles(home: string): Promise<readonly string[]> {
  try {
    return await profileNames(home);
  } catch {
    return [];
  }
}

function withOther(file: Wanted, names: readonly string[]): Wanted {
  const isTaken = file.kind === "profile" && file.now === "missing" && names.includes(file.agent);
  return isTaken ? { ...file, now: "differs" } : file;
}

const states: Readonly<Record<Wanted["now"], string>> = {
  missing: "to be written",
  same: "is there already",
  differs: "is there with something else in it, and stays as it is",
};

// Names alone: no value is ever shown.
function show({ agent, sources, notes, problems }: Found, files: readonly Wanted[]): void {
  say(`${findAgent(agent)?.title ?? agent}${sources.length === 0 ? "" : `, from ${sources.join(", ")}`}:`);
  for (const { kind, path, names, now } of files) {
    say(`  ${kind} ${path}: ${states[now]}`);
    for (const name of names) say(`    ${name}=***`);
  }
  for (const sentence of [...notes, ...problems]) say(`  ${sentence}`);
}

async function agree(call: Call, count: number): Promise<void> {
  const files = count === 1 ? "this file" : `these ${count} files`;
  if (!call.canAsk) {
    throw new Failure(
      "usage",
      `Without a terminal ${files} ${count === 1 ? "is" : "are"} not written unasked.`,
      "Say so: manyoyo init --yes; or only look: manyoyo init --dry-run",
    );
  }
  const { askLikely } = await import("../menu.ts");
  if ((await askLikely(`Write ${files}?`)) !== true) throw new Interrupted(130);
}

function tell(file: Wanted, json: boolean): readonly string[] {
  const problem = writeWanted(file);
  if (problem !== undefined) {
    if (!json) say(problem);
    return [problem];
  }
  if (!json) answer(file.path);
  return [];
}

function document(
  found: readonly Found[],
  wanted: readonly Wanted[],
  { dryRun, problems }: { readonly dryRun: boolean; readonly problems: readonly string[] },
) {
  const result = ({ path, now }: Wanted): string => {
    if (now !== "missing") return now;
    if (dryRun) return "to write";
    return problems.some((problem) => problem.startsWith(`${path} `)) ? "failed" : "written";
  };
  return {
    agents: found.map(({ agent, sources, notes, problems: broken }) => ({
      agent,
      sources,
      files: wanted
        .filter((file) => file.agent === agent)
        .map((file) => ({ kind: file.kind, path: file.path, variables: file.names, result: result(file) })),
      notes,
      problems: broken,
    })),
    problems,
  };
}
