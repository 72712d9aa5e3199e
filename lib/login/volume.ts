import { posix } from "node:path";
import type { Agent } from "../agents/agent.ts";
import type { OwnVolume, Volume } from "../engine/volumes.ts";
import { label } from "../session/labels.ts";
import type { Make, Store } from "../session/make.ts";

/** What a session gets of logins: volumes, and the steps of prepare.sh by which the agents find them. */
export interface LoginPart {
  readonly stores: readonly Store[];
  readonly prepare: Make["prepare"];
}

/** Where sessions have the login volume of an agent. */
export function loginFolder(agent: Agent): string {
  return `/manyoyo/login/${agent.name}`;
}

/** The volume that holds the login of an agent, for all sessions of that user. */
export function loginVolume(agent: Agent, user: string): OwnVolume {
  return {
    name: `manyoyo-login-${agent.name}-${volumeWord(user)}`,
    labels: { [label.login]: agent.name, [label.user]: user },
    marks: [label.login, label.user],
  };
}

/**
 * The same volume as the memory of an answer: the user was asked to log in and does not want to. It stays empty, and no
 * session gets it.
 */
export function declinedVolume(agent: Agent, user: string): OwnVolume {
  const { name, labels, marks } = loginVolume(agent, user);
  return { name, labels: { ...labels, [label.answer]: "no" }, marks };
}

/** Whether a login volume is but the memory of a no. */
export function isDeclined(volume: Volume): boolean {
  return volume.labels[label.answer] === "no";
}

/** The files of the volume that hold a login: there is one as soon as any of them is there. */
export function loginFiles(agent: Agent): readonly string[] {
  const tokens =
    agent.login?.ways.flatMap(({ token }) => (token === undefined ? [] : [token.variable])) ?? [];
  return [...agent.credentials.map((path) => posix.basename(path)), ...tokens].map(
    (name) => `${loginFolder(agent)}/${name}`,
  );
}

/** What a session gets of that agent's login. */
export function loginPart(agent: Agent, user: string): LoginPart {
  const { name: volume, labels } = loginVolume(agent, user);
  return {
    stores: [{ volume, target: loginFolder(agent), labels, seen: true }],
    prepare: loginSteps(agent),
  };
}

/** The steps by which an agent finds its login in the folder. */
export function loginSteps(agent: Agent): Make["prepare"] {
  const { credentials, login } = agent;
  const folder = loginFolder(agent);
  const named = login?.ways.flatMap(({ token }) => (token === undefined ? [] : [token.variable])) ?? [];
  if (login?.mark !== undefined) named.push(login.mark[0]);
  return [
    ...credentials.map((path) => ["login", path, `${folder}/${posix.basename(path)}`]),
    ...(login?.folder === undefined ? [] : [["variable", login.folder, folder]]),
    ...named.map((name) => ["token", name, `${folder}/${name}`]),
  ];
}

/** The steps that take links to a login away, which state that outlived its container may have. */
export function unlinkSteps(agents: readonly Agent[]): Make["prepare"] {
  return agents.flatMap(({ credentials }) => credentials.map((path) => ["login", path, ""]));
}

// Two users must not come out as one, whatever their names are made of.
function volumeWord(user: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(user)) return user;
  return `user-${Bun.hash(user).toString(16)}`;
}
