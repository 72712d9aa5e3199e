import { expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { fake, inspected } from "../support/fake.ts";
import { tried } from "../support/tally.ts";

const at = fake();
const proof = `${at.home}/ran`;
const planted = [
  "docker",
  "podman",
  "git",
  "sh",
  "bash",
  "cat",
  "sleep",
  "ps",
  "rm",
  "stty",
  "tar",
  "gzip",
  "zstd",
  "env",
  "readlink",
];

for (const folder of [
  at.folder,
  `${at.folder}/bin`,
  `${at.folder}/node_modules/.bin`,
  `${at.home}/node_modules/.bin`,
]) {
  mkdirSync(folder, { recursive: true });
  for (const program of planted) {
    writeFileSync(`${folder}/${program}`, `#!/bin/sh\necho "$0" >>'${proof}'\nexit 0\n`);
    chmodSync(`${folder}/${program}`, 0o755);
  }
}

const calls = [
  ["ls"],
  ["ls", "--busy"],
  ["-n", "web", "-x", "true"],
  ["-n", "new", "--rm", "-x", "true"],
  ["rm", "-f", "web"],
  ["doctor"],
  ["complete", "--", "manyoyo", "rm", ""],
];

test.each([
  ["a point in front", (path: string) => `.:${path}`],
  ["a point at the end", (path: string) => `${path}:.`],
  ["an empty entry", (path: string) => `:${path}`],
  ["a relative folder", (path: string) => `bin:./bin:${path}`],
  ["a folder of the workspace", (path: string) => `${at.folder}/bin:${path}`],
  ["the workspace", (path: string) => `${at.folder}:${path}`],
  ["npm's folders", (path: string) => `node_modules/.bin:${at.home}/node_modules/.bin:${path}`],
])("programs that PATH finds by %s are not run", async (what, pathOf) => {
  at.engine("docker", {
    "container inspect": `printf '%s' '${inspected("web")}'\n`,
    ps: "exit 0\n",
    any: "exit 1\n",
  });
  const bin = `${at.folder.replace(/work$/, "bin")}:/usr/bin:/bin`;
  for (const words of calls) {
    await tried({ fault: `programs planted on PATH: ${what}`, promised: "none of them is run" }, async () => {
      await at.manyoyo(words, { env: { PATH: pathOf(bin), MANYOYO_ENGINE: "docker" } });
      expect(existsSync(proof)).toBe(false);
    });
  }
  expect(at.calls().length).toBeGreaterThan(3);
});
