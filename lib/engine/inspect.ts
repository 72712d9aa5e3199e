import * as v from "valibot";
import { parsedJson } from "../json.ts";
import type { BodyMount } from "../session/body.ts";
import { countingLabels } from "../session/labels.ts";
import type { Container } from "../session/session.ts";
import { isTold, isToldImage } from "./told.ts";

const texts = v.nullish(v.record(v.string(), v.string()), {});

/** Published ports, by the port inside. */
export const bindings = v.nullish(
  v.record(
    v.string(),
    v.nullish(
      v.array(v.object({ HostIp: v.optional(v.string(), ""), HostPort: v.optional(v.string(), "") })),
    ),
  ),
  {},
);

// The part of `container inspect` that both engines share; podman has ImageName where docker has Config.Image.
const inspected = v.object({
  // Every change is made by it.
  Id: v.pipe(v.string(), v.check(isTold)),
  Name: v.string(),
  Created: v.string(),
  Image: v.pipe(v.string(), v.check(isToldImage)),
  ImageName: v.optional(v.string()),
  State: v.object({ Status: v.string(), ExitCode: v.optional(v.number()) }),
  Config: v.object({
    Image: v.optional(v.string()),
    Labels: texts,
    Env: v.nullish(v.array(v.string()), []),
    WorkingDir: v.optional(v.string(), "/"),
    User: v.optional(v.string(), ""),
    Cmd: v.nullish(v.array(v.string()), []),
  }),
  HostConfig: v.nullish(v.object({ PortBindings: bindings })),
  Mounts: v.nullish(
    v.array(
      v.object({
        Type: v.optional(v.string()),
        Name: v.optional(v.string()),
        Source: v.optional(v.string()),
        Destination: v.optional(v.string(), ""),
        RW: v.optional(v.boolean(), true),
      }),
    ),
    [],
  ),
});

/** A container as `inspect` tells of it: with what only the engine's long answer holds. */
export interface Inspected extends Container {
  /** The id of its image. */
  readonly imageId: string;
  /** Names of the variables that it was made with; no value of them leaves this room. */
  readonly envNames: readonly string[];
  /** What its variables say that the home inside is: the only value of one that is told. */
  readonly homeVariable: string | undefined;
  /** Whom its first process runs as; empty for root. */
  readonly runsAs: string;
  /** Its named volumes, by the folder inside. */
  readonly namedVolumes: Readonly<Record<string, string>>;
  /** The session's folder inside. */
  readonly workdir: string;
  /** The words of its first process. */
  readonly words: readonly string[];
  readonly mounts: readonly BodyMount[];
  /** Its published ports, as they were asked for. */
  readonly ports: readonly string[];
}

/** Reads the answer of `container inspect`: a JSON list of one. Undefined for an answer of another shape. */
export function readInspect(text: string): Inspected | undefined {
  const parsed = v.safeParse(v.tuple([inspected]), parsedJson(text));
  if (!parsed.success) return undefined;
  const [told] = parsed.output;
  return {
    id: told.Id,
    name: told.Name.replace(/^\//, ""),
    status: told.State.Status,
    created: Date.parse(told.Created),
    image: told.ImageName ?? told.Config.Image ?? told.Image,
    imageId: told.Image,
    labels: countingLabels(told.Config.Labels ?? {}),
    envNames: (told.Config.Env ?? []).map((entry) => entry.replace(/=.*$/s, "")),
    homeVariable: told.Config.Env?.findLast((entry) => entry.startsWith("HOME=/"))?.slice("HOME=".length),
    runsAs: told.Config.User,
    namedVolumes: Object.fromEntries(
      (told.Mounts ?? []).flatMap((mount) =>
        mount.Type === "volume" && mount.Name !== undefined ? [[mount.Destination, mount.Name]] : [],
      ),
    ),
    workdir: told.Config.WorkingDir,
    words: told.Config.Cmd ?? [],
    mounts: (told.Mounts ?? []).map(({ Type = "", Name, Source = "", Destination, RW }) => ({
      kind: Type,
      source: Type === "volume" ? (Name ?? "") : Source,
      target: Destination,
      readonly: !RW,
    })),
    ports: Object.entries(told.HostConfig?.PortBindings ?? {}).flatMap(([inside, outside]) =>
      (outside ?? []).map(({ HostIp, HostPort }) => `${HostIp || "0.0.0.0"}:${HostPort}:${inside}`),
    ),
    binds: (told.Mounts ?? []).flatMap((mount) =>
      mount.Type === "bind" && mount.Source !== undefined ? [mount.Source] : [],
    ),
  };
}
