import { closeSync, writeSync } from "node:fs";
import { guardText } from "../inside/texts.ts";
import { label } from "../session/labels.ts";
import { leaveBehind, waiting } from "../shell.ts";
import { dialect } from "./dialect.ts";
import type { Engine } from "./engine.ts";

/** A process beside this call that removes what the call makes when the call is gone, even by KILL. */
export interface Guard {
  /** The call's own end of the pipe; the program that makes the session must hold it too while it runs. */
  readonly descriptor: number;
  /** Tells of the container that was made, so that no volume of it stays behind whoever removes it. */
  watch(id: string): void;
  /**
   * Tells of a named volume that the call made, before the container is: it goes with that, unless one of these files inside has
   * something in it by then, or something else has the volume. None of these words has a blank in it.
   */
  fresh(volume: string, files: readonly string[]): void;
  /**
   * Lets the guard do its work now. True when it found nothing left or removed it; false where the engine does not let it
   * within ten seconds: the guard goes on trying.
   */
  release(): Promise<boolean>;
  /** The engine is known not to answer, and we have been told to end: `release` waits half a second only. */
  hurry(): void;
}

/** Sets a guard over the session that this call is about to make under that name. */
export function guardSession(engine: Engine, name: string, call: string): Guard {
  const started = waiting(guardWords(engine, name, `${label.call}=${call}`));
  const patience = { milliseconds: 10_000 };
  const tell = (line: string): void => {
    try {
      writeSync(started.descriptor, `${line}\n`);
    } catch {
      // Somebody has ended the guard: the session is there all the same, and goes with the engine's own --rm.
    }
  };
  return {
    descriptor: started.descriptor,
    watch: (id) => {
      if (/^[0-9a-f]+$/.test(id)) tell(id);
    },
    fresh: (volume, files) => tell(["fresh", volume, ...files].join(" ")),
    release: async () => {
      closeSync(started.descriptor);
      const ended = await Promise.race([started.ended, Bun.sleep(patience.milliseconds)]);
      return ended?.status === 0;
    },
    hurry: () => {
      patience.milliseconds = 500;
    },
  };
}

/**
 * Sets a guard over a session that this call gives up while the engine's program still makes it: it is removed when that
 * program has ended, unless another call has begun a command in it by then.
 * @param leash our end of a pipe that the program holds
 */
export function guardGivenUp(
  engine: Engine,
  made: { readonly name: string; readonly id: string },
  leash: number | undefined,
): void {
  const words = guardWords(engine, made.name, `${label.session}=${made.id}`);
  // Without a leash (its fd 3 is then closed) it begins at once.
  leaveBehind(words, leash === undefined ? [] : [leash]);
}

function guardWords(engine: Engine, name: string, mark: string): string[] {
  const pattern = name.replaceAll(".", "\\.");
  const remove = dialect(engine.name).remove;
  return ["/bin/sh", "-c", guardText(), "manyoyo", engine.program, pattern, mark, ...remove];
}
