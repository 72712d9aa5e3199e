import type { Agent } from "../lib/agents/agent.ts";
import { agentOfLine, agents } from "../lib/agents/known.ts";
import type { Engine } from "../lib/engine/engine.ts";
import { askForVolume, listVolumes, readVolumes, type Volume } from "../lib/engine/volumes.ts";
import { isDeclined, type LoginPart, loginPart, loginVolume, unlinkSteps } from "../lib/login/volume.ts";
import { label } from "../lib/session/labels.ts";
import { resolveEnv } from "../lib/settings/env.ts";
import { type Call, userName } from "./call.ts";
import type { Told } from "./layers.ts";

/** The logins that a session may get; each is asked for once in a call. */
export interface Logins {
  /** Asks for what a session with that first command needs, without waiting for it. */
  begin(line: string): void;
  /** What a new session with that first command gets. */
  partFor(line: string): Promise<LoginPart>;
  /** The agent that would start there without a key and without a login, and was never asked about. */
  missingFor(line: string): Promise<Agent | undefined>;
  /** Forgets what was heard: a login was made or declined. */
  changed(): void;
}

/** The logins of this call's user, as far as the settings let a session have them. */
export function loginsOf(call: Call, told: Pick<Told, "settings">, engine: Engine): Logins {
  const { settings } = told;
  const user = userName(call);
  const heard = new Map<string, Promise<Volume | undefined>>();
  const agentOf = (line: string): Agent | undefined => agentOfLine(line, settings.agents);
  const volumeOf = (agent: Agent): Promise<Volume | undefined> => {
    const known = heard.get(agent.name) ?? look(engine, agent, user);
    heard.set(agent.name, known);
    return known;
  };
  // One with a key of its own has no use for a login, and gets none unasked.
  const wants = (agent: Agent): boolean => {
    const habit = settings.login ?? "shared";
    if (habit !== "shared" || agent.login === undefined) return false;
    return settings.login === "shared" || !hasKey(call, told, agent);
  };
  const kept = settings.history === "keep" ? unlinkSteps(agents) : [];
  const nothing: LoginPart = { stores: [], prepare: kept };
  const partOf = (agent: Agent): LoginPart => {
    const part = loginPart(agent, user);
    return { stores: part.stores, prepare: [...kept, ...part.prepare] };
  };
  return {
    begin: (line) => {
      const agent = agentOf(line);
      if (agent !== undefined && wants(agent)) void volumeOf(agent);
    },
    partFor: async (line) => {
      const agent = agentOf(line);
      if (agent === undefined) return settings.login === "shared" ? all(engine, user, nothing) : nothing;
      if (!wants(agent)) return nothing;
      const volume = await volumeOf(agent);
      return volume === undefined || isDeclined(volume) ? nothing : partOf(agent);
    },
    missingFor: async (line) => {
      const agent = agentOf(line);
      if (agent === undefined || !wants(agent) || hasKey(call, told, agent)) return undefined;
      return (await volumeOf(agent)) === undefined ? agent : undefined;
    },
    changed: () => heard.clear(),
  };
}

/** Whether the settings give an agent a key, or the folder of its state is one that they mount. */
function hasKey(call: Call, { settings }: Pick<Told, "settings">, agent: Agent): boolean {
  const keys = agent.login?.keys ?? [];
  if (resolveEnv(settings.env, call.env).some(({ name, value }) => value !== "" && keys.includes(name)))
    return true;
  const places = Object.values(agent.state);
  return settings.volumes.some(({ target }) =>
    places.some((place) => `${target}/`.includes(`/${place}/`) || target.endsWith(`/${place}`)),
  );
}

// A stranger's volume is none; what is wrong with an engine that does not answer, the making of the session will say.
async function look(engine: Engine, agent: Agent, user: string): Promise<Volume | undefined> {
  const { name, labels, marks } = loginVolume(agent, user);
  const said = await askForVolume(engine, name);
  return readVolumes(said.stdout).find(
    (volume) => volume.name === name && marks.every((key) => volume.labels[key] === labels[key]),
  );
}

// A session without an agent of its own, for which the settings ask for logins in so many words.
async function all(engine: Engine, user: string, nothing: LoginPart): Promise<LoginPart> {
  const volumes = await listVolumes(engine, label.login);
  const there = agents.filter((agent) => {
    const { name } = loginVolume(agent, user);
    return volumes.some(
      (volume) => volume.name === name && volume.labels[label.user] === user && !isDeclined(volume),
    );
  });
  const parts = there.map((agent) => loginPart(agent, user));
  return {
    stores: parts.flatMap(({ stores }) => stores),
    prepare: [...nothing.prepare, ...parts.flatMap(({ prepare }) => prepare)],
  };
}
