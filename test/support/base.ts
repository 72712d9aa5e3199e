import { existsSync } from "node:fs";
import baseScript from "../../lib/image/base.sh" with { type: "text" };
import { baseTar as tarPath } from "../../lib/image/base.ts";
import { cannotInstall, install } from "./apt.ts";
import { run, tail, tell, which } from "./command.ts";
import type { EngineName } from "./engines.ts";

/**
 * The path of a tar file with a small Debian root, made from this machine's apt sources at the first call.
 * Throws an Error with the reason where it cannot be made.
 */
export async function baseTar(): Promise<string> {
  const tar = tarPath(process.env);
  if (existsSync(tar)) return tar;
  if (which("mmdebstrap") === undefined && cannotInstall() === undefined) await install(["mmdebstrap"]);
  tell("Making a small Debian image from this machine's own package sources (half a minute) ...");
  const made = await run(["sh", "-c", baseScript, "base.sh", tar], { limit: 600_000 });
  if (made.status !== 0) throw new Error(`no base image: ${tail(made)}`);
  return tar;
}

export interface ImageOptions {
  readonly engine: EngineName;
  readonly reference: string;
  /** Variables for the engine's program. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Whether the engine has the image. */
export async function hasImage({ engine, reference, environment = {} }: ImageOptions): Promise<boolean> {
  return (await run([engine, "image", "inspect", reference], { environment })).status === 0;
}

/** Brings the small Debian into an engine under the reference, unless it is there. Throws an Error when that fails. */
export async function importBase(options: ImageOptions): Promise<void> {
  if (await hasImage(options)) return;
  const { engine, reference, environment = {} } = options;
  const changes = ["ENV LANG=C.UTF-8", 'CMD ["bash"]'].flatMap((change) => ["--change", change]);
  const tar = await baseTar();
  const imported = await run([engine, "import", ...changes, tar, reference], { environment, limit: 300_000 });
  if (imported.status !== 0) throw new Error(`${engine} import failed: ${tail(imported)}`);
}
