import { describe, expect, test } from "bun:test";
import { searchPath } from "../../lib/search-path.ts";

const usual = "/usr/local/bin:/usr/bin:/bin";

describe("programs are looked for", () => {
  test("nowhere that is relative, empty, or npm's own", () => {
    for (const entry of [
      ".",
      "",
      "bin",
      "./bin",
      "../bin",
      "node_modules/.bin",
      "/work/up/node_modules/.bin",
      "/work/x/../web/bin",
    ]) {
      expect(searchPath(`${entry}:${usual}`, "/work/web", "/home/me")).toBe(usual);
      expect(searchPath(`${usual}:${entry}`, "/work/web", "/home/me")).toBe(usual);
    }
  });

  test("not in the folder that we are in, nor below it", () => {
    for (const entry of ["/work/web", "/work/web/", "/work/web/bin", "/work/web/.venv/bin"]) {
      expect(searchPath(`${entry}:${usual}`, "/work/web", "/home/me")).toBe(usual);
    }
  });

  test("beside it, and in a folder whose name only begins like it", () => {
    for (const entry of ["/work/bin", "/work/web-tools/bin", "/home/me/.local/bin"]) {
      expect(searchPath(`${entry}:${usual}`, "/work/web", "/home/me")).toBe(`${entry}:${usual}`);
    }
  });

  test("everywhere that is absolute where nobody works: in the home, above it, in the system's folders", () => {
    const path = `/home/me/.local/bin:${usual}`;
    for (const folder of ["/home/me", "/home", "/", "/usr", "/usr/local", undefined]) {
      expect(searchPath(path, folder, "/home/me")).toBe(path);
    }
    expect(searchPath(usual, "/usr/local/bin", "/home/me")).toBe(usual);
  });
});
