import { expect, test } from "bun:test";
import { tallyTable } from "../../support/tally.ts";

test("the table of tries has a row for each fault, with how often its promise was broken", () => {
  const rows = [
    { fault: "KILL at every step", promised: "nothing is left", tries: 12, broken: 0 },
    { fault: "full disk", promised: "it is said", tries: 2, broken: 1 },
  ];
  expect(tallyTable(rows)).toBe(
    [
      "FAULT               TRIES  PROMISED         BROKEN",
      "KILL at every step  12     nothing is left  0",
      "full disk           2      it is said       1",
    ].join("\n"),
  );
});
