import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import type { EngineName } from "./engines.ts";

/** One call of an engine's program. */
export interface EngineCall {
  readonly words: readonly string[];
  /** Its environment, as `NAME=value` lines. */
  readonly environment: string;
}

/** A program of the engine's name, first on PATH, that notes each call and then is the real one. */
export interface Spy {
  readonly env: Readonly<Record<string, string>>;
  calls(): readonly EngineCall[];
}

/** Puts a spy into a new folder under `root`. */
export function spyOn(engine: EngineName, root: string): Spy {
  const real = Bun.which(engine);
  if (real === null) throw new Error(`${engine} is not installed`);
  const folder = `${root}/spy-${crypto.randomUUID()}`;
  const notes = `${folder}/notes`;
  mkdirSync(notes, { recursive: true });
  const script = `#!/bin/sh
{ printf '%s\\0' "$@"; printf '\\001'; env; } >"${notes}/$$"
exec "${real}" "$@"
`;
  writeFileSync(`${folder}/${engine}`, script);
  chmodSync(`${folder}/${engine}`, 0o755);
  return {
    env: { PATH: `${folder}:${process.env["PATH"] ?? ""}` },
    calls: () =>
      readdirSync(notes).map((file) => {
        const [words = "", environment = ""] = readFileSync(`${notes}/${file}`, "utf8").split("\x01");
        return { words: words.split("\0").slice(0, -1), environment };
      }),
  };
}
