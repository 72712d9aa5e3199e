import { type OptionName, optionNames, optionSpec, spellings, takes } from "./options.ts";
import { type Place, type Verb, verbSpec } from "./verbs.ts";

// What the help, the manual page and the README's tables say of verbs and options, each in its own form.

/** The options of a verb, parted as every reference parts them. */
export interface VerbOptions {
  /** Its own ones, without those that every run takes. */
  readonly own: readonly OptionName[];
  /** Those that every verb takes. */
  readonly everywhere: readonly OptionName[];
  /** Other ways to write the verb itself. */
  readonly also: readonly string[];
}

/** The options that `verb` takes. */
export function optionsOf(verb: Verb): VerbOptions {
  const { aliases = [], asRoot } = verbSpec(verb);
  const taken = optionNames().filter((name) => takes(verb, name));
  const older = taken.filter((name) => optionSpec(name).selects !== undefined);
  const everywhere = taken.filter((name) => optionSpec(name).verbs === "all");
  // What belongs to every run is told in a place of its own.
  const own = taken.filter(
    (name) =>
      !older.includes(name) && !everywhere.includes(name) && !(asRoot === true && takes("root", name)),
  );
  return { own, everywhere, also: [...aliases, ...older.flatMap((name) => spellings(name))] };
}

/** What the option means at `place`. */
export function meaningOf(name: OptionName, place?: Place): string {
  const { summary, at } = optionSpec(name);
  return (place === undefined ? undefined : at?.[place]) ?? summary;
}

/** Its spellings as a reference lists them: the letter first. */
export function listed(name: OptionName): readonly string[] {
  const { short, long } = optionSpec(name);
  return [...(short === undefined ? [] : [`-${short}`]), ...long.map((word) => `--${word}`)];
}
