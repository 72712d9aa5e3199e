import { closeSync, fstatSync, lstatSync, openSync } from "node:fs";
import { Failure } from "../failure.ts";
import { bytesOf, linkAim, realPath, textIn } from "./files.ts";

/** A file that was read once. */
export interface ReadOnce {
  /** Where the file lies that was read, every link followed; see `realPath` for one that is not there. */
  readonly real: string;
  /** What `readText` would have given or thrown. */
  readonly text: () => string | undefined;
}

/**
 * `readText` and `realPath` of one and the same file, also where somebody turns a link on the way to it meanwhile.
 * @throws Failure `settings` where it is never the same.
 */
export function readOnce(file: string): ReadOnce {
  for (let tries = 0; tries < 50; tries += 1) {
    const found = tryOnce(file);
    if (found !== undefined) return found;
  }
  throw new Failure(
    "settings",
    `${file} was changed while it was read.`,
    "Find out by whom, then try again.",
  );
}

function tryOnce(file: string): ReadOnce | undefined {
  const opened = attempt(() => openSync(file, "r"));
  if ("error" in opened) return { real: realPath(file), text: () => textIn(file, () => given(opened)) };
  const descriptor = opened.value;
  try {
    // Linux tells where an open file lies; elsewhere that is asked anew, and may be another one.
    const told = linkAim(`/proc/self/fd/${descriptor}`);
    const real = told?.startsWith("/") === true ? told : realPath(file);
    const [own, there] = [fstatSync(descriptor), attempt(() => lstatSync(real))];
    const isSame = "value" in there && there.value.dev === own.dev && there.value.ino === own.ino;
    // A pipe of the shell's has no place, nor has a file that it has removed already (a here-document).
    if (own.isFile() && own.nlink > 0 && !isSame) return undefined;
    const read = attempt(() => bytesOf(descriptor));
    return { real, text: () => textIn(file, () => given(read)) };
  } finally {
    closeSync(descriptor);
  }
}

type Attempt<Value> = { readonly value: Value } | { readonly error: unknown };

function attempt<Value>(act: () => Value): Attempt<Value> {
  try {
    return { value: act() };
  } catch (error) {
    return { error };
  }
}

function given<Value>(attempted: Attempt<Value>): Value {
  if ("error" in attempted) throw attempted.error;
  return attempted.value;
}
