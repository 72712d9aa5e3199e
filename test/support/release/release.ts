import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import packageJson from "../../../package.json" with { type: "json" };
import { compile } from "../build.ts";
import { tell } from "../command.ts";
import { gzip, sha256, tar, zip } from "./archive.ts";
import { type Commit, commitOf } from "./commit.ts";
import { archiveMembers, type Contents, contentsOf, metafile } from "./contents.ts";
import { debianPackage } from "./deb.ts";
import { mainPackage, packageOf, packedName, targetPackage } from "./npm.ts";
import { runtime } from "./runtime.ts";
import { hostName, locked, programName, type Target, targetOf, targets } from "./targets.ts";

// npm run release [-- TARGET...]: everything that is published, for these targets or for all, into dist/release.
// npm run release:deb: the Debian packages alone.

const root = join(import.meta.dir, "../../..");

/** What is made of each target. */
export type Kind = "archive" | "deb" | "npm";

export interface Release {
  readonly targets: readonly Target[];
  readonly kinds: readonly Kind[];
  /** Where the files go; emptied first. */
  readonly out: string;
}

/** Makes the files of a release. Throws an Error with the reason where one cannot be made. */
export async function release({ targets: chosen, kinds, out }: Release): Promise<void> {
  const commit = await commitOf(root);
  rmSync(out, { recursive: true, force: true });
  mkdirSync(join(out, "npm"), { recursive: true });
  for (const target of chosen) await releaseOf(target, { commit, kinds, out });
  if (!kinds.includes("npm")) rmSync(join(out, "npm"), { recursive: true });
  if (kinds.includes("archive")) writeFileSync(join(out, "install.sh"), installer(), { mode: 0o755 });
  const names = readdirSync(out, { recursive: true, encoding: "utf8" })
    .filter((name) => /\./.test(name))
    .sort();
  const sums = names.map((name) => `${sha256(readFileSync(join(out, name)))}  ${name}\n`);
  writeFileSync(join(out, "SHA256SUMS"), sums.join(""));
}

interface How {
  readonly commit: Commit;
  readonly kinds: readonly Kind[];
  readonly out: string;
}

async function releaseOf(target: Target, { commit, kinds, out }: How): Promise<void> {
  tell(`${target.name} ...`);
  const contents = await compiled(target, commit);
  const { version, time, texts } = contents;
  const isWindows = target.npm.os === "win32";
  const archive = async (): Promise<void> => {
    const members = archiveMembers(contents);
    const packed = isWindows ? zip(members, time) : await gzip(tar(members, time));
    writeFileSync(join(out, `manyoyo-${target.name}.${isWindows ? "zip" : "tar.gz"}`), packed);
    writeFileSync(join(out, `manyoyo-${target.name}.cdx.json`), texts["manyoyo.cdx.json"]);
  };
  const debian = async (): Promise<void> => {
    if (target.debian === undefined) return;
    writeFileSync(join(out, `manyoyo_${version}_${target.debian}.deb`), await debianPackage(contents));
  };
  const npm = async (): Promise<void> => {
    const place = (name: string): string => join(out, "npm", packedName(name, version));
    writeFileSync(place(packageOf(target)), await targetPackage(contents));
    writeFileSync(place("manyoyo"), await mainPackage(contents));
  };
  const work = { archive, deb: debian, npm };
  await Promise.all(kinds.map((kind) => work[kind]()));
}

/** Compiles for a target, in a folder that is there only meanwhile. */
async function compiled(target: Target, { id, time }: Commit): Promise<Contents> {
  const dist = join(root, "dist");
  mkdirSync(dist, { recursive: true });
  const folder = mkdtempSync(join(dist, ".release-"));
  try {
    const path = await runtimePath(target, join(dist, "runtimes"));
    await compile({
      outfile: join(folder, programName(target)),
      target: target.name,
      commit: id,
      more: [
        `--target=${target.bun}`,
        `--compile-executable-path=${path}`,
        `--metafile=${join(folder, metafile)}`,
      ],
    });
    const { version } = packageJson;
    return contentsOf({ root, target, folder, version, commit: id, time });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

// The pinned bun that runs this is the runtime of this machine's own target.
async function runtimePath(target: Target, folder: string): Promise<string> {
  const { version } = locked("bun");
  if (version !== Bun.version)
    throw new Error(`A release is made with Bun ${version}; this is ${Bun.version}.`);
  return target.name === hostName() ? process.execPath : runtime(target, folder);
}

/** The installer, which knows where the release will be found when MANYOYO_RELEASE_URL says so. */
function installer(): string {
  const text = readFileSync(join(root, "install.sh"), "utf8");
  const url = process.env["MANYOYO_RELEASE_URL"] ?? "";
  if (!/^[\w:/.@%+~-]*$/.test(url)) throw new Error("MANYOYO_RELEASE_URL is no plain URL.");
  const placed = text.replace(/^default_release=''$/m, `default_release='${url}'`);
  if (url !== "" && placed === text) throw new Error("install.sh has no place for the URL of the release.");
  return placed;
}

async function main(words: readonly string[]): Promise<void> {
  const options = words.filter((word) => word.startsWith("-"));
  const unknown = options.find((word) => word !== "--deb" && word !== "--dirty");
  if (unknown !== undefined) throw new Error(`npm run release knows --deb and --dirty, not ${unknown}.`);
  const named = words.filter((word) => !word.startsWith("-")).map(targetOf);
  const isDebian = options.includes("--deb");
  const { dirty } = await commitOf(root);
  if (dirty && !options.includes("--dirty"))
    throw new Error(
      "Files differ from the commit, so nobody could make these again: commit first, or say --dirty.",
    );
  const all = isDebian ? targets.filter(({ debian }) => debian !== undefined) : targets;
  const out = join(root, "dist", "release");
  await release({
    targets: named.length > 0 ? named : all,
    kinds: isDebian ? ["deb"] : ["archive", "deb", "npm"],
    out,
  });
  console.log(readFileSync(join(out, "SHA256SUMS"), "utf8").trimEnd());
}

if (import.meta.main) {
  try {
    await main(process.argv.slice(2));
  } catch (error) {
    tell(error instanceof Error ? error.message : String(error));
    process.exit(1);
  }
}
