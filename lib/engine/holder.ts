import { Failure } from "../failure.ts";
import { label } from "../session/labels.ts";
import { capture } from "../shell.ts";
import { isLocal, isNamed, sightOf, standpoint } from "./clients.ts";
import { dialect } from "./dialect.ts";
import type { Engine } from "./engine.ts";
import { isTold } from "./told.ts";

/** Who waits for another call that works on a session alone hears, each once: */
export interface Waits {
  /** that it waits, */
  readonly waiting: () => void;
  /** and the command that ends the hold of a call that cannot be seen from here, which has been waited for long. */
  readonly stuck: (remedy: string) => void;
}

/**
 * How it is with the call that has a session to itself: it lives; it cannot be seen from here; it cannot be seen and has taken longer
 * than any does; there is none.
 */
export type Hold = "held" | "unseen" | "overdue" | "free";

/** The name of the container by which a call keeps others from a session. */
export function holderName(name: string): string {
  return `manyoyo-work-${name}`;
}

/** A look at a session's holder for who looks again and again, and says so when that takes longer. @throws Failure `not-ours` */
export function watching(engine: Engine, holder: string, { waiting, stuck }: Waits): () => Promise<Hold> {
  const seen = { held: 0, stuck: false };
  const begun = performance.now();
  return async () => {
    const hold = await holdOf(engine, holder);
    if (hold === "free") return hold;
    seen.held += 1;
    if (seen.held === 5) waiting();
    const waited = performance.now() - begun;
    if (hold === "unseen" && !seen.stuck && waited > patience) {
      seen.stuck = true;
      stuck(remedyFor(engine, holder));
    }
    return hold === "unseen" && waited > limit ? "overdue" : hold;
  };
}

/** The command that ends the hold of a call that is no more. */
export function remedyFor({ name }: Engine, holder: string): string {
  return `${name} rm --force ${holder}`;
}

// A large session takes that long to be saved; none takes that long on any machine.
const patience = 30_000;
/** Milliseconds after which a call that cannot be seen is overdue. */
export const limit = 600_000;

// Whether the call that has the lock still lives, or cannot be seen from here; one that does not, as the machine went down
// under it, has lost it.
async function holdOf(engine: Engine, holder: string): Promise<Exclude<Hold, "overdue">> {
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
