import { closest, distance } from "fastest-levenshtein";

/**
 * The known word that `word` was most likely meant to be, or undefined when none is near:
 * at most a third of the longer word may differ, and never everything.
 */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const best = closest(word, known);
  const longer = Math.max(word.length, best.length);
  return distance(word, best) <= Math.max(1, Math.floor(longer / 3)) && longer > 1 ? best : undefined;
}
