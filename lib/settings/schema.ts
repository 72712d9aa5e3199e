import { safeParse } from "valibot";
import type { Agent } from "../agents/agent.ts";
import { Failure } from "../failure.ts";
import { nearest } from "../nearest.ts";
import { readAgents } from "./agents.ts";
import { type Document, fault, isMap, type Problem, parseDocument } from "./document.ts";
import type { Path, Positions } from "./positions.ts";
import { beforeHint, type Profile, profileKeys, profileSchema } from "./profile-schema.ts";
import { isProfileName, parseYolo, quoted } from "./values.ts";

/** What manyoyo.json says: a profile for everything, and named ones. */
export interface Global {
  readonly profile: Profile;
  readonly runs: ReadonlyMap<string, Profile>;
  /** The user's own agents. */
  readonly agents: readonly Agent[];
}

/**
 * The profile that a file's text holds, where `own` are the agents that it may name besides the known ones. Throws
 * Failure("settings", "FILE:LINE:COLUMN: sentence") for its first fault.
 */
export function readSettings(text: string, file: string, own: readonly Agent[] = []): Profile {
  const parsed = parseDocument(text, file);
  const { value, problems } = check({ ...parsed, own }, parsed.value, []);
  if (value === undefined) throw fault(parsed, problems);
  return value;
}

/** What the text of manyoyo.json says. Throws as `readSettings` does, also for a fault in one of its `runs`. */
export function readGlobal(text: string, file: string): Global {
  const document = parseDocument(text, file);
  const { runs: named, agents: described, ...rest } = document.value;
  const { agents, problems: faults } = readAgents(described);
  const parsed = { ...document, own: agents };
  const own = check(parsed, rest, [], [...profileKeys, "runs", "agents"]);
  const problems = [...faults, ...own.problems];
  const runs = new Map<string, Profile>();
  for (const [name, content] of namedProfiles(named, problems)) {
    const run = check(parsed, content, ["runs", name]);
    problems.push(...run.problems);
    if (run.value !== undefined) runs.set(name, run.value);
  }
  if (own.value === undefined || problems.length > 0) throw fault(parsed, problems);
  return { profile: own.value, runs, agents };
}

function namedProfiles(runs: unknown, problems: Problem[]): [string, Readonly<Record<string, unknown>>][] {
  if (runs === undefined) return [];
  if (!isMap(runs)) {
    problems.push({ path: ["runs"], message: '"runs" must be a map of names to profiles.' });
    return [];
  }
  return Object.entries(runs).flatMap(([name, content]) => {
    const path = ["runs", name];
    if (!isProfileName(name)) {
      problems.push({
        path,
        message: `${quoted(name)} cannot name a profile.`,
        hint: "A word with / or .json after -r is a path; a name does not begin with '.'.",
      });
    } else if (isMap(content)) {
      return [[name, content]];
    } else {
      problems.push({ path, message: `The profile ${quoted(name)} must be a map of settings: { ... }.` });
    }
    return [];
  });
}

/** A document, and the agents that it may name besides the known ones. */
interface Checked extends Document {
  readonly own: readonly Agent[];
}

function check(
  { positions, own }: Checked,
  value: Readonly<Record<string, unknown>>,
  path: Path,
  known = profileKeys,
): { readonly value?: Profile; readonly problems: readonly Problem[] } {
  const problems: Problem[] = Object.keys(value)
    .filter((key) => !profileKeys.includes(key))
    .map((key) => unknownKey([...path, key], known));
  problems.push(...yoloProblems(value, path, own));
  const result = safeParse(profileSchema, value);
  if (result.success && problems.length === 0)
    return { value: asWritten(result.output, value, path, positions), problems };
  for (const issue of result.issues ?? []) {
    const [message = "", hint] = issue.message.split(beforeHint);
    const keys = (issue.path ?? []).map((item) =>
      typeof item.key === "number" ? item.key : String(item.key),
    );
    problems.push({ path: [...path, ...keys], message, hint });
  }
  return { problems };
}

/** What is wrong with the agent that a profile names, if that is a word at all. */
function yoloProblems(
  { yolo }: Readonly<Record<string, unknown>> & { yolo?: unknown },
  path: Path,
  own: readonly Agent[],
): readonly Problem[] {
  if (typeof yolo !== "string") return [];
  try {
    parseYolo(yolo, own);
    return [];
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return [{ path: [...path, "yolo"], message: error.message, hint: error.hint }];
  }
}

function unknownKey(path: Path, known: readonly string[]): Problem {
  const key = String(path.at(-1));
  if (key === "agents") return { path, message: misplacedAgents, hint: "Move them there." };
  const near = nearest(key, known);
  const hint = near === undefined ? `Known: ${known.join(", ")}.` : `Did you mean ${quoted(near)}?`;
  return {
    path,
    message: `There is no setting ${quoted(key)}${path.length > 1 ? " in a profile" : ""}.`,
    hint,
  };
}

const misplacedAgents = "Agents of your own are described in manyoyo.json, at its top.";

/** Numbers among the variables as they are written: `1.10` is a version, and must not arrive as 1.1. */
function asWritten(
  profile: Profile,
  value: Readonly<Record<string, unknown>>,
  path: Path,
  positions: Positions,
): Profile {
  const { env: raw } = value;
  if (profile.env === undefined || !isMap(raw)) return profile;
  const variables = profile.env.map((entry) => {
    const written =
      typeof raw[entry.name] === "number" ? positions.written([...path, "env", entry.name]) : undefined;
    return written === undefined ? entry : { name: entry.name, value: written };
  });
  return { ...profile, env: variables };
}
