import { imagesOf } from "../lib/engine/images.ts";
import type { Manifest } from "../lib/export/manifest.ts";
import type { Checked } from "../lib/export/read.ts";
import { type Save, saveOf } from "../lib/export/write.ts";
import { Failure } from "../lib/failure.ts";
import type { Wish } from "../lib/session/command.ts";
import { keptPlace } from "../lib/session/make.ts";
import { imageOf } from "../lib/session/plan.ts";
import type { Mount } from "../lib/settings/mounts.ts";
import { parsePort } from "../lib/settings/ports.ts";
import { portInside } from "../lib/snapshot/options.ts";
import type { Call } from "./call.ts";
import type { Told } from "./layers.ts";
import { say } from "./print.ts";
import type { VerbContext } from "./sessions.ts";

/** A session that is made from a file, as settings and a wish say it. */
export interface Plan {
  readonly told: Told;
  readonly wish: Wish;
  /** The folders inside whose contents the image holds, by their place there; undefined for one that something else has. */
  readonly filled: readonly (string | undefined)[];
}

/** What the file asks for, as far as a file may ask for it, under what this machine's settings and the call say. */
export function planOf(call: Call, told: Told, manifest: Manifest, image: string): Plan {
  const { publish, volume } = call.parsed.values;
  const { settings } = told;
  const inside = settings.ports.map(portInside);
  const asked = publish.includes("none") ? [] : manifest.ports.map((port) => parsePort(`127.0.0.1:${port}`));
  const isSaid = (target: string): boolean => settings.volumes.some((mount) => mount.target === target);
  const filled = manifest.own.map((target) =>
    isSaid(target) || (volume.includes("none") && target !== keptPlace) ? undefined : target,
  );
  const nameless = filled.flatMap((target): readonly Mount[] =>
    target === undefined || target === keptPlace
      ? []
      : [{ kind: "volume", name: undefined, target, readonly: false }],
  );
  const history = manifest.kept ? "keep" : settings.history;
  return {
    told: {
      layers: told.layers,
      own: { ...told.own, history: manifest.kept ? "keep" : told.own.history },
      settings: {
        ...settings,
        image,
        history,
        containerPath: manifest.folderInside,
        ports: [...asked.filter((port) => !inside.includes(portInside(port))), ...settings.ports],
        volumes: [...nameless, ...settings.volumes],
      },
    },
    wish: {
      exact: undefined,
      said: manifest.firstCommand,
      usual: undefined,
      args: manifest.args.length === 0 ? undefined : manifest.args,
    },
    filled,
  };
}

/** The image that the file goes on top of, where it leaves that out. @throws Failure `no-image` where it is not here */
export async function baseOf(
  call: Call,
  { choice }: VerbContext,
  { manifest, image }: Checked,
): Promise<Save | undefined> {
  if (manifest.withImage) return undefined;
  const { image: said, imageName, imageVer } = call.parsed.values;
  const isNamed = (said ?? imageName ?? imageVer) !== undefined;
  const settings = { image: said, imageName, imageVersion: imageVer };
  const lists = { env: [], volumes: [], ports: [], engineArgs: [], quiet: [] };
  const name = isNamed ? imageOf({ ...settings, ...lists }) : manifest.base;
  const [found] = await imagesOf(choice.engine, [name]);
  if (found === undefined) {
    throw new Failure(
      "no-image",
      `The file leaves out the image ${name}, which is not here.`,
      "Build or load it, name another one: --image REF, or export the session with its image.",
    );
  }
  const wanted = image.layers.flatMap((layer) => (layer.of === "base" ? [layer.diffId] : []));
  if (!Bun.deepEquals(wanted, [...found.layers])) {
    say(`The image ${name} is another build here than the one that the session was made from.`);
  }
  return saveOf(choice.engine, name, () => undefined);
}

/** What an imported session does not have of the first one. */
export interface Omitted {
  readonly name: string;
  /** Variables without a value. */
  readonly missing: readonly string[];
  readonly told: Told;
  readonly checked: Checked;
}

/** The same in words, each with what gives it. */
export function omittedWords({ name, missing, told, checked }: Omitted): readonly string[] {
  const { omitted, session } = checked.manifest;
  const given = told.settings.volumes.map(({ target }) => target);
  const mounts = omitted.mounts
    .filter(({ target }) => !given.includes(target))
    .map(({ target, readonly }) => `${target}${readonly ? " (read-only)" : ""}`);
  const { count } = checked.leftFiles;
  return [
    ...(mounts.length === 0
      ? []
      : [
          `Left out are its mounts at ${mounts.join(", ")}. Give it some: manyoyo recreate ${name} -v FROM:TO`,
        ]),
    ...(missing.length === 0
      ? []
      : [`It has no values for ${missing.join(", ")}. Give it some: manyoyo recreate ${name} -e NAME=VALUE`]),
    ...(omitted.mode === undefined || told.settings.containerMode === omitted.mode
      ? []
      : [`${session} was made with -m ${omitted.mode}, and ${name} was not.`]),
    ...(omitted.engineArgs === 0 ? [] : [`${session} was made with engine arguments, which are left out.`]),
    ...(count === 0 ? [] : ["Logins of agents are left out: log in again where one is asked for."]),
  ];
}
