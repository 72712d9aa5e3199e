import type { Choice } from "../lib/engine/engine.ts";
import { type Found, findSession } from "../lib/engine/find.ts";
import type { Waits } from "../lib/engine/holder.ts";
import { Failure } from "../lib/failure.ts";
import { mergeLayers, type Settings } from "../lib/settings/layer.ts";
import { type Call, commonLayers, engineOf } from "./call.ts";
import { say } from "./print.ts";
import { hereSession, noSession } from "./target.ts";

/** The engine of a verb, and the settings that a verb heeds. */
export interface VerbContext {
  readonly choice: Choice;
  readonly settings: Settings;
}

/** Reads what a verb heeds. @throws Failure */
export async function verbContext(call: Call): Promise<VerbContext> {
  const layers = await commonLayers(call);
  return { choice: engineOf(call, layers), settings: mergeLayers(layers) };
}

/** The name that an operand means: `.` is this folder's session. @throws Failure `no-session` */
export async function nameOf(call: Call, context: VerbContext, word: string): Promise<string> {
  return word === "." ? (await hereSession(call, context, context.choice.engine)).name : word;
}

/** The session of a verb's operand. @throws Failure `no-session`, also where it is not the one that is meant; `not-ours` */
export async function sessionOf(call: Call, context: VerbContext, word: string): Promise<Found> {
  const { engine } = context.choice;
  const name = await nameOf(call, context, word);
  const found = await findSession(engine, name, call.early?.take(engine, name));
  if (found === undefined) throw await noSession(engine, name);
  if (call.meant !== undefined && found.session.id !== call.meant) {
    throw new Failure(
      "no-session",
      `The session "${name}" was removed meanwhile, and another one has its name.`,
      "See which there are: manyoyo ls",
    );
  }
  return found;
}

/** What is said while another call that has a session to itself is waited for. */
export function waitsFor(name: string): Waits {
  return {
    waiting: () => say(`Another manyoyo works on ${name}; waiting for it.`),
    stuck: (remedy) =>
      say(`It cannot be seen from here. Where it is no more, as its machine went down: ${remedy}`),
  };
}
