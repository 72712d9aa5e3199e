import { describe, expect, test } from "bun:test";
import { type Mount, mountWords, parseVolume } from "../../../lib/settings/mounts.ts";
import { failureOf } from "./failure-of.ts";

const bind = (source: string, target: string, more: Partial<Mount> = {}): Mount => ({
  kind: "bind",
  source,
  target,
  readonly: more.readonly ?? false,
  ...(more.relabel === undefined ? {} : { relabel: more.relabel }),
});
const volume = (name: string | undefined, target: string, readonly = false): Mount => ({
  kind: "volume",
  name,
  target,
  readonly,
});

describe("a volume", () => {
  const rows: readonly [string, Mount][] = [
    ["/a:/b", bind("/a", "/b")],
    ["/a/:/b/", bind("/a", "/b")],
    ["/a/../c:/b/./d", bind("/c", "/b/d")],
    ["/a:/b:ro", bind("/a", "/b", { readonly: true })],
    ["/a:/b:rw", bind("/a", "/b")],
    ["/a:/b:z", bind("/a", "/b", { relabel: "z" })],
    ["/a:/b:ro,Z", bind("/a", "/b", { readonly: true, relabel: "Z" })],
    ["/:/host:ro", bind("/", "/host", { readonly: true })],
    ["~:/h", bind("/home/me", "/h")],
    ["~/.gitconfig:/root/.gitconfig:ro", bind("/home/me/.gitconfig", "/root/.gitconfig", { readonly: true })],
    ["./x:/b", bind("/work/x", "/b")],
    [".:/b", bind("/work", "/b")],
    ["..:/b", bind("/", "/b")],
    ["../x:/b", bind("/x", "/b")],
    [".cache:/b", bind("/work/.cache", "/b")],
    ["sub/x:/b", bind("/work/sub/x", "/b")],
    ["/a:b:/c", bind("/a:b", "/c")],
    ["/a:b:c:/d:ro", bind("/a:b:c", "/d", { readonly: true })],
    ["/a\\:/x:/c", bind("/a:/x", "/c")],
    ["/a:/c\\:d:ro", bind("/a", "/c:d", { readonly: true })],
    ['/a,"b c":/d', bind('/a,"b c"', "/d")],
    ["/über\n😀:/d", bind("/über\n😀", "/d")],
    ["cache:/b", volume("cache", "/b")],
    ["my-data_1.x:/b:ro", volume("my-data_1.x", "/b", true)],
    ["/data", volume(undefined, "/data")],
  ];
  test.each(rows)("%j is understood", (word, mount) => {
    expect(parseVolume(word, "/work", "/home/me")).toEqual(mount);
  });

  const refused: readonly [string, string][] = [
    ["", "inside the container"],
    ["cache", "inside the container"],
    [":/b", "nothing before"],
    ["/a:b", "no absolute path"],
    ["/a:", "no absolute path"],
    ["/a:/", "inside the container"],
    ["/a:/b:", "unknown option"],
    ["/a:/b:rp", "unknown option"],
    ["/a:/b:ro:rw", "too many colons"],
    ["/a:/b:/c", "two ways"],
    ["/a:/b:ro,rw", "both"],
    ["/a:/b:z,Z", "both"],
    ["x:/b", "neither"],
    ["a b:/b", "neither"],
    ["~you/x:/b", "another user"],
    ["/a:b:/c:z", "relabelled"],
    ["/a\0:/b", "NUL"],
  ];
  test.each(refused)("%j is refused: %s", (word, why) => {
    const failure = failureOf(() => parseVolume(word, "/work", "/home/me"));
    expect(failure.code).toBe("usage");
    expect(failure.message).toContain(why);
  });

  test("~ without a home folder is refused", () => {
    expect(failureOf(() => parseVolume("~/a:/b", "/work", undefined)).message).toContain("home folder");
  });
});

describe("the words for an engine", () => {
  const rows: readonly [string, readonly string[]][] = [
    ["/a:/b", ["--mount", 'type=bind,"source=/a","target=/b"']],
    ["/a:/b:ro", ["--mount", 'type=bind,"source=/a","target=/b",ro']],
    ['/a,"b":/d', ["--mount", 'type=bind,"source=/a,""b""","target=/d"']],
    ["/a:b:/d", ["--mount", 'type=bind,"source=/a:b","target=/d"']],
    ["/a:/b:z", ["-v", "/a:/b:z"]],
    ["/a:/b:Z,ro", ["-v", "/a:/b:ro,Z"]],
    ["cache:/b", ["--mount", 'type=volume,"source=cache","target=/b"']],
    ["cache:/b:ro", ["--mount", 'type=volume,"source=cache","target=/b",ro']],
    ["cache:/b:z", ["-v", "cache:/b:z"]],
    ["/data", ["--mount", 'type=volume,"target=/data"']],
  ];
  test.each(rows)("%j becomes %j", (word, words) => {
    expect(mountWords(parseVolume(word, "/work", "/home/me"))).toEqual(words);
  });
});
