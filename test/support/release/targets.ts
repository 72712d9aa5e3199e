import packageLock from "../../../package-lock.json" with { type: "json" };

/** A system that executables are made for. */
export interface Target {
  /** As in the names of files, and in what `--version --json` tells. */
  readonly name: string;
  /** As `bun build --target` has it. */
  readonly bun: string;
  /** The package of the npm registry that holds its runtime. */
  readonly runtime: string;
  /** As `os`, `cpu` and `libc` of a package.json have them. */
  readonly npm: { readonly os: string; readonly cpu: string; readonly libc?: string };
  /** Debian's name of the architecture, where there is a package for it. */
  readonly debian?: string;
}

/** Every target there is a release for. The x64 ones need a processor of 2013 or later. */
export const targets: readonly Target[] = [
  {
    name: "linux-x64",
    bun: "bun-linux-x64",
    runtime: "@oven/bun-linux-x64",
    npm: { os: "linux", cpu: "x64", libc: "glibc" },
    debian: "amd64",
  },
  {
    name: "linux-arm64",
    bun: "bun-linux-arm64",
    runtime: "@oven/bun-linux-aarch64",
    npm: { os: "linux", cpu: "arm64", libc: "glibc" },
    debian: "arm64",
  },
  {
    name: "linux-x64-musl",
    bun: "bun-linux-x64-musl",
    runtime: "@oven/bun-linux-x64-musl",
    npm: { os: "linux", cpu: "x64", libc: "musl" },
  },
  {
    name: "linux-arm64-musl",
    bun: "bun-linux-arm64-musl",
    runtime: "@oven/bun-linux-aarch64-musl",
    npm: { os: "linux", cpu: "arm64", libc: "musl" },
  },
  {
    name: "darwin-x64",
    bun: "bun-darwin-x64",
    runtime: "@oven/bun-darwin-x64",
    npm: { os: "darwin", cpu: "x64" },
  },
  {
    name: "darwin-arm64",
    bun: "bun-darwin-arm64",
    runtime: "@oven/bun-darwin-aarch64",
    npm: { os: "darwin", cpu: "arm64" },
  },
  {
    name: "windows-x64",
    bun: "bun-windows-x64",
    runtime: "@oven/bun-windows-x64",
    npm: { os: "win32", cpu: "x64" },
  },
];

/** What the executable is called on a target. */
export const programName = ({ npm }: Target): string => (npm.os === "win32" ? "manyoyo.exe" : "manyoyo");

/** The target of a name. Throws an Error that names them all for any other word. */
export function targetOf(name: string): Target {
  const found = targets.find((target) => target.name === name);
  if (found !== undefined) return found;
  throw new Error(
    `There is no target "${name}"; there are ${targets.map((target) => target.name).join(", ")}.`,
  );
}

/** The name of the system that this runs on; not every such system has a release. */
export function hostName(): string {
  const os = process.platform === "win32" ? "windows" : process.platform;
  const isMusl = Bun.spawnSync(["sh", "-c", "ldd --version 2>&1 | grep -qi musl"]).success;
  return `${os}-${process.arch}${process.platform === "linux" && isMusl ? "-musl" : ""}`;
}

/** What package-lock.json says of a package's version and checksum. Throws an Error where it has none. */
export function locked(name: string): { readonly version: string; readonly integrity: string } {
  const packages: Readonly<Record<string, { readonly version?: string; readonly integrity?: string }>> =
    packageLock.packages;
  const { version, integrity } = packages[`node_modules/${name}`] ?? {};
  if (version === undefined || integrity === undefined)
    throw new Error(`package-lock.json has no checksum of ${name}: a release takes nothing unchecked.`);
  return { version, integrity };
}
