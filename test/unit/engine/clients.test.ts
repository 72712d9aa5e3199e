import { describe, expect, test } from "bun:test";
import { holderOf, type Process, readClients, sightOf, standpoint } from "../../../lib/engine/clients.ts";

const id = "0123456789abcdef";
const client = (parent: number): Process => ({
  pid: 50,
  parent,
  words: `/usr/bin/docker exec --interactive --env MANYOYO_EXEC=${id} 4f6a /bin/sh`,
});
const found = (parent: number, words: string) =>
  readClients([client(parent), { pid: parent, parent: 1, words }], "/opt/m");

describe("the engine's program of a run", () => {
  test.each([
    ["/opt/m -n web -x make", 7, true],
    ["/usr/local/bin/manyoyo c", 7, true],
    ["-bash", 7, true],
    ["/opt/m -n web", 1, true],
    ["/sbin/init splash", 1, false],
    ["/usr/lib/systemd/systemd --user", 7, false],
    ["tini -- server", 7, false],
    ["sleep 9", 1, false],
  ])("whose parent is %j (%d) has a call: %p", (words, parent, held) => {
    expect(found(parent, words)).toEqual(new Map([[id, held]]));
  });

  test("whose parent is not known has no call", () => {
    expect(readClients([client(7)], "/opt/m").get(id)).toBe(false);
  });

  test("is no other program that has such words", () => {
    const words = `grep MANYOYO_EXEC=${id} x`;
    expect(readClients([{ pid: 5, parent: 1, words }], "/opt/m").size).toBe(0);
  });
});

describe("a run", () => {
  test.each([
    [true, undefined, true, "background"],
    [false, true, true, "attached"],
    [false, true, false, "attached"],
    [false, false, false, "orphan"],
    [false, undefined, true, "orphan"],
    [false, undefined, false, "elsewhere"],
  ] as const)(
    "in the background %p, with a program %p, of mine %p, is %s",
    (background, held, mine, holder) => {
      const all = new Map(held === undefined ? [] : [[id, held]]);
      expect(holderOf({ id, background }, all, mine)).toBe(holder);
    },
  );
});

describe("of a call at another standpoint", () => {
  test.each([
    ["on another machine, or in another PID namespace", "b/1/7", "a/1/7", "nothing"],
    ["on this machine, before it was started anew", "a/0/7", "a/1/7", "gone"],
    ["of this user", "a/1/7", "a/1/7", "processes"],
    ["of somebody else, whose processes may be hidden", "a/1/8", "a/1/7", "nothing"],
    ["of somebody else, for root", "a/1/8", "a/1/0", "processes"],
    ["that nobody wrote down so", "x", "a/1/7", "nothing"],
  ] as const)("%s, is known", (_what, from, here, known) => {
    expect(sightOf(from, here)).toBe(known);
  });

  test("this one is a word that stays the same", () => {
    expect(standpoint()).toMatch(/^[0-9a-f]{16}\/[0-9a-f-]*\/\d*$/);
    expect(standpoint()).toBe(standpoint());
    expect(sightOf(standpoint(), standpoint())).toBe("processes");
  });
});
