import { describe, expect, test } from "bun:test";
import { ar, gzip, tar, textMember, zip } from "../../support/release/archive.ts";
import { billOfMaterials } from "../../support/release/sbom.ts";
import { locked, targetOf, targets } from "../../support/release/targets.ts";

const members = [textMember("a/b/one", "1\n"), textMember("a/two", "2\n")];
const made = {
  target: targetOf("linux-x64"),
  version: "1.2.3",
  commit: "c0ffee",
  time: 1_700_000_000,
  bun: "1.4.5",
  packages: [{ name: "@a/b", version: "2.0.0", license: "ISC", text: "words", sha512: "00" }],
  sha256: "11",
};

describe("what a release is packed into", () => {
  test("is the same bytes for the same files", async () => {
    for (const pack of [tar, zip, ar]) expect(pack(members, 1e9)).toEqual(pack(members, 1e9));
    const [one, other] = [await gzip(tar(members, 1e9)), await gzip(tar(members, 1e9))];
    expect(one).toEqual(other);
    // Neither a time nor a system.
    expect([...one.slice(4, 8), one[9]]).toEqual([0, 0, 0, 0, 255]);
  });

  test("holds every folder once, before what is in it", () => {
    const names = Buffer.from(tar(members, 0))
      .toString("latin1")
      .match(/(?<=\0|^)a\/[a-z/]*(?=\0)/g);
    expect(names).toEqual(["a/", "a/b/", "a/b/one", "a/two"]);
  });
});

describe("a bill of materials", () => {
  test("tells program, runtime and packages, each with its licence", () => {
    const bill = JSON.parse(billOfMaterials(made));
    expect(bill).toMatchObject({ bomFormat: "CycloneDX", specVersion: "1.6" });
    expect(bill.metadata.component).toMatchObject({ name: "manyoyo", version: "1.2.3" });
    const names = bill.components.map(({ name }: { name: string }) => name);
    expect(names).toEqual(["bun", "@a/b"]);
    const all = bill.components.flatMap((each: { components?: object[] }) => [
      each,
      ...(each.components ?? []),
    ]);
    for (const { licenses } of all) expect(licenses.length).toBe(1);
    expect(bill.components[1]).toMatchObject({
      purl: "pkg:npm/%40a/b@2.0.0",
      licenses: [{ license: { id: "ISC" } }],
    });
  });

  test("has an id of its own for each executable, and the same for the same one", () => {
    const id = (sha256: string): string => JSON.parse(billOfMaterials({ ...made, sha256 })).serialNumber;
    expect(id("11")).toBe(id("11"));
    expect(id("11")).not.toBe(id("12"));
    expect(id("11")).toMatch(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});

test.each(targets.map(({ runtime }) => runtime))("%s is pinned with its checksum", (name) => {
  expect(locked(name)).toEqual({ version: Bun.version, integrity: expect.stringMatching(/^sha512-/) });
});
