/** How many tests of a suite passed and failed. */
export interface Totals {
  readonly passed: number;
  readonly failed: number;
  /** What the numbers do not say, a line each. */
  readonly remarks: readonly string[];
  /** The tests that failed, to be told once more at the end of a long run. */
  readonly failures?: readonly FailedTest[];
}

/** A test that failed. */
export interface FailedTest {
  /** As a path from the top of the checkout. */
  readonly file: string;
  /** Where it stands, what it is called, and the first lines of its message. */
  readonly text: string;
}

/** How a `bun test` process ended: what it left as a report, and whether it was stopped by us. */
export interface Outcome {
  /** The JUnit report; `undefined` where none was written. */
  readonly report: string | undefined;
  readonly status: number;
  /** Why we stopped it, in words. */
  readonly stopped: string | undefined;
  /** The files it was to run. */
  readonly files: readonly string[];
  /** Whether a test that was skipped is a test that failed: so where what it needs is required. */
  readonly strict: boolean;
}

/** A number of the report's outermost element. */
function total(report: string, name: string): number {
  const outermost = /<testsuites\b[^>]*>/.exec(report)?.[0] ?? "";
  return Number(new RegExp(`\\b${name}="(\\d+)"`).exec(outermost)?.[1] ?? 0);
}

/** The files of which at least one test is in the report. */
function filesWithTests(report: string): ReadonlySet<string> {
  const cases = report.matchAll(/<testcase\b[^>]*\bfile="([^"]*)"/g);
  return new Set([...cases].map((match) => (match[1] ?? "").replace(/^\.\//, "")));
}

/** Text of an XML attribute. */
function plain(text: string): string {
  const named: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };
  return text.replace(/&(#\d+|\w+);/g, (whole, name: string) =>
    name.startsWith("#") ? String.fromCodePoint(Number(name.slice(1))) : (named[name] ?? whole),
  );
}

/** The tests of a report that failed: where each stands, what it is called and the first lines of its message. */
function failuresOf(report: string): readonly FailedTest[] {
  const attribute = (tag: string, name: string): string =>
    plain(new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1] ?? "");
  const failed = report.matchAll(/(<testcase\b[^>]*[^/]>)\s*(<failure\b[^>]*>)/g);
  return [...failed].map(([, test = "", failure = ""]) => {
    const lines = attribute(failure, "message")
      .split("\n")
      .filter((line) => line.trim() !== "");
    const file = attribute(test, "file");
    const title = `${file}:${attribute(test, "line")} ${attribute(test, "classname")} > ${attribute(test, "name")}`;
    return { file, text: [title, ...lines.slice(0, 12).map((line) => `  ${line.slice(0, 160)}`)].join("\n") };
  });
}

/**
 * Counts what a `bun test` process did, and lets nothing get lost: a file that could not be loaded or ends the process
 * (`process.exit(0)` in a test ends it with status 0 and without a report) counts as one failure, and so does a process
 * that was stopped or that failed in a way its report does not show.
 */
export function countTests({ report = "", status, stopped, files, strict }: Outcome): Totals {
  const seen = filesWithTests(report);
  const silent = files.filter((file) => !seen.has(file.replace(/^\.\//, "")));
  const skipped = total(report, "skipped");
  const failures = total(report, "failures");
  const passed = total(report, "tests") - failures - skipped;
  const remarks = [
    ...(stopped === undefined ? [] : [stopped]),
    ...(report === "" ? ["it left no report"] : silent.map((file) => `${file} ran no test`)),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
  ];
  const counted = failures + (strict ? skipped : 0) + silent.length + (stopped === undefined ? 0 : 1);
  return { passed, failed: Math.max(counted, status === 0 ? 0 : 1), remarks, failures: failuresOf(report) };
}

/**
 * The totals of a suite whose failed files were run a second time. What passes then counts as passed, and is told all the
 * same: it is a fault of the test or of ours that real engines on a busy machine bring out.
 */
export function withSecondTry(first: Totals, second: Totals): Totals {
  const { failures = [] } = first;
  if (second.failed > 0) return first;
  return {
    passed: first.passed + first.failed,
    failed: 0,
    remarks: [`${failures.length} passed only at the second try`, ...first.remarks],
    failures,
  };
}

/** The files to run a second time: those of a few failed tests, where nothing else went wrong. */
export function filesToRunAgain({ failed, failures = [] }: Totals): readonly string[] {
  if (failed === 0 || failed !== failures.length || failed > 3) return [];
  return [...new Set(failures.map(({ file }) => file))];
}
