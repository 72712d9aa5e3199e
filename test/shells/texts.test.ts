import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { copyText, guardText, undoText } from "../../lib/inside/texts.ts";
import { runProgram } from "../support/manyoyo.ts";

const inside = join(import.meta.dir, "../../lib/inside");
const place = mkdtempSync(join(tmpdir(), "manyoyo-texts-"));
const engine = join(place, "engine");
beforeAll(() => {
  writeFileSync(engine, '#!/bin/sh\necho "$*" >>"${0%/*}/calls"\n');
  chmodSync(engine, 0o755);
});
afterAll(() => rmSync(place, { recursive: true }));

test.each(readdirSync(inside).filter((file) => file.endsWith(".sh")))(
  "shellcheck has nothing to say of %s",
  async (file) => {
    expect(await runProgram(["shellcheck", join(inside, file)])).toMatchObject({ status: 0, stdout: "" });
  },
);

test("a process that watches over a call waits for it, also where sh is a bash and TMOUT ends a shell that waits", async () => {
  const late =
    '{ echo undo volume v; sleep 0.5; echo done keep; } | bash --posix -c "$1" manyoyo "$2" call rm 3<&0';
  const undone = await runProgram(["sh", "-c", late, "sh", undoText(), engine], { env: { TMOUT: "0.1" } });
  expect(undone).toMatchObject({ status: 0, stderr: "" });
  expect(readFileSync(join(place, "calls"), "utf8")).not.toContain("volume");

  const later = '{ sleep 0.5; echo 4f6a; } | bash --posix -c "$1" manyoyo "$2" web manyoyo.call=x rm 3<&0';
  const guarded = await runProgram(["sh", "-c", later, "sh", guardText(), engine], { env: { TMOUT: "0.1" } });
  expect(guarded.status).toBe(0);
  expect(readFileSync(join(place, "calls"), "utf8")).toContain("container inspect");
});

test.each(["sh", "bash --posix"])(
  "folders are copied by way of links, those of a home are not, and a volume that is missing is a failure (%s)",
  async (shell) => {
    const at = mkdtempSync(join(place, "copy-"));
    mkdirSync(join(at, "real"));
    writeFileSync(join(at, "real/f"), "kept");
    symlinkSync("real", join(at, "link"));
    const copied = (...words: string[]) =>
      runProgram([...shell.split(" "), "-c", copyText(), "manyoyo", ...words], { cwd: at });
    const both = ["home", "link", "none", "saved", "missing", "none", "own", "link", "copy"];
    expect(await copied(...both)).toMatchObject({ status: 0, stderr: "" });
    expect(readFileSync(join(at, "copy/f"), "utf8")).toBe("kept");
    expect(existsSync(join(at, "none"))).toBe(false);
    const failed = await copied("own", "missing", "copy", "own", "real", "other");
    expect(failed).toMatchObject({ status: 1, stderr: "There is no folder missing.\n" });
    expect(readdirSync(at).toSorted()).toEqual(["copy", "link", "real"]);
  },
);
