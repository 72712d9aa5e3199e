import type { Agent } from "../../lib/agents/agent.ts";
import { findAgent } from "../../lib/agents/known.ts";
import { Failure } from "../../lib/failure.ts";
import { draftOf } from "../../lib/session/draft.ts";
import { isName } from "../../lib/session/names.ts";
import { commandLineLayer } from "../../lib/settings/command-line.ts";
import { type EnvValue, envFilePath, mergeEnv, parseEnvWord } from "../../lib/settings/env.ts";
import { userHome } from "../../lib/settings/home.ts";
import type { Scalars } from "../../lib/settings/layer.ts";
import { mountText } from "../../lib/settings/mount-text.ts";
import { type Draft, imageParts, mergeDrafts } from "../../lib/settings/profile-text.ts";
import { type Kept, type Written, writeProfile } from "../../lib/settings/profile-write.ts";
import { fileOfProfile } from "../../lib/settings/profiles.ts";
import { ownAgents, profileNames } from "../../lib/settings/sources.ts";
import type { Call } from "../call.ts";
import { trustedProfile } from "../layers.ts";
import { answer, answerJson, say } from "../print.ts";
import { sessionOf, verbContext } from "../sessions.ts";

/** `manyoyo profile new NAME`: writes a profile that says what options, a session or another profile say. */
export async function create(call: Call): Promise<number> {
  const [name = ""] = call.parsed.operands;
  const { force, from, json } = call.parsed.values;
  const home = checked(call, name);
  const existing = await shadowed(call, name);
  if (existing !== undefined && !force) throw existing;
  const base = from === undefined ? nothing : await basis(call, from);
  const said = lineKept(call, await ownAgents(call.home));
  const kept: Kept = {
    draft: mergeDrafts(base.draft, said.draft),
    values: valued([...base.values, ...said.values]),
    heading: [
      `The profile ${name}: manyoyo -r ${name}`,
      ...(base.heading === undefined ? [] : [base.heading]),
      "Everything about these settings: manyoyo help options",
    ],
  };
  const written = await writeProfile({ name, home, force }, kept);
  if (json) answerJson({ profile: name, file: written.file, envFile: written.envFile ?? null });
  else told(name, written);
  return 0;
}

function told(name: string, { file, envFile, names }: Written): void {
  answer(file);
  if (envFile !== undefined)
    say(`The values of ${names.join(", ")} are in ${envFile}, which only you can read.`);
  say(`Use it: manyoyo -r ${name}`);
}

interface Basis {
  readonly draft: Draft;
  readonly values: readonly EnvValue[];
  readonly heading: string | undefined;
}

const nothing: Basis = { draft: {}, values: [], heading: undefined };

/** @throws Failure for a name that no profile can have here. */
function checked(call: Call, name: string): string {
  if (!isName(name) || name.endsWith(".json")) {
    throw new Failure(
      "usage",
      `${JSON.stringify(name)} cannot be the name of a new profile.`,
      "Use 2 to 60 letters, digits, '.', '_' and '-', beginning with a letter or a digit.",
    );
  }
  if (call.home === undefined) {
    throw new Failure("settings", "There is no home folder to keep profiles in.", "Set HOME.");
  }
  return call.home;
}

/** The refusal of a name that manyoyo.json has already: the new file would silently stand before it. */
async function shadowed(call: Call, name: string): Promise<Failure | undefined> {
  if (!(await profileNames(call.home)).includes(name)) return undefined;
  const { file, key } = await fileOfProfile(name, call.home, call.cwd, call.env);
  return new Failure(
    "usage",
    `There is a profile ${name} already: ${file}${key === undefined ? "" : ` (runs.${key})`}.`,
    `Change it: manyoyo profile edit ${name}; or write over it: -f.`,
  );
}

/** What a profile or a session of that name says. A profile goes first; `.` is this folder's session. */
async function basis(call: Call, from: string): Promise<Basis> {
  const isPath = from !== "." && (from.includes("/") || from.endsWith(".json"));
  if (isPath || (await profileNames(call.home)).includes(from)) return ofProfile(call, from);
  const context = await verbContext(call);
  const { session } = await sessionOf(call, context, from).catch((error: unknown) => {
    if (!(error instanceof Failure) || error.code !== "no-session") throw error;
    throw new Failure(
      "no-session",
      `Neither a profile nor a session is called ${JSON.stringify(from)}.`,
      "See them: manyoyo profile ls, manyoyo ls",
    );
  });
  const heading = `Made from the session ${session.name}, as far as its labels tell; values of variables are not among them.`;
  return { draft: draftOf(session), values: [], heading };
}

async function ofProfile(call: Call, word: string): Promise<Basis> {
  const { profile, file } = await trustedProfile(call, word);
  const { absoluteDraft } = await import("../../lib/settings/profile-draft.ts");
  const { draft, values } = absoluteDraft(profile, file, call.home, userHome(call.env));
  return { draft, values, heading: `Made from the profile ${word}.` };
}

/** What the options of this line say, checked as a run would check them. */
function lineKept(call: Call, own: readonly Agent[]): Basis {
  const { values } = call.parsed;
  const layer = commandLineLayer({ ...values, own }, call.cwd, call.env);
  const lookup = { folder: call.cwd, userHome: userHome(call.env), home: call.home };
  const entries = values.env.map(parseEnvWord);
  const image = layer.image === undefined ? {} : imageParts(layer.image);
  return {
    draft: {
      ...scalars(layer),
      yolo: layer.yolo === undefined ? undefined : (findAgent(layer.yolo, own)?.name ?? layer.yolo),
      ...image,
      volumes: layer.volumes.map(mountText),
      ports: layer.ports,
      engineArgs: layer.engineArgs,
      quiet: layer.quiet,
      envFile: values.envFile.map((word) => {
        const { name, path } = envFilePath(word, lookup);
        return name ?? path;
      }),
      env: bare(entries),
    },
    values: valued(entries),
    heading: undefined,
  };
}

function scalars(layer: Scalars): Draft {
  const { containerName, hostPath, containerPath, imageName, imageVersion, containerMode } = layer;
  const { shell, shellPrefix, shellSuffix, engine, history, login, user } = layer;
  return {
    ...{ containerName, hostPath, containerPath, imageName, imageVersion, containerMode },
    ...{ shell, shellPrefix, shellSuffix, engine, history, login, user },
  };
}

type Entries = ReturnType<typeof mergeEnv>;

function valued(entries: Entries): readonly EnvValue[] {
  return mergeEnv(entries).flatMap(({ name, value }) => (value === undefined ? [] : [{ name, value }]));
}

function bare(entries: Entries): readonly string[] {
  return mergeEnv(entries).flatMap(({ name, value }) => (value === undefined ? [name] : []));
}
