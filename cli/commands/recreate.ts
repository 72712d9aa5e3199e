import { Failure } from "../../lib/failure.ts";
import type { Likeness } from "../../lib/session/likeness.ts";
import { imageOf } from "../../lib/session/plan.ts";
import { commandLineLayer } from "../../lib/settings/command-line.ts";
import { resolveEnv } from "../../lib/settings/env.ts";
import { userHome } from "../../lib/settings/home.ts";
import { type Layer, mergeLayers } from "../../lib/settings/layer.ts";
import { checkWorkspace } from "../../lib/settings/workspace.ts";
import { changedFiles } from "../../lib/snapshot/changed.ts";
import { atDesk } from "../../lib/snapshot/desk.ts";
import { changedLikeness } from "../../lib/snapshot/options.ts";
import { type Carry, recreate as recreateSession } from "../../lib/snapshot/recreate.ts";
import { likenessOfSession } from "../../lib/snapshot/variables.ts";
import type { Call } from "../call.ts";
import { affairWith, foundNow, hostOf, sessionToChange } from "../copies.ts";
import { askToEnd } from "../in-use.ts";
import { answer, answerJson, say } from "../print.ts";
import { during } from "../progress.ts";
import { verbContext } from "../sessions.ts";

/** `manyoyo recreate NAME [OPTIONS]`: the same session with other options; the old one goes once the new one runs. */
export async function recreate(call: Call): Promise<number> {
  const [word = "."] = call.parsed.operands;
  const { json } = call.parsed.values;
  const said = saidIn(call);
  const context = await verbContext(call);
  const { engine } = context.choice;
  const found = await sessionToChange(call, context, word);
  const { name } = found.session;
  const mustBeAgreed = await askToEnd(call, context, { word: name, ending: "Recreate", found });
  const values = valuesIn(call, said.layer);
  const before = await likenessOfSession(engine, found);
  const anew = anewOf(call, said.layer, before);
  const folder = checkWorkspace(
    said.layer.hostPath ?? before.folder ?? call.cwd,
    userHome(call.env),
    call.home,
  );
  if (anew !== undefined) await mayLeave(call, await changedFiles(engine, found, anew.carry), name);
  const made = await during(call, `Recreating ${name}`, () =>
    atDesk(affairWith(context, found), async (desk) => {
      const now = await foundNow(desk);
      const like = await likenessOfSession(engine, now);
      const names = [...values.keys()];
      const likeness = changedLikeness(like, { ...said, names, base: anew?.image ?? like.base });
      const wanted = { found: now, likeness, folder, values, anew, host: hostOf(call, context) };
      await mustBeAgreed(now);
      return { id: await recreateSession(desk, wanted), likeness };
    }),
  );
  const { id, likeness } = made;
  if (json) answerJson({ engine: engine.name, name, id });
  else answer(name);
  if (likeness.mode === "dind") say("Mode dind: the session is privileged and can reach this whole machine.");
  if (likeness.mode === "sock")
    say(`Mode sock: the session can do all that ${engine.name} can do on this machine.`);
  return 0;
}

function valuesIn(call: Call, layer: Layer): ReadonlyMap<string, string> {
  return new Map(resolveEnv(mergeLayers([layer]).env, call.env).map(({ name, value }) => [name, value]));
}

/** What the call itself says; `-v none` and `-p none` leave out what the session has of that. */
function saidIn(call: Call): {
  readonly layer: Layer;
  readonly noVolumes: boolean;
  readonly noPorts: boolean;
} {
  const { volume, publish, ...values } = call.parsed.values;
  const without = (words: readonly string[]): readonly string[] => words.filter((each) => each !== "none");
  const { contMode, image, imageName, imageVer, env, envFile, engineArg, hostPath } = values;
  const layer = commandLineLayer(
    {
      ...{ contMode, image, imageName, imageVer, env, envFile, engineArg, hostPath },
      volume: without(volume),
      publish: without(publish),
    },
    call.cwd,
    call.env,
  );
  return { layer, noVolumes: volume.includes("none"), noPorts: publish.includes("none") };
}

function anewOf(call: Call, layer: Layer, like: Likeness) {
  const { clean } = call.parsed.values;
  const named = layer.image ?? layer.imageName ?? layer.imageVersion;
  if (named === undefined && !clean) return undefined;
  const image = named === undefined ? like.base : imageOf(mergeLayers([layer]));
  const carry: Carry = clean ? "conversations" : "home";
  return { image, carry };
}

// Files that lie in the container alone, outside of what is carried over.
async function mayLeave(call: Call, files: readonly string[], name: string): Promise<void> {
  const [first] = files;
  if (first === undefined) return;
  const count = files.length === 1 ? "1 file" : `${files.length} files`;
  const what = `${name} has changed ${count} that stay behind, ${first} among them`;
  if (call.parsed.values.force || !call.canAsk) {
    say(`${what}.`);
    return;
  }
  const { askYes } = await import("../menu.ts");
  if (await askYes(`${what}. Go on (a snapshot first keeps them)?`)) return;
  throw new Failure(
    "interrupted",
    `The session ${name} stays as it is.`,
    `Keep them: manyoyo snapshot ${name}`,
  );
}
