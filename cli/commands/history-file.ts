import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";
import { Failure } from "../../lib/failure.ts";
import { backUp, manifestOf } from "../../lib/history/backup.ts";
import type { Manifest } from "../../lib/history/manifest.ts";
import { restore as restoreInto } from "../../lib/history/restore.ts";
import { isTerminal } from "../../lib/terminal.ts";
import type { Call } from "../call.ts";
import { withHistory } from "../history.ts";
import { fileFor } from "../in-file.ts";
import { intoFile, placeFor } from "../out-file.ts";
import { answer, answerBytes, answerJson, plainLine, say } from "../print.ts";
import { verbContext } from "../sessions.ts";

/** `manyoyo history backup NAME -o FILE`: all conversations in one file, without any login. */
export async function backup(call: Call): Promise<number> {
  const { output, force, json } = call.parsed.values;
  const [word = "."] = call.parsed.operands;
  const place = placeFor(call, { what: "A backup", line: `manyoyo history backup ${word} -o FILE` });
  const context = await verbContext(call);
  await withHistory(call, context, word, async (source) => {
    const manifest = await manifestOf(source);
    const count = countOf(manifest);
    if (count === 0) throw new Failure("usage", `${source.name} has no conversation to save.`);
    const write = (sink: (bytes: Uint8Array) => void) => backUp(source, manifest, sink);
    if (place === undefined) return write(answerBytes);
    await intoFile({ place, output: output ?? "", force }, write);
    if (json) answerJson({ session: source.name, file: place, agents: manifest.agents });
    else answer(place);
    if (call.terminal && !json) say(`Saved ${counted(count)} of ${source.name}.`);
  });
  return 0;
}

/** `manyoyo history restore NAME FILE`: brings them back; what is there already stays, unless `-f`. */
export async function restore(call: Call): Promise<number> {
  const { force, json } = call.parsed.values;
  const [word = ".", file = "-"] = call.parsed.operands;
  const archive = archiveOf(call, file);
  const context = await verbContext(call);
  await withHistory(call, context, word, async (source) => {
    const { manifest, written, left } = await restoreInto(source, archive, force);
    if (json) answerJson({ session: source.name, of: manifest.session, written, left });
    else {
      if (written.length > 0) answer(written.map(plainLine).join("\n"));
      say(`Restored ${files(written.length)} of ${manifest.session} into ${source.name}.`);
      if (left.length > 0) say(`${files(left.length)} were there already and stay; write over them: -f`);
    }
  });
  return 0;
}

function archiveOf(call: Call, file: string): AsyncIterable<Uint8Array> {
  if (file === "-" && isTerminal(0)) {
    throw new Failure(
      "usage",
      "There is no backup on stdin.",
      "Give a file, or: manyoyo history restore NAME - < FILE",
    );
  }
  return unpacked(file === "-" ? undefined : fileFor(call, file));
}

// Opened as it is read: what is wrong with it before that, nobody would hear.
async function* unpacked(path: string | undefined): AsyncGenerator<Uint8Array> {
  const source = path === undefined ? process.stdin : createReadStream(path);
  const gunzip = createGunzip();
  source.on("error", (thrown) => gunzip.destroy(thrown));
  yield* source.pipe(gunzip);
}

function countOf({ agents }: Manifest): number {
  return Object.values(agents).reduce((sum, ids) => sum + ids.length, 0);
}

function counted(count: number): string {
  return `${count} ${count === 1 ? "conversation" : "conversations"}`;
}

function files(count: number): string {
  return `${count} ${count === 1 ? "file" : "files"}`;
}
