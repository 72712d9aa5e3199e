// npm run release:smoke -- TARGET: unpacks the archive of dist/release and runs the executable, on its own system. Plain node
// without any package, since this is what a system may have on which nothing else of the checkout runs.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const [target = ""] = process.argv.slice(2);
const folder = join(import.meta.dirname, "../../../dist/release");
const isWindows = target.startsWith("windows");
const name = `manyoyo-${target}.${isWindows ? "zip" : "tar.gz"}`;
const sum = createHash("sha256")
  .update(readFileSync(join(folder, name)))
  .digest("hex");
if (!readFileSync(join(folder, "SHA256SUMS"), "utf8").includes(`${sum}  ${name}\n`)) {
  throw new Error(`${name} is not what SHA256SUMS says.`);
}
const place = mkdtempSync(join(tmpdir(), "manyoyo-smoke-"));
try {
  // Windows has a tar that reads zip files.
  execFileSync("tar", ["-xf", join(folder, name), "-C", place], { stdio: "inherit" });
  const [inside = ""] = readdirSync(place);
  const program = join(place, inside, isWindows ? "manyoyo.exe" : "manyoyo");
  const told = JSON.parse(execFileSync(program, ["--version", "--json"], { encoding: "utf8" }));
  if (told.schema !== 1 || told.target !== target || `manyoyo-${told.version}-${target}` !== inside) {
    throw new Error(`${name} says that it is ${JSON.stringify(told)}.`);
  }
  for (const words of [["-h"], ["complete", "--", "-y", ""], ["completion", "bash"]]) {
    if (execFileSync(program, words, { encoding: "utf8" }) === "") {
      throw new Error(`manyoyo ${words.join(" ")} says nothing.`);
    }
  }
  console.log(`${name}: ${JSON.stringify(told)}`);
} finally {
  rmSync(place, { recursive: true, force: true });
}
