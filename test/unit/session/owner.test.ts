import { describe, expect, test } from "bun:test";
import { readIdentity } from "../../../lib/engine/git.ts";
import { type HostFacts, ownerOf, ownerWord, passwdName, runner } from "../../../lib/session/owner.ts";

const facts: HostFacts = { platform: "linux", uid: 1000, gid: 100, name: "ann", socketUid: 0 };
const ann = { uid: 1000, gid: 100, name: "ann" };

describe("whose a session's files are to be", () => {
  test("is told of an ordinary user whose engine is root's", () => {
    expect(ownerOf(facts)).toEqual(ann);
  });

  test.each([
    ["root itself", { uid: 0, gid: 0 }],
    ["an engine of the user's own", { socketUid: 1000 }],
    ["another user's engine", { socketUid: 1001 }],
    ["an engine that is not on this machine", { socketUid: undefined }],
    ["a system whose engine runs in a machine of its own", { platform: "darwin" }],
    ["a system without users", { uid: undefined, gid: undefined }],
  ] satisfies [string, Partial<HostFacts>][])("needs no change for %s", (_what, some) => {
    expect(ownerOf({ ...facts, ...some })).toBeUndefined();
  });

  test.each([
    ["ann", "ann"],
    ["ann.b-c_2", "ann.b-c_2"],
    ["root", "user-7"],
    ["1000", "user-7"],
    ["a:b", "user-7"],
    ["Änne", "user-7"],
    ["DOM\\ann", "user-7"],
    ["", "user-7"],
    ["a".repeat(33), "user-7"],
  ])("has the name %j as %s in a passwd file", (name, expected) => {
    expect(passwdName(name, 7)).toBe(expected);
  });

  test("is one word for run.sh, empty for nobody", () => {
    expect(ownerWord(ann)).toBe("1000:100:ann");
    expect(ownerWord(undefined)).toBe("");
  });
});

describe("whom a command runs as", () => {
  test.each([
    [undefined, undefined, undefined, ann],
    ["root", undefined, undefined, undefined],
    [undefined, "root", undefined, undefined],
    [undefined, undefined, "root", undefined],
    ["auto", "root", "root", ann],
    [undefined, "root", "auto", undefined],
    ["root", undefined, "auto", undefined],
  ] as const)("where the call says %s, the session %s, all calls %s", (said, session, usual, expected) => {
    expect(runner({ owner: ann, said, usual }, session)).toEqual(expected);
  });

  test("is the image's user where there is no ordinary one", () => {
    expect(runner({ owner: undefined, said: "auto", usual: undefined }, undefined)).toBeUndefined();
  });
});

test("git's identity is the last that its settings name", () => {
  expect(readIdentity("user.name\nAnn\0user.email\na@b\0user.name\nAnn\nBee\0")).toEqual({
    name: "Ann\nBee",
    email: "a@b",
  });
  expect(readIdentity("")).toEqual({ name: "", email: "" });
});
