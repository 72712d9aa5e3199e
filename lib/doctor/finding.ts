/** How bad it is: nothing to do, something to know, something that keeps manyoyo from its work. */
export type Level = "ok" | "note" | "problem";

/** One thing that was looked at. */
export interface Finding {
  readonly about: "engine" | "image" | "container" | "settings" | "shell";
  readonly level: Level;
  /** One sentence. */
  readonly message: string;
  /** What mends it: a command, or the next step in words. */
  readonly remedy?: string | undefined;
  /** Mends it at once, where that is safe. @throws Failure */
  readonly mend?: (() => void) | undefined;
}
