import { createReadStream } from "node:fs";
import { withPrivateFolder } from "../../lib/archive/temporary.ts";
import { spool } from "../../lib/archive/write.ts";
import { findSession } from "../../lib/engine/find.ts";
import { refuseElsewhere } from "../../lib/engine/obtain.ts";
import { loadExport } from "../../lib/export/load.ts";
import { type Checked, checkExport } from "../../lib/export/read.ts";
import { Failure } from "../../lib/failure.ts";
import { imageFor } from "../../lib/session/images.ts";
import { label } from "../../lib/session/labels.ts";
import { keptPlace, type Make } from "../../lib/session/make.ts";
import { expandName } from "../../lib/session/names.ts";
import { parseContainerName } from "../../lib/settings/values.ts";
import { begin, provideKept } from "../../lib/snapshot/begin.ts";
import { atDesk } from "../../lib/snapshot/desk.ts";
import { isTerminal } from "../../lib/terminal.ts";
import { type Call, engineOf, userName } from "../call.ts";
import { affairOf } from "../copies.ts";
import { baseOf, omittedWords, planOf } from "../imported.ts";
import { fileFor } from "../in-file.ts";
import { readLayers, type Told } from "../layers.ts";
import { makeOf, valuesOf } from "../obtain.ts";
import { answer, answerJson, say, sayUnless } from "../print.ts";
import { during, type Progress } from "../progress.ts";
import type { VerbContext } from "../sessions.ts";

/** `manyoyo import FILE`: makes a session from an exported one, in this folder. */
export async function importSession(call: Call): Promise<number> {
  const [word = "-"] = call.parsed.operands;
  if (word === "-") return withPrivateFolder((folder) => fromStdin(call, `${folder}/session`));
  return fromFile(call, fileFor(call, word));
}

async function fromStdin(call: Call, path: string): Promise<number> {
  if (isTerminal(0)) {
    throw new Failure("usage", "There is no session on stdin.", "Give a file, or: manyoyo import - < FILE");
  }
  // What is checked must be what is taken, and a stream comes only once.
  await during(call, "Reading", async ({ bytes }) => {
    try {
      await spool(createReadStream("", { fd: 0 }), path, bytes);
    } catch (thrown) {
      const why = thrown instanceof Error ? thrown.message.replace(/,? write.*$/, "") : String(thrown);
      throw new Failure(
        "engine-failed",
        `What comes from stdin cannot be put on disk: ${why}.`,
        "Point TMPDIR at a folder with room, or give a file: manyoyo import FILE",
      );
    }
  });
  return fromFile(call, path);
}

async function fromFile(call: Call, path: string): Promise<number> {
  const told = await readLayers({ ...call, parsed: withoutNone(call) });
  const context: VerbContext = { choice: engineOf(call, told.layers), settings: told.settings };
  const checked = await during(call, "Checking", ({ bytes }) => checkExport(path, bytes));
  const { manifest } = checked;
  const name = expandName(
    parseContainerName(call.parsed.values.contName ?? manifest.session),
    () => new Date(),
  );
  await refuseTaken(context, name);
  const made = await during(call, `Importing ${name}`, (progress) =>
    make(call, context, { told, checked, path, name, progress }),
  );
  const { engine } = context.choice;
  const missing = manifest.secrets ? [] : manifest.variables.filter((each) => !made.given.includes(each));
  if (call.parsed.values.json) {
    const { id, folder } = made;
    const { session: of, omitted } = manifest;
    answerJson({ engine: engine.name, name, id, of, folder, missing, omitted });
    return 0;
  }
  answer(name);
  sayUnless(told.settings.quiet, "cnew", `Made the session ${name} (${engine.name}) in ${made.folder}.`);
  for (const line of omittedWords({ name, missing, told, checked })) say(line);
  return 0;
}

// `-p none`, `-v none`: nothing of what the file asks for.
function withoutNone(call: Call): Call["parsed"] {
  const { values, ...parsed } = call.parsed;
  const without = (words: readonly string[]): readonly string[] => words.filter((each) => each !== "none");
  return {
    ...parsed,
    values: { ...values, publish: without(values.publish), volume: without(values.volume) },
  };
}

async function refuseTaken({ choice }: VerbContext, name: string): Promise<void> {
  if ((await findSession(choice.engine, name)) === undefined) return refuseElsewhere(choice, name);
  throw new Failure("name-taken", `There is a session ${name} already.`, "Choose another name: --name NAME");
}

interface Importing {
  readonly told: Told;
  readonly checked: Checked;
  readonly path: string;
  readonly name: string;
  readonly progress: Progress;
}

async function make(call: Call, context: VerbContext, { told, checked, path, name, progress }: Importing) {
  const { choice } = context;
  const { engine } = choice;
  const { manifest } = checked;
  const base = await baseOf(call, context, checked);
  return atDesk(affairOf(context, { name, image: undefined }), async (desk) => {
    const image = imageFor("session", name, desk.mark);
    const plan = planOf(call, told, manifest, image);
    // What speaks against the session itself comes before the long way.
    const planned = (await makeOf(call, plan.told, choice, plan.wish))(name, undefined);
    const values = valuesOf(call, plan.told.settings);
    if (planned.stores.some(({ target }) => target === keptPlace)) {
      await provideKept(desk, name, userName(call));
    }
    desk.undo.note("image", image);
    const labels = { [label.saved]: name, [label.part]: "session" };
    const { descriptor: held } = desk.undo;
    const loading = { path, checked, image, labels, base, held, signal: desk.signal };
    await loadExport(engine, loading, progress.bytes);
    progress.doing(`Making ${name}`);
    const wanted: Make = {
      ...planned,
      base: manifest.base,
      variables: [...new Set([...planned.variables, ...(manifest.secrets ? manifest.variables : [])])],
      userHabit: manifest.commandsAsRoot ? "root" : planned.userHabit,
    };
    const id = await begin(desk, { make: wanted, values, own: plan.filled });
    desk.undo.done("keep");
    return { id, folder: planned.folder, given: [...values.keys()] };
  });
}
