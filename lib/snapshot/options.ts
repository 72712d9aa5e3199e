import type { Likeness } from "../session/likeness.ts";
import type { Layer } from "../settings/layer.ts";

/** What is said of a session that is made anew. */
export interface Said {
  readonly layer: Layer;
  readonly noVolumes: boolean;
  readonly noPorts: boolean;
  /** Names of variables. */
  readonly names: readonly string[];
  readonly base: string;
}

/**
 * A likeness with what is said of it: a volume takes the place of one at the same folder inside, a port that of one on the
 * same port inside, others are added. Pure.
 */
export function changedLikeness(like: Likeness, said: Said): Likeness {
  const { layer, noVolumes, noPorts, names, base } = said;
  const volumes = noVolumes ? [] : like.volumes;
  const ports = noPorts ? [] : like.ports;
  const isNew = (target: string): boolean => layer.volumes.some((mount) => mount.target === target);
  const inside = new Set(layer.ports.map(portInside));
  const left = volumes.filter(({ target }) => !isNew(target));
  const kept = [...left, ...layer.volumes.map(volumeOf)];
  return {
    ...like,
    base,
    folder: layer.hostPath ?? like.folder,
    volumes: kept,
    ports: [...ports.filter((port) => !inside.has(portInside(port))), ...layer.ports],
    mode: layer.containerMode ?? like.mode,
    engineArgs: [...like.engineArgs, ...layer.engineArgs],
    variables: [...new Set([...like.variables, ...names])],
    // One that is not among the volumes comes with the stores, or with the engine's own arguments.
    own: like.own.filter(
      (target) => !isNew(target) && !(noVolumes && like.volumes.some((mount) => mount.target === target)),
    ),
  };
}

function volumeOf(mount: Layer["volumes"][number]): Likeness["volumes"][number] {
  const { target, readonly } = mount;
  const rest = { target, readonly, ...(mount.relabel === undefined ? {} : { relabel: mount.relabel }) };
  if (mount.kind === "bind") return { kind: "bind", source: mount.source, ...rest };
  return { kind: "volume", ...(mount.name === undefined ? {} : { name: mount.name }), ...rest };
}

/** The port inside with its protocol, of a port in its full spelling: ADDRESS:HOST:CONTAINER[/PROTOCOL]. */
export function portInside(port: string): string {
  const inside = port.slice(port.lastIndexOf(":") + 1);
  return inside.includes("/") ? inside : `${inside}/tcp`;
}
