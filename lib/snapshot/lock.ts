import { standpoint } from "../engine/clients.ts";
import { dialect } from "../engine/dialect.ts";
import { holderName, limit, remedyFor, watching } from "../engine/holder.ts";
import { lastingImage } from "../engine/images.ts";
import { engineFailure } from "../engine/problem.ts";
import { Failure } from "../failure.ts";
import { label } from "../session/labels.ts";
import type { Affair, Desk } from "./desk.ts";
import { sweep } from "./sweep.ts";

/**
 * Keeps other calls from a session until the desk is left, and clears away what one that the machine took down has left. Waits for
 * one that is at it. A container is the one thing that an engine gives to a single caller under a name.
 * @throws Failure
 */
export async function lock(affair: Affair, desk: Desk): Promise<void> {
  const { engine, name, image, found } = affair;
  if (image === undefined) return;
  if (found !== undefined) desk.sees(found);
  const holder = holderName(name);
  const row = dialect(engine.name);
  const words = [
    ...["create", "--pull", "never", "--name", holder, "--network", "none"],
    ...["--label", `${label.lock}=${desk.undo.call}`, "--label", `${label.lockFrom}=${standpoint()}`],
    ...[...row.noImageVolumes, "--entrypoint", "/bin/true"],
  ];
  const look = watching(engine, holder, affair);
  // The lock has been nobody's so many times in a row: its name is taken, but there is no container of that name.
  const seen = { free: 0 };
  let known = image;
  desk.undo.always("label", `${label.lock}=${desk.undo.call}`);
  for (;;) {
    const said = await desk.run([...words, known]);
    if (said.status === 0) break;
    // The session that was waited for is of another image now.
    const isGone: boolean = row.noSuchImage.test(said.stderr) && known === image;
    const other: string | undefined = isGone ? await lastingImage(engine) : undefined;
    if (other !== undefined && other !== image) {
      known = other;
      continue;
    }
    const doing = `begin to work on the session "${name}"`;
    if (!row.nameTaken.test(said.stderr)) throw engineFailure(engine, said, doing);
    const hold = await look();
    if (hold === "overdue") throw overdue(remedyFor(engine, holder));
    seen.free = hold === "free" ? seen.free + 1 : 0;
    if (seen.free === 20) {
      const { code, message } = engineFailure(engine, said, doing);
      throw new Failure(code, message, row.freeName(holder));
    }
    await Bun.sleep(200);
  }
  await sweep(engine, name);
}

function overdue(remedy: string): Failure {
  return new Failure(
    "in-use",
    `A call of manyoyo that cannot be seen from here has been at it for ${limit / 60_000} minutes.`,
    `Try again, or where it is no more, as its machine went down: ${remedy}`,
  );
}
