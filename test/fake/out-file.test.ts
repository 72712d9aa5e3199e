import { beforeEach, describe, expect, test } from "bun:test";
import {
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname } from "node:path";
import { giveName } from "../../lib/settings/files.ts";
import { fake, inspected, prints } from "../support/fake.ts";
import { tarOf } from "../support/image-file.ts";
import { runProgram } from "../support/manyoyo.ts";

const place = fake();
// With what takes away a draft.
const env = { MANYOYO_ENGINE: "docker", PATH: `${dirname(place.home)}/bin:/usr/bin:/bin` };
const isRoot = process.getuid?.() === 0;
const out = `${place.folder}/out`;
const said = {
  type: "user",
  cwd: "/w",
  timestamp: "2026-01-02T03:04:05Z",
  message: { role: "user", content: "a" },
};

beforeEach(() => {
  place.clear();
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out);
  writeFileSync(
    `${place.folder}/conversations`,
    tarOf({ "projects/-w/a.jsonl": `${JSON.stringify(said)}\n` }),
  );
  place.engine("docker", {
    "container inspect": prints(inspected("web", { State: { Status: "exited", ExitCode: 0 } })),
    export: "echo x",
    cp: `case $2 in
  *:/root/.claude/projects) cat '${place.folder}/conversations' ;;
  *) echo 'Error: No such container:path: x' >&2; exit 1 ;;
esac`,
  });
});

const backup = (...words: readonly string[]) =>
  place.manyoyo(["history", "backup", "web", ...words], { env });

test("a file is written once, and written over only by -f", async () => {
  expect(await backup("-o", "out/b.tgz")).toMatchObject({ status: 0, stdout: `${out}/b.tgz\n` });
  const before = readFileSync(`${out}/b.tgz`);
  expect((await backup("-o", "out/b.tgz")).status).toBe(2);
  expect(readFileSync(`${out}/b.tgz`)).toEqual(before);
  writeFileSync(`${out}/b.tgz`, "old");
  expect((await backup("-f", "-o", "out/b.tgz")).status).toBe(0);
  expect(readFileSync(`${out}/b.tgz`, "latin1")).not.toBe("old");
  expect(readdirSync(out)).toEqual(["b.tgz"]);
});

describe.each([[[]], [["-f"]]])(
  "with %j, -o names what is no file, which is said before anybody is asked:",
  (force) => {
    const refused = async (hint: string): Promise<void> => {
      const before = lstatSync(`${out}/it`);
      for (const words of [["history", "backup"], ["export"]]) {
        const told = await place.manyoyo([...words, "web", ...force, "-o", "out/it"], { env });
        expect(told).toMatchObject({ status: 2, stdout: "" });
        expect(told.stderr).toContain(hint);
      }
      expect(place.calls()).toEqual([]);
      expect(lstatSync(`${out}/it`)).toMatchObject({ ino: before.ino, mode: before.mode, rdev: before.rdev });
      expect(readdirSync(out)).toEqual(["it"]);
    };

    test("a folder", async () => {
      mkdirSync(`${out}/it`);
      await refused("out/it is a folder.");
    });

    test("a pipe", async () => {
      expect((await runProgram(["mkfifo", `${out}/it`])).status).toBe(0);
      await refused("-o - writes to stdout");
    });

    test.skipIf(!isRoot)("a device", async () => {
      expect((await runProgram(["mknod", `${out}/it`, "c", "1", "3"])).status).toBe(0);
      await refused("-o - writes to stdout");
    });
  },
);

describe("a finished draft", () => {
  const at = () => mkdtempSync(`${tmpdir()}/manyoyo-test-${process.pid}-`);

  test("gets its name only where nothing has it", () => {
    const folder = at();
    writeFileSync(`${folder}/draft`, "new");
    writeFileSync(`${folder}/taken`, "old");
    expect(() => giveName(`${folder}/draft`, `${folder}/taken`)).toThrow("EEXIST");
    expect(readFileSync(`${folder}/taken`, "utf8")).toBe("old");
    giveName(`${folder}/draft`, `${folder}/free`);
    expect(readFileSync(`${folder}/free`, "utf8")).toBe("new");
    rmSync(folder, { recursive: true });
  });

  // The system refuses to link what another user alone may write, as it refuses all links on some disks.
  const protects = isRoot && readFileSync("/proc/sys/fs/protected_hardlinks", "utf8").trim() === "1";

  test.skipIf(!protects)("gets it also where no links can be made, and only where nothing has it", () => {
    const folder = at();
    writeFileSync(`${folder}/draft`, "new", { mode: 0o600 });
    writeFileSync(`${folder}/taken`, "old");
    chownSync(folder, 65534, 65534);
    process.seteuid?.(65534);
    try {
      expect(() => giveName(`${folder}/draft`, `${folder}/taken`)).toThrow("EEXIST");
      giveName(`${folder}/draft`, `${folder}/free`);
      expect(() => giveName(`${folder}/none`, `${folder}/more`)).toThrow("ENOENT");
    } finally {
      process.seteuid?.(0);
    }
    expect(readdirSync(folder).sort()).toEqual(["free", "taken"]);
    expect(readFileSync(`${folder}/free`, "utf8")).toBe("new");
    expect(readFileSync(`${folder}/taken`, "utf8")).toBe("old");
    rmSync(folder, { recursive: true });
  });
});
