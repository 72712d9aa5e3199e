import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import packageJson from "../../package.json" with { type: "json" };
import { runProgram } from "../support/manyoyo.ts";
import { sha256 } from "../support/release/archive.ts";
import { textNames } from "../support/release/contents.ts";
import { mainPackage, packageOf, packedName, targetPackage } from "../support/release/npm.ts";
import { targets } from "../support/release/targets.ts";

const { version } = packageJson;
const tag = `v${version}`;
const place = mkdtempSync(join(tmpdir(), "manyoyo-publish-"));
const folder = join(place, "release");
const ghCalls = join(place, "gh calls");
const names = [...targets.map(packageOf), "manyoyo"];

// There is no GitHub here: it notes what it is told, and knows the release once it was made.
const gh = `#!/bin/sh
here=\${0%/bin/gh}
[ "$2" = view ] && exec test -e "$here/is there"
printf '%s ' "$@" >>"$here/gh calls"
[ "$2" = create ] && : >"$here/is there" && cat >"$here/notes"
exit 0
`;

/** A registry on this machine that takes what is published, and has nothing else. */
function emptyRegistry() {
  const published: string[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: async (request) => {
      const name = decodeURIComponent(new URL(request.url).pathname.slice(1));
      if (request.method === "PUT") {
        await request.arrayBuffer();
        published.push(name);
        return Response.json({ ok: true }, { status: 201 });
      }
      if (!published.includes(name)) return Response.json({ error: "not found" }, { status: 404 });
      return Response.json({
        name,
        "dist-tags": { latest: version },
        versions: { [version]: { name, version, dist: {} } },
      });
    },
  });
  return { published, server };
}

const npm = emptyRegistry();

// What `npm run release:publish` runs, without npm's own lines.
const publish = (...words: readonly string[]) =>
  runProgram(["node", join(import.meta.dir, "../support/release/publish.mjs"), ...words], {
    env: {
      PATH: `${place}/bin:${process.env["PATH"]}`,
      MANYOYO_RELEASE: folder,
      npm_config_registry: npm.server.url.href,
      npm_config_userconfig: join(place, "npmrc"),
      // A silent npm that runs the tests makes this one silent too.
      npm_config_loglevel: "notice",
      ACTIONS_ID_TOKEN_REQUEST_URL: undefined,
    },
  });

async function sum(): Promise<void> {
  const files = [...new Bun.Glob("**").scanSync(folder)].filter((name) => name !== "SHA256SUMS").sort();
  const rows = files.map((name) => `${sha256(readFileSync(join(folder, name)))}  ${name}\n`);
  writeFileSync(join(folder, "SHA256SUMS"), rows.join(""));
}

beforeAll(async () => {
  mkdirSync(join(folder, "npm"), { recursive: true });
  mkdirSync(join(place, "bin"));
  writeFileSync(join(place, "bin/gh"), gh, { mode: 0o755 });
  // npm publishes for nobody who has not logged in.
  writeFileSync(join(place, "npmrc"), `//${npm.server.url.host}/:_authToken=none\n`);
  const program = new TextEncoder().encode("an executable");
  const text = (name: string) => [name, `${name}\n`];
  for (const target of targets) {
    const contents = {
      ...{ target, version, time: 0, program },
      texts: Object.fromEntries(textNames.map(text)) as Parameters<typeof targetPackage>[0]["texts"],
    };
    const packed = (name: string): string => join(folder, "npm", packedName(name, version));
    writeFileSync(packed(packageOf(target)), await targetPackage(contents));
    writeFileSync(packed("manyoyo"), await mainPackage(contents));
    writeFileSync(join(folder, `manyoyo-${target.name}.tar.gz`), "an archive");
  }
  writeFileSync(join(folder, "install.sh"), "#!/bin/sh\n");
  await sum();
});

afterAll(() => {
  npm.server.stop(true);
  rmSync(place, { recursive: true });
});

describe("npm run release:publish", () => {
  test.each([
    ["no tag", []],
    ["the tag of another version", ["v99.0.0"]],
  ])("refuses %s", async (_what, words) => {
    const said = await publish(...words);
    expect(said).toMatchObject({ status: 1, stdout: "" });
    expect(said.stderr).toContain(`npm run release:publish -- ${tag}`);
  });

  test("is what npm runs", () => {
    expect(packageJson.scripts["release:publish"]).toBe("node test/support/release/publish.mjs");
  });

  test.each([
    ["a file that is another one", `manyoyo-${targets[0]?.name}.tar.gz`, "is not what SHA256SUMS says"],
    ["a file that has no sum", "foreign.txt", "is not in SHA256SUMS"],
  ])("refuses %s", async (_what, name, message) => {
    const path = join(folder, name);
    const before = existsSync(path) ? readFileSync(path) : undefined;
    appendFileSync(path, "!");
    const said = await publish(tag);
    if (before === undefined) rmSync(path);
    else writeFileSync(path, before);
    expect(said).toMatchObject({ status: 1, stdout: "" });
    expect(said.stderr).toBe(`${name} ${message}.\n`);
  });

  test("refuses a release that lacks a system", async () => {
    const path = join(folder, `npm/manyoyo-darwin-arm64-${version}.tgz`);
    const before = readFileSync(path);
    rmSync(path);
    await sum();
    const said = await publish(tag);
    writeFileSync(path, before);
    await sum();
    expect(said).toMatchObject({ status: 1, stdout: "" });
    expect(said.stderr).toContain("npm run release makes it");
  });

  test("checks all and publishes nothing with --dry-run", async () => {
    const said = await publish(tag, "--dry-run");
    expect(said.status, said.stderr).toBe(0);
    for (const name of names) expect(said.stdout).toContain(`+ ${name}@${version}\n`);
    expect(npm.published).toEqual([]);
    expect(existsSync(ghCalls)).toBe(false);
  });

  test("publishes each file once, the package that depends on the others last, and what is there already not again", async () => {
    const said = await publish(tag);
    expect(said.status, said.stderr).toBe(0);
    expect(npm.published).toEqual(names);
    const calls = readFileSync(ghCalls, "utf8");
    expect(calls).toStartWith(
      `release create ${tag} --verify-tag --title manyoyo ${version} --notes-file - /`,
    );
    for (const { name } of targets) expect(calls).toContain(`${folder}/manyoyo-${name}.tar.gz `);
    expect(calls).toContain(`${folder}/install.sh `);
    expect(calls).toContain(`${folder}/SHA256SUMS `);
    expect(calls).not.toContain(".tgz");
    expect(readFileSync(join(place, "notes"), "utf8")).toContain("### Added");

    const again = await publish(tag);
    expect(again.status, again.stderr).toBe(0);
    for (const name of names) expect(again.stdout).toContain(`${name} ${version} is on npm already\n`);
    expect(npm.published).toEqual(names);
    expect(readFileSync(ghCalls, "utf8")).toContain(`release upload ${tag} --clobber /`);
  });
});
