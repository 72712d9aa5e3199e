import { Database } from "bun:sqlite";
import { beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { checkExport } from "../../lib/export/read.ts";
import { fake, missing } from "../support/fake.ts";
import {
  entriesOf,
  exported,
  manifest,
  plainOf,
  rebuilt,
  shapes,
  tarOf,
  tarOther,
} from "../support/image-file.ts";

const place = fake();
beforeEach(() => {
  place.clear();
  place.engine("docker", {
    "container inspect": missing.docker,
    "volume inspect": "echo 'Error: No such volume: x' >&2; exit 1",
  });
});
const env = { DOCKER_HOST: "tcp://x:1" };

const lower = tarOf({ "etc/os": "debian", "bin/sh": "#!" });
const upper = tarOf({
  "root/work": "x".repeat(3_000_000),
  "manyoyo/saved/0/claude/projects/w/a.jsonl": "{}",
});
const small = tarOf({ "etc/f": "f" });
const docker20 = shapes["docker 20"];
if (docker20 === undefined) throw new Error("no such shape");

/** Lets the executable import a file; what the engine was asked to do meanwhile. */
async function imported(bytes: Uint8Array, ...words: readonly string[]) {
  const path = `${place.folder}/session`;
  writeFileSync(path, bytes);
  const said = await place.manyoyo(["import", path, ...words], { env });
  const asked = place.calls().map(([, one = "", two = ""]) => `${one} ${two}`);
  const changing = asked.filter(
    (call) => !/^(container inspect|volume inspect|image inspect|info|version|ps) /.test(`${call} `),
  );
  return { ...said, changing };
}

describe("an exported session", () => {
  test.each(Object.keys(shapes))(
    "of what %s saves has the layers to the letter, in their order",
    async (name) => {
      const saved = shapes[name]?.({ layers: [lower, upper, small] });
      for (const compression of ["gzip", "zstd"] as const) {
        const { file } = await exported(saved ?? Buffer.alloc(0), { compression });
        const entries = entriesOf(plainOf(file));
        expect(entries[0]?.path).toBe("manyoyo.json");
        expect(entries.at(-1)?.path).toBe("checksums.json");
        const image = JSON.parse(entries.find(({ path }) => path === "image.json")?.body.toString() ?? "");
        const layers = image.layers.map(({ part }: { part: number }) =>
          Buffer.concat(
            entries.filter(({ path }) => path.startsWith(`layers/${part}/`)).map(({ body }) => body),
          ),
        );
        expect(
          layers.map((layer: Buffer, at: number) =>
            layer.equals([lower, upper, small][at] ?? Buffer.alloc(0)),
          ),
        ).toEqual([true, true, true]);
        const path = `${place.folder}/whole`;
        writeFileSync(path, file);
        const checked = await checkExport(path, () => {});
        expect(checked.manifest).toEqual(manifest());
        expect(checked.layers.length).toBe(3);
      }
    },
  );

  test("says nothing of its host: no folder, no mount's source, no address, no user, no label of ours", async () => {
    const { file } = await exported(docker20({ layers: [small] }));
    const plain = plainOf(file).toString("latin1");
    for (const told of [
      "secret-place",
      "secret-mount",
      "127.0.0.1",
      "manyoyo-history-web",
      "manyoyo.workspace",
      "memory=1g",
    ]) {
      expect(plain).not.toContain(told);
    }
    expect(plain).toContain("org.x");
    expect(JSON.parse(entriesOf(plainOf(file))[0]?.body.toString() ?? "")).toMatchObject({
      ports: ["8080:80", "53:53/udp"],
      omitted: {
        mounts: [{ target: "/mounted", readonly: true, kind: "bind" }],
        mode: "sock",
        engineArgs: 1,
      },
    });
  });

  test("holds no secret, wherever it was: variables, history, logins, a database; and with secrets all of them", async () => {
    const folder = mkdtempSync(`${tmpdir()}/manyoyo-test-${process.pid}-`);
    const database = new Database(`${folder}/db`);
    for (const table of ["session", "message", "part"])
      database.run(`CREATE TABLE ${table} (id TEXT, directory TEXT)`);
    database.run("INSERT INTO session VALUES ('s1', 'kept-row')");
    database.run("CREATE TABLE account (id TEXT, access_token TEXT)");
    database.run("INSERT INTO account VALUES ('a', 'planted-in-database')");
    database.close();
    const db = readFileSync(`${folder}/db`);
    rmSync(folder, { recursive: true });
    const files = {
      "root/.claude/.credentials.json": "planted-in-home",
      "home/ann/.codex/auth.json": "planted-elsewhere",
      "manyoyo/saved/0/claude/.credentials.json": "planted-in-volume",
      "manyoyo/login/claude/x": "planted-login",
      "root/.local/share/opencode/opencode.db": db,
      "root/.local/share/opencode/opencode.db-shm": "planted-in-shm",
      "root/.claude/projects/w/c.jsonl": "kept-conversation",
    };
    const second = tarOther("root/second", "1", "root/.claude/.credentials.json");
    const layer = Buffer.concat([tarOf(files).subarray(0, -1024), second, Buffer.alloc(1024)]);
    const saved = docker20({
      layers: [lower, layer],
      env: ["PATH=/bin", "KEY=planted-value", "MANYOYO_ENV_MULTI=planted\\nlines", "OTHER=stays"],
      history: [{ created_by: "RUN curl -H planted-value" }, { created_by: "-c git Ann ann@planted" }],
    });
    const ofBase = ["PATH=/bin", "OTHER=stays"];
    const { file, left } = await exported(saved, { compression: "zstd", ofBase });
    const plain = plainOf(file).toString("latin1");
    expect(plain).not.toContain("planted");
    for (const kept of ["kept-conversation", "kept-row", "OTHER=stays", "curl -H ***"])
      expect(plain).toContain(kept);
    expect(left.variables).toEqual(["KEY", "MULTI"]);
    expect(left.files.toSorted()).toEqual([
      "/home/ann/.codex/auth.json",
      "/manyoyo/login/claude/x",
      "/manyoyo/saved/0/claude/.credentials.json",
      "/root/.claude/.credentials.json",
      "/root/second",
    ]);
    const path = `${place.folder}/clean`;
    writeFileSync(path, file);
    expect((await checkExport(path, () => {})).leftFiles.count).toBe(5);

    const all = await exported(saved, { manifest: manifest({ secrets: true }) });
    const text = plainOf(all.file).toString("latin1");
    for (const planted of ["planted-value", "planted-in-home", "planted-in-database", "planted-in-volume"]) {
      expect(text).toContain(planted);
    }
    expect(all.left).toEqual({ variables: [], files: [], count: 0, devices: { files: [], count: 0 } });
  });

  test("holds no login of a volume that is an agent's folder itself, and no second name of a database", async () => {
    const path = "root/.local/share/opencode/opencode.db";
    const layer = Buffer.concat([
      tarOf({
        "manyoyo/saved/0/auth.json": "planted",
        "manyoyo/saved/1/auth.json": "kept",
        [path]: "planted",
      }).subarray(0, -1024),
      tarOther("root/second", "1", path),
      Buffer.alloc(1024),
    ]);
    const own = ["/root/.codex", "/data", "/manyoyo/history"];
    const { file, left } = await exported(docker20({ layers: [layer] }), {
      manifest: { ...manifest(), own },
    });
    const plain = plainOf(file).toString("latin1");
    expect(plain).not.toContain("planted");
    expect(plain).toContain("manyoyo/saved/1/auth.json");
    expect(left.files.toSorted()).toEqual(["/manyoyo/saved/0/auth.json", `/${path}`, "/root/second"]);
  });

  test("is not written of what is not whole: a layer that is another one, or is not there", async () => {
    const bytes = docker20({ layers: [small, lower] });
    const altered = Buffer.from(bytes);
    altered[altered.indexOf("debian")] = 0x44;
    await expect(exported(altered)).rejects.toThrow("a layer of what the engine saved");
    const text = bytes
      .toString("latin1")
      .replace(`"${"9".repeat(64)}/layer.tar"`, `"${"7".repeat(64)}/layer.tar"`);
    await expect(exported(Buffer.from(text, "latin1"))).rejects.toThrow("a layer of what the engine saved");
  });

  test("is not written with a link in the place of a folder that its reader mounts something on", async () => {
    const layer = Buffer.concat([tarOther("var/run", "2", "/run"), Buffer.alloc(1024)]);
    const own = ["/var/run/own"];
    for (const secrets of [false, true]) {
      const asks = { ...manifest({ secrets }), own };
      await expect(exported(docker20({ layers: [layer] }), { manifest: asks })).rejects.toMatchObject({
        code: "usage",
        message: expect.stringContaining("something else in the place of a folder at /var/run, which"),
      });
    }
  });

  test("is not written of a session that no file may ask for", async () => {
    const asks = { ...manifest(), folderInside: "/proc/1" };
    await expect(exported(docker20({ layers: [small] }), { manifest: asks })).rejects.toMatchObject({
      code: "usage",
      message: "This session cannot be exported: no file may ask for its folderInside.",
    });
  });

  test("tells of mounts wherever they were", async () => {
    const told = manifest();
    const mounts = [{ target: "/dev/kvm", readonly: false, kind: "bind" as const }];
    const { file } = await exported(docker20({ layers: [small] }), {
      manifest: { ...told, omitted: { ...told.omitted, mounts } },
    });
    const path = `${place.folder}/kvm`;
    writeFileSync(path, file);
    expect((await checkExport(path, () => {})).manifest.omitted.mounts).toEqual(mounts);
  });

  test("has its own layer that is the same as one of its base, and may have none of its own", async () => {
    const path = `${place.folder}/same`;
    const kinds = async (layers: readonly Buffer[], base: number): Promise<readonly string[]> => {
      const saved = shapes["docker 25"]?.({ layers }) ?? Buffer.alloc(0);
      const { file } = await exported(saved, { base, manifest: manifest({ withImage: false }) });
      writeFileSync(path, file);
      return (await checkExport(path, () => {})).image.layers.map(({ of }) => of);
    };
    expect(await kinds([small, lower, small], 2)).toEqual(["base", "base", "file"]);
    expect(await kinds([small, lower], 2)).toEqual(["base", "base"]);
  });

  test("leaves the layers of its base out where it is to", async () => {
    const { file } = await exported(docker20({ layers: [lower, small] }), {
      base: 1,
      manifest: manifest({ withImage: false }),
    });
    const entries = entriesOf(plainOf(file));
    expect(
      entries.filter(({ path }) => path.startsWith("layers/")).map(({ body }) => body.equals(small)),
    ).toEqual([true]);
    const image = JSON.parse(entries.find(({ path }) => path === "image.json")?.body.toString() ?? "");
    expect(image.layers.map(({ of }: { of: string }) => of)).toEqual(["base", "file"]);
    const path = `${place.folder}/upper`;
    writeFileSync(path, file);
    expect((await checkExport(path, () => {})).manifest.withImage).toBe(false);
  });
});

describe("import refuses, before anything is made,", () => {
  const json = (
    files: Map<string, Buffer>,
    path: string,
    change: (told: Record<string, unknown>) => void,
  ): void => {
    const told = JSON.parse(files.get(path)?.toString() ?? "{}");
    change(told);
    files.set(path, Buffer.from(JSON.stringify(told)));
  };
  const repeating = (times: number) => (files: Map<string, Buffer>) =>
    json(files, "image.json", (told) => {
      const [layer] = told["layers"] as readonly unknown[];
      Object.assign(told, { layers: Array.from({ length: times }, () => structuredClone(layer)) });
    });
  const saying = (change: (told: Record<string, unknown>) => void) => (files: Map<string, Buffer>) =>
    json(files, "manyoyo.json", change);
  const layered = (more: Buffer) => (files: Map<string, Buffer>) => {
    files.set("layers/0/00000000", Buffer.concat([more, Buffer.alloc(1024)]));
  };
  const hostile: readonly (readonly [string, (files: Map<string, Buffer>) => void, string?])[] = [
    [
      "a manifest that asks for host mounts",
      saying((told) => Object.assign(told, { mounts: [{ source: "/etc" }] })),
    ],
    ["one that asks for privilege", saying((told) => Object.assign(told, { privileged: true }))],
    [
      "one that asks for another image's name",
      saying((told) => Object.assign(told, { image: "localhost/manyoyo:1-common" })),
    ],
    ["one whose session has a path for a name", saying((told) => Object.assign(told, { session: "../web" }))],
    ["one with a port's address", saying((told) => Object.assign(told, { ports: ["0.0.0.0:80:80"] }))],
    ["one whose folder is the root", saying((told) => Object.assign(told, { folderInside: "/" }))],
    ["one whose folder is /proc", saying((told) => Object.assign(told, { folderInside: "/proc/1" }))],
    [
      "one whose folder leads elsewhere",
      saying((told) => Object.assign(told, { folderInside: "/a/../etc" })),
    ],
    [
      "one with a volume of ours that is none",
      saying((told) => Object.assign(told, { own: ["/manyoyo/login/claude"] })),
    ],
    ["one with a folder twice", saying((told) => Object.assign(told, { own: ["/own", "/own"] }))],
    ["one whose folder has a NUL in it", saying((told) => Object.assign(told, { folderInside: "/a\0/b" }))],
    [
      "one whose base is a word for an engine",
      saying((told) => Object.assign(told, { base: "-o/etc/passwd" })),
    ],
    ["one whose command no program can be given", saying((told) => Object.assign(told, { args: ["a\0b"] }))],
    ["one with an odd variable", saying((told) => Object.assign(told, { variables: ["A=B"] }))],
    ["one that is no JSON", (files) => files.set("manyoyo.json", Buffer.from("{"))],
    ["a later version", saying((told) => Object.assign(told, { version: 2 })), "made by a later manyoyo"],
    [
      "an image for another kind of machine",
      (files) => json(files, "image.json", (told) => Object.assign(told, { architecture: "s390x" })),
      "for linux on s390x",
    ],
    [
      "an image with our labels",
      (files) =>
        json(files, "image.json", (told) =>
          Object.assign(told, { config: { Labels: { "manyoyo.session": "u" } } }),
        ),
    ],
    [
      "an image with variables of ours",
      (files) =>
        json(files, "image.json", (told) => Object.assign(told, { config: { Env: ["MANYOYO_READY=x"] } })),
    ],
    [
      "an image with an entry point",
      (files) => json(files, "image.json", (told) => Object.assign(told, { config: { Entrypoint: ["sh"] } })),
    ],
    [
      "an image that runs something when it is built on",
      (files) => json(files, "image.json", (told) => Object.assign(told, { config: { OnBuild: ["RUN x"] } })),
    ],
    [
      "an image without a layer of its own",
      (files) => json(files, "image.json", (told) => Object.assign(told, { layers: [] })),
    ],
    [
      "an image with a volume over the system's own",
      (files) =>
        json(files, "image.json", (told) => Object.assign(told, { config: { Volumes: { "/proc": {} } } })),
    ],
    [
      "more layers than any engine takes",
      (files) => {
        const rest = [...files].slice(2);
        for (const [path] of rest) files.delete(path);
        for (let at = 1; at <= 1000; at += 1) files.set(`layers/${at}/00000000`, small);
        for (const [path, body] of rest) files.set(path, body);
      },
      "too many layers",
    ],
    [
      "an image that names one layer more often than any engine takes",
      repeating(1001),
      "names too many layers",
    ],
    ["no checksums", (files) => files.delete("checksums.json"), "not whole"],
    ["no image", (files) => files.delete("image.json"), "in the place of image.json"],
    ["another entry at its end", (files) => files.set("more", Buffer.from("x")), "goes on after its end"],
    [
      "another entry in its middle",
      (files) => files.set("../../etc/passwd", Buffer.from("x")),
      "goes on after its end",
    ],
    ["a layer that is no archive", (files) => files.set("layers/0/00000000", Buffer.alloc(1024, "x"))],
    [
      "a layer that leads out of it",
      layered(tarOf({ "../etc/passwd": "x" }).subarray(0, -1024)),
      "leads elsewhere",
    ],
    [
      "a layer with an absolute path that leads out",
      layered(tarOf({ "/a/../../etc": "x" }).subarray(0, -1024)),
      "leads elsewhere",
    ],
    [
      "a layer with a second name of a file outside",
      layered(tarOther("a", "1", "../../etc/shadow")),
      "leads elsewhere",
    ],
    ["a layer with a disk of the host", layered(tarOther("disk", "4")), "unknown kind"],
    [
      "a layer with a link where a volume goes",
      layered(tarOther("manyoyo", "2", "/etc")),
      "in the place of a folder",
    ],
    [
      "a layer with a link in the place of what is filled in",
      layered(tarOther("manyoyo/saved/0", "2", "/")),
      "in the place of a folder",
    ],
  ];
  test.each(hostile.map(([what, change, text]) => ({ what, change, text })))(
    "$what",
    async ({ change, text }) => {
      const { file } = await exported(docker20({ layers: [small] }));
      const said = await imported(gzipSync(rebuilt(plainOf(file), change)));
      expect(said).toMatchObject({ status: 2, stdout: "", changing: [] });
      expect(said.stderr).toStartWith("manyoyo: ");
      expect(said.stderr).toContain(text ?? "no session that manyoyo exported");
      expect(said.stderr.trimEnd().split("\n").length).toBeLessThanOrEqual(2);
    },
  );

  test("nothing of a file that is whole: then the engine is asked to change something", async () => {
    const { file } = await exported(docker20({ layers: [small] }));
    const said = await imported(gzipSync(rebuilt(plainOf(file), () => {})));
    expect(said.changing[0]).toBe("volume create");
  });

  test("an image that names a large layer again and again", async () => {
    const { file } = await exported(docker20({ layers: [upper] }));
    const said = await imported(gzipSync(rebuilt(plainOf(file), repeating(3))));
    expect(said).toMatchObject({ status: 2, stdout: "", changing: [] });
    expect(said.stderr).toContain("names the same layers again and again");
  });

  test.each([
    ["a large layer", upper, 2],
    ["what is next to empty", small, 100],
  ])("nothing of one that has %s more than once, as images do", async (_what, layer, times) => {
    const { file } = await exported(docker20({ layers: [layer] }));
    const said = await imported(gzipSync(rebuilt(plainOf(file), repeating(times))));
    expect(said.changing[0]).toBe("volume create");
  });

  test("a piece that is missing in the middle of a layer, and one too many", async () => {
    const { file } = await exported(docker20({ layers: [upper] }));
    const plain = plainOf(file);
    const without = rebuilt(plain, (files) => files.delete("layers/0/00000001"));
    expect(await imported(gzipSync(without))).toMatchObject({ status: 2, changing: [] });
    const twice = Buffer.concat([plain.subarray(0, -1024), plain]);
    expect(await imported(gzipSync(twice))).toMatchObject({ status: 2, changing: [] });
    const after = Buffer.concat([plain, plain]);
    expect(await imported(gzipSync(after))).toMatchObject({ status: 2, changing: [] });
  });

  test("a file that is cut anywhere, packed or not", async () => {
    const { file } = await exported(docker20({ layers: [small] }));
    const plain = plainOf(file);
    const path = `${place.folder}/cut`;
    const refused = async (bytes: Uint8Array): Promise<void> => {
      writeFileSync(path, bytes);
      await expect(checkExport(path, () => {})).rejects.toMatchObject({ code: "usage" });
    };
    for (let end = 0; end < plain.length - 1024; end += 256) await refused(plain.subarray(0, end));
    for (let end = 0; end < file.length; end += 37) await refused(file.subarray(0, end));
    const zstd = zstdCompressSync(plain);
    for (let end = 0; end < zstd.length; end += 41) await refused(zstd.subarray(0, end));
    expect(await imported(file.subarray(0, file.length - 100))).toMatchObject({
      status: 2,
      changing: [],
      stderr: expect.stringContaining("The file is not whole, so nothing was made of it."),
    });
  });

  test("a file in which a single byte was changed", async () => {
    const { file } = await exported(docker20({ layers: [small] }));
    const plain = plainOf(file);
    const path = `${place.folder}/changed`;
    // What fills a block is in no sum, and nobody reads it.
    const counts = entriesOf(plain).flatMap(({ at, size }) => [
      at,
      at + 60,
      at + 130,
      at + 512,
      at + 511 + size,
    ]);
    for (const at of counts) {
      const copy = Buffer.from(plain);
      copy[at] = (copy[at] ?? 0) ^ 0x21;
      writeFileSync(path, copy);
      await expect(checkExport(path, () => {})).rejects.toMatchObject({ code: "usage" });
    }
  });

  test.each([
    ["nothing", Buffer.alloc(0)],
    ["a text", Buffer.from("hello\n".repeat(1000))],
    ["noise", crypto.getRandomValues(Buffer.alloc(4096))],
    [
      "a backup of conversations",
      gzipSync(tarOf({ "manifest.json": '{"kind":"manyoyo history","schema":1}' })),
    ],
    ["an image", gzipSync(docker20({ layers: [small] }))],
  ])("%s", async (_what, bytes) => {
    const said = await imported(bytes);
    expect(said).toMatchObject({ status: 2, stdout: "", changing: [] });
    expect(said.stderr).not.toContain("manyoyo itself failed");
  });
});
