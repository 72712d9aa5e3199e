import { beforeEach, expect, test } from "bun:test";
import { existsSync, lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { executable } from "../support/engines.ts";
import { fake } from "../support/fake.ts";
import { runProgram } from "../support/manyoyo.ts";

const place = fake();
const startUp = join(place.home, ".bashrc");
// Half of it is no UTF-8: a Latin-1 e with an accent, half a character.
const mine = Buffer.concat([
  Buffer.from("# caf"),
  Buffer.from([0xe9, 0x0a, 0xe2, 0x82]),
  Buffer.from("\nX='日本'\n"),
]);
const old = Buffer.from("# >>> manyoyo completion >>>\nold\n# <<< manyoyo completion <<<\n");
const rest = Buffer.from("# after\n");

beforeEach(() => {
  for (const name of [".local", ".bashrc", "dot-bashrc"])
    rmSync(join(place.home, name), { recursive: true, force: true });
});

const completion = (word: string, env: Readonly<Record<string, string>> = {}) =>
  place.manyoyo(["completion", word, "bash"], { env });

test("a start-up file in any encoding stays as it is, byte by byte, but for the lines of ours", async () => {
  writeFileSync(startUp, Buffer.concat([mine, old, rest]));
  expect((await completion("--install")).status).toBe(0);
  const text = readFileSync(startUp);
  expect(text.subarray(0, mine.length + rest.length)).toEqual(Buffer.concat([mine, rest]));
  expect(text.includes("manyoyo completion")).toBe(true);
  expect((await completion("--install")).stderr).toContain("has its lines already");
  expect(readFileSync(startUp)).toEqual(text);
  expect((await completion("--uninstall")).status).toBe(0);
  expect(readFileSync(startUp)).toEqual(Buffer.concat([mine, rest]));
});

test("a folder whose name has letters of any kind is named by its bytes", async () => {
  const env = { XDG_DATA_HOME: join(place.home, "日本 é") };
  writeFileSync(startUp, mine);
  expect((await completion("--install", env)).status).toBe(0);
  const text = readFileSync(startUp);
  expect(text.includes(Buffer.from(env.XDG_DATA_HOME))).toBe(true);
  expect((await completion("--install", env)).stderr).toContain("has its lines already");
  expect(readFileSync(startUp)).toEqual(text);
});

test.each([
  ["is empty", "file", true],
  ["is not there", "file", false],
  ["is a link to an empty file", "link", true],
  ["is a link that leads nowhere yet", "link", false],
])("a start-up file that %s is so again afterwards", async (_, kind, isThere) => {
  const file = kind === "link" ? join(place.home, "dot-bashrc") : startUp;
  if (kind === "link") symlinkSync("dot-bashrc", startUp);
  if (isThere) writeFileSync(file, "");
  expect((await completion("--install")).stderr).toContain("Added a line");
  expect((await completion("--install")).stderr).toContain("has its lines already");
  expect(readFileSync(file, "utf8")).toContain("manyoyo completion");
  expect((await completion("--uninstall")).stderr).toContain("Removed its lines");
  expect(existsSync(file) ? readFileSync(file, "utf8") : undefined).toBe(isThere ? "" : undefined);
  expect(lstatSync(startUp, { throwIfNoEntry: false })?.isSymbolicLink() === true).toBe(kind === "link");
});

test("where a file may not grow so far, all of it is as it was, and a sentence says so", async () => {
  expect((await completion("--install")).status).toBe(0);
  // bash counts in pieces of 1024 bytes.
  const limited = ["bash", "-c", `trap '' XFSZ; ulimit -f 1; exec "$@"`, "bash", executable()];
  for (const size of [1000, 5000]) {
    const text = Buffer.alloc(size, "# mine\n");
    writeFileSync(startUp, text);
    const env = { HOME: place.home, XDG_DATA_HOME: undefined };
    const said = await runProgram([...limited, "completion", "--install", "bash"], { env });
    expect(said.status, said.stderr).toBe(2);
    expect(said.stderr).toContain(`${startUp} cannot be changed`);
    expect(readFileSync(startUp)).toEqual(text);
  }
});

test.skipIf(process.getuid?.() !== 0)(
  "on a full disk all of it is as it was, also what it replaces",
  async () => {
    const disk = join(place.folder, "disk");
    mkdirSync(disk);
    const mounted = await runProgram(["mount", "-t", "tmpfs", "-o", "size=8k", "none", disk]);
    expect(mounted.status, mounted.stderr).toBe(0);
    try {
      expect((await completion("--install")).status).toBe(0);
      const data = join(place.home, ".local/share");
      const text = Buffer.concat([mine, old, Buffer.alloc(8190 - mine.length - old.length, "# mine\n")]);
      writeFileSync(join(disk, ".bashrc"), text);
      const said = await completion("--install", { HOME: disk, XDG_DATA_HOME: data });
      expect(said).toMatchObject({ status: 2 });
      expect(said.stderr).toContain("cannot be changed");
      expect(readFileSync(join(disk, ".bashrc"))).toEqual(text);
    } finally {
      await runProgram(["umount", disk]);
    }
  },
);
