import { describe, expect, test } from "bun:test";
import {
  type Entry,
  entriesOf,
  partOf,
  partOfRuns,
  readNote,
  runsOf,
  writeNote,
} from "../../../lib/session/runs.ts";

const [a, b] = ["0123456789abcdef", "fedcba9876543210"];
const at = Date.UTC(2026, 0, 5, 7, 9, 0, 123);
const stamp = "2026-01-05T07:09:00.123456789Z ";

describe("a line of a session's log", () => {
  test.each<[string, Entry[]]>([
    ["manyoyo made", [{ kind: "made", at: undefined }]],
    [`${stamp}manyoyo made`, [{ kind: "made", at }]],
    [
      `${stamp}manyoyo start ${a} ann,npm%20test`,
      [{ kind: "start", at, id: a, user: "ann", line: "npm test", background: false }],
    ],
    [
      `${stamp}manyoyo start ${a} ann,x,background`,
      [{ kind: "start", at, id: a, user: "ann", line: "x", background: true }],
    ],
    [`${stamp}manyoyo end ${a} 137`, [{ kind: "end", at, id: a, status: 137 }]],
    [`${stamp}out`, [{ kind: "text", at, text: "out" }]],
    [stamp, [{ kind: "text", at, text: "" }]],
    [
      `${stamp}half a linemanyoyo end ${a} 0`,
      [
        { kind: "text", at, text: "half a line" },
        { kind: "end", at, id: a, status: 0 },
      ],
    ],
    [`${stamp}say manyoyo start ${b} x`, [{ kind: "text", at, text: `say manyoyo start ${b} x` }]],
    [`${stamp}manyoyo end ${a} x`, [{ kind: "text", at, text: `manyoyo end ${a} x` }]],
    [`${stamp}manyoyo end 12 0`, [{ kind: "text", at, text: "manyoyo end 12 0" }]],
    [`${stamp}manyoyo made it`, [{ kind: "text", at, text: "manyoyo made it" }]],
  ])("%j", (line, entries) => {
    expect(entriesOf(line)).toEqual(entries);
  });

  test("that came in pieces has an engine's time before each: they are taken out", () => {
    const later = "2026-01-05T07:09:00.223456789Z ";
    expect(entriesOf(`${stamp}one ${later}two${stamp}three`)).toEqual([
      { kind: "text", at, text: "one twothree" },
    ]);
  });

  test("keeps a time that the program wrote itself", () => {
    const text = "2026-01-05T07:08:59.000000001Z said so";
    expect(entriesOf(`${stamp}it was ${text}`)).toEqual([{ kind: "text", at, text: `it was ${text}` }]);
  });

  test("may be stamped in another zone", () => {
    expect(entriesOf("2026-01-05T09:09:00.123456789+02:00 x")).toEqual([{ kind: "text", at, text: "x" }]);
  });
});

describe("a note", () => {
  test.each([
    ["ann", "npm test", false],
    ["ann,bob", "a,b\n日 %41", true],
    ["", "", false],
  ])("of %j and %j says what it was given", (user, line, background) => {
    const note = writeNote({ user, line, background });
    expect(note).not.toMatch(/\s/);
    expect(readNote(note)).toEqual({ user, line, background });
  });

  test("has no more than the beginning of a long line", () => {
    expect(readNote(writeNote({ user: "ann", line: "x".repeat(900), background: false })).line).toHaveLength(
      300,
    );
  });
});

const entries = (text: string): readonly Entry[] =>
  text
    .trim()
    .split("\n")
    .flatMap((line, second) =>
      entriesOf(`2026-01-05T07:09:${String(second).padStart(2, "0")}.000000000Z ${line}`),
    );
const log = entries(`manyoyo made
hello
manyoyo start ${a} ann,make,background
compiling
manyoyo start ${b} bob,ls
still compiling
manyoyo end ${b} 2
manyoyo end ${a} 0
bye`);

describe("the runs of a log", () => {
  test("have who, what, when and how, with the output of those in the background", () => {
    const { runs, own } = runsOf(log);
    const second = (count: number): number => Date.UTC(2026, 0, 5, 7, 9, count);
    expect(runs).toMatchObject([
      { id: a, user: "ann", line: "make", start: second(2), end: second(7), status: 0, state: "ended" },
      { id: b, user: "bob", line: "ls", start: second(4), end: second(6), status: 2, state: "ended" },
    ]);
    expect(runs.map(({ output }) => output.map(({ text }) => text))).toEqual([
      ["compiling", "still compiling"],
      [],
    ]);
    expect(own.map(({ text }) => text)).toEqual(["hello", "bye"]);
  });

  test("of two in the background at once do not say whose output it is", () => {
    const { runs, own } = runsOf(
      entries(
        `manyoyo start ${a} ann,a,background\nmanyoyo start ${b} ann,b,background\nwhose\nmanyoyo end ${b} 0\nmine`,
      ),
    );
    expect(runs.map(({ output }) => output.length)).toEqual([1, 0]);
    expect(own).toMatchObject([{ text: "whose" }]);
  });

  test("without an end are open, or lost where the session was started again", () => {
    const states = (text: string) => runsOf(entries(text)).runs.map(({ state }) => state);
    expect(states(`manyoyo start ${a} ann,a`)).toEqual(["open"]);
    expect(states(`manyoyo start ${a} ann,a\nmanyoyo made\nmanyoyo start ${b} ann,b`)).toEqual([
      "lost",
      "open",
    ]);
  });

  test("begin once, and end once", () => {
    const { runs } = runsOf(
      entries(`manyoyo start ${a} ann,a\nmanyoyo start ${a} eve,b\nmanyoyo end ${a} 3\nmanyoyo end ${a} 0`),
    );
    expect(runs).toMatchObject([{ user: "ann", status: 3 }]);
  });
});

describe("a part of a log", () => {
  const texts = (part: readonly Entry[]) => part.map((entry) => ("text" in entry ? entry.text : entry.kind));

  test("is its end, from a moment on, or both", () => {
    const since = Date.UTC(2026, 0, 5, 7, 9, 5);
    expect(texts(partOf(log, { since: undefined, tail: 2 }))).toEqual(["end", "bye"]);
    expect(texts(partOf(log, { since: undefined, tail: 0 }))).toEqual([]);
    expect(texts(partOf(log, { since, tail: undefined }))).toEqual(["still compiling", "end", "end", "bye"]);
    expect(texts(partOf(log, { since, tail: 1 }))).toEqual(["bye"]);
    expect(partOf(log, { since: undefined, tail: 99 })).toEqual(log);
  });

  test("has whole runs, with as much of their output as is in it", () => {
    const told = partOfRuns(log, { since: undefined, tail: 4 });
    expect(told.runs.map(({ id, output }) => [id, output.length])).toEqual([
      [a, 1],
      [b, 0],
    ]);
    expect(told.own).toMatchObject([{ text: "bye" }]);
    expect(partOfRuns(log, { since: undefined, tail: 1 }).runs).toEqual([]);
  });
});
