import { mkdirSync, statSync } from "node:fs";
import { homedir } from "node:os";
import type { Engine } from "../engine/engine.ts";
import { engineFailure } from "../engine/problem.ts";
import { Failure } from "../failure.ts";
import { capture } from "../shell.ts";
import base from "./base.sh" with { type: "text" };

/** What the small image costs, for those who are asked. */
export const baseCost = "a small Debian without agents, about 170 MB and half a minute";

/** Where the root of the small image is kept, so that it is made once for all engines. */
export function baseTar(env: Readonly<Record<string, string | undefined>>): string {
  const cache = env["XDG_CACHE_HOME"] || `${env["HOME"] || homedir()}/.cache`;
  return `${cache}/manyoyo/base-v1-${process.arch}.tar`;
}

/**
 * Makes the small Debian image from this machine's own package sources, without any registry, and gives it to the engine
 * under that name.
 * @throws Failure `no-image` with what is missing on this machine.
 */
export async function buildBase(engine: Engine, image: string, tar: string): Promise<void> {
  if (statSync(tar, { throwIfNoEntry: false }) === undefined) {
    mkdirSync(tar.replace(/\/[^/]*$/, ""), { recursive: true });
    const made = await capture(["sh", "-c", base, "base.sh", tar]);
    if (made.status !== 0) {
      const [last = "it said nothing"] = made.stderr.trim().split("\n").slice(-1);
      throw new Failure("no-image", `The image cannot be made here: ${last}`);
    }
  }
  const said = await capture([
    engine.program,
    "import",
    "--change",
    'CMD ["bash"]',
    "--change",
    "ENV LANG=C.UTF-8",
    tar,
    image,
  ]);
  if (said.status !== 0) throw engineFailure(engine, said, `take the image ${image}`);
}

/**
 * Fetches an image from its registry.
 * @throws Failure `no-image`
 */
export async function pull(engine: Engine, image: string): Promise<void> {
  const said = await capture([engine.program, "pull", image]);
  if (said.status !== 0) {
    const { message } = engineFailure(engine, said, "pull it");
    throw new Failure("no-image", `The image ${image} is not here and cannot be pulled: ${message}`);
  }
}
