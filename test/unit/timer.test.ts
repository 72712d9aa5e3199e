import { afterEach, beforeEach, expect, jest, test } from "bun:test";
import { inTime } from "../../lib/timer.ts";

const day = 86_400_000;

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  jest.useRealTimers();
});

test.each([0, 1, 24, 25, 30, 60])("something is done after %d days, once and not before", (days) => {
  const done: string[] = [];
  inTime(days * day, () => done.push("done"));
  for (let hour = 0; hour < days * 24 - 1; hour += 1) jest.advanceTimersByTime(day / 24);
  expect(done).toEqual([]);
  for (let hour = 0; hour < 100 * 24; hour += 1) jest.advanceTimersByTime(day / 24);
  expect(done).toEqual(["done"]);
});

test("what was taken back is never done, however late that was", () => {
  const done: string[] = [];
  const takeBack = inTime(60 * day, () => done.push("done"));
  jest.advanceTimersByTime(30 * day);
  takeBack();
  jest.advanceTimersByTime(40 * day);
  expect(done).toEqual([]);
});
