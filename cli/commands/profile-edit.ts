import { Failure } from "../../lib/failure.ts";
import { type Copy, copyFor, discard, isCurrent, putInPlace, textOf } from "../../lib/settings/edited.ts";
import { fileOfProfile, type ProfileFile } from "../../lib/settings/profiles.ts";
import { readGlobal, readSettings } from "../../lib/settings/schema.ts";
import { ownAgents } from "../../lib/settings/sources.ts";
import type { Call } from "../call.ts";
import { editIn, editorOf } from "../editor.ts";
import { say } from "../print.ts";

/** `manyoyo profile edit NAME`: an editor on a copy, which takes the profile's place once it is right. */
export async function edit(call: Call): Promise<number> {
  const [word = ""] = call.parsed.operands;
  const place = await fileOfProfile(word, call.home, call.cwd, call.env);
  if (!call.canAsk) {
    throw new Failure(
      "usage",
      "profile edit needs a terminal, and may have to ask.",
      `The file is ${place.file}`,
    );
  }
  const editor = editorOf(call.env);
  if (place.key !== undefined) say(`The profile ${word} is in ${place.file}, under "runs".`);
  const copy = copyFor(place.file, place.text, call.home);
  const result = await rounds(call, { copy, place, editor });
  say(result === "changed" ? `Changed ${place.file}.` : `${place.file} stays as it was.`);
  return 0;
}

interface Work {
  readonly copy: Copy;
  readonly place: ProfileFile;
  readonly editor: string;
}

type Result = "changed" | "unchanged";

async function rounds(call: Call, { copy, place, editor }: Work): Promise<Result> {
  for (;;) {
    await edited(copy, editor);
    const text = textOf(copy);
    if (text === copy.before) {
      discard(copy);
      return "unchanged";
    }
    const mistake = await mistakeIn(call, text, place);
    if (mistake !== undefined) {
      say(mistake.message);
      if (mistake.hint !== undefined) say(`  ${mistake.hint}`);
      const next = await asked("The profile cannot be used so. What now?", [
        { value: "again", label: "Edit it again" },
        { value: "keep", label: "Leave the profile as it was, and keep this text" },
        { value: "drop", label: "Leave the profile as it was, and throw this text away" },
      ]);
      if (next === "again") continue;
      throw given(copy, place, next);
    }
    if (!isCurrent(copy)) {
      const next = await asked(`${place.file} was changed meanwhile. What now?`, [
        { value: "keep", label: "Leave it as it is now, and keep your text" },
        { value: "over", label: "Put your text in its place" },
        { value: "again", label: "Edit yours again" },
      ]);
      if (next === "again") continue;
      if (next !== "over") throw given(copy, place, next);
    }
    putInPlace(copy, text);
    return "changed";
  }
}

type Next = "again" | "keep" | "drop" | "over";

// A question that is left keeps what was written.
async function asked(
  message: string,
  ways: readonly { readonly value: Next; readonly label: string }[],
): Promise<Next> {
  const { askOne } = await import("../menu.ts");
  return (await askOne(message, ways)) ?? "keep";
}

async function edited(copy: Copy, editor: string): Promise<void> {
  const status = await editIn(editor, copy.path);
  if (status === 0) return;
  const kept = textOf(copy) === copy.before ? undefined : copy.path;
  if (kept === undefined) discard(copy);
  throw new Failure(
    "settings",
    `The editor ended with status ${status}, so ${copy.file} stays as it was.`,
    kept === undefined ? "Another one: set VISUAL or EDITOR." : `What it wrote is in ${kept}`,
  );
}

async function mistakeIn(call: Call, text: string, place: ProfileFile): Promise<Failure | undefined> {
  try {
    if (place.key === undefined) readSettings(text, place.file, await ownAgents(call.home));
    else readGlobal(text, place.file);
    return undefined;
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}

function given(copy: Copy, place: ProfileFile, next: Next): Failure {
  if (next === "drop") {
    discard(copy);
    return new Failure("settings", `${place.file} was not changed.`);
  }
  return new Failure("settings", `${place.file} was not changed.`, `Your text is in ${copy.path}`);
}
