import { dirname, resolve } from "node:path";
import type { Agent } from "../agents/agent.ts";
import { Failure } from "../failure.ts";
import { nearest } from "../nearest.ts";
import { type Environment, envFilePath } from "./env.ts";
import { parseEnvFile } from "./env-file.ts";
import { canEnter, namesIn, readText, realPath, tryReadText } from "./files.ts";
import { envFolder, globalPath, runPath, userHome } from "./home.ts";
import type { Layer } from "./layer.ts";
import { expandPath } from "./paths.ts";
import type { Path } from "./positions.ts";
import { layerOfProfile, type ProfileSource } from "./profile-layer.ts";
import type { Profile } from "./profile-schema.ts";
import { type ReadOnce, readOnce } from "./read-once.ts";
import { isInside, isTrusted, needsTrust, type Sealed } from "./trust.ts";
import { type EngineName, isProfileName, type LoginHabit, quoted } from "./values.ts";

export { home } from "./home.ts";

/** A profile that was found and understood, and what it asks for that must be trusted first. */
export interface FoundProfile extends ProfileSource, Sealed {
  /** Whether it lies outside manyoyo's own folder, where others may write it. */
  readonly outside: boolean;
}

interface SourceFile {
  readonly file: string;
  readonly text: string;
}

/** A profile's file, and where it lay when it was read. */
interface ProfileFile extends SourceFile {
  readonly real: string;
}

/**
 * What manyoyo.json says; undefined where there is none, and then nothing but one look at the disk was paid.
 * Throws Failure("settings") when it cannot be read or understood.
 */
export async function globalLayer(
  home: string | undefined,
  env: Environment = process.env,
): Promise<Layer | undefined> {
  const found = await globalProfile(home);
  if (found === undefined) return undefined;
  const layer = layerOfProfile(found, { home, userHome: userHome(env) });
  return found.agents.length === 0 ? layer : { ...layer, agents: found.agents };
}

/** What `globalLayer` makes its layer of. Throws as it does. */
export async function globalProfile(
  home: string | undefined,
): Promise<(ProfileSource & { readonly agents: readonly Agent[] }) | undefined> {
  const source = globalFile(home);
  if (source === undefined) return undefined;
  // Only now: the checker and the parser cost more to load than everything else here.
  const { readGlobal } = await import("./schema.ts");
  const { locate } = await import("./document.ts");
  const { file, text } = source;
  const { profile, agents } = readGlobal(text, file);
  return { profile, agents, file, origin: file, locate: (path) => locate(text, file, path) };
}

/**
 * The profile that `-r WORD` means: a name, a path where it has a `/` or ends in `.json`, `.` for `./.manyoyo.json`.
 * Its env files are not read yet. Throws Failure("settings") where there is none such or it cannot be understood.
 */
export async function findProfile(
  word: string,
  home: string | undefined,
  cwd: string,
  env: Environment,
): Promise<FoundProfile> {
  const user = userHome(env);
  if (word === "." || word.includes("/") || word.endsWith(".json")) {
    const file = expandPath(word === "." ? "./.manyoyo.json" : word, { folder: cwd, userHome: user });
    const named = profileFile(file);
    if (named !== undefined) return ofFile(named, home, user);
    throw new Failure("settings", `There is no profile ${file}.`);
  }
  if (home === undefined || !isProfileName(word)) throw unknownProfile(word, home, []);
  const own = profileFile(runPath(home, word));
  if (own !== undefined) return ofFile(own, home, user);
  return ofGlobal(word, home);
}

/** The layer of a profile that was found; this reads its env files. Throws Failure("settings"). */
export function foundLayer(found: FoundProfile, home: string | undefined, env: Environment): Layer {
  return layerOfProfile(found, { home, userHome: userHome(env) });
}

/**
 * `findProfile` and `foundLayer` in one, for a caller that cannot ask. Throws as they do, and Failure("untrusted") when the
 * profile asks for what nobody has agreed to.
 */
export async function profileLayer(
  word: string,
  home: string | undefined,
  cwd: string,
  env: Environment,
): Promise<Layer> {
  const found = await findProfile(word, home, cwd, env);
  if (found.asks.length > 0 && !isTrusted(found, home)) throw untrusted(found);
  return foundLayer(found, home, env);
}

/** The refusal of a profile that nobody has agreed to, with what it asks for. */
export function untrusted(found: Sealed): Failure {
  return new Failure(
    "untrusted",
    `The profile ${found.file} asks for ${found.asks.join("; ")}.`,
    "Read it, then say --trust.",
  );
}

/** The engine that manyoyo.json names, and nothing else of it; a faulty file names none. Never throws. */
export async function globalEngine(home: string | undefined): Promise<EngineName | undefined> {
  const text = home === undefined ? undefined : tryReadText(globalPath(home));
  if (text === undefined) return undefined;
  const { engineIn } = await import("./glance.ts");
  return engineIn(text);
}

/** The user's own agents in manyoyo.json, those with a mistake apart. Never throws. */
export async function ownAgents(home: string | undefined): Promise<readonly Agent[]> {
  const text = home === undefined ? undefined : tryReadText(globalPath(home));
  if (text === undefined || !text.includes("agents")) return [];
  const { agentsIn } = await import("./glance.ts");
  return agentsIn(text);
}

/** How the user's own agents are called, those with a mistake too: it is said where they are used. Never throws. */
export async function ownAgentNames(home: string | undefined): Promise<readonly string[]> {
  const text = home === undefined ? undefined : tryReadText(globalPath(home));
  if (text === undefined || !text.includes("agents")) return [];
  const { agentNamesIn } = await import("./glance.ts");
  return agentNamesIn(text);
}

/** The names of the env files in manyoyo's own folder, sorted. Never throws. */
export function envFileNames(home: string | undefined): readonly string[] {
  return home === undefined ? [] : namesIn(envFolder(home), ".env");
}

/** The names that `-r` knows, sorted; faulty files add none. Never throws. */
export async function profileNames(home: string | undefined): Promise<readonly string[]> {
  if (home === undefined) return [];
  const own = namesIn(resolve(home, "run"), ".json").filter(isProfileName);
  const text = tryReadText(globalPath(home));
  if (text === undefined) return own;
  const { runNames } = await import("./glance.ts");
  return [...new Set([...own, ...runNames(text)])].sort();
}

async function ofFile(
  { real: place, ...source }: ProfileFile,
  home: string | undefined,
  user: string | undefined,
): Promise<FoundProfile> {
  const { readSettings } = await import("./schema.ts");
  const { locate } = await import("./document.ts");
  const { file, text } = source;
  const profile = readSettings(text, file, await ownAgents(home));
  const found = { ...source, profile, origin: file, locate: (path: Path) => locate(text, file, path) };
  if (home !== undefined && isOurs(file, place, home)) return { ...found, asks: [], outside: false };
  const read = ownEnvFiles(profile, file, user);
  const handedOn = (path: string): readonly string[] => namesWithoutValue(read.get(path), path);
  const real = (path: string): string => read.get(path)?.real ?? realPath(path);
  const login = profile.login === "shared" ? await loginWish(home) : undefined;
  return {
    ...found,
    profile: withinWish(profile, login),
    asks: needsTrust(profile, file, { userHome: user, real, handedOn, login }),
    outside: true,
    read: (path) => {
      const once = read.get(path);
      return once === undefined ? readText(path) : once.text();
    },
  };
}

/** The env files that a profile names by path. Read once: what is judged must be what is taken, whoever turns a link meanwhile. */
function ownEnvFiles(
  profile: Profile,
  file: string,
  user: string | undefined,
): ReadonlyMap<string, ReadOnce> {
  const where = { folder: dirname(file), userHome: user, home: "/" };
  const places = (profile.envFile ?? []).map((word) => envFilePath(word, where));
  return new Map(places.flatMap(({ path, name }) => (name === undefined ? [[path, readOnce(path)]] : [])));
}

/** The variables that an env file hands on from our own environment; one that cannot be read is refused when it is used. */
function namesWithoutValue(once: ReadOnce | undefined, path: string): readonly string[] {
  try {
    const entries = parseEnvFile(once?.text() ?? "", path);
    return entries.flatMap(({ name, value }) => (value === undefined ? [name] : []));
  } catch {
    return [];
  }
}

/** A profile elsewhere brings no shared login where the user's own settings keep it out of sessions. */
function withinWish(profile: Profile, wish: LoginHabit | undefined): Profile {
  const { login, ...rest } = profile;
  return login !== "shared" || wish === undefined || wish === "shared" ? profile : rest;
}

// A mistake in manyoyo.json is said where it is read for itself.
function loginWish(home: string | undefined): Promise<LoginHabit | undefined> {
  return globalProfile(home).then(
    (found) => found?.profile.login,
    () => undefined,
  );
}

/** A file of ours lies in our folder, and is no link to where somebody else may write. */
function isOurs(file: string, real: string, home: string): boolean {
  const ours = realPath(home);
  return isInside(realPath(resolve(file, "..")), ours) && isInside(real, ours);
}

async function ofGlobal(name: string, home: string): Promise<FoundProfile> {
  const source = globalFile(home);
  if (source === undefined) throw unknownProfile(name, home, await profileNames(home));
  const { readGlobal } = await import("./schema.ts");
  const { locate } = await import("./document.ts");
  const { file, text } = source;
  const profile = readGlobal(text, file).runs.get(name);
  if (profile === undefined) throw unknownProfile(name, home, await profileNames(home));
  const at = ["runs", name];
  return {
    ...source,
    profile,
    origin: `${file} (runs.${name})`,
    locate: (path) => locate(text, file, [...at, ...path]),
    asks: [],
    outside: false,
  };
}

function unknownProfile(name: string, home: string | undefined, known: readonly string[]): Failure {
  const near = nearest(name, known);
  const hint = near === undefined ? undefined : `Did you mean ${quoted(near)}?`;
  if (home === undefined)
    return new Failure("settings", `There is no profile ${quoted(name)}: there is no home folder.`);
  if (!isProfileName(name))
    return new Failure("settings", `${quoted(name)} is neither a profile's name nor a path.`);
  return new Failure(
    "settings",
    `There is no profile ${quoted(name)}: no ${runPath(home, name)}, nothing in "runs" of ${globalPath(home)}.`,
    hint ?? (known.length > 0 ? `There are: ${known.join(", ")}.` : `Make it: manyoyo profile new ${name}`),
  );
}

/** A folder of settings that we may not even enter (left by sudo, another user's) is as good as none; a locked file is not. */
function globalFile(home: string | undefined): SourceFile | undefined {
  if (home === undefined) return undefined;
  try {
    return sourceFile(globalPath(home));
  } catch (error) {
    if (canEnter(home)) throw error;
    return undefined;
  }
}

function profileFile(file: string): ProfileFile | undefined {
  const { real, text: read } = readOnce(file);
  const text = read();
  return text === undefined ? undefined : { file, text, real };
}

function sourceFile(file: string): SourceFile | undefined {
  const text = readText(file);
  return text === undefined ? undefined : { file, text };
}
