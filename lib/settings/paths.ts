import { isAbsolute, resolve } from "node:path";
import { Failure } from "../failure.ts";
import { checkSomeText, quoted } from "./values.ts";

/** Where relative paths start and what `~` stands for. */
export interface Base {
  /** The folder of the file that names a path, or the current folder for the command line. */
  readonly folder: string;
  /** The user's home; undefined when the system knows none. */
  readonly userHome: string | undefined;
}

/**
 * The absolute path that `word` means: `~` and `~/x` in the user's home, relative ones in `base.folder`.
 * Throws Failure("usage") for an empty word, for `~` without a home, and for `~name`, which only a shell expands.
 */
export function expandPath(word: string, base: Base): string {
  checkSomeText(word);
  if (!word.startsWith("~")) return isAbsolute(word) ? resolve(word) : resolve(base.folder, word);
  if (word !== "~" && !word.startsWith("~/")) {
    throw new Failure(
      "usage",
      `${quoted(word)} names another user's home, which is not looked up.`,
      "Write the whole path, or ./~name for a file of that name.",
    );
  }
  if (base.userHome === undefined) {
    throw new Failure(
      "usage",
      `${quoted(word)} needs a home folder, and there is none.`,
      "Set HOME, or write the whole path.",
    );
  }
  return resolve(base.userHome, word.slice(2));
}
