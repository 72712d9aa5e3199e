import * as v from "valibot";
import { parsedJson } from "../json.ts";
import { bindings } from "./inspect.ts";

/** A folder, file or volume that a session has. */
export interface ReachedMount {
  readonly kind: "bind" | "volume" | "tmpfs";
  /** The host's path; of a volume its name. */
  readonly source: string;
  readonly target: string;
  readonly readonly: boolean;
}

/** A port of the host that leads into a session; `host` is undefined where the engine chooses one at each start. */
export interface ReachedPort {
  readonly host: string | undefined;
  readonly inside: string;
}

/** What a session can reach of its host and of the world. */
export interface Reach {
  readonly mounts: readonly ReachedMount[];
  readonly ports: readonly ReachedPort[];
  /** The engine's word for its network: bridge, host, none, a network's name. */
  readonly network: string;
  readonly privileged: boolean;
  readonly capabilities: { readonly added: readonly string[]; readonly dropped: readonly string[] };
  readonly devices: readonly string[];
  /** Kinds of namespace that it shares with the host: pid, ipc, uts, user. */
  readonly shared: readonly string[];
  /** Guards that were taken off or changed: `seccomp=unconfined`. */
  readonly security: readonly string[];
  /** Names of the variables that it was made with. */
  readonly env: readonly string[];
  /** Moments in milliseconds since 1970; undefined for what never happened. */
  readonly started: number | undefined;
  readonly finished: number | undefined;
  readonly exitStatus: number | undefined;
}

const texts = v.nullish(v.array(v.string()), []);
// The part of `container inspect` that both engines share.
const reached = v.object({
  State: v.object({
    StartedAt: v.optional(v.string(), ""),
    FinishedAt: v.optional(v.string(), ""),
    ExitCode: v.optional(v.number()),
  }),
  Config: v.object({ Env: texts }),
  Mounts: v.nullish(
    v.array(
      v.object({
        Type: v.optional(v.string(), ""),
        Name: v.optional(v.string()),
        Source: v.optional(v.string(), ""),
        Destination: v.string(),
        RW: v.optional(v.boolean(), true),
      }),
    ),
    [],
  ),
  NetworkSettings: v.nullish(v.object({ Ports: bindings })),
  HostConfig: v.object({
    NetworkMode: v.optional(v.string(), ""),
    PortBindings: bindings,
    Privileged: v.optional(v.boolean(), false),
    CapAdd: texts,
    CapDrop: texts,
    SecurityOpt: texts,
    Devices: v.nullish(v.array(v.object({ PathOnHost: v.optional(v.string(), "") })), []),
    PidMode: v.optional(v.string(), ""),
    IpcMode: v.optional(v.string(), ""),
    UTSMode: v.optional(v.string(), ""),
    UsernsMode: v.optional(v.string(), ""),
    Tmpfs: v.nullish(v.record(v.string(), v.string()), {}),
  }),
});

type Reached = v.InferOutput<typeof reached>;

/** Reads what a session can reach from the answer of `container inspect`. Undefined for an answer of another shape. */
export function readReach(text: string): Reach | undefined {
  const parsed = v.safeParse(v.tuple([reached]), parsedJson(text));
  if (!parsed.success) return undefined;
  const [{ State, Config, HostConfig, ...told }] = parsed.output;
  return {
    mounts: mountsIn(told.Mounts ?? [], HostConfig.Tmpfs ?? {}),
    ports: portsIn(HostConfig.PortBindings, told.NetworkSettings?.Ports),
    // docker calls the bridge that it takes unasked "default".
    network: HostConfig.NetworkMode.replace(/^(default)?$/, "bridge"),
    privileged: HostConfig.Privileged,
    capabilities: { added: HostConfig.CapAdd ?? [], dropped: HostConfig.CapDrop ?? [] },
    devices: (HostConfig.Devices ?? []).map(({ PathOnHost }) => PathOnHost),
    shared: [
      ...(HostConfig.PidMode === "host" ? ["pid"] : []),
      ...(HostConfig.IpcMode === "host" ? ["ipc"] : []),
      ...(HostConfig.UTSMode === "host" ? ["uts"] : []),
      ...(HostConfig.UsernsMode === "host" ? ["user"] : []),
    ],
    security: HostConfig.SecurityOpt ?? [],
    env: envNames(Config.Env ?? []),
    started: momentOf(State.StartedAt),
    finished: momentOf(State.FinishedAt),
    exitStatus: momentOf(State.FinishedAt) === undefined ? undefined : State.ExitCode,
  };
}

function mountsIn(
  mounts: NonNullable<Reached["Mounts"]>,
  tmpfs: Readonly<Record<string, string>>,
): readonly ReachedMount[] {
  const told = mounts.map(({ Type, Name, Source, Destination, RW }): ReachedMount => {
    const kind = Type === "volume" || Type === "tmpfs" ? Type : "bind";
    const source = kind === "volume" ? (Name ?? Source) : Source;
    return { kind, source, target: Destination, readonly: !RW };
  });
  const memory = Object.keys(tmpfs)
    .filter((target) => !told.some((mount) => mount.target === target))
    .map((target): ReachedMount => ({ kind: "tmpfs", source: "", target, readonly: false }));
  return [...told, ...memory].toSorted((one, other) => (one.target < other.target ? -1 : 1));
}

type Bindings = v.InferOutput<typeof bindings> | undefined;

/** The ports that were asked for, with those that the engine has chosen while the session runs. */
function portsIn(asked: Bindings, running: Bindings): readonly ReachedPort[] {
  return Object.entries(asked ?? {}).flatMap(([inside, wanted]) => {
    const chosen = running?.[inside];
    const all = chosen === undefined || chosen === null || chosen.length === 0 ? (wanted ?? []) : chosen;
    return all.map(({ HostIp, HostPort }) => ({
      host: HostPort === "" || HostPort === "0" ? undefined : `${address(HostIp)}:${HostPort}`,
      inside,
    }));
  });
}

function address(ip: string): string {
  return ip === "" ? "0.0.0.0" : ip.includes(":") ? `[${ip}]` : ip;
}

// Values with line ends travel under another name; MANYOYO_READY is ours.
function envNames(entries: readonly string[]): readonly string[] {
  const names = entries.map((entry) => entry.replace(/=.*$/s, "").replace(/^MANYOYO_ENV_/, ""));
  return [...new Set(names)].filter((name) => name !== "MANYOYO_READY").toSorted();
}

// Both engines write the year 1 for what never happened.
function momentOf(text: string): number | undefined {
  const moment = Date.parse(text);
  return moment > 0 ? moment : undefined;
}
