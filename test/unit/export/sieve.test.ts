import { describe, expect, test } from "bun:test";
import { Cut } from "../../../lib/archive/bytes.ts";
import { BadArchive, padding } from "../../../lib/archive/tar.ts";
import { tarEnd, tarHeader } from "../../../lib/archive/tar-write.ts";
import { plainPath, refuseHostile, withWays } from "../../../lib/export/hostile.ts";
import { type LayerEntry, type Sifting, sift } from "../../../lib/export/sieve.ts";

const about = { mode: 0o644, uid: 7, gid: 8, modified: 1 };

/** A layer of these files; a path that ends in a slash is a folder. */
function layer(files: readonly (readonly [path: string, text: string])[]): Buffer {
  const parts = files.flatMap(([path, text]) => {
    const kind = path.endsWith("/") ? ("folder" as const) : ("file" as const);
    const size = Buffer.byteLength(text);
    return [tarHeader({ ...about, path, kind, size }), Buffer.from(text), new Uint8Array(padding(size))];
  });
  return Buffer.concat([...parts, tarEnd()]);
}

/** Sets a header's letter, and what it links to, and puts its sum right. */
function turned(bytes: Buffer, type: string, link = "", device = [0, 0]): Buffer {
  const copy = Buffer.from(bytes);
  copy.write(type, 156, "latin1");
  copy.fill(0, 157, 257);
  copy.write(link, 157, 100, "utf8");
  copy.write(
    `${(device[0] ?? 0).toString(8).padStart(7, "0")}\0${(device[1] ?? 0).toString(8).padStart(7, "0")}\0`,
    329,
    "latin1",
  );
  const sum = copy.subarray(0, 512).reduce((all, byte, at) => all + (at >= 148 && at < 156 ? 32 : byte), 0);
  copy.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return copy;
}

/** A block of pax records. */
function pax(records: string): Buffer {
  const head = tarHeader({ ...about, path: "pax", kind: "file", size: records.length });
  return Buffer.concat([
    turned(Buffer.from(head), "x"),
    Buffer.from(records),
    Buffer.alloc(padding(records.length)),
  ]);
}

/** Sets a header's size to these letters. */
function sized(bytes: Buffer, size: string): Buffer {
  const copy = Buffer.from(bytes);
  copy.fill(0, 124, 136).write(size, 124, "latin1");
  return turned(copy, "0");
}

async function sifted(bytes: Buffer, sifting: Sifting, step = 100): Promise<Buffer> {
  const chunks = async function* (): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += step) yield bytes.subarray(at, at + step);
  };
  const out: Uint8Array[] = [];
  for await (const pieces of sift(chunks(), sifting)) out.push(...pieces.map((piece) => piece.slice()));
  return Buffer.concat(out);
}

const long = `${"folder/".repeat(30)}file`;
const files: readonly (readonly [string, string])[] = [
  ["etc/", ""],
  ["etc/one", "1".repeat(511)],
  ["etc/two", "2".repeat(512)],
  [long, "long"],
  ["etc/empty", ""],
  ["last", "3".repeat(5000)],
];

describe("a layer that is gone through", () => {
  test.each([1, 7, 100, 511, 512, 513, 4096, 1_000_000])(
    "stays to the letter, in chunks of %d bytes",
    async (step) => {
      const bytes = Buffer.concat([layer(files), Buffer.alloc(3072)]);
      const seen: string[] = [];
      const judge = ({ path }: LayerEntry): "keep" => {
        seen.push(path);
        return "keep";
      };
      const kept = await sifted(bytes, { judge }, step);
      expect(kept.equals(bytes)).toBe(true);
      expect(seen).toEqual(files.map(([path]) => path));
    },
  );

  test.each([1, 100, 512, 1_000_000])(
    "loses what is left out, with all that was said of it, in chunks of %d",
    async (step) => {
      for (const [out] of files) {
        const kept = await sifted(
          layer(files),
          { judge: ({ path }) => (path === out ? "drop" : "keep") },
          step,
        );
        expect(kept.equals(layer(files.filter(([path]) => path !== out)))).toBe(true);
      }
    },
  );

  test("keeps what is said of all, and loses nothing by it", async () => {
    const all = turned(Buffer.from(tarHeader({ ...about, path: "all", kind: "file", size: 0 })), "g");
    const bytes = Buffer.concat([all, layer(files)]);
    expect((await sifted(bytes, { judge: () => "keep" })).equals(bytes)).toBe(true);
    const kept = await sifted(bytes, { judge: () => "drop" });
    expect(kept.equals(Buffer.concat([all, tarEnd()]))).toBe(true);
  });

  test("hands contents over, and takes entries at its end", async () => {
    const heard: Buffer[] = [];
    const last = async function* () {
      yield tarHeader({ ...about, path: "new", kind: "file", size: 3 });
      yield Buffer.from("new");
      yield new Uint8Array(509);
    };
    const take = (piece: Uint8Array): void => {
      heard.push(Buffer.from(piece));
    };
    const kept = await sifted(
      layer(files),
      { judge: ({ path }) => (path === "last" ? take : "keep"), last },
      700,
    );
    expect(Buffer.concat(heard).toString()).toBe("3".repeat(5000));
    expect(kept.equals(layer([...files.slice(0, -1), ["new", "new"]]))).toBe(true);
  });

  test.each([1, 100, 512, 1_000_000])(
    "may be told by all of an entry's contents what becomes of it, in chunks of %d",
    async (step) => {
      for (const [path, text] of files) {
        const judge =
          (outcome: "keep" | "drop" | readonly Uint8Array[]): Sifting["judge"] =>
          (entry) =>
            entry.path !== path
              ? "keep"
              : {
                  whole: (contents) => {
                    expect(Buffer.from(contents).toString()).toBe(text);
                    return outcome;
                  },
                };
        const rest = files.filter((each) => each[0] !== path);
        expect((await sifted(layer(files), { judge: judge("keep") }, step)).equals(layer(files))).toBe(true);
        expect((await sifted(layer(files), { judge: judge("drop") }, step)).equals(layer(rest))).toBe(true);
        const instead = layer([["instead", "of it"]]).subarray(0, 1024);
        const given = layer(files.map((each) => (each[0] === path ? ["instead", "of it"] : each)));
        expect((await sifted(layer(files), { judge: judge([instead]) }, step)).equals(given)).toBe(true);
      }
    },
  );

  test("is refused where it ends too early, at whichever block, and where it is none", async () => {
    const bytes = layer(files);
    for (let end = 0; end < bytes.length - 1024; end += 512) {
      await expect(sifted(bytes.subarray(0, end), { judge: () => "keep" })).rejects.toThrow(Cut);
    }
    await expect(sifted(Buffer.alloc(2048, "x"), { judge: () => "keep" })).rejects.toThrow(BadArchive);
  });
});

describe("a layer that no engine writes", () => {
  const places = withWays(["/manyoyo/history", "/data/own"]);
  const header = layer([["etc/f", ""]]).subarray(0, 512);
  const named = (path: string): Buffer => Buffer.from(tarHeader({ ...about, path, kind: "file", size: 0 }));
  const entries: readonly (readonly [string, Buffer, string | undefined])[] = [
    ["a file", header, undefined],
    ["a link to anywhere", turned(header, "2", "/etc/passwd"), undefined],
    ["a second name", turned(header, "1", "etc/g"), undefined],
    ["the null device", turned(header, "3", "", [1, 3]), undefined],
    ["a mark of what is gone", turned(header, "3", "", [0, 0]), undefined],
    ["a pipe", turned(header, "6"), undefined],
    ["an absolute path", named("/etc/f"), undefined],
    ["a path that leads out", named("../etc/f"), "leads elsewhere"],
    ["a path that leads out later", named("a/../../etc/f"), "leads elsewhere"],
    ["a second name that leads out", turned(header, "1", "../../etc/passwd"), "leads elsewhere"],
    ["a disk", turned(header, "4", "", [8, 0]), "unknown kind"],
    ["the memory", turned(header, "3", "", [1, 1]), "a device of the host"],
    ["something unknown", turned(header, "V"), "unknown kind"],
    [
      "a file with holes, which has its name elsewhere",
      Buffer.concat([pax("25 GNU.sparse.name=where\n"), header]),
      "unknown kind",
    ],
    [
      "a disk that another reader sees",
      Buffer.concat([
        sized(header, `${"\0".repeat(7)}1000`),
        sized(header, "00000001000"),
        turned(header, "4"),
      ]),
      "unknown kind",
    ],
    [
      "a link on the way there, named twice",
      Buffer.concat([pax("13 path=fine\n"), pax("11 mtime=1\n"), turned(named("data"), "2", "/etc")]),
      "in the place of a folder",
    ],
    [
      "a link on the way there, said not to be",
      Buffer.concat([pax("8 path=\n"), turned(named("data"), "2", "/etc")]),
      "in the place of a folder",
    ],
    [
      "more headers than anybody writes",
      Buffer.concat(Array.from({ length: 9 }, () => pax("11 mtime=1\n"))),
      "too many headers",
    ],
    ["a link in a volume's place", turned(named("data/own"), "2", "/etc"), "in the place of a folder"],
    ["a link on the way there", turned(named("./data"), "2", "/etc"), "in the place of a folder"],
    ["a file in the place of ours", named("manyoyo"), "in the place of a folder"],
  ];
  test.each(entries.map(([what, bytes, refused]) => ({ what, bytes, refused })))(
    "$what",
    async ({ bytes, refused }) => {
      const judge = (entry: LayerEntry): "drop" => {
        refuseHostile(entry, places);
        return "drop";
      };
      const going = sifted(Buffer.concat([bytes, tarEnd()]), { judge });
      if (refused === undefined) expect(await going).toEqual(Buffer.from(tarEnd()));
      else await expect(going).rejects.toThrow(refused);
    },
  );

  test.each([
    ["./a//b/", "a/b"],
    ["/a", "a"],
    ["a/..b", "a/..b"],
    ["..", undefined],
    ["a/../b", undefined],
    ["a\0b", undefined],
  ])("a path %j is %p", (path, expected) => {
    expect(plainPath(path)).toBe(expected);
  });
});
