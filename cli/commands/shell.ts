import { shell } from "../../lib/session/command.ts";
import type { Call } from "../call.ts";
import { enter } from "../enter.ts";
import { verbContext } from "../sessions.ts";

/** `manyoyo shell NAME`: a shell in a session; without a terminal it reads its lines from stdin. */
export async function openShell(call: Call): Promise<number> {
  const context = await verbContext(call);
  const [word = "."] = call.parsed.operands;
  return enter(call, context, word, shell);
}
