import type { Token } from "../lex.ts";
import { type OptionName, optionNames, optionSpec, spellings, takes } from "../options.ts";
import type { Target } from "../select.ts";
import { meant } from "../values.ts";
import { verbSpec } from "../verbs.ts";
import type { Candidate } from "./candidate.ts";

/**
 * The options that the target takes and that can still be said, in every spelling that `word` may be the start of: a dash
 * alone can become any.
 */
export function optionWords(
  tokens: readonly Token[],
  { place, agent, here }: Target,
  word: string,
): readonly Candidate[] {
  const said = tokens.flatMap((token) =>
    token.kind === "option" || token.kind === "rest" ? [meant(token.names, place)] : [],
  );
  // The older spellings of verbs stand where no verb does.
  const mayBeVerb = place === "root" && agent === undefined && !here;
  const open = (name: OptionName): boolean => {
    const { repeat, selects } = optionSpec(name);
    const fits = takes(place, name) ? selects === undefined : mayBeVerb && selects !== undefined;
    return fits && (repeat === true || !said.includes(name));
  };
  return optionNames()
    .filter(open)
    .flatMap((name) => {
      const { summary, at } = optionSpec(name);
      const about = at?.[place] ?? summary;
      return spellings(name)
        .filter((spelling) => word === "-" || spelling.startsWith("--") === word.startsWith("--"))
        .map((value) => ({ value, about }));
    });
}

/** Whether every option that was said can stand at `verb`. */
export function fitsAll(tokens: readonly Token[], verb: Target["place"]): boolean {
  return tokens.every(
    (token) =>
      (token.kind !== "option" && token.kind !== "rest") || token.names.some((name) => takes(verb, name)),
  );
}

/** Whether the verb can be shown at all. */
export function isShown(verb: Exclude<Target["place"], "root">): boolean {
  return verbSpec(verb).hidden !== true;
}
