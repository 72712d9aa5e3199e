import { run, tail, tell, which } from "./command.ts";

/** What keeps us from installing packages on this machine, in words; `undefined` when nothing does. */
export function cannotInstall(): string | undefined {
  if (which("apt-get") === undefined) return "this is no Debian or Ubuntu";
  return process.getuid?.() === 0 ? undefined : "this is not root";
}

/** Those of the packages that dpkg does not have. */
async function missingPackages(packages: readonly string[]): Promise<readonly string[]> {
  const known = await run(["dpkg-query", "-W", "-f", "${db:Status-Status} ${Package}\n", ...packages]);
  const installed = new Set(known.stdout.split("\n"));
  return packages.filter((name) => !installed.has(`installed ${name}`));
}

/** Those of the packages that this release of the distribution has; asks apt's lists, so update them first. */
async function offered(packages: readonly string[]): Promise<readonly string[]> {
  const known = await run(["apt-cache", "policy", ...packages]);
  return packages.filter((name) => new RegExp(`^${name}:\\n.*\\n  Candidate: [^(]`, "m").test(known.stdout));
}

/**
 * Installs what is missing of the packages, without recommendations and without removing anything; a package that this
 * release does not have is left out (docker's client is one of its own only since Debian 13).
 * Throws an Error that says the command when it may not, and apt's last lines when apt fails.
 */
export async function install(packages: readonly string[]): Promise<void> {
  const missing = await missingPackages(packages);
  if (missing.length === 0) return;
  const obstacle = cannotInstall();
  const words = ["apt-get", "install", "-y", "--no-install-recommends", "--no-remove"];
  if (obstacle !== undefined) {
    throw new Error(`${obstacle}; as root on Debian or Ubuntu: apt-get install ${missing.join(" ")}`);
  }
  const settings = {
    environment: { DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C.UTF-8" },
    limit: 600_000,
  };
  // A source that cannot be reached must not keep us from what the others have: only the install itself decides.
  await run(["apt-get", "-qq", "update"], settings);
  const names = await offered(missing);
  if (names.length === 0) return;
  tell(`Installing Debian's packages: ${names.join(" ")} ...`);
  const installed = await run([...words, "-o", "DPkg::Lock::Timeout=120", ...names], settings);
  if (installed.status !== 0) {
    throw new Error(`apt-get install ${names.join(" ")} failed:\n${tail(installed)}`);
  }
}
