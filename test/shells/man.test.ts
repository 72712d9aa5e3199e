import { expect, test } from "bun:test";
import { join } from "node:path";
import { manPage } from "../../cli/man.ts";
import { runProgram } from "../support/manyoyo.ts";

// Two programs read manual pages and warn of different things: groff, by which Debian's man shows them, and mandoc, which
// is the man of Alpine and macOS.

const page = manPage("1.2.3", "2026-01-31");

test("the manual page gives mandoc nothing to warn of", async () => {
  const said = await runProgram(["mandoc", "-T", "lint", "-W", "style"], { input: page });
  expect(said).toMatchObject({ status: 0, stdout: "", stderr: "" });
});

test.each([["ascii"], ["utf8"]])("groff shows the manual page without a warning, as %s", async (device) => {
  // -c, -b, -o, -u: plain text, without marks for bold and underlined.
  const said = await runProgram(["groff", "-man", "-ww", `-T${device}`, "-P-cbou"], { input: page });
  expect([said.status, said.stderr]).toEqual([0, ""]);
  expect(said.stdout.split("\n").filter((line) => Bun.stringWidth(line) > 80)).toEqual([]);
  expect(said.stdout).toContain("manyoyo resume [OPTIONS] [NAME [ID]]");
  expect(said.stdout).toContain("GREETING='as it stands, $5 too'");
});

test("npm run man prints the page of this version, the same bytes for the same day", async () => {
  const print = () =>
    runProgram([process.execPath, "test/support/man.ts"], {
      cwd: join(import.meta.dir, "../.."),
      env: { SOURCE_DATE_EPOCH: "1769817600" },
    });
  const { version } = await Bun.file(join(import.meta.dir, "../../package.json")).json();
  const first = await print();
  expect(first).toMatchObject({ status: 0, stderr: "", stdout: manPage(version, "2026-01-31") });
  expect((await print()).stdout).toBe(first.stdout);
});
