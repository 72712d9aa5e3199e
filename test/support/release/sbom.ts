import { createHash } from "node:crypto";
import { type Inside, linked } from "./inside.ts";
import type { Target } from "./targets.ts";

/** What a bill of materials is about. */
export interface Made {
  readonly target: Target;
  readonly version: string;
  readonly commit: string;
  readonly time: number;
  readonly bun: string;
  readonly packages: readonly Inside[];
  /** Of the executable. */
  readonly sha256: string;
}

/** The bill of materials of an executable, in CycloneDX 1.6: the same for the same executable. */
export function billOfMaterials(made: Made): string {
  const { target, version, commit, time, bun, packages, sha256 } = made;
  const own = `pkg:generic/manyoyo@${version}?target=${target.name}`;
  const runtime = `pkg:npm/bun@${bun}`;
  const libraries = packages.map(({ name, version: own, license, sha512 }) => {
    const purl = `pkg:npm/${name.replace("@", "%40")}@${own}`;
    return {
      type: "library",
      "bom-ref": purl,
      name,
      version: own,
      purl,
      licenses: licenses(license),
      hashes: [{ alg: "SHA-512", content: sha512 }],
    };
  });
  const document = {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    serialNumber: `urn:uuid:${uuidOf(`${own} ${sha256}`)}`,
    version: 1,
    metadata: {
      timestamp: new Date(time * 1000).toISOString(),
      component: {
        type: "application",
        "bom-ref": own,
        name: "manyoyo",
        version,
        purl: own,
        licenses: licenses("MIT"),
        hashes: [{ alg: "SHA-256", content: sha256 }],
        properties: [
          { name: "manyoyo:commit", value: commit },
          { name: "manyoyo:target", value: target.name },
        ],
      },
    },
    components: [
      {
        type: "platform",
        "bom-ref": runtime,
        name: "bun",
        version: bun,
        purl: runtime,
        licenses: licenses("MIT"),
        components: Object.entries(linked)
          .filter(([name]) => name !== "libuv" || target.npm.os === "win32")
          .map(([name, license]) => ({
            type: "library",
            "bom-ref": `bun:${name}`,
            name,
            licenses: licenses(license),
          })),
      },
      ...libraries,
    ],
    dependencies: [
      { ref: own, dependsOn: [runtime, ...libraries.map((library) => library.purl)] },
      ...[runtime, ...libraries.map((library) => library.purl)].map((ref) => ({ ref })),
    ],
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

// An id and an expression of several have different places.
function licenses(spdx: string): readonly object[] {
  return spdx.includes(" ") ? [{ expression: spdx }] : [{ license: { id: spdx } }];
}

/** A UUID that belongs to a text: of RFC 9562's version 8, which leaves the bits to whoever makes it. */
function uuidOf(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
