import type { Mount } from "../settings/mounts.ts";
import { mountWords, standingWords } from "../settings/mounts.ts";
import type { ContainerMode, UserHabit } from "../settings/values.ts";
import { isSessionImage } from "./images.ts";
import { type Labels, label } from "./labels.ts";

/** What making a session needs to know; nothing of it is asked of an engine or of the disk. */
export interface Make {
  readonly name: string;
  /** The session's uuid. */
  readonly id: string;
  readonly image: string;
  readonly folder: string;
  readonly folderInside: string;
  readonly volumes: readonly Mount[];
  /** Volumes of our own that the session has besides those that were asked for. */
  readonly stores: readonly Store[];
  /** What PID 1 does before the first command: steps of prepare.sh with their arguments. */
  readonly prepare: readonly (readonly string[])[];
  readonly ports: readonly string[];
  readonly mode: ContainerMode;
  /** The engine's own socket, for the mode that hands it on. */
  readonly socket: string;
  readonly engineArgs: readonly string[];
  readonly firstCommand: string;
  readonly args: readonly string[];
  readonly agent: string | undefined;
  readonly user: string;
  /** What commands run as in it, for all who join it; undefined leaves it to each call. */
  readonly userHabit: UserHabit | undefined;
  /** Whether the host enforces SELinux, which would keep the session from its workspace. */
  readonly selinux: boolean;
  /** The call that the session ends with. */
  readonly call: string | undefined;
  /** Names of the variables that it is given. */
  readonly variables: readonly string[];
  /** The image that it was made from at first, for one that is made from a saved image. */
  readonly base?: string;
  /** The name that its container has until it takes the place of another one. */
  readonly nameNow?: string;
}

/** Where a session has the volume with its kept conversations: a folder for each entry of an agent's `state`. */
export const keptPlace = "/manyoyo/history";

/** A named volume of ours, and where a session has it. */
export interface Store {
  readonly volume: string;
  readonly target: string;
  /** By which it is known as ours: such a volume is made when it is not there. */
  readonly labels?: Labels;
  /** It was there a moment ago, and is asked for again only where the engine has it no more. */
  readonly seen?: true;
}

/** The sh texts that a new container runs. */
export interface MakeTexts {
  /** PID 1. */
  readonly init: string;
  /** What PID 1 makes ready. */
  readonly prepare: string;
}

/** The words that differ between the engines when a session is made. */
export interface MakeDialect {
  readonly log: readonly string[];
  /** Where an image asks for volumes by itself: words that leave them to who makes the container. */
  readonly noImageVolumes?: readonly string[];
}

/** Where the new container's variables come from: a file that the engine's program can open. */
export const envFileWord = "/dev/fd/3";

/**
 * The engine's words that make a session. Pure: `config command` prints them, `makeSession` runs them.
 * PID 1 is a shell of ours, so that stopping is quick and polite whatever the image says.
 */
export function makeWords(
  make: Make,
  engine: MakeDialect,
  texts: MakeTexts,
  envFile: string | undefined,
): string[] {
  const workspace: Mount = {
    kind: "bind",
    source: make.folder,
    target: make.folderInside,
    readonly: false,
  };
  const steps = make.prepare;
  const ready = `/tmp/.manyoyo-${make.id}`;
  // All of them, also those that say nothing: a container has its image's labels besides, and those are anybody's.
  const labels: readonly (readonly [string, string | undefined])[] = [
    [label.session, make.id],
    [label.firstCommand, make.firstCommand],
    [label.args, make.args.length === 0 ? undefined : JSON.stringify(make.args)],
    [label.agent, make.agent],
    [label.folder, make.folder],
    [label.image, make.image],
    [label.name, make.name],
    [label.user, make.user],
    [label.userHabit, make.userHabit],
    [label.options, optionsLabel(make)],
    [label.call, make.call],
    [label.work, undefined],
  ];
  const isSaved = isSessionImage(make.image);
  return [
    "run",
    "--detach",
    "--pull",
    "never",
    "--name",
    make.nameNow ?? make.name,
    ...(make.call === undefined ? [] : ["--rm"]),
    ...labels.flatMap(([key, value = ""]) => ["--label", `${key}=${value}`]),
    "--stop-signal",
    "TERM",
    ...engine.log,
    // Relabelling would change the user's files, and docker's --mount cannot.
    ...(make.selinux ? ["--security-opt", "label=disable"] : []),
    ...mountWords(workspace),
    ...make.volumes.flatMap(mountWords),
    ...make.stores.flatMap(standingWords),
    "--workdir",
    make.folderInside,
    ...make.ports.flatMap((port) => ["--publish", port]),
    ...modeWords(make),
    ...(envFile === undefined ? [] : ["--env-file", envFile]),
    ...(steps.length === 0 && !isSaved ? [] : ["--env", `MANYOYO_READY=${steps.length === 0 ? "" : ready}`]),
    // All that the session had are among its volumes.
    ...(isSaved ? (engine.noImageVolumes ?? []) : []),
    ...make.engineArgs,
    "--entrypoint",
    "/bin/sh",
    make.image,
    "-c",
    texts.init,
    ...(steps.length === 0 ? [] : ["manyoyo", texts.prepare, ...steps.flat(), "ready", ready]),
  ];
}

function modeWords(make: Make): string[] {
  if (make.mode === "common") return [];
  if (make.mode === "dind") return ["--privileged"];
  const inside = "/var/run/docker.sock";
  return [
    ...mountWords({ kind: "bind", source: make.socket, target: inside, readonly: false }),
    "--env",
    `DOCKER_HOST=unix://${inside}`,
    "--env",
    `CONTAINER_HOST=unix://${inside}`,
  ];
}

/** What cannot be changed on a session that is there. */
export interface Fixed {
  readonly volumes: readonly string[];
  readonly ports: readonly string[];
  readonly mode: ContainerMode;
  readonly folder: string;
  readonly folderInside: string;
  readonly image: string;
  readonly base: string | undefined;
  readonly engineArgs: readonly string[];
  /** Names alone. */
  readonly variables: readonly string[];
}

function optionsLabel(make: Make): string {
  const fixed: Fixed = {
    volumes: make.volumes.map((mount) => mountWords(mount).join(" ")),
    ports: make.ports,
    mode: make.mode,
    folder: make.folder,
    folderInside: make.folderInside,
    image: make.image,
    base: make.base,
    engineArgs: withoutVariables(make.engineArgs),
    variables: make.variables,
  };
  return JSON.stringify(fixed);
}

// A variable's value has no place in a label; the container itself knows it.
function withoutVariables(engineArgs: readonly string[]): readonly string[] {
  const bare = (word: string | undefined): boolean => /^(-e|--env|--env-file)$/.test(word ?? "");
  return engineArgs.filter(
    (word, at) => !bare(word) && !bare(engineArgs[at - 1]) && !/^(-e.|--env=|--env-file=)/s.test(word),
  );
}
