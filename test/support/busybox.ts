import { afterAll, beforeAll } from "bun:test";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { install } from "./apt.ts";
import type { EngineName } from "./engines.ts";
import { type Bench, raw, runProgram } from "./manyoyo.ts";

/** What an image without bash has for /bin/sh: busybox's own, none at all, or a script in its place. */
export type TinyShell = "busybox" | "none" | { readonly script: string };

/**
 * Imports an image that holds nothing but busybox, under a name of its own.
 * @returns the reference; the caller removes the image.
 */
export async function importTiny(engine: EngineName, shell: TinyShell): Promise<string> {
  await install(["busybox-static"]);
  const busybox = Bun.which("busybox") ?? "/bin/busybox";
  const root = mkdtempSync(join(tmpdir(), "manyoyo-tiny-"));
  for (const folder of ["bin", "tmp", "etc", "proc", "root"]) mkdirSync(join(root, folder));
  copyFileSync(busybox, join(root, "bin/busybox"));
  chmodSync(join(root, "bin/busybox"), 0o755);
  const applets = (await runProgram([busybox, "--list"])).stdout.split("\n");
  for (const applet of applets.filter(
    (each) => /^[a-z]+$/.test(each) && each !== "busybox" && each !== "sh",
  )) {
    symlinkSync("busybox", join(root, "bin", applet));
  }
  writeFileSync(join(root, "etc/issue"), "busybox\n");
  if (shell === "busybox") symlinkSync("busybox", join(root, "bin/sh"));
  if (typeof shell === "object") writeFileSync(join(root, "bin/sh"), shell.script, { mode: 0o755 });
  const tar = `${root}.tar`;
  await runProgram(["tar", "-C", root, "-cf", tar, "."]);
  const reference = `localhost/myt-tiny:${crypto.randomUUID()}`;
  const imported = await raw(engine, "import", tar, reference);
  rmSync(root, { recursive: true });
  rmSync(tar);
  if (imported.status !== 0) throw new Error(`${engine} import: ${imported.stderr}`);
  return reference;
}

/**
 * Has these places work with an image that holds nothing but busybox, where an image is copied again and again: it is a tenth of the
 * usual one. Must be called while tests are being defined. @returns an engine's reference of it, once the tests run
 */
export function useTiny(...places: readonly Bench[]): (engine: EngineName) => string {
  const references = new Map<EngineName, string>();
  beforeAll(async () => {
    for (const { engine, home } of places) {
      const reference = references.get(engine) ?? (await importTiny(engine, "busybox"));
      references.set(engine, reference);
      const [imageName = "", imageVersion = ""] = reference.split(/:(?=[^:]*$)/);
      await Bun.write(`${home}/.manyoyo/manyoyo.json`, JSON.stringify({ imageName, imageVersion }));
    }
  });
  afterAll(async () => {
    for (const [engine, reference] of references) await raw(engine, "rmi", reference);
  });
  return (engine) => references.get(engine) ?? "none";
}
