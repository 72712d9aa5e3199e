import { test } from "bun:test";
import { type EngineName, engines } from "./engines.ts";
import { isLong } from "./tally.ts";

/** How the tests of one engine take turns with those of the others. */
export interface Turns {
  /** A test that is there where it is this engine's turn. */
  turn(title: string, body: () => void | Promise<void>, milliseconds?: number): void;
  /** The same, with no other test beside it where those of its group run several at once. */
  alone(title: string, body: () => void | Promise<void>, milliseconds?: number): void;
  /** A test that is there in the long form alone: what it shows, others show as well, and sooner. */
  rare(title: string, body: () => void | Promise<void>, milliseconds?: number): void;
  /**
   * Those of these rows that are this engine's.
   * @param most how many of them are tried in the short form on all engines together, spread over the table; all of them unless said
   */
  share<const Row>(rows: readonly Row[], most?: number): readonly Row[];
}

/**
 * Must be called while tests are being defined, for each engine before the same tests. Each of them is then run on one engine, in
 * turn, and on all of them in the long form (MANYOYO_TEST_FAULTS=long) and where there is but one. What shows that sessions are made,
 * joined, listed, stopped and removed as they should be on an engine takes no turns: it is run on each.
 * @param first which engine begins, by its place in the list
 */
export function inTurn(engine: EngineName, first = 0): Turns {
  const all = engines();
  const count = { tests: first };
  const isMine = (): boolean => {
    const whose = all[count.tests % all.length];
    count.tests += 1;
    return isLong || whose === engine;
  };
  return {
    turn: (title, body, milliseconds) => {
      if (isMine()) test(title, body, milliseconds);
    },
    alone: (title, body, milliseconds) => {
      if (isMine()) test.serial(title, body, milliseconds);
    },
    rare: (title, body, milliseconds) => {
      if (isLong) test(title, body, milliseconds);
    },
    share: (rows, most = rows.length) => (isLong ? rows : spread(rows, most)).filter(isMine),
  };
}

/** So many rows of a table, as far from each other as they can be, its first one among them. */
function spread<Row>(rows: readonly Row[], most: number): readonly Row[] {
  const step = Math.max(1, rows.length / most);
  return rows.filter((_, at) => Math.floor(at / step) !== Math.floor((at - 1) / step));
}
