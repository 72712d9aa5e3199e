// npm run release:publish -- TAG [--dry-run]: puts dist/release, as it is, on GitHub (by gh) and on npm. What was published already
// is not published again, so a call that failed midway can be repeated. With --dry-run everything is checked and nothing published.
// Plain node without any package, as nothing else of the checkout is needed.
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "../../..");
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

/** The version's own section of the changelog; before it has one, what is unreleased. */
function notes() {
  const sections = readFileSync(join(root, "CHANGELOG.md"), "utf8").split(/^## /m);
  const section = [`[${version}]`, "[Unreleased]"].map((title) =>
    sections.find((each) => each.startsWith(title)),
  );
  const [, ...lines] = (section.find((each) => each !== undefined) ?? "").split("\n");
  return lines.join("\n").trim();
}

/** The names that SHA256SUMS has, each with its file as it says; throws where a file is another one, or has no sum. */
function checkedNames(folder) {
  const rows = readFileSync(join(folder, "SHA256SUMS"), "utf8").trimEnd().split("\n");
  const names = rows.map((row) => row.slice(66));
  for (const row of rows) {
    const sum = createHash("sha256")
      .update(readFileSync(join(folder, row.slice(66))))
      .digest("hex");
    if (sum !== row.slice(0, 64)) throw new Error(`${row.slice(66)} is not what SHA256SUMS says.`);
  }
  for (const each of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const name = join(each.parentPath, each.name)
      .slice(folder.length + 1)
      .replaceAll("\\", "/");
    if (each.isFile() && name !== "SHA256SUMS" && !names.includes(name))
      throw new Error(`${name} is not in SHA256SUMS.`);
  }
  return names;
}

/** The packages of npm: those with the executables first, then the one that depends on them. */
function packagesIn(folder, names) {
  const main = `npm/manyoyo-${version}.tgz`;
  if (!names.includes(main)) throw new Error(`There is no ${main}: npm run release makes it.`);
  const text = execFileSync("tar", ["-xzOf", join(folder, main), "package/package.json"], {
    encoding: "utf8",
  });
  const parts = Object.keys(JSON.parse(text).optionalDependencies).map((name) => ({
    name,
    file: `npm/${name.replace("@", "").replace("/", "-")}-${version}.tgz`,
  }));
  const missing = parts.find(({ file }) => !names.includes(file));
  if (missing !== undefined) throw new Error(`There is no ${missing.file}: npm run release makes it.`);
  return [...parts, { name: "manyoyo", file: main }];
}

/** Runs a program with our own streams; throws where it fails. */
function must(words, input) {
  const [program, ...rest] = words;
  const { status, error } = spawnSync(program, rest, {
    stdio: [input === undefined ? "ignore" : "pipe", "inherit", "inherit"],
    input,
  });
  if (status !== 0)
    throw new Error(
      `${program} ${rest.slice(0, 2).join(" ")} failed: ${error?.message ?? `status ${status}`}.`,
    );
}

function isOnNpm(name) {
  const said = spawnSync("npm", ["view", "--json", `${name}@${version}`, "version"], { encoding: "utf8" });
  if (said.status === 0) return said.stdout.trim() !== "";
  if (said.stdout.includes('"E404"')) return false;
  throw new Error(`npm does not tell whether ${name} is published: ${said.stderr.trim().split("\n")[0]}`);
}

function main(words) {
  const isDry = words.includes("--dry-run");
  const [tag, ...more] = words.filter((word) => word !== "--dry-run");
  if (tag !== `v${version}` || more.length > 0)
    throw new Error(
      `Give the tag of this version, v${version}: npm run release:publish -- v${version} [--dry-run]`,
    );
  const folder = join(process.env.MANYOYO_RELEASE ?? join(root, "dist/release"));
  const names = checkedNames(folder);
  const packages = packagesIn(folder, names);

  const files = [...names.filter((name) => !name.startsWith("npm/")), "SHA256SUMS"].map((name) =>
    join(folder, name),
  );
  if (isDry) console.log(`gh release create ${tag}: ${files.length} files`);
  else if (spawnSync("gh", ["release", "view", tag], { stdio: "ignore" }).status === 0)
    must(["gh", "release", "upload", tag, "--clobber", ...files]);
  else
    must(
      [
        "gh",
        "release",
        "create",
        tag,
        "--verify-tag",
        "--title",
        `manyoyo ${version}`,
        "--notes-file",
        "-",
        ...files,
      ],
      notes(),
    );

  // Where a workflow of GitHub runs this, npm signs with its identity.
  const provenance = process.env.ACTIONS_ID_TOKEN_REQUEST_URL === undefined ? [] : ["--provenance"];
  for (const { name, file } of packages) {
    if (!isDry && isOnNpm(name)) console.log(`${name} ${version} is on npm already`);
    else
      must([
        "npm",
        "publish",
        join(folder, file),
        "--access",
        "public",
        ...provenance,
        ...(isDry ? ["--dry-run"] : []),
      ]);
  }
}

try {
  main(process.argv.slice(2));
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
