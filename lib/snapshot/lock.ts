import { isLocal, isNamed, sightOf, standpoint } from "../engine/clients.ts";
import { dialect } from "../engine/dialect.ts";
import type { Engine } from "../engine/engine.ts";
import { lastingImage } from "../engine/images.ts";
import { engineFailure } from "../engine/problem.ts";
import { isTold } from "../engine/told.ts";
import { Failure } from "../failure.ts";
import { label } from "../session/labels.ts";
import { capture } from "../shell.ts";
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
  const holder = `manyoyo-work-${name}`;
  const row = dialect(engine.name);
  const words = [
    ...["create", "--pull", "never", "--name", holder, "--network", "none"],
    ...["--label", `${label.lock}=${desk.undo.call}`, "--label", `${label.lockFrom}=${standpoint()}`],
    ...[...row.noImageVolumes, "--entrypoint", "/bin/true"],
  ];
  const wait = waitingFor(affair, holder);
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
    if (!(await wait())) {
      const { code, message } = engineFailure(engine, said, doing);
      throw new Failure(code, message, row.freeName(holder));
    }
  }
  await sweep(engine, name);
}

/**
 * Waits a moment for the call that has the lock, and says so when it takes longer. Gives false where the lock has been nobody's
 * again and again: its name is taken, but there is no container of that name.
 */
function waitingFor({ engine, waiting, stuck }: Affair, holder: string): () => Promise<boolean> {
  const counts = { held: 0, free: 0 };
  const begun = performance.now();
  const isStuck = { said: false };
  return async () => {
    const state = await holdOf(engine, holder);
    if (state === "free") counts.free += 1;
    else {
      counts.free = 0;
      counts.held += 1;
      if (counts.held === 5) waiting();
    }
    const remedy = `${engine.name} rm --force ${holder}`;
    const waited = performance.now() - begun;
    if (state === "unseen" && waited > limit) {
      throw new Failure(
        "in-use",
        `A call of manyoyo that cannot be seen from here has been at it for ${limit / 60_000} minutes.`,
        `Try again, or where it is no more, as its machine went down: ${remedy}`,
      );
    }
    if (state === "unseen" && !isStuck.said && waited > patience) {
      isStuck.said = true;
      stuck(remedy);
    }
    await Bun.sleep(200);
    return counts.free < 20;
  };
}

// A large session takes that long to be saved; none takes that long on any machine.
const patience = 30_000;
const limit = 600_000;

// Whether the call that has the lock still lives, or cannot be seen from here; one that does not, as the machine went down
// under it, has lost it.
async function holdOf(engine: Engine, holder: string): Promise<"held" | "unseen" | "free"> {
  // Without "with" docker says "<no value>" for a label that is not there.
  const labels = [label.lock, label.lockFrom].map(
    (key) => `{{with index .Config.Labels "${key}"}}{{.}}{{end}}`,
  );
  const format = `{{.Id}} ${labels.join(" ")}`;
  const said = await capture([engine.program, "container", "inspect", "--format", format, holder]);
  const [id = "", call = "", from = ""] = said.stdout.trim().split(" ");
  if (said.status !== 0) return "free";
  if (!/^[0-9a-f-]{36}$/.test(call)) {
    throw new Failure(
      "not-ours",
      `A container "${holder}" that manyoyo did not make is in the way.`,
      `Rename it: ${engine.name} rename ${holder} NAME`,
    );
  }
  const sight = from === "" ? sightOfOlder(engine) : sightOf(from, standpoint());
  if (sight === "nothing") return "unseen";
  if (sight === "processes" && (await isNamed(call))) return "held";
  if (isTold(id)) await capture([engine.program, ...dialect(engine.name).remove, id], { apart: true });
  return "free";
}

// Of a call of an older manyoyo, which did not write down where it is.
function sightOfOlder(engine: Engine): "processes" | "nothing" {
  return isLocal(engine, process.env) ? "processes" : "nothing";
}
