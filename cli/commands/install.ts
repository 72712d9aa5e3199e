import { Failure } from "../../lib/failure.ts";
import { nearest } from "../../lib/nearest.ts";
import type { Call } from "../call.ts";
import { linkPlugin, unlinkPlugin } from "../plugin-link.ts";
import { answerJson, say } from "../print.ts";
import { quoted } from "../quoted.ts";
import { installTargets } from "../verbs.ts";

/** `manyoyo install`: makes this program known to another one, or unknown again. */
export async function install(call: Call): Promise<number> {
  const { operands, values } = call.parsed;
  const [word = ""] = operands;
  const target = installTargets.find((known) => known === word);
  if (target === undefined) {
    const near = nearest(word, installTargets);
    const mean = near === undefined ? "" : ` Did you mean ${near}?`;
    const lines = installTargets.map((known) => `manyoyo install ${known}`);
    throw new Failure("usage", `Nothing called ${quoted(word)} can be installed.${mean}`, lines.join(", "));
  }
  const done = values.uninstall ? unlinkPlugin(call.env) : linkPlugin(call.env);
  if (values.json) {
    answerJson({ target, done });
    return 0;
  }
  for (const line of done) say(line);
  if (!values.uninstall) say("docker manyoyo does what manyoyo does; both are the same program.");
  return 0;
}
