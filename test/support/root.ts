import { afterAll } from "bun:test";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { baseTar } from "./base.ts";
import { environment, run, tail, which } from "./command.ts";
import { allEngines } from "./engines.ts";
import { type Outcome, runProgram } from "./manyoyo.ts";
import { openTerminal, type Terminal } from "./terminal.ts";

export interface InRoot {
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** A bare Debian in a folder, with the engines of this machine as if they were installed in it. */
export interface BareRoot {
  /** Where it lies. */
  readonly path: string;
  /** A folder that has the same path inside, and that no listing shows. */
  readonly shared: string;
  run(words: readonly string[], how?: InRoot): Promise<Outcome>;
  terminal(words: readonly string[], how?: InRoot): Terminal;
  /** Everything that is in it, a path with kind, mode, size and target each; what a package manager notes for itself apart. */
  listing(): Promise<ReadonlySet<string>>;
}

// In a mount namespace of its own, so that nothing stays mounted whatever happens to it.
const enter = `set -e
root=$1 shared=$2
shift 2
mount --rbind /proc "$root/proc"
mount --rbind /dev "$root/dev"
mount --bind "$shared" "$root$shared"
exec chroot "$root" sh -c 'cd "$0"; exec "$@"' "$shared/work" "$@"`;

/**
 * Unpacks the small Debian of the tests' image. Must be called while tests are being defined (it registers the clean-up).
 * Entering it needs root.
 */
export function bareRoot(): BareRoot & { readonly ready: () => Promise<void> } {
  const folder = mkdtempSync(join(tmpdir(), "manyoyo-root-"));
  const [path, shared] = [join(folder, "root"), join(folder, "shared")];
  mkdirSync(join(shared, "work"), { recursive: true });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const words = (inside: readonly string[]): readonly string[] => [
    ...["unshare", "--mount", "--propagation", "private", "sh", "-c", enter, "enter", path, shared],
    ...inside,
  ];
  const env = (how: InRoot = {}): Readonly<Record<string, string | undefined>> => ({
    ...Object.fromEntries(
      Object.keys(process.env)
        .filter((name) => /^(npm|NPM|XDG|MANYOYO|SSL|NODE)_/.test(name))
        .map((name) => [name, undefined]),
    ),
    HOME: "/root",
    SHELL: "/bin/bash",
    LC_ALL: "C.UTF-8",
    PATH: "/root/.local/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    ...how.env,
  });
  return {
    path,
    shared,
    ready: async () => {
      mkdirSync(path, { recursive: true });
      await done(["tar", "-xpf", await baseTar(), "-C", path, "--exclude=./dev/*"]);
      mkdirSync(join(path, shared), { recursive: true });
      // The image leaves out manual pages and what is in /usr/share/doc; a user's Debian does not.
      rmSync(join(path, "etc/dpkg/dpkg.cfg.d/99mmdebstrap"), { force: true });
      for (const engine of allEngines)
        writeFileSync(join(path, "usr/local/bin", engine), bridge(engine), { mode: 0o755 });
    },
    run: (inside, how) => runProgram(words(inside), { env: env(how) }),
    terminal: (inside, how) => openTerminal(words(inside), { cols: 150, env: env(how) }),
    listing: async () => {
      const form = "%p %y %m %l";
      const leftOut = [
        "./proc",
        "./dev",
        `.${shared}`,
        "./var/lib/dpkg",
        "./var/log",
        "./var/cache",
        "./tmp",
      ];
      const prune = leftOut.flatMap((each) => ["-path", each, "-prune", "-o"]);
      const find = [
        "find",
        ".",
        ...prune,
        "(",
        "-type",
        "f",
        "-printf",
        `${form} %s\\n`,
        "-o",
        "-printf",
        `${form}\\n`,
        ")",
      ];
      const { stdout } = await runProgram(find, { cwd: path });
      return new Set(stdout.split("\n"));
    },
  };
}

// The engine's program stays outside, with all that it needs: a call from within goes back to where this process is.
function bridge(engine: string): string {
  return `#!/bin/sh
PATH='${environment()["PATH"]}'
exec nsenter --mount=/proc/${process.pid}/ns/mnt sh -c 'cd "$0" 2>/dev/null || cd /; exec "$@"' "$PWD" ${engine} "$@"
`;
}

async function done(words: readonly string[]): Promise<void> {
  const result = await run(words, { limit: 300_000 });
  if (result.status !== 0) throw new Error(`${words.slice(0, 3).join(" ")}: ${tail(result)}`);
}

/** Puts a folder or file of this machine into a root, at the same place. */
export async function lend(root: BareRoot, path: string, to = path): Promise<void> {
  mkdirSync(dirname(join(root.path, to)), { recursive: true });
  await done(["cp", "-aLT", path, join(root.path, to)]);
}

/** Puts this machine's node and npm into a root. */
export async function lendNode(root: BareRoot): Promise<void> {
  const [node, npm] = [await real("node"), await real("npm")];
  await lend(root, node, "/usr/local/bin/node");
  const libraries = (await run(["ldd", node])).stdout.matchAll(/=> (\/\S+)/g);
  for (const [, library = ""] of libraries)
    if (!existsSync(join(root.path, library))) await lend(root, library);
  // .../npm/bin/npm-cli.js; Debian's own npm takes its packages from beside it.
  const folder = dirname(dirname(npm));
  const isWhole = basename(dirname(folder)) === "node_modules";
  await lend(
    root,
    isWhole ? folder : dirname(folder),
    isWhole ? "/usr/local/lib/node_modules/npm" : dirname(folder),
  );
  const cli = isWhole ? "/usr/local/lib/node_modules/npm/bin/npm-cli.js" : npm;
  const starter = join(root.path, "usr/local/bin/npm");
  writeFileSync(starter, `#!/bin/sh\nexec node ${cli} "$@"\n`);
  chmodSync(starter, 0o755);
  // npm makes it and leaves it; where node was installed from its own archive it is there.
  mkdirSync(join(root.path, "usr/local/share/man/man1"), { recursive: true });
}

async function real(program: string): Promise<string> {
  const path = which(program);
  if (path === undefined) throw new Error(`${program} is missing.`);
  return (await run(["realpath", path])).stdout.trim();
}
