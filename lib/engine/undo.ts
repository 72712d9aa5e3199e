import { closeSync, writeSync } from "node:fs";
import { undoText } from "../inside/texts.ts";
import { waiting } from "../shell.ts";
import { dialect } from "./dialect.ts";
import type { Engine } from "./engine.ts";

/** How a call that changes several things came to its end. */
export type Outcome =
  | "as it should be"
  | "not all could be done"
  /** Its last step was, since what was to be replaced had been started, or removed, meanwhile. */
  | "taken back: started"
  | "taken back: removed"
  /** The same, since the engine could not do it. */
  | "taken back"
  | "neither done nor taken back"
  /** What a volume held is in the one alone into which it was put aside. */
  | "not filled again"
  /** All is done, but what was replaced could not be removed. */
  | "done beside the former one";

const outcomes: Readonly<Record<number, Outcome>> = {
  0: "as it should be",
  3: "taken back: started",
  4: "taken back: removed",
  5: "taken back",
  6: "done beside the former one",
  7: "neither done nor taken back",
  8: "not filled again",
};

/**
 * Sees to it that all that a call changes is done, or none of it: a process beside the call takes back what the call has
 * noted, as soon as the call is gone, even by KILL, unless it came to its end. Each step is noted before it is taken.
 */
export interface Undo {
  /** The call's id, a uuid: by it the process knows what the call made. */
  readonly call: string;
  /** Our end of the pipe; a program that changes something must hold it too while it runs. */
  readonly descriptor: number;
  /** Notes what is taken back unless the call comes to its end. @param step see undo.sh; its words have no blanks */
  note(...step: readonly string[]): void;
  /** Notes what goes in any case. */
  always(...step: readonly string[]): void;
  /** Notes the image that a session alone has: once all else is done, it goes if that session is gone by then. */
  orphan(session: string, image: string): void;
  /** Notes the volumes that the engine made for a session alone, in the same way: they go if it is gone by then. */
  alone(session: string): void;
  /** The call has come to its end. @param step the last thing to do: `swap OLD NEW NAME`, or `keep` */
  done(...step: readonly string[]): void;
  /** Lets the process do its work now. */
  close(): Promise<Outcome>;
}

/** Begins to watch over a call. */
export function openUndo(engine: Engine, call: string): Undo {
  const started = waiting([
    "/bin/sh",
    "-c",
    undoText(),
    "manyoyo",
    engine.program,
    call,
    ...dialect(engine.name).remove,
  ]);
  const write = (when: string, step: readonly string[]): void => {
    writeSync(started.descriptor, `${[when, ...step].join(" ")}\n`);
  };
  return {
    call,
    descriptor: started.descriptor,
    note: (...step) => write("undo", step),
    always: (...step) => write("always", step),
    orphan: (session, image) => write("after", ["orphan", session, image]),
    alone: (session) => write("after", ["alone", session]),
    done: (...step) => write("done", step),
    close: async () => {
      closeSync(started.descriptor);
      const { status } = await started.ended;
      return outcomes[status] ?? "not all could be done";
    },
  };
}
