import { createHash } from "node:crypto";
import { gunzipSync, gzipSync, zstdDecompressSync } from "node:zlib";
import { padding } from "../../lib/archive/tar.ts";
import { tarEnd, tarHeader } from "../../lib/archive/tar-write.ts";
import { type Manifest, manifestOf } from "../../lib/export/manifest.ts";
import { type Exporting, type LeftOut, type Save, writeExport } from "../../lib/export/write.ts";
import type { Likeness } from "../../lib/session/likeness.ts";

type Files = Readonly<Record<string, string | Uint8Array>>;

export const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** A tar of these files. */
export function tarOf(files: Files): Buffer {
  const parts = Object.entries(files).flatMap(([path, text]) => {
    const bytes = Buffer.from(text);
    const header = tarHeader({
      path,
      kind: "file",
      size: bytes.length,
      mode: 0o644,
      uid: 1,
      gid: 2,
      modified: 3,
    });
    return [header, bytes, new Uint8Array(padding(bytes.length))];
  });
  return Buffer.concat([...parts, tarEnd()]);
}

/** A header of something that is no file: a link by 2, a second name by 1, a folder by 5, a disk by 4. */
export function tarOther(path: string, type: string, link = ""): Buffer {
  const bytes = Buffer.from(
    tarHeader({ path, kind: "file", size: 0, mode: 0o644, uid: 0, gid: 0, modified: 0 }),
  );
  bytes.write(type, 156, "latin1");
  bytes.write(link, 157, 100, "utf8");
  const sum = bytes.subarray(0, 512).reduce((all, byte, at) => all + (at >= 148 && at < 156 ? 32 : byte), 0);
  bytes.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return bytes;
}

/** An image as the test makes it up: its layers from the lowest to the uppermost. */
export interface MadeUp {
  readonly layers: readonly Buffer[];
  readonly env?: readonly string[];
  readonly history?: readonly Readonly<Record<string, unknown>>[];
}

function configOf({ layers, env = [], history }: MadeUp): string {
  return JSON.stringify({
    architecture: process.arch === "x64" ? "amd64" : process.arch,
    os: "linux",
    created: "2026-01-05T07:09:00Z",
    config: {
      Env: env,
      Cmd: ["sh"],
      Labels: { "manyoyo.workspace": "/home/ann/secret-place", "org.x": "y" },
    },
    container_config: { Env: env },
    container: "0123",
    history: history ?? layers.map(() => ({ created_by: "step" })),
    rootfs: { type: "layers", diff_ids: layers.map((each) => `sha256:${sha256(each)}`) },
  });
}

/** What engines write when they save that image. */
export const shapes: Readonly<Record<string, (image: MadeUp) => Buffer>> = {
  "docker 20": (image) => {
    const config = configOf(image);
    const names = image.layers.map((_, at) => `${9 - at}`.repeat(64));
    const files: Record<string, string | Uint8Array> = {
      [`${sha256(Buffer.from(config))}.json`]: config,
    };
    for (const [at, layer] of [...image.layers.entries()].reverse()) {
      files[`${names[at]}/VERSION`] = "1.0";
      files[`${names[at]}/json`] = JSON.stringify({ id: names[at], config: { Env: image.env } });
      files[`${names[at]}/layer.tar`] = layer;
    }
    files["manifest.json"] = JSON.stringify([
      {
        Config: `${sha256(Buffer.from(config))}.json`,
        RepoTags: ["x:1"],
        Layers: names.map((name) => `${name}/layer.tar`),
      },
    ]);
    files["repositories"] = "{}";
    return tarOf(files);
  },
  "podman 4": (image) => {
    const config = configOf(image);
    const names = image.layers.map((layer) => `${sha256(layer)}.tar`);
    const files = Object.fromEntries(image.layers.map((layer, at) => [names[at] ?? "", layer]));
    const plain = tarOf({ ...files, "aa.json": config });
    const links = names.map((name, at) => tarOther(`${at}/layer.tar`, "2", `../${name}`));
    const manifest = tarOf({
      "manifest.json": JSON.stringify([
        { Config: "aa.json", RepoTags: ["x:1"], Layers: names.map((_, at) => `${at}/layer.tar`) },
      ]),
    });
    return Buffer.concat([plain.subarray(0, -1024), ...links, manifest]);
  },
  "docker 25": (image) => {
    const config = configOf(image);
    const blob = (bytes: Uint8Array): string => `blobs/sha256/${sha256(bytes)}`;
    const packed = image.layers.map((layer) => gzipSync(layer));
    return tarOf({
      ...Object.fromEntries(packed.map((layer) => [blob(layer), layer])),
      [blob(Buffer.from(config))]: config,
      "index.json": "{}",
      "oci-layout": '{"imageLayoutVersion":"1.0.0"}',
      "manifest.json": JSON.stringify([
        { Config: blob(Buffer.from(config)), RepoTags: ["x:1"], Layers: packed.map(blob) },
      ]),
    });
  },
};

export const likeness: Likeness = {
  base: "box:1",
  firstCommand: "claude",
  args: ["-x"],
  agent: "claude",
  folder: "/home/ann/secret-place",
  folderInside: "/work",
  volumes: [{ kind: "bind", source: "/home/ann/secret-mount", target: "/mounted", readonly: true }],
  ports: ["127.0.0.1:8080:80", "[::1]:53:53/udp"],
  mode: "sock",
  engineArgs: ["--memory=1g"],
  stores: [{ volume: "manyoyo-history-web", target: "/manyoyo/history" }],
  prepare: [],
  commandsAsRoot: false,
  variables: ["KEY", "MULTI"],
  own: ["/manyoyo/history"],
};

export function manifest(more: Partial<Parameters<typeof manifestOf>[1]> = {}): Manifest {
  const about = { session: "web", manyoyo: "1.0.0", secrets: false, withImage: true, ...more };
  return manifestOf(likeness, about, new Date(0));
}

/** Writes an exported session of that image. */
export async function exported(
  saved: Buffer,
  more: Partial<Exporting> = {},
): Promise<{ readonly file: Buffer; readonly left: LeftOut }> {
  const save: Save = (read) =>
    read(
      (async function* () {
        for (let at = 0; at < saved.length; at += 65536) yield saved.subarray(at, at + 65536);
      })(),
    );
  const parts: Buffer[] = [];
  const left = await writeExport(
    save,
    { manifest: manifest(), compression: "gzip", base: 0, ofBase: [], ...more },
    (bytes) => {
      parts.push(Buffer.from(bytes));
    },
  );
  return { file: Buffer.concat(parts), left };
}

/** An exported session without its compression. */
export function plainOf(file: Buffer): Buffer {
  return file[0] === 0x1f ? gunzipSync(file) : zstdDecompressSync(file);
}

/** The entries of a plain archive, with where they begin. */
export function entriesOf(plain: Buffer) {
  const found: { path: string; at: number; size: number; body: Buffer }[] = [];
  for (let at = 0; plain[at] !== 0; ) {
    const path = plain
      .subarray(at, at + 100)
      .toString()
      .replace(/\0.*$/s, "");
    const size = Number.parseInt(plain.subarray(at + 124, at + 135).toString(), 8);
    found.push({ path, at, size, body: plain.subarray(at + 512, at + 512 + size) });
    at += 512 + size + padding(size);
  }
  return found;
}

/** The same archive with its entries changed, and its checksums put right, as somebody hostile would do. */
export function rebuilt(plain: Buffer, change: (files: Map<string, Buffer>) => void, sums = true): Buffer {
  const files = new Map(entriesOf(plain).map(({ path, body }) => [path, Buffer.from(body)]));
  change(files);
  if (sums) {
    const layers: { sha256: string; size: number }[] = [];
    for (let layer = 0; files.has(`layers/${layer}/00000000`); layer += 1) {
      const parts = [...files]
        .filter(([path]) => path.startsWith(`layers/${layer}/`))
        .map(([, body]) => body);
      const whole = Buffer.concat(parts);
      layers.push({ sha256: sha256(whole), size: whole.length });
    }
    const image = JSON.parse(files.get("image.json")?.toString() ?? "{}");
    for (const each of image.layers ?? []) {
      const now = layers[each.part];
      if (each.of === "file" && now !== undefined)
        Object.assign(each, { diffId: `sha256:${now.sha256}`, size: now.size });
    }
    if (files.has("image.json")) files.set("image.json", Buffer.from(JSON.stringify(image)));
    const sum = (path: string) => {
      const body = files.get(path) ?? Buffer.alloc(0);
      return { sha256: sha256(body), size: body.length };
    };
    const told = {
      "manyoyo.json": sum("manyoyo.json"),
      "image.json": sum("image.json"),
      layers,
      leftOut: { files: [], count: 0 },
    };
    if (files.has("checksums.json")) files.set("checksums.json", Buffer.from(JSON.stringify(told)));
  }
  return tarOf(Object.fromEntries(files));
}
