import { findSession } from "../../lib/engine/find.ts";
import { imagesOf } from "../../lib/engine/images.ts";
import { refuseElsewhere } from "../../lib/engine/obtain.ts";
import { Failure } from "../../lib/failure.ts";
import { label } from "../../lib/session/labels.ts";
import { expandName } from "../../lib/session/names.ts";
import { realPath } from "../../lib/settings/files.ts";
import { userHome } from "../../lib/settings/home.ts";
import { expandPath } from "../../lib/settings/paths.ts";
import { parseContainerName } from "../../lib/settings/values.ts";
import { checkWorkspace } from "../../lib/settings/workspace.ts";
import { atDesk } from "../../lib/snapshot/desk.ts";
import { fork as forkSession, likenessOfOrigin, type Origin } from "../../lib/snapshot/fork.ts";
import type { Call } from "../call.ts";
import { affairOf, affairWith, foundNow, hostOf, sessionToChange, snapshotOf } from "../copies.ts";
import { answer, answerJson, say, sayUnless, size } from "../print.ts";
import { during } from "../progress.ts";
import { nameOf, type VerbContext, verbContext } from "../sessions.ts";
import { sayWhole } from "./snapshot.ts";

/** `manyoyo fork NAME NEW [--from TAG] [--hp DIR]`: a second, independent session; prints its name. */
export async function fork(call: Call): Promise<number> {
  const [word = ".", given = ""] = call.parsed.operands;
  const { hostPath, json } = call.parsed.values;
  const name = expandName(parseContainerName(given), () => new Date());
  const context = await verbContext(call);
  const { choice, settings } = context;
  const origin = await originOf(call, context, word);
  await refuseTaken(context, name);
  const like = await likenessOfOrigin(choice.engine, origin);
  const userFolder = userHome(call.env);
  const chosen =
    hostPath === undefined ? like.folder : expandPath(hostPath, { folder: call.cwd, userHome: userFolder });
  const folder = checkWorkspace(chosen ?? call.cwd, userFolder, call.home);
  const of = origin.kind === "session" ? origin.found.session : origin.snapshot;
  const affair =
    origin.kind === "session" ? affairWith(context, origin.found) : affairOf(context, origin.snapshot);
  const made = await during(call, `Copying ${of.name} to ${name}`, () =>
    atDesk(affair, async (desk) => {
      const now: Origin =
        origin.kind === "session" ? { kind: "session", found: await foundNow(desk) } : origin;
      return forkSession(desk, { origin: now, name, folder, host: hostOf(call, context) });
    }),
  );
  sayWhole(of.name, made.isWhole);
  const cost = await costOf(context, made.make.image);
  if (json) {
    answerJson({
      engine: choice.engine.name,
      name,
      id: made.id,
      of: of.name,
      folder,
      ports: made.make.ports,
      size: cost,
    });
    return 0;
  }
  answer(name);
  sayUnless(
    settings.quiet,
    "cnew",
    `Made the session ${name} (${choice.engine.name}) like ${of.name}, in ${folder}: ${size(cost)} on disk.`,
  );
  if (like.folder !== undefined && realPath(like.folder) === folder) {
    sayUnless(
      settings.quiet,
      "tip",
      `Both work in ${folder}; to give it a folder of its own: manyoyo fork ${of.name} NEW --hp DIR`,
    );
  }
  if (made.make.ports.length > 0) {
    say(`Its ports are others than those of ${of.name}; see them: manyoyo inspect ${name}`);
  }
  return 0;
}

async function originOf(call: Call, context: VerbContext, word: string): Promise<Origin> {
  const { from } = call.parsed.values;
  if (from === undefined) return { kind: "session", found: await sessionToChange(call, context, word) };
  return { kind: "snapshot", snapshot: await snapshotOf(context, await nameOf(call, context, word), from) };
}

async function refuseTaken({ choice }: VerbContext, name: string): Promise<void> {
  if ((await findSession(choice.engine, name)) !== undefined) {
    throw new Failure("name-taken", `There is a session ${name} already.`, "Choose another name.");
  }
  await refuseElsewhere(choice, name);
}

// Layers that are shared with others cost nothing.
async function costOf({ choice }: VerbContext, image: string): Promise<number> {
  const [own] = await imagesOf(choice.engine, [image]);
  const [below] = await imagesOf(
    choice.engine,
    [own?.labels[label.below] ?? ""].filter((id) => id !== ""),
  );
  return Math.max(0, (own?.size ?? 0) - (below?.size ?? 0));
}
