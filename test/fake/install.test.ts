import { beforeEach, expect, test } from "bun:test";
import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { executable } from "../support/engines.ts";
import { fake } from "../support/fake.ts";

const place = fake();
const config = join(place.home, ".docker");
const link = join(config, "cli-plugins/docker-manyoyo");
const install = (...words: readonly string[]) => place.manyoyo(["install", "docker-cli-plugin", ...words]);

beforeEach(() => rmSync(config, { recursive: true, force: true }));

test("the plugin is linked once, and taken away without a trace", async () => {
  const first = await install();
  expect(first).toMatchObject({ status: 0, stdout: "" });
  expect(first.stderr).toContain(`Linked ${link} to ${realpathSync(executable())}.`);
  expect(realpathSync(link)).toBe(realpathSync(executable()));
  const again = await install();
  expect([again.status, again.stderr]).toEqual([0, expect.stringContaining("is there already")]);
  expect(readdirSync(dirname(link))).toEqual(["docker-manyoyo"]);
  const gone = await install("--uninstall");
  expect(gone).toMatchObject({ status: 0, stderr: `Removed ${link}.\n` });
  expect(existsSync(config)).toBe(false);
  expect((await install("--uninstall")).status).toBe(0);
});

test("other plugins and settings of docker's stay", async () => {
  mkdirSync(dirname(link), { recursive: true });
  writeFileSync(join(config, "config.json"), "{}");
  writeFileSync(join(config, "cli-plugins/docker-other"), "");
  await install();
  await install("--uninstall");
  expect(readdirSync(config).sort()).toEqual(["cli-plugins", "config.json"]);
  expect(readdirSync(dirname(link))).toEqual(["docker-other"]);
});

test("the link leads to the name on PATH, where a newer program takes its place", async () => {
  const bin = join(place.home, "bin");
  mkdirSync(bin);
  symlinkSync(executable(), join(bin, "manyoyo"));
  const how = { env: { PATH: bin } };
  expect((await place.manyoyo(["install", "docker-cli-plugin"], how)).status).toBe(0);
  expect(readlinkSync(link)).toBe(join(bin, "manyoyo"));
  rmSync(bin, { recursive: true });
});

test("a link of an older manyoyo's is led anew, also where that is gone", async () => {
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync("/nowhere/manyoyo", link);
  const said = await install();
  expect([said.status, said.stderr]).toEqual([0, expect.stringContaining("Linked anew")]);
  expect(realpathSync(link)).toBe(realpathSync(executable()));
});

test("DOCKER_CONFIG is heeded", async () => {
  const folder = join(place.home, "other config");
  const how = { env: { DOCKER_CONFIG: folder } };
  await place.manyoyo(["install", "docker-cli-plugin"], how);
  expect(lstatSync(join(folder, "cli-plugins/docker-manyoyo")).isSymbolicLink()).toBe(true);
  expect(existsSync(config)).toBe(false);
  await place.manyoyo(["install", "docker-cli-plugin", "--uninstall"], how);
  expect(readdirSync(folder)).toEqual([]);
});

test.each([
  ["a program", () => writeFileSync(link, "#!/bin/sh\n", { mode: 0o755 })],
  ["a link to another program", () => symlinkSync("/usr/bin/true", link)],
  ["a folder", () => mkdirSync(link)],
  ["a copy of anything", () => copyFileSync("/bin/sh", link)],
])("%s of that name that is not manyoyo's is left alone", async (_, make) => {
  mkdirSync(dirname(link), { recursive: true });
  make();
  const { ino, mtimeMs } = lstatSync(link);
  for (const words of [[], ["--uninstall"]]) {
    const { status, stdout, stderr } = await install(...words);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toBe(`manyoyo: ${link} is not a file of manyoyo's.\n  Move it away first\n`);
  }
  expect(lstatSync(link)).toMatchObject({ ino, mtimeMs });
});

test("what cannot be written is said in a sentence", async () => {
  writeFileSync(config, "a file\n");
  const { status, stderr } = await install();
  expect(status).toBe(2);
  expect(stderr).toStartWith(`manyoyo: ${link} cannot be changed: `);
  expect(readFileSync(config, "utf8")).toBe("a file\n");
});

test("what is not known is refused with the nearest", async () => {
  const { status, stderr } = await place.manyoyo(["install", "docker-plugin"]);
  expect([status, stderr]).toEqual([2, expect.stringContaining("Did you mean docker-cli-plugin?")]);
  expect((await place.manyoyo(["install"])).status).toBe(2);
});

test("--json tells what was done", async () => {
  const { status, stdout } = await install("--json");
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    schema: 1,
    target: "docker-cli-plugin",
    done: [expect.any(String)],
  });
});
