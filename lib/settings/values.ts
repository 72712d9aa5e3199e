import { posix } from "node:path";
import type { Agent } from "../agents/agent.ts";
import { agentNames, findAgent } from "../agents/known.ts";
import { Failure } from "../failure.ts";
import { nearest } from "../nearest.ts";

export const containerModes = ["common", "dind", "sock"] as const;
export const engines = ["docker", "podman"] as const;
export const menus = ["auto", "always", "never"] as const;
export const quietItems = ["cnew", "crm", "tip", "cmd", "askkeep", "full"] as const;

export const historyHabits = ["keep", "session"] as const;
export const imageVariants = ["common", "full"] as const;
export const loginHabits = ["shared", "session", "none"] as const;
export const userHabits = ["auto", "root"] as const;

export type ContainerMode = (typeof containerModes)[number];
export type EngineName = (typeof engines)[number];
export type HistoryHabit = (typeof historyHabits)[number];
export type ImageVariant = (typeof imageVariants)[number];
export type LoginHabit = (typeof loginHabits)[number];
export type UserHabit = (typeof userHabits)[number];
export type MenuHabit = (typeof menus)[number];
export type QuietItem = (typeof quietItems)[number];

const namePattern = /^[A-Za-z0-9][A-Za-z0-9_.-]{1,59}$/;
// As long as every real expansion of {now} is.
const someMoment = "0101-0000";

/** `word` as it may stand in a sentence: quoted, with everything that would move a cursor escaped. */
export function quoted(word: string): string {
  return JSON.stringify(word).replace(
    /[\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** `word`, where a session may be called so once `{now}` is expanded. Throws Failure("usage"). */
export function parseContainerName(word: string): string {
  if (namePattern.test(word.replaceAll("{now}", someMoment))) return word;
  throw new Failure(
    "usage",
    `${quoted(word)} cannot be the name of a session.`,
    "Use 2 to 60 letters, digits, '.', '_' and '-', beginning with a letter or a digit.",
  );
}

/** `word` as a clean absolute path inside a container. Throws Failure("usage") for a relative one and for `/`. */
export function parseContainerPath(word: string): string {
  const path = cleanPath(checkText(word));
  if (path.startsWith("/") && path !== "/") return path;
  throw new Failure(
    "usage",
    `${quoted(word)} is not a place inside the container.`,
    "Write an absolute path other than /.",
  );
}

/** `word`, where it may be an image's name, or a whole reference with registry, tag or digest. Throws Failure("usage"). */
export function parseImageName(word: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._/:@-]*$/.test(word)) return word;
  throw new Failure("usage", `${quoted(word)} is not the name of an image.`);
}

/** `word`, where it may be an image's tag. Throws Failure("usage"). */
export function parseImageVersion(word: string): string {
  if (/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/.test(word)) return word;
  throw new Failure("usage", `${quoted(word)} is not the version of an image.`);
}

/** The container mode called `word`. Throws Failure("usage"). */
export function parseContainerMode(word: string): ContainerMode {
  return oneOf(word, containerModes, "a container mode");
}

/** The engine called `word`. Throws Failure("usage"). */
export function parseEngine(word: string): EngineName {
  return oneOf(word, engines, "an engine");
}

/** `word`, where it names an agent, by whatever alias, or one of the user's own. Throws Failure("usage"). */
export function parseYolo(word: string, own: readonly Agent[] = []): string {
  return findAgent(word, own) === undefined ? oneOf(word, agentNames(own), "an agent") : word;
}

/** The habit of the menu called `word`. Throws Failure("usage"). */
export function parseMenu(word: string): MenuHabit {
  return oneOf(word, menus, "a habit of the menu");
}

/** What becomes of the conversations, called `word`. Throws Failure("usage"). */
export function parseHistory(word: string): HistoryHabit {
  return oneOf(word, historyHabits, "a habit of the history");
}

/** Whose login an agent has, called `word`. Throws Failure("usage"). */
export function parseLogin(word: string): LoginHabit {
  return oneOf(word, loginHabits, "a habit of the login");
}

/** Who commands run as, called `word`. Throws Failure("usage"). */
export function parseUser(word: string): UserHabit {
  return oneOf(word, userHabits, "a user of the commands");
}

/** The messages that `word` silences: one item, or several with commas between them. Throws Failure("usage"). */
export function parseQuiet(word: string): readonly QuietItem[] {
  return word.split(",").map((item) => oneOf(item.trim(), quietItems, "a message to be quiet about"));
}

/** `word`, where a program can be given it at all: not with a NUL in it. Throws Failure("usage"). */
export function checkText(word: string): string {
  if (!word.includes("\0")) return word;
  throw new Failure("usage", "A value must not contain a NUL character.");
}

/** Whether `-r` can mean a profile of this name, rather than a path. */
export function isProfileName(name: string): boolean {
  return /^[^./\\\0][^/\\\0]*$/.test(name) && !name.endsWith(".json");
}

/** `checkText`, and there must be something. Throws Failure("usage"). */
export function checkSomeText(word: string): string {
  if (word !== "") return checkText(word);
  throw new Failure("usage", "An empty value says nothing here.");
}

/** An absolute or relative path without `.`, `..`, doubled or trailing slashes. */
export function cleanPath(path: string): string {
  const clean = posix.normalize(path);
  return clean.length > 1 && clean.endsWith("/") ? clean.slice(0, -1) : clean;
}

function oneOf<Known extends string>(word: string, known: readonly Known[], what: string): Known {
  const found = known.find((each) => each === word);
  if (found !== undefined) return found;
  const near = nearest(word, known);
  throw new Failure(
    "usage",
    `${quoted(word)} is not ${what}${what === "engine" ? " that is known" : ""}.`.replace(
      "a engine",
      "an engine",
    ),
    near === undefined ? `Known: ${known.join(", ")}.` : `Did you mean ${near}?`,
  );
}
