import { describe, expect, test } from "bun:test";
import { manPage } from "../../../cli/man.ts";
import { optionNames, spellings } from "../../../cli/options.ts";
import { exitStatuses, files, settings, variables } from "../../../cli/pages.ts";
import { verbNames } from "../../../cli/verbs.ts";

const page = manPage("1.2.3", "2026-01-31");
const lines = page.trimEnd().split("\n");
/** What a reader sees, without the marks of the source. */
const seen = page
  .replace(/\\f[BIR]/g, "")
  .replace(/^\.(B|SH|SS) /gm, "")
  .replaceAll("\\(aq", "'")
  .replaceAll("\\(dq", '"')
  .replaceAll("\\(ti", "~")
  .replace(/\\([-&])/g, (_, sign: string) => (sign === "&" ? "" : sign));

describe("The manual page", () => {
  test("is plain text of requests that every man knows", () => {
    const known = /^(\.(TH|SH|SS|TP|PP|B|BR|RS|RE|nf|fi|br)( |$)|[^.'])/;
    expect(lines.filter((line) => !known.test(line) || !/^[\x20-\x7e]+$/.test(line))).toEqual([]);
  });

  test("says its version and its day", () => {
    expect(lines[0]).toBe('.TH MANYOYO 1 "2026-01-31" "manyoyo 1.2.3" "User Commands"');
  });

  test("has the sections that people look for, in their order", () => {
    const sections = lines.filter((line) => line.startsWith(".SH ")).map((line) => line.slice(4));
    const usual = [
      "NAME",
      "SYNOPSIS",
      "DESCRIPTION",
      "VERBS",
      "OPTIONS",
      "EXIT STATUS",
      "ENVIRONMENT",
      "FILES",
      "EXAMPLES",
    ];
    expect(sections.filter((name) => usual.includes(name))).toEqual(usual);
  });

  test("names every verb, and every option in every spelling", () => {
    expect(verbNames().filter((verb) => !seen.includes(`\nmanyoyo ${verb} [OPTIONS]`))).toEqual([]);
    const words = new Set(seen.split(/[\s,.]+/));
    const missing = optionNames()
      .flatMap((name) => spellings(name))
      .filter((word) => !words.has(word));
    expect(missing).toEqual([]);
  });

  test("tells every setting, status, variable and file", () => {
    const terms = [...exitStatuses(), ...variables, ...files].map(([term]) => term);
    const keys = settings().map(({ key }) => key);
    expect([...terms, ...keys].filter((term) => !seen.includes(`\n${term}\n`))).toEqual([]);
  });

  test("keeps what has a meaning in the source of a page as it is written", () => {
    expect(page).toContain("LINES=\\(dqwith \\en, \\et, \\e\\(dq and");
    expect(page).toContain(".B ./.manyoyo.json");
    expect(page).toContain("\\(haT opens a shell");
  });
});
