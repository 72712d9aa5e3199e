import { findVolume } from "../lib/engine/volumes.ts";
import { Failure } from "../lib/failure.ts";
import { keptVolume } from "../lib/history/keep.ts";
import type { Call } from "./call.ts";
import { nameOf, type VerbContext } from "./sessions.ts";

/**
 * Asks, before anything is removed and one after the other, whether kept conversations may go too. Where nobody can be
 * asked, that takes `-f`: `--yes` never agrees to removing.
 * @param refused the words that are refused already: nothing is asked about them.
 * @returns why a word's conversations, and so its session, are not removed.
 */
export async function keptRefusals(
  call: Call,
  context: VerbContext,
  refused: ReadonlyMap<string, Failure | undefined>,
): Promise<ReadonlyMap<string, Failure>> {
  const found = new Map<string, Failure>();
  for (const word of call.parsed.operands) {
    if (refused.get(word) !== undefined) continue;
    const refusal = await refusalOf(call, context, word);
    if (refusal !== undefined) found.set(word, refusal);
  }
  return found;
}

async function refusalOf(call: Call, context: VerbContext, word: string): Promise<Failure | undefined> {
  try {
    const name = await nameOf(call, context, word);
    const volume = await findVolume(context.choice.engine, keptVolume(name));
    if (volume === undefined || call.parsed.values.force) return undefined;
    if (!call.canAsk) {
      return new Failure(
        "usage",
        `Nobody can be asked here whether the kept conversations of ${name} may go.`,
        `Remove them and the session: manyoyo rm --history -f ${name}`,
      );
    }
    const { askYes } = await import("./menu.ts");
    const question = `Remove the kept conversations of ${name} as well? Nothing brings them back.`;
    if (await askYes(question)) return undefined;
    return new Failure(
      "usage",
      `The session ${name} and its conversations stay.`,
      `Remove the session alone: manyoyo rm ${name}`,
    );
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown;
    throw thrown;
  }
}
