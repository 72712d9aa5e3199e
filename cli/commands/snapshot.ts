import { forgetImage } from "../../lib/engine/change.ts";
import { Failure } from "../../lib/failure.ts";
import { imageFor } from "../../lib/session/images.ts";
import { numbered, stamp } from "../../lib/session/names.ts";
import { atDesk } from "../../lib/snapshot/desk.ts";
import { findSnapshot, listSnapshots, type Snapshot } from "../../lib/snapshot/list.ts";
import { save } from "../../lib/snapshot/save.ts";
import { likenessOfSession } from "../../lib/snapshot/variables.ts";
import type { Call } from "../call.ts";
import { affairWith, foundNow, sessionToChange, snapshotOf, tagOf } from "../copies.ts";
import { eachResult } from "../each.ts";
import { age, answer, answerJson, say, size, table } from "../print.ts";
import { during } from "../progress.ts";
import { quoted } from "../quoted.ts";
import { nameOf, type VerbContext, verbContext } from "../sessions.ts";

/** `manyoyo snapshot NAME [TAG] [-m NOTE]`: saves a session as it is at this moment; prints the tag. */
export async function snapshot(call: Call): Promise<number> {
  const [word = ".", given] = call.parsed.operands;
  const { json, message } = call.parsed.values;
  const asked = given === undefined ? undefined : tagOf(given);
  const context = await verbContext(call);
  const { engine } = context.choice;
  const found = await sessionToChange(call, context, word);
  const { name } = found.session;
  const { tag, isWhole } = await during(call, `Saving ${name}`, () =>
    atDesk(affairWith(context, found), async (desk) => {
      const now = await foundNow(desk);
      const chosen = await freeTag(context, name, asked);
      const whole = await save(desk, {
        found: now,
        likeness: await likenessOfSession(engine, now),
        image: imageFor("snapshot", name, chosen),
        tag: chosen,
        note: message,
      });
      desk.undo.done("keep");
      return { tag: chosen, isWhole: whole };
    }),
  );
  sayWhole(name, isWhole);
  // What it costs is told to who sees it: a script has the tag at once.
  const made = json || call.terminal ? await findSnapshot(engine, name, tag) : undefined;
  if (json) answerJson({ engine: engine.name, ...(made === undefined ? { name, tag } : document(made)) });
  else answer(tag);
  if (made !== undefined && call.terminal && !json) {
    say(
      `Saved ${name} as ${tag}: ${size(made.cost)} on disk. Back to it: manyoyo snapshot restore ${name} ${tag}`,
    );
  }
  return 0;
}

/** Says where files may be of different moments. */
export function sayWhole(name: string, isWhole: boolean): void {
  if (isWhole) return;
  say(
    `${name} did not stand still while it was saved, so what was written meanwhile may be there in part. Stop it first: manyoyo stop ${name}`,
  );
}

async function freeTag({ choice }: VerbContext, name: string, asked: string | undefined): Promise<string> {
  const now = stamp(new Date());
  for (let attempt = 1; ; attempt += 1) {
    const tag = asked ?? numbered(now, attempt);
    if ((await findSnapshot(choice.engine, name, tag)) === undefined) return tag;
    if (asked === undefined) continue;
    throw new Failure(
      "name-taken",
      `${name} has a snapshot ${quoted(tag)} already.`,
      `Choose another tag, or remove that one: manyoyo snapshot rm ${name} ${tag}`,
    );
  }
}

/** `manyoyo snapshot ls [NAME]`: snapshots with what they cost. */
export async function list(call: Call): Promise<number> {
  const context = await verbContext(call);
  const { engine } = context.choice;
  const [word] = call.parsed.operands;
  const name = word === undefined ? undefined : await nameOf(call, context, word);
  const snapshots = await listSnapshots(engine, name);
  if (call.parsed.values.json) {
    answerJson({ engine: engine.name, snapshots: snapshots.map(document) });
  } else if (snapshots.length === 0) {
    if (call.terminal) say(`There are no snapshots. Take one: manyoyo snapshot ${name ?? "NAME"}`);
  } else {
    answer(table([["NAME", "TAG", "AGE", "SIZE", "NOTE"], ...snapshots.map(row)]).join("\n"));
  }
  return 0;
}

function row({ name, tag, at, cost, note }: Snapshot): readonly string[] {
  return [name, tag, age(at, Date.now()), size(cost), note];
}

function document({ name, tag, note, at, cost, image, id, likeness }: Snapshot) {
  return {
    name,
    tag,
    note,
    created: Number.isFinite(at) ? new Date(at).toISOString() : null,
    size: cost,
    agent: likeness.agent ?? null,
    folder: likeness.folder ?? null,
    image,
    id,
  };
}

/** `manyoyo snapshot rm NAME TAG...`: each its own result. Sessions that were made from one stay. */
export async function remove(call: Call): Promise<number> {
  const context = await verbContext(call);
  const { engine } = context.choice;
  const [word = ".", ...tags] = call.parsed.operands;
  const name = await nameOf(call, context, word);
  const { json } = call.parsed.values;
  const removed = async (each: string): Promise<Readonly<Record<string, unknown>>> => {
    const { image, tag } = await snapshotOf(context, name, each);
    if (!(await forgetImage(engine, image))) {
      throw new Failure("in-use", `A container uses the snapshot ${tag} of ${name}.`, "Remove that first.");
    }
    if (!json) answer(tag);
    return { result: "removed" };
  };
  // One after the other: they may share layers.
  const { sessions, status } = await eachResult(call, tags, removed, 1);
  const snapshots = sessions.map(({ name: tag, ...result }) => ({ tag, ...result }));
  if (json) answerJson({ engine: engine.name, name, snapshots });
  return status;
}
