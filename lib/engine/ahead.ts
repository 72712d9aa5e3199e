import { envFile, type Values } from "../session/environment.ts";
import type { Owner } from "../session/owner.ts";
import { type Attached, attach } from "../shell.ts";
import { onEndingSignal } from "../signals.ts";
import type { Engine } from "./engine.ts";
import { execWords, type Run } from "./exec.ts";
import { gateFor } from "./gate.ts";

/** A command whose engine's program was started before its session was found, and waits for our word. */
export interface Ahead {
  /** The id of its run. */
  readonly id: string;
  /** Whom it would run as, which the session may not want. */
  readonly owner: Owner | undefined;
  /** Lets it run, in the container of this full id and in no other. */
  go(container: string): Attached;
  /** Gives it up: nothing was run. Does nothing after `go`. */
  abandon(): void;
}

/**
 * Starts the engine's program for a command in the session of that name, as far as it goes without touching anything.
 * It must name the container, as the id is not known yet; the id goes along with the permission to go on, and the run
 * itself looks whether it is in that container. No name is taken that could be the start of an id. Undefined where the
 * program cannot be held back, and where it would have our terminal.
 */
export async function beginRun(
  engine: Engine,
  name: string,
  run: Run,
  values: Values,
): Promise<Ahead | undefined> {
  if (run.terminal || /^[0-9a-f]+$/.test(name)) return undefined;
  const { text, encoded } = envFile(values);
  const gate = await gateFor(engine, text.length);
  if (gate === undefined) return undefined;
  const words = execWords(engine, name, { ...run, encoded, variables: true });
  const client = attach(words, { descriptors: [gate.descriptor] });
  const abandon = (): void => {
    ignore();
    // Before the gate, or the client would say why it fails.
    if (gate.isWaiting()) client.kill("SIGKILL");
    gate.close();
  };
  const ignore = onEndingSignal((signal) => {
    abandon();
    // Without our listener it would have ended us, where nobody else takes care of it: not twice for those who do.
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  });
  return {
    id: run.id,
    owner: run.owner,
    go: (container) => {
      ignore();
      gate.open(`MANYOYO_CONTAINER=${container}\n${text}`);
      return client;
    },
    abandon,
  };
}
