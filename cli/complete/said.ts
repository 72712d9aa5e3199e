import type { Token } from "../lex.ts";
import type { OptionName } from "../options.ts";
import { select, type Target } from "../select.ts";
import type { Vocabulary } from "../values.ts";
import { verbSpec } from "../verbs.ts";

// What the words before the cursor say, whether or not they would be accepted.

export type Line = readonly Token[];

/** The target as far as it can be told. */
export function targetOf(tokens: Line, vocabulary: Vocabulary): Target | undefined {
  try {
    return select(tokens, vocabulary);
  } catch {
    return undefined;
  }
}

/** The sessions that the line names already. */
export function named(tokens: Line, target: Target | undefined): readonly string[] {
  const takesThem =
    target !== undefined && target.place !== "root" && verbSpec(target.place).sessions !== undefined;
  const words = takesThem ? target.operands.map(({ word }) => word) : [];
  return [...new Set([...words, ...valuesOf(tokens, "contName")])];
}

/** The values that an option has on the line. */
export function valuesOf(tokens: Line, name: OptionName): readonly string[] {
  return tokens.flatMap((token) =>
    token.kind === "option" && token.names.includes(name) && token.value !== undefined ? [token.value] : [],
  );
}
