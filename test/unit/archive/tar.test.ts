import { describe, expect, test } from "bun:test";
import { Cut } from "../../../lib/archive/bytes.ts";
import { BadArchive, type Entry, padding, readTar } from "../../../lib/archive/tar.ts";
import { text, textBytes } from "../../../lib/archive/tar-fields.ts";
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

/** Fields of a header put in, and its sum put right. */
function changed(bytes: Uint8Array, fields: Readonly<Record<number, string>>): Buffer {
  const copy = Buffer.from(bytes);
  for (const [at, text] of Object.entries(fields)) copy.write(text, Number(at), "latin1");
  const sum = copy.subarray(0, 512).fill(" ", 148, 156);
  copy.write(
    `${sum
      .reduce((total, byte) => total + byte, 0)
      .toString(8)
      .padStart(6, "0")}\0 `,
    148,
  );
  return copy;
}

/** A block that says something of the next entry: pax records by x, a long name by L. */
function said(type: string, text: string): Buffer {
  const head = changed(tarHeader(file("said", Buffer.byteLength(text))), { 156: type });
  return Buffer.concat([head, Buffer.from(text), Buffer.alloc(padding(Buffer.byteLength(text)))]);
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

  const own = tarHeader(file("own", 0));
  // As Go's archive/tar has it, by which engines read.
  test.each([
    [
      "two pax headers count as the second one",
      [said("x", "13 path=said\n"), said("x", "11 mtime=1\n"), own],
      "own",
    ],
    ["an empty value says nothing", [said("x", "8 path=\n"), own], "own"],
    [
      "GNU's long name wins over pax before it",
      [said("x", "13 path=said\n"), said("L", "long\0"), own],
      "long",
    ],
    [
      "GNU's long name wins over pax after it",
      [said("L", "long\0"), said("x", "13 path=said\n"), own],
      "long",
    ],
    [
      "what is said of all is heeded by none",
      [said("x", "13 path=said\n"), said("g", "13 path=said\n"), own],
      "own",
    ],
    ["ustar has a folder before the name", [changed(own, { 345: "folder" })], "folder/own"],
    ["GNU has a time there", [changed(own, { 257: "ustar  \0", 345: "00001234567" })], "own"],
    [
      "a GNU of an old Go has a folder there",
      [changed(own, { 257: "ustar  \0", 345: "folder" })],
      "folder/own",
    ],
    ["what is older has neither", [changed(own, { 257: "\0\0\0\0\0", 345: "folder" })], "own"],
  ])("%s", async (_what, parts, path) => {
    async function* all() {
      yield* parts;
    }
    expect(await Array.fromAsync(readTar(all()), (entry) => entry.path)).toEqual([path]);
  });

  test("has sizes between zeros and blanks, and no others than decimal ones in pax", async () => {
    const sizes = async (...parts: readonly Uint8Array[]): Promise<readonly number[]> => {
      async function* all() {
        yield* parts;
        yield Buffer.alloc(512);
      }
      return Array.fromAsync(readTar(all()), ({ size }) => size);
    };
    expect(await sizes(changed(own, { 124: "\0\0\0\0\0\0\0 1000" }))).toEqual([512]);
    expect(await sizes(said("x", "8 size=\n"), changed(own, { 124: "00000001000" }))).toEqual([512]);
    await expect(sizes(said("x", "14 size=0x200\n"), own)).rejects.toThrow(BadArchive);
  });

  test("keeps names of any bytes, each its own, and a folder's name the same whatever is in it", async () => {
    const names = [
      "a\xe9",
      "a\xe8",
      "a\xc3\xa9",
      "d\xc3\xb6/\xf0\x9f\x92\x80",
      "d\xc3\xb6/\xed\xb2\x80",
    ].flatMap((name) => [Buffer.from(name, "latin1"), Buffer.from(`${name}${"x".repeat(120)}`, "latin1")]);
    async function* all() {
      for (const name of names) yield tarHeader(file(text(name), 0));
    }
    const paths = await Array.fromAsync(readTar(all()), ({ path }) => path);
    expect(new Set(paths).size).toBe(names.length);
    expect(paths.map(textBytes)).toEqual(names);
    expect(paths.filter((path) => path.startsWith("dö/"))).toHaveLength(4);
  });

  test("keeps an owner that is too large for a header", async () => {
    async function* all() {
      yield tarHeader({ ...file("a", 0), uid: 1_234_567_890, gid: 2 ** 21 });
    }
    const [entry] = await Array.fromAsync(readTar(all()));
    expect(entry).toMatchObject({ path: "a", uid: 1_234_567_890, gid: 2 ** 21 });
  });

  test("with more headers for an entry than anybody writes is refused, not held", async () => {
    async function* bomb() {
      for (let at = 0; at < 10_000; at += 1) yield said("x", "13 path=said\n");
    }
    await expect(read(bomb())).rejects.toThrow(BadArchive);
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
