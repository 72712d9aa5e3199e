import { statSync } from "node:fs";
import type { Found } from "../../lib/engine/find.ts";
import { imagesOf } from "../../lib/engine/images.ts";
import { namesBeyond } from "../../lib/export/config.ts";
import { manifestOf } from "../../lib/export/manifest.ts";
import { type Exporting, type LeftOut, saveOf, writeExport } from "../../lib/export/write.ts";
import { Failure } from "../../lib/failure.ts";
import { recordsVariables } from "../../lib/session/body.ts";
import { imageFor } from "../../lib/session/images.ts";
import type { Likeness } from "../../lib/session/likeness.ts";
import { atDesk } from "../../lib/snapshot/desk.ts";
import { save } from "../../lib/snapshot/save.ts";
import { likenessOfSession, variablesOfBase } from "../../lib/snapshot/variables.ts";
import type { Call } from "../call.ts";
import { affairWith, foundNow, sessionToChange } from "../copies.ts";
import { intoFile, placeFor } from "../out-file.ts";
import { answer, answerBytes, answerJson, say, size } from "../print.ts";
import { during, type Progress } from "../progress.ts";
import { type VerbContext, verbContext } from "../sessions.ts";
import { sayWhole } from "./snapshot.ts";

/** `manyoyo export NAME -o FILE`: a session as one file, for another machine or the other engine. */
export async function exportSession(call: Call): Promise<number> {
  const { output, force, json, withSecrets } = call.parsed.values;
  const [word = "."] = call.parsed.operands;
  const place = placeFor(call, {
    what: "A session",
    line: `manyoyo export ${word} -o FILE`,
    usual: "stdout",
  });
  const context = await verbContext(call);
  const found = await sessionToChange(call, context, word);
  const { name } = found.session;
  const left = await during(call, `Exporting ${name}`, (progress) => {
    const write = (sink: (bytes: Uint8Array) => void) => written(call, context, { found, progress, sink });
    return place === undefined ? write(answerBytes) : intoFile({ place, output: output ?? "", force }, write);
  });
  if (json) {
    const { variables, files, count, devices } = left;
    const leftOut = { variables, files, count, devices };
    answerJson({ engine: context.choice.engine.name, session: name, file: place, leftOut });
    return 0;
  }
  if (place !== undefined) answer(place);
  if (place !== undefined && call.terminal) say(`Exported ${name}: ${size(statSync(place).size)}.`);
  for (const line of leftWords(left)) say(line);
  if (withSecrets) say("With secrets: the values of variables and the agents' logins are in it.");
  return 0;
}

/** What was left out of the file, in words. */
function leftWords({ variables, files, count, devices }: LeftOut): readonly string[] {
  return [
    ...(variables.length === 0
      ? []
      : [
          `Left out: the values of ${variables.join(", ")}. Give them to import: -e NAME=VALUE, or --ef FILE`,
        ]),
    ...(count === 0 ? [] : [`Left out: logins of agents, ${listed({ files, count })}.`]),
    ...(devices.count === 0 ? [] : [`Left out: devices of the host, ${listed(devices)}.`]),
  ];
}

function listed({ files, count }: LeftOut["devices"]): string {
  return `${files.join(", ")}${count > files.length ? `, and ${count - files.length} more` : ""}`;
}

interface Writing {
  readonly found: Found;
  readonly progress: Progress;
  readonly sink: (bytes: Uint8Array) => void;
}

async function written(
  call: Call,
  context: VerbContext,
  { found, progress, sink }: Writing,
): Promise<LeftOut> {
  const { engine } = context.choice;
  const { zstd, withSecrets, withoutImage } = call.parsed.values;
  const { name } = found.session;
  return atDesk(affairWith(context, found), async (desk) => {
    const now = await foundNow(desk);
    const likeness = await likenessOfSession(engine, now);
    const part = imageFor("part", name, `${desk.mark}e`);
    desk.undo.always("image", part);
    progress.doing(`Saving ${name}`);
    sayWhole(name, await save(desk, { found: now, likeness, image: part }));
    progress.doing(`Exporting ${name}`);
    const ofBase = await variablesOfBase(engine, now, likeness);
    const [saved] = await imagesOf(engine, [part]);
    const beyond = namesBeyond(saved?.env ?? [], ofBase);
    // Where it is not on record what was given, that is all that tells it.
    const given = recordsVariables(now.container.labels) ? likeness.variables : [];
    const variables = [...new Set([...given, ...beyond])];
    const about = {
      session: name,
      manyoyo: MANYOYO_VERSION,
      secrets: withSecrets,
      withImage: !withoutImage,
    };
    const exporting: Exporting = {
      manifest: manifestOf({ ...likeness, variables }, about, new Date()),
      compression: zstd ? "zstd" : "gzip",
      ofBase,
      base: withoutImage ? await baseLayers(context, likeness, part) : 0,
    };
    const stopping = (bytes: Uint8Array): void => {
      if (desk.signal.aborted) throw new Failure("interrupted", "Interrupted.");
      sink(bytes);
    };
    const left = await writeExport(saveOf(engine, part, progress.bytes), exporting, stopping);
    desk.undo.done("keep");
    return left;
  });
}

// How many of the lowest layers are those of the image that the receiver has.
async function baseLayers({ choice }: VerbContext, { base }: Likeness, image: string): Promise<number> {
  const [below] = await imagesOf(choice.engine, [base]);
  const [own] = await imagesOf(choice.engine, [image]);
  const layers = below?.layers ?? [];
  if (layers.length > 0 && layers.every((layer, at) => own?.layers[at] === layer)) return layers.length;
  throw new Failure(
    "no-image",
    `The image ${base}, or the build of it that the session was made from, is not here, so it cannot be left out.`,
    "Export it with the image: without --without-image",
  );
}
