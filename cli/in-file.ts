import { accessSync, constants, statSync } from "node:fs";
import { resolve } from "node:path";
import { Failure } from "../lib/failure.ts";
import { errorCode, reason } from "../lib/settings/files.ts";
import type { Call } from "./call.ts";
import { quoted } from "./quoted.ts";

/** The full path of a file that a word of the line names. @throws Failure `usage` where there is none that can be read */
export function fileFor(call: Call, word: string): string {
  const path = resolve(call.cwd, word);
  try {
    if (!statSync(path).isFile()) throw noFile(word);
    accessSync(path, constants.R_OK);
    return path;
  } catch (thrown) {
    if (thrown instanceof Failure) throw thrown;
    if (["ENOENT", "ENOTDIR"].includes(errorCode(thrown) ?? "")) throw noFile(word);
    throw new Failure("usage", `${quoted(word)} cannot be read: ${reason(thrown)}.`);
  }
}

function noFile(word: string): Failure {
  return new Failure("usage", `There is no file ${quoted(word)}.`);
}
