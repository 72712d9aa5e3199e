import { expect, test } from "bun:test";
import { refuseAstray } from "../../../lib/settings/astray.ts";
import { failureOf } from "./failure-of.ts";

const links: Readonly<Record<string, string>> = {
  "/w/data": "/root/.ssh",
  "/w/in": "/w/sub",
  "/big": "/disk",
  "/x": "/etc",
};
const real = (path: string): string => links[path] ?? path;
const bind = (source: string, readonly = false) => ({ source, readonly });

test.each([
  ["a path in the workspace that is a link out of it", "/w", [bind("/w/data", true)]],
  ["a path in another folder that is written", "/other", [bind("/w"), bind("/w/data", true)]],
  ["a workspace that has become a link", "/x", []],
])("%s is refused", (_what, folder, volumes) => {
  expect(failureOf(() => refuseAstray({ folder, volumes }, real)).message).toContain("by a link");
});

test.each([
  ["a path in the workspace", "/w", [bind("/w/sub")]],
  ["a link that stays in it", "/w", [bind("/w/in")]],
  ["a link elsewhere, where nothing in the session writes", "/w", [bind("/big")]],
  ["a path in a folder that is only read", "/other", [bind("/w", true), bind("/w/data")]],
  ["a workspace that is not on record", undefined, [bind("/big")]],
])("%s is handed over", (_what, folder, volumes) => {
  expect(() => refuseAstray({ folder, volumes }, real)).not.toThrow();
});
