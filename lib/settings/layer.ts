import type { Agent } from "../agents/agent.ts";
import { type EnvEntry, mergeEnv } from "./env.ts";
import type { Mount } from "./mounts.ts";
import type {
  ContainerMode,
  EngineName,
  HistoryHabit,
  LoginHabit,
  MenuHabit,
  QuietItem,
  UserHabit,
} from "./values.ts";

/** What one source says once; of several sources the last that says it wins. */
export interface Scalars {
  readonly containerName?: string | undefined;
  /** An absolute path, not yet checked against the disk. */
  readonly hostPath?: string | undefined;
  readonly containerPath?: string | undefined;
  readonly imageName?: string | undefined;
  readonly imageVersion?: string | undefined;
  /** A whole reference; it stands for imageName and imageVersion together. */
  readonly image?: string | undefined;
  readonly containerMode?: ContainerMode | undefined;
  readonly shell?: string | undefined;
  readonly shellPrefix?: string | undefined;
  readonly shellSuffix?: string | undefined;
  readonly yolo?: string | undefined;
  /** The user's own agents, which manyoyo.json alone describes. */
  readonly agents?: readonly Agent[] | undefined;
  readonly engine?: EngineName | undefined;
  readonly menu?: MenuHabit | undefined;
  readonly history?: HistoryHabit | undefined;
  readonly login?: LoginHabit | undefined;
  readonly user?: UserHabit | undefined;
}

/** What adds up over the sources. */
export interface Lists {
  /** The env files' variables are in it already, in front of the source's own. */
  readonly env: readonly EnvEntry[];
  readonly volumes: readonly Mount[];
  /** In the full spelling, with an address. */
  readonly ports: readonly string[];
  readonly engineArgs: readonly string[];
  readonly quiet: readonly QuietItem[];
}

/** What one source says: a file, a profile in a file, the command line. */
export interface Layer extends Scalars, Lists {
  /** The source as a person would name it: a file's path, `FILE (runs.NAME)`, `command line`. */
  readonly origin: string;
}

/** Whether the source says anything at all. */
export function saysAnything({ origin: _, ...said }: Layer): boolean {
  return Object.values(said).some((value) => (Array.isArray(value) ? value.length > 0 : value !== undefined));
}

/** What all sources say together. */
export interface Settings extends Scalars, Lists {}

/**
 * One value out of layers given weakest first: global, profile, command line. Pure.
 *
 * Scalars: the last that says it. Lists add up; a later mount takes an earlier one's place at the same target, since no
 * engine mounts two there. `shell` and `yolo` are two ways to say one thing, so both come from the last layer that says
 * either; a whole `image` puts imageName and imageVersion aside.
 */
export function mergeLayers(layers: readonly Layer[]): Settings {
  const command = layers.findLast((layer) => layer.shell !== undefined || layer.yolo !== undefined);
  const image = lastSaid(layers, "image");
  return {
    containerName: lastSaid(layers, "containerName"),
    hostPath: lastSaid(layers, "hostPath"),
    containerPath: lastSaid(layers, "containerPath"),
    imageName: image === undefined ? lastSaid(layers, "imageName") : undefined,
    imageVersion: image === undefined ? lastSaid(layers, "imageVersion") : undefined,
    image,
    containerMode: lastSaid(layers, "containerMode"),
    shell: command?.shell,
    shellPrefix: lastSaid(layers, "shellPrefix"),
    shellSuffix: lastSaid(layers, "shellSuffix"),
    yolo: command?.yolo,
    agents: lastSaid(layers, "agents"),
    engine: lastSaid(layers, "engine"),
    menu: lastSaid(layers, "menu"),
    history: lastSaid(layers, "history"),
    login: lastSaid(layers, "login"),
    user: lastSaid(layers, "user"),
    env: mergeEnv(layers.flatMap((layer) => layer.env)),
    volumes: mergeMounts(layers.flatMap((layer) => layer.volumes)),
    ports: [...new Set(layers.flatMap((layer) => layer.ports))],
    engineArgs: layers.flatMap((layer) => layer.engineArgs),
    quiet: [...new Set(layers.flatMap((layer) => layer.quiet))],
  };
}

function lastSaid<Key extends keyof Scalars>(layers: readonly Layer[], key: Key): Scalars[Key] {
  return layers.findLast((layer) => layer[key] !== undefined)?.[key];
}

function mergeMounts(mounts: readonly Mount[]): readonly Mount[] {
  return mounts.filter(
    (mount, index) => !mounts.slice(index + 1).some((later) => later.target === mount.target),
  );
}
