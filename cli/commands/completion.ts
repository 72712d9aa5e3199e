import { basename } from "node:path";
import { Failure } from "../../lib/failure.ts";
import type { Call } from "../call.ts";
import { completionText, install, type Shell, uninstall } from "../complete/install.ts";
import { answer, answerJson, say } from "../print.ts";
import { quoted } from "../quoted.ts";
import { shells } from "../verbs.ts";

/** `manyoyo completion`: prints a shell's completion, or puts it where that shell looks for it. */
export async function completion(call: Call): Promise<number> {
  const { operands, values } = call.parsed;
  if (values.install && values.uninstall) {
    throw new Failure(
      "usage",
      "--install and --uninstall are two different things to do.",
      "Say one of them",
    );
  }
  const shell = shellOf(operands[0], call.env);
  if (!values.install && !values.uninstall) {
    if (values.json) answerJson({ shell, text: completionText(shell) });
    else answer(completionText(shell).trimEnd());
    return 0;
  }
  const done = (values.install ? install : uninstall)(shell, call.env);
  if (values.json) {
    answerJson({ shell, done });
    return 0;
  }
  for (const line of done) say(line);
  if (values.install) say(`It holds for every ${shell} that is started from now on.`);
  return 0;
}

/** The shell of that name, else the user's own. @throws Failure `usage` for one whose words cannot be completed. */
function shellOf(named: string | undefined, env: Call["env"]): Shell {
  const word = named ?? basename(env["SHELL"] ?? "");
  const shell = shells.find((known) => known === word);
  if (shell !== undefined) return shell;
  throw new Failure(
    "usage",
    named === undefined
      ? "Which shell? $SHELL names none that manyoyo knows."
      : `There is no completion for ${quoted(named)}.`,
    shells.map((known) => `manyoyo completion ${known}`).join(", "),
  );
}
