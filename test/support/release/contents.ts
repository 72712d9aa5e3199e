import { readFileSync } from "node:fs";
import { join } from "node:path";
import { manPage } from "../../../cli/man.ts";
import { type Member, sha256, textMember } from "./archive.ts";
import { notices, packagesInside } from "./inside.ts";
import { billOfMaterials } from "./sbom.ts";
import { programName, type Target } from "./targets.ts";

/** All that a release of one target is made of, whatever it is packed into. */
export interface Contents {
  readonly target: Target;
  readonly version: string;
  readonly time: number;
  readonly program: Uint8Array;
  /** The texts by the names they have in the archive. */
  readonly texts: Readonly<Record<(typeof textNames)[number], string>>;
}

/** What the compiler tells, beside the executable. */
export const metafile = "metafile.json";

/** The files beside the executable. */
export const textNames = [
  "LICENSE",
  "README.md",
  "CHANGELOG.md",
  "THIRD-PARTY.md",
  "manyoyo.1",
  "manyoyo.cdx.json",
  "completions/manyoyo.bash",
  "completions/_manyoyo",
  "completions/manyoyo.fish",
] as const;

export interface Source {
  readonly root: string;
  readonly target: Target;
  /** The folder in which the executable was compiled, with what the compiler tells of it. */
  readonly folder: string;
  readonly version: string;
  readonly commit: string;
  readonly time: number;
}

/** Reads what belongs to an executable that was compiled into a folder. */
export function contentsOf({ root, target, folder, version, commit, time }: Source): Contents {
  const read = (path: string): string => readFileSync(join(root, path), "utf8");
  const program = readFileSync(join(folder, programName(target)));
  const packages = packagesInside(join(folder, metafile), root);
  const bun = Bun.version;
  return {
    target,
    version,
    time,
    program,
    texts: {
      LICENSE: read("LICENSE"),
      "README.md": read("README.md"),
      "CHANGELOG.md": read("CHANGELOG.md"),
      "THIRD-PARTY.md": notices(packages, bun),
      "manyoyo.1": manPage(version, new Date(time * 1000).toISOString().slice(0, 10)),
      "manyoyo.cdx.json": billOfMaterials({
        ...{ target, version, commit, time, bun, packages },
        sha256: sha256(program),
      }),
      "completions/manyoyo.bash": read("completions/manyoyo.bash"),
      "completions/_manyoyo": read("completions/_manyoyo"),
      "completions/manyoyo.fish": read("completions/manyoyo.fish"),
    },
  };
}

/** What is in the archive of a target, in a folder that tells version and target. */
export function archiveMembers({ target, version, program, texts }: Contents): readonly Member[] {
  const folder = `manyoyo-${version}-${target.name}`;
  return [
    { path: `${folder}/${programName(target)}`, bytes: program, isProgram: true },
    ...textNames.map((name) => textMember(`${folder}/${name}`, texts[name])),
  ];
}
