import { describe, expect, test } from "bun:test";
import { Cut } from "../../../lib/archive/bytes.ts";
import { BadArchive, type Entry, padding, readTar } from "../../../lib/archive/tar.ts";
import { tarEnd, tarHeader } from "../../../lib/archive/tar-write.ts";

const file = (path: string, size: number): Entry => ({
  path,
  kind: "file",
  size,
  mode: 0o600,
  uid: 1000,
  gid: 7,
  modified: 1_700_000_000,
});

/** An archive of these texts, in pieces of so many bytes. */
async function* archive(texts: Readonly<Record<string, string>>, piece = 512): AsyncGenerator<Uint8Array> {
  const parts = Object.entries(texts).flatMap(([path, text]) => {
    const body = Buffer.from(text);
    return [tarHeader(file(path, body.length)), body, new Uint8Array(padding(body.length))];
  });
  const all = Buffer.concat([...parts, tarEnd()]);
  for (let at = 0; at < all.length; at += piece) yield all.subarray(at, at + piece);
}

async function read(chunks: AsyncIterable<Uint8Array>): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {};
  for await (const { path, body } of readTar(chunks)) {
    found[path] = Buffer.concat(await Array.fromAsync(body(), (part) => part.slice())).toString();
  }
  return found;
}

describe("an archive", () => {
  const long = `deep/${"long name/".repeat(30)}日本.jsonl`;
  const texts = { short: "one", empty: "", [long]: "x".repeat(5000), block: "y".repeat(512) };

  test.each([1, 7, 512, 100_000])("is read as it was written, in pieces of %d bytes", async (piece) => {
    expect(await read(archive(texts, piece))).toEqual(texts);
  });

  test("is gone through without reading what is in it", async () => {
    const paths = await Array.fromAsync(readTar(archive(texts, 100)), ({ path }) => path);
    expect(paths).toEqual(Object.keys(texts));
  });

  test("keeps owner, mode and time", async () => {
    const [entry] = await Array.fromAsync(readTar(archive({ a: "b" })));
    expect(entry).toMatchObject({
      kind: "file",
      mode: 0o600,
      uid: 1000,
      gid: 7,
      modified: 1_700_000_000,
      size: 1,
    });
  });

  test("tells folders and links from files", async () => {
    const folder = tarHeader({ ...file("f", 0), kind: "folder" });
    const link = Buffer.from(tarHeader(file("l", 0)));
    link.write("2", 156);
    const sum = link.fill(" ", 148, 156).reduce((total, byte) => total + byte, 0);
    link.write(sum.toString(8).padStart(7, "0"), 148);
    async function* both() {
      yield folder;
      yield link;
    }
    const kinds = await Array.fromAsync(readTar(both()), ({ path, kind }) => [path, kind]);
    expect(kinds).toEqual([
      ["f/", "folder"],
      ["l", "other"],
    ]);
  });

  test("that ends too early is refused, and so is what is none", async () => {
    async function* cut() {
      yield tarHeader(file("a", 1000));
      yield Buffer.from("only these");
    }
    await expect(read(cut())).rejects.toThrow(Cut);
    async function* none() {
      yield Buffer.alloc(2000, "x");
    }
    await expect(read(none())).rejects.toThrow(BadArchive);
  });

  test("of which a header is longer than any name is refused, not held", async () => {
    async function* bomb() {
      const header = Buffer.from(tarHeader(file("a", 2 ** 30)));
      header.write("x", 156);
      const sum = header.fill(" ", 148, 156).reduce((total, byte) => total + byte, 0);
      header.write(sum.toString(8).padStart(7, "0"), 148);
      yield header;
      for (;;) yield Buffer.alloc(1 << 16);
    }
    await expect(read(bomb())).rejects.toThrow(BadArchive);
  });
});
