import { agentOfLine } from "../agents/known.ts";
import type { Settings } from "../settings/layer.ts";
import type { UserHabit } from "../settings/values.ts";
import { firstCommand, type Wish } from "./command.ts";
import { usualPlace } from "./images.ts";
import type { Make, Store } from "./make.ts";

/** What a plan needs to know of this machine and this call, besides the settings. */
export interface Circumstances {
  /** The session's uuid. */
  readonly id: string;
  /** The workspace's real path, checked. */
  readonly folder: string;
  /** The engine's own socket. */
  readonly socket: string;
  readonly user: string;
  /** What the session is to remember of whom its commands run as. */
  readonly userHabit?: UserHabit | undefined;
  readonly selinux: boolean;
  readonly call: string | undefined;
  readonly stores: readonly Store[];
  readonly prepare: readonly (readonly string[])[];
  /** Names of the variables that the session is given. */
  readonly variables?: readonly string[];
}

/** The number of the image that `manyoyo image build` makes: it rises when its Dockerfile changes what is in it. */
export const imageNumber = "1";

/** The image that settings name; without any the one that `manyoyo image build` makes. */
export function imageOf(settings: Settings): string {
  if (settings.image !== undefined) return settings.image;
  return `${settings.imageName ?? usualPlace}:${settings.imageVersion ?? `${imageNumber}-common`}`;
}

/** Everything that making the session takes. Pure. */
export function planMake(name: string, settings: Settings, wish: Wish, at: Circumstances): Make {
  const first = firstCommand(wish);
  return {
    name,
    id: at.id,
    image: imageOf(settings),
    folder: at.folder,
    folderInside: settings.containerPath ?? at.folder,
    volumes: settings.volumes,
    stores: at.stores,
    prepare: at.prepare,
    ports: settings.ports,
    mode: settings.containerMode ?? "common",
    socket: at.socket,
    engineArgs: settings.engineArgs,
    firstCommand: first.line,
    args: first.args,
    agent: agentOfLine(first.line, settings.agents)?.name,
    user: at.user,
    userHabit: at.userHabit,
    selinux: at.selinux,
    call: at.call,
    variables: at.variables ?? [],
  };
}
