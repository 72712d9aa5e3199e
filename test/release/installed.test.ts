import { beforeAll, describe, expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import packageJson from "../../package.json" with { type: "json" };
import { engines, testImage } from "../support/engines.ts";
import { raw } from "../support/manyoyo.ts";
import { registry } from "../support/registry.ts";
import { commitOf } from "../support/release/commit.ts";
import { release } from "../support/release/release.ts";
import { hostName, targetOf } from "../support/release/targets.ts";
import { bareRoot, lend, lendNode } from "../support/root.ts";

const { version } = packageJson;
const target = targetOf(hostName());
const root = bareRoot();
// The root sees it at the same path.
const out = join(root.shared, "release");

const head = { id: null as string | null };

beforeAll(async () => {
  head.id = (await commitOf(import.meta.dir)).id || null;
  await release({ targets: [target], kinds: ["archive", "deb", "npm"], out });
  await root.ready();
  await lendNode(root);
  await lend(root, "/usr/share/bash-completion");
});

/** Runs words in the root that must succeed; what they print. */
async function must(words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
  const outcome = await root.run(words, { env });
  expect(outcome, words.join(" ")).toMatchObject({ status: 0 });
  return outcome.stdout;
}

/** What an installed manyoyo does: tells its version, completes at TAB, and works on the engines. */
async function works(startUp: string): Promise<void> {
  expect(await must(["manyoyo", "--version"])).toBe(`${version}\n`);
  const built = JSON.parse(await must(["manyoyo", "--version", "--json"]));
  expect(built).toMatchObject({ schema: 1, version, bun: Bun.version, target: target.name });
  expect(built.commit).toBe(head.id);

  await using shell = root.terminal(["bash", "-i"]);
  shell.type(`HISTFILE= PS1='ready> '; ${startUp}\r`);
  await shell.waitFor(/\nready> /);
  shell.type("manyoyo --vers\t");
  await shell.waitFor("manyoyo --version ");

  for (const engine of engines()) {
    const name = `myt-release-${crypto.randomUUID().slice(0, 8)}`;
    try {
      const words = ["manyoyo", "--engine", engine, "-n", name, "--image", testImage];
      expect(await must([...words, "-x", 'echo "$PWD" >made; cat made'])).toBe(`${root.shared}/work\n`);
      expect(await must(["manyoyo", "--engine", engine, "ls", "--names"])).toContain(name);
      await must(["manyoyo", "--engine", engine, "rm", name]);
    } finally {
      await raw(engine, "rm", "-f", "-v", name);
    }
  }
}

/** What is in the root now and was not before, and the other way round. */
async function changed(before: ReadonlySet<string>): Promise<readonly string[]> {
  return [...before.symmetricDifference(await root.listing())].sort();
}

describe("in a bare Debian", () => {
  test("install.sh installs from a folder, upgrades, and leaves nothing behind", async () => {
    const before = await root.listing();
    const env = { MANYOYO_RELEASE: out };
    const install = ["sh", `${out}/install.sh`];
    expect(await must([...install, "--completion", "bash"], env)).toContain(
      `manyoyo ${version} is installed: /root/.local/bin/manyoyo`,
    );
    await works(". ~/.bashrc");
    expect(await must(install, env)).toContain(`manyoyo ${version} is installed anew`);
    await must([...install, "--uninstall"]);
    expect(await changed(before)).toEqual([]);
  });

  test("the Debian package installs a whole executable, and leaves nothing behind", async () => {
    const before = await root.listing();
    const file = readdirSync(out).find((name) => name.endsWith(".deb")) ?? "none";
    expect(file).toBe(`manyoyo_${version}_${target.debian}.deb`);
    await must(["dpkg", "--install", `${out}/${file}`]);
    await works(". /usr/share/bash-completion/bash_completion");
    const looked = await root.run(["manyoyo", "doctor"]);
    expect(looked.stdout).toContain(
      "The completion for bash is set up in /usr/share/bash-completion/completions/manyoyo.",
    );
    expect(await must(["dpkg", "--verify", "manyoyo"])).toBe("");
    expect(existsSync(join(root.path, "usr/share/man/man1/manyoyo.1.gz"))).toBe(true);
    await must(["dpkg", "--purge", "manyoyo"]);
    expect(await changed(before)).toEqual([]);
  });

  const npm = { npm_config_prefix: "/usr/local", npm_config_cache: `${root.shared}/npm-cache` };

  test("npm install -g installs, and leaves nothing behind", async () => {
    using packages = registry(join(out, "npm"), version);
    const before = await root.listing();
    const env = { ...npm, npm_config_registry: packages.url };
    await must(["npm", "install", "-g", "manyoyo"], env);
    await must(["manyoyo", "completion", "--install", "bash"]);
    await works(". ~/.bashrc");
    await must(["manyoyo", "completion", "--uninstall", "bash"]);
    await must(["npm", "uninstall", "-g", "manyoyo"], env);
    expect(await changed(before)).toEqual([]);
  });

  test("where npm runs no scripts of packages, manyoyo is the same but for the start", async () => {
    using packages = registry(join(out, "npm"), version);
    const before = await root.listing();
    const env = { ...npm, npm_config_registry: packages.url };
    await must(["npm", "install", "-g", "--ignore-scripts", "manyoyo"], env);
    expect(await must(["manyoyo", "--version"])).toBe(`${version}\n`);
    expect(await root.run(["manyoyo", "--bogus"])).toMatchObject({ status: 2, stdout: "" });
    await must(["npm", "uninstall", "-g", "manyoyo"], env);
    expect(await changed(before)).toEqual([]);
  });
});
