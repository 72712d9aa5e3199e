import type { Reach, ReachedMount } from "./reach.ts";

/** Sockets of engines and of other services that a session has, by their paths on the host. */
export function socketsIn({ mounts }: Reach): readonly ReachedMount[] {
  return mounts.filter(
    ({ kind, source, target }) => kind === "bind" && (isSocket(source) || isSocket(target)),
  );
}

function isSocket(path: string): boolean {
  return /\.sock$|\/(docker|podman)[^/]*\/sock$|\/(docker|containerd|podman)\.socket$/.test(path);
}

/** Plain words for what makes a session as strong as its host, or nearly so; empty for an ordinary one. */
export function warningsOf(reach: Reach): readonly string[] {
  const { mounts, network, privileged, capabilities, devices, shared, security } = reach;
  const engines = socketsIn(reach).filter(({ source, target }) =>
    /docker|podman|containerd/.test(source + target),
  );
  return [
    ...engines.map(
      ({ source }) =>
        `It has the engine's socket ${source}: whoever is in it can do on this machine all that the engine can.`,
    ),
    ...(privileged ? ["It is privileged: whoever is in it can take over this machine."] : []),
    ...mounts
      .filter(
        ({ kind, source }) =>
          kind === "bind" && /^\/$|^\/(etc|root|home|var|usr|boot|proc|sys|dev)$/.test(source),
      )
      .map(({ source, readonly }) => `It can ${readonly ? "read" : "write"} ${source} of this machine.`),
    ...(network === "host"
      ? ["It is on this machine's own network: it reaches every service that listens here."]
      : []),
    ...(shared.length > 0 ? [`It shares with this machine: ${shared.join(", ")}.`] : []),
    ...(capabilities.added.length > 0
      ? [`It has more rights than usual: ${capabilities.added.join(", ")}.`]
      : []),
    ...(devices.length > 0 ? [`It has devices of this machine: ${devices.join(", ")}.`] : []),
    ...(security.some((each) => /unconfined|disable/.test(each))
      ? [`Guards are off: ${security.filter((each) => /unconfined|disable/.test(each)).join(", ")}.`]
      : []),
  ];
}
