import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzip, type Member, tar, textMember } from "./archive.ts";
import { type Contents, textNames } from "./contents.ts";
import { programName, type Target, targets } from "./targets.ts";

// As esbuild and biome do: `manyoyo` is small and depends on a package with the executable for each system, of which npm
// takes the one that fits.

/** The package with the executable of one target. */
export const packageOf = (target: Target): string => `@manyoyo/${target.name}`;

/** What npm calls the packed file of a package. */
export const packedName = (name: string, version: string): string =>
  `${name.replace("@", "").replace("/", "-")}-${version}.tgz`;

const common = {
  description:
    "AI coding agents in named docker and podman sessions that are easy to leave, find, resume and script",
  license: "MIT",
  engines: { node: ">=20" },
};

/** The packed package of one target. */
export async function targetPackage(contents: Contents): Promise<Uint8Array> {
  const { target, version, program, texts, time } = contents;
  const { os, cpu, libc } = target.npm;
  return packed(
    {
      name: packageOf(target),
      version,
      ...common,
      os: [os],
      cpu: [cpu],
      ...(libc === undefined ? {} : { libc: [libc] }),
      preferUnplugged: true,
    },
    [
      { path: `bin/${programName(target)}`, bytes: program, isProgram: true },
      ...(["LICENSE", "THIRD-PARTY.md", "manyoyo.cdx.json"] as const).map((name) =>
        textMember(name, texts[name]),
      ),
    ],
    time,
  );
}

/** The packed package that users install. */
export async function mainPackage(contents: Contents): Promise<Uint8Array> {
  const { version, texts, time } = contents;
  const script = (name: string): Uint8Array => readFileSync(join(import.meta.dir, "npm", name));
  return packed(
    {
      name: "manyoyo",
      version,
      ...common,
      bin: { manyoyo: "bin/manyoyo" },
      man: ["./manyoyo.1"],
      scripts: { postinstall: "node install.cjs" },
      optionalDependencies: Object.fromEntries(targets.map((target) => [packageOf(target), version])),
    },
    [
      { path: "bin/manyoyo", bytes: script("manyoyo.cjs"), isProgram: true },
      { path: "install.cjs", bytes: script("install.cjs") },
      { path: "executable.cjs", bytes: script("executable.cjs") },
      ...textNames
        .filter((name) => name !== "manyoyo.cdx.json" && name !== "THIRD-PARTY.md")
        .map((name) => textMember(name, texts[name])),
    ],
    time,
  );
}

function packed(manifest: object, members: readonly Member[], time: number): Promise<Uint8Array> {
  const all = [textMember("package.json", `${JSON.stringify(manifest, undefined, 2)}\n`), ...members];
  return gzip(
    tar(
      all.map((member) => ({ ...member, path: `package/${member.path}` })),
      time,
    ),
  );
}
