import { describe, expect, test } from "bun:test";
import { readMoments } from "../../../lib/engine/used.ts";

const never = "0001-01-01T00:00:00Z";

function told(id: string, StartedAt: string, FinishedAt: string, more: object = {}): object {
  return { Id: id, State: { StartedAt, FinishedAt }, ...more };
}

describe("when containers were started and stopped", () => {
  test("by their ids, the year 1 being never; a size where it was asked for", () => {
    const docker = told("a", "2026-01-05T07:09:00.5Z", never, { SizeRw: 0 });
    const podman = told("b", "2026-01-05T08:09:00+01:00", "2026-01-05T07:10:00Z");
    expect(Object.fromEntries(readMoments(JSON.stringify([docker, podman])))).toEqual({
      a: { started: Date.UTC(2026, 0, 5, 7, 9, 0, 500), finished: undefined, size: 0 },
      b: { started: Date.UTC(2026, 0, 5, 7, 9), finished: Date.UTC(2026, 0, 5, 7, 10), size: undefined },
    });
  });

  test("one that is told oddly does not hide the others, and what is no list tells of none", () => {
    const odd = [null, 7, {}, told("x", "soon", "later"), { Id: "y", State: { StartedAt: 3 } }];
    const text = JSON.stringify([...odd, told("z", never, never, { SizeRw: null })]);
    const nothing = { started: undefined, finished: undefined, size: undefined };
    expect(Object.fromEntries(readMoments(text))).toEqual({ x: nothing, z: nothing });
    for (const other of ["", "{}", "[", "null"]) expect(readMoments(other).size).toBe(0);
  });
});
