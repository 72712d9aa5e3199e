import { agentOfLine } from "../agents/known.ts";
import type { Settings } from "../settings/layer.ts";
import { firstCommand, type Wish } from "./command.ts";
import type { Make } from "./make.ts";

/** What a plan needs to know of this machine and this call, besides the settings. */
export interface Circumstances {
  /** The session's uuid. */
  readonly id: string;
  /** The workspace's real path, checked. */
  readonly folder: string;
  /** The engine's own socket. */
  readonly socket: string;
  readonly user: string;
  readonly selinux: boolean;
  readonly call: string | undefined;
}

/** The image that settings name; without any the one that `manyoyo image build` makes. */
export function imageOf(settings: Settings): string {
  if (settings.image !== undefined) return settings.image;
  return `${settings.imageName ?? "localhost/manyoyo"}:${settings.imageVersion ?? "1-common"}`;
}

/**
 * Whether an engine would ask a registry for this image: its first part names a host. `localhost/` never does, though
 * podman puts it in front of what was made here.
 */
export function hasRegistry(image: string): boolean {
  const [first = "", ...rest] = image.split("/");
  return rest.length > 0 && first !== "localhost" && /[.:]/.test(first);
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
    ports: settings.ports,
    mode: settings.containerMode ?? "common",
    socket: at.socket,
    engineArgs: settings.engineArgs,
    firstCommand: first.line,
    args: first.args,
    agent: agentOfLine(first.line)?.name,
    user: at.user,
    selinux: at.selinux,
    call: at.call,
  };
}
