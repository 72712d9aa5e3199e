import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { install } from "./apt.ts";
import type { EngineName } from "./engines.ts";
import { raw, runProgram } from "./manyoyo.ts";

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
