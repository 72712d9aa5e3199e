import * as v from "valibot";
import { parsedJson } from "../json.ts";
import { mountTargets } from "../settings/mount-text.ts";
import { containerModes } from "../settings/values.ts";
import { type Labels, label } from "./labels.ts";
import type { Likeness } from "./likeness.ts";
import { keptPlace } from "./make.ts";

const words = v.array(v.string());

/** What an engine tells of a container, as far as a likeness needs it. */
export interface Body {
  readonly labels: Labels;
  readonly image: string;
  readonly workdir: string;
  /** The words of its first process. */
  readonly words: readonly string[];
  readonly mounts: readonly BodyMount[];
  readonly ports: readonly string[];
  readonly envNames: readonly string[];
  readonly binds: readonly string[];
}

/** A mount as an engine tells of it. */
export interface BodyMount {
  readonly kind: string;
  /** A path of the host, or a volume's name. */
  readonly source: string;
  readonly target: string;
  readonly readonly: boolean;
}

// Below it lies what manyoyo itself mounts.
const ours = "/manyoyo/";
const socketInside = "/var/run/docker.sock";

/**
 * What a session is like, seen from its container: the engine knows the mounts and the first process, our labels the rest.
 * Also of one that the original tool made. Pure.
 */
export function likenessOf(body: Body): Likeness {
  const { labels, mounts } = body;
  const told = fixedOf(labels[label.options]);
  const mode = containerModes.find((each) => each === told.mode) ?? "common";
  const folder = labels[label.folder] ?? body.binds[0];
  const { volumes: said = [], engineArgs = [] } = told;
  const all = mounts.filter(({ kind, source, target }) => {
    if (kind === "tmpfs" || target.startsWith(ours)) return false;
    if (mode === "sock" && target === socketInside) return false;
    return kind !== "bind" || target !== body.workdir || source !== folder;
  });
  const named = [...said, ...engineArgs];
  const volumes = all.filter((each) => !isByEngineArgs(each, said, engineArgs));
  const stores = mounts.filter(({ kind, target }) => kind === "volume" && target.startsWith(ours));
  return {
    base: told.base ?? told.image ?? body.image,
    firstCommand: labels[label.firstCommand] ?? "",
    args: listOf(labels[label.args]),
    agent: labels[label.agent] || undefined,
    folder,
    folderInside: body.workdir,
    volumes: volumes.map((each) => asked(each, said, isAnonymous(each, named))),
    ports: [...(told.ports ?? body.ports)],
    mode,
    engineArgs: [...engineArgs],
    stores: stores.map(({ source: volume, target }) => ({ volume, target })),
    prepare: stepsIn(body.words),
    commandsAsRoot: labels[label.userHabit] === "root",
    variables: [...(told.variables ?? [])],
    own: [
      ...all.filter((each) => isAnonymous(each, named)).map(({ target }) => target),
      ...stores.filter(({ target }) => target === keptPlace).map(({ target }) => target),
    ],
  };
}

/**
 * Whether it is a volume that nobody named: both engines call one by 64 digits, as they do one that a person makes without a
 * name and then mounts.
 * @param named what was asked for, where such a volume is named
 */
export function isAnonymous(
  { kind, source }: Pick<BodyMount, "kind" | "source">,
  named: readonly string[],
): boolean {
  if (kind !== "volume" || !/^([0-9a-f]{64})?$/.test(source)) return false;
  return source === "" || !named.some((words) => words.includes(source));
}

// What the engine's own arguments mount comes with them again. They alone name what is not on record; a volume without a name
// may also be the image's.
function isByEngineArgs(mount: BodyMount, said: readonly string[], engineArgs: readonly string[]): boolean {
  const recorded = said.flatMap((each) => mountTargets(splitOnce(each)));
  if (engineArgs.length === 0 || recorded.includes(mount.target)) return false;
  return !isAnonymous(mount, engineArgs) || mountTargets(engineArgs).includes(mount.target);
}

// A flag and its value, as a session's label has them: joined by a blank.
function splitOnce(text: string): readonly string[] {
  const at = text.indexOf(" ");
  return [text.slice(0, at), text.slice(at + 1)];
}

function asked(mount: BodyMount, said: readonly string[], isNameless: boolean): Likeness["volumes"][number] {
  const { kind, source, target, readonly } = mount;
  const relabel = relabelIn(said, target);
  const rest = { target, readonly, ...(relabel === undefined ? {} : { relabel }) };
  if (kind === "volume") return { kind, ...(isNameless ? {} : { name: source }), ...rest };
  return { kind: "bind", source, ...rest };
}

// Only the words of the making tell it: `-v SOURCE:TARGET:ro,z`.
function relabelIn(said: readonly string[], target: string): "z" | "Z" | undefined {
  const options = said
    .find((each) => each.startsWith("-v ") && each.includes(`:${target}:`))
    ?.replace(/^.*:/s, "");
  return options?.split(",").find((each) => each === "z" || each === "Z");
}

/** The steps of prepare.sh among the words of a session's first process; each is a word and two arguments. */
function stepsIn(all: readonly string[]): string[][] {
  const from = all.indexOf("manyoyo") + 2;
  const end = all.lastIndexOf("ready");
  if (from < 2 || end < from) return [];
  const steps = all.slice(from, end);
  return Array.from({ length: Math.floor(steps.length / 3) }, (_, at) => steps.slice(at * 3, at * 3 + 3));
}

const fixed = v.object({
  volumes: v.optional(words),
  ports: v.optional(words),
  mode: v.optional(v.string()),
  image: v.optional(v.string()),
  base: v.optional(v.string()),
  engineArgs: v.optional(words),
  variables: v.optional(words),
});

// The label can be written by anybody: what is not ours counts as no record.
function fixedOf(text: string | undefined): v.InferOutput<typeof fixed> {
  const parsed = v.safeParse(fixed, parsedJson(text ?? ""));
  return parsed.success ? parsed.output : {};
}

function listOf(text: string | undefined): string[] {
  const parsed = v.safeParse(words, parsedJson(text ?? ""));
  return parsed.success ? parsed.output : [];
}

/** Whether a session's labels tell which variables it was given; those of an older manyoyo, or of the original tool, do not. */
export function recordsVariables(labels: Labels): boolean {
  return fixedOf(labels[label.options]).variables !== undefined;
}
