import { Failure } from "../../lib/failure.ts";
import type { Call } from "../call.ts";
import { enter } from "../enter.ts";
import { verbContext } from "../sessions.ts";

/** `manyoyo exec NAME -- CMD...`: exact words, never through a shell, even one word. */
export async function exec(call: Call): Promise<number> {
  const { operands, args: words = [] } = call.parsed;
  const [word = "."] = operands;
  if (words.length === 0) {
    throw new Failure(
      "usage",
      "There is no command to run.",
      `Say it after two dashes: manyoyo exec ${word} -- CMD...`,
    );
  }
  const context = await verbContext(call);
  return enter(call, context, word, { kind: "words", words });
}
