import { describe, expect, test } from "bun:test";
import {
  countTests,
  filesToRunAgain,
  type Outcome,
  type Totals,
  withSecondTry,
} from "../../support/totals.ts";

/** A report of bun, as it wrote one for two files: one passed, one failed, two skipped. */
const report = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="bun test" tests="4" assertions="1" failures="1" skipped="2" time="0.04">
  <testsuite name="test/a.test.ts" file="test/a.test.ts" tests="4" assertions="1" failures="1" skipped="2">
    <testcase name="ok" classname="x" time="0" file="test/a.test.ts" line="2" assertions="0" />
    <testcase name="skipped" classname="x" time="0" file="test/a.test.ts" line="2" assertions="0"><skipped /></testcase>
    <testcase name="file=&quot;b&quot;" classname="x" time="0" file="test/b.test.ts" line="2" assertions="0" />
  </testsuite>
</testsuites>`;

const run = (outcome: Partial<Outcome>) => {
  const all: Outcome = { report, status: 1, stopped: undefined, strict: false, files: ["test/a.test.ts"] };
  const { passed, failed } = countTests({ ...all, ...outcome });
  return { passed, failed };
};

describe("a test run's totals", () => {
  test("are those of the report", () => {
    expect(run({ files: ["test/a.test.ts", "./test/b.test.ts"] })).toEqual({ passed: 1, failed: 1 });
  });

  test("count a skipped test as failed where what it needs is required", () => {
    expect(run({ strict: true })).toEqual({ passed: 1, failed: 3 });
  });

  test("count a file that ran no test as failed", () => {
    expect(run({ files: ["test/a.test.ts", "test/c.test.ts"] })).toEqual({ passed: 1, failed: 2 });
  });

  test("count a process that ends well without a report as failed", () => {
    expect(run({ report: undefined, status: 0 })).toEqual({ passed: 0, failed: 1 });
  });

  test("count a process that was stopped as failed", () => {
    expect(run({ stopped: "stopped after 10 minutes", status: 137 })).toEqual({ passed: 1, failed: 2 });
  });

  test("count a status that the report does not explain as failed", () => {
    const clean = report.replace('failures="1"', 'failures="0"');
    expect(run({ report: clean })).toEqual({ passed: 2, failed: 1 });
    expect(run({ report: clean, status: 0 })).toEqual({ passed: 2, failed: 0 });
  });

  test("name the tests that failed and say why", () => {
    const failed = `<testsuites tests="2" failures="2" skipped="0">
      <testcase name="b" classname="a &gt; it" file="test/a.test.ts" line="7"><failure type="Error" message="one&#10;&#10;&quot;two&quot;">x</failure></testcase>
      <testcase name="fine" classname="a" file="test/a.test.ts" line="8" />
      <testcase name="c" classname="a" file="test/a.test.ts" line="9">
        <failure type="TimeoutError" message="test timed out" />
      </testcase>
    </testsuites>`;
    const outcome = { report: failed, status: 1, stopped: undefined, strict: false, files: [] };
    const { failures = [] } = countTests(outcome);
    expect(failures.map(({ text }) => text)).toEqual([
      'test/a.test.ts:7 a > it > b\n  one\n  "two"',
      "test/a.test.ts:9 a > c\n  test timed out",
    ]);
  });

  describe("after a second try", () => {
    const failures = [{ file: "test/a.test.ts", text: "a" }];
    const first: Totals = { passed: 4, failed: 1, remarks: [], failures };
    test("hold what passed then as passed, and tell of it", () => {
      expect(withSecondTry(first, { passed: 2, failed: 0, remarks: [] })).toEqual({
        passed: 5,
        failed: 0,
        remarks: ["1 passed only at the second try"],
        failures,
      });
    });
    test("are those of the first where it fails again", () => {
      expect(withSecondTry(first, { passed: 1, failed: 1, remarks: [] })).toBe(first);
    });
    test("are only asked for where few tests failed and nothing else", () => {
      expect(filesToRunAgain(first)).toEqual(["test/a.test.ts"]);
      expect(filesToRunAgain({ ...first, failed: 2 })).toEqual([]);
      expect(filesToRunAgain({ ...first, failed: 4, failures: Array(4).fill(failures[0]) })).toEqual([]);
      expect(filesToRunAgain({ ...first, failed: 0, failures: [] })).toEqual([]);
    });
  });
});
