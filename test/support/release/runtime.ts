import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { run, tail, tell } from "../command.ts";
import { locked, type Target } from "./targets.ts";

/**
 * The path of a target's runtime in a folder, fetched with npm when it is not there yet. What npm brings has to have the
 * checksum of package-lock.json. Throws an Error with npm's words, or that of a wrong checksum.
 */
export async function runtime(target: Target, folder: string): Promise<string> {
  const { version, integrity } = locked(target.runtime);
  const program = target.npm.os === "win32" ? "bun.exe" : "bun";
  const path = join(folder, `${target.name}-${version}`, program);
  if (existsSync(path)) return path;
  tell(`Fetching ${target.runtime} ${version} ...`);
  mkdirSync(folder, { recursive: true });
  const part = mkdtempSync(join(folder, ".part-"));
  try {
    const words = ["npm", "pack", `${target.runtime}@${version}`, "--silent", "--pack-destination", part];
    const packed = await run(words, { limit: 600_000 });
    if (packed.status !== 0) throw new Error(`npm pack ${target.runtime} failed:\n${tail(packed)}`);
    const file = join(part, packed.stdout.trim().split("\n").at(-1) ?? "");
    const sum = createHash("sha512").update(readFileSync(file)).digest("base64");
    if (integrity !== `sha512-${sum}`)
      throw new Error(
        `${target.runtime} ${version} is not what package-lock.json says: its checksum differs.`,
      );
    const unpacked = await run(["tar", "-xzf", file, "-C", part, "package/bin"], { limit: 300_000 });
    if (unpacked.status !== 0) throw new Error(`${target.runtime} cannot be unpacked:\n${tail(unpacked)}`);
    chmodSync(join(part, "package/bin", program), 0o755);
    mkdirSync(join(folder, `${target.name}-${version}`), { recursive: true });
    renameSync(join(part, "package/bin", program), path);
    return path;
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
}
