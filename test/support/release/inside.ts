import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { locked } from "./targets.ts";

/** A package of npm that is part of the executable. */
export interface Inside {
  readonly name: string;
  readonly version: string;
  /** As its package.json has it, an SPDX expression. */
  readonly license: string;
  /** The text of its licence file. */
  readonly text: string;
  readonly sha512: string;
}

/** Something that Bun's runtime is linked with, and its licence as an SPDX expression. */
export const linked: Readonly<Record<string, string>> = {
  JavaScriptCore: "LGPL-2.0-or-later",
  BoringSSL: "OpenSSL AND ISC AND Apache-2.0",
  brotli: "MIT",
  "c-ares": "MIT",
  highway: "Apache-2.0",
  ICU: "Unicode-3.0",
  libarchive: "BSD-2-Clause",
  libbase64: "BSD-2-Clause",
  libdeflate: "MIT",
  "libjpeg-turbo": "IJG AND BSD-3-Clause AND Zlib",
  libspng: "BSD-2-Clause",
  libuv: "MIT",
  libwebp: "BSD-3-Clause",
  "LLVM libc++abi": "Apache-2.0 WITH LLVM-exception",
  "lol-html": "BSD-3-Clause",
  "ls-hpack": "MIT",
  "ls-qpack": "MIT",
  lsquic: "MIT AND BSD-3-Clause",
  mimalloc: "MIT",
  picohttpparser: "MIT OR Artistic-1.0-Perl",
  simdutf: "Apache-2.0",
  TigerBeetle: "Apache-2.0",
  tinycc: "LGPL-2.1-or-later",
  uSockets: "Apache-2.0",
  uucode: "MIT",
  uWebSockets: "Apache-2.0",
  "zlib-ng": "Zlib",
  zstd: "BSD-3-Clause OR GPL-2.0-only",
};

/** What the compiler tells of what it made, as far as it is read here. */
interface Metafile {
  readonly inputs: Readonly<Record<string, unknown>>;
}

/**
 * The packages that were compiled in, as the compiler tells: not what is depended on, what is there.
 * Throws an Error for one without a licence text: it could not be handed on.
 */
export function packagesInside(metafile: string, root: string): readonly Inside[] {
  const { inputs }: Metafile = JSON.parse(readFileSync(metafile, "utf8"));
  const names = Object.keys(inputs).flatMap((path) => {
    const found = path.match(/.*node_modules\/((?:@[^/]+\/)?[^/]+)\//);
    return found?.[1] === undefined ? [] : [found[1]];
  });
  if (names.length === 0) throw new Error(`${metafile} names no package.`);
  return [...new Set(names)].sort().map((name) => {
    const folder = join(root, "node_modules", name);
    const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const file = readdirSync(folder).find((each) => /^(licen[cs]e|copying)(\.|$)/i.test(each));
    if (file === undefined) throw new Error(`${name} has no licence text.`);
    const sha512 = Buffer.from(locked(name).integrity.replace(/^sha512-/, ""), "base64").toString("hex");
    return { name, version, license, text: readFileSync(join(folder, file), "utf8"), sha512 };
  });
}

/** The notices that have to go with the executable, as one text. */
export function notices(packages: readonly Inside[], bun: string): string {
  const rows = Object.entries(linked).map(([name, license]) => `- ${name}: ${license}`);
  return [
    "# What is inside of manyoyo",
    `manyoyo's own licence is in LICENSE. The executable also holds the runtime Bun ${bun} and ${packages.length} packages of npm.`,
    `## Bun ${bun} (MIT)`,
    "Copyright of the Bun authors, https://bun.com; its licences in full: https://github.com/oven-sh/bun/blob/main/LICENSE.md.",
    "It is linked with the following. For what is under the LGPL you may change the library and link Bun anew: the same page says how, the sources of manyoyo build with the Bun that comes of it.",
    rows.join("\n"),
    ...packages.flatMap(({ name, version, license, text }) => [
      `## ${name} ${version} (${license})`,
      text.trim(),
    ]),
  ]
    .join("\n\n")
    .concat("\n");
}
