import { closeSync } from "node:fs";
import { guardText } from "../inside/texts.ts";
import { waiting } from "../shell.ts";
import { dialect } from "./dialect.ts";
import type { Engine } from "./engine.ts";

/** A process beside this call that removes what the call makes when the call is gone, even by KILL. */
export interface Guard {
  /** The call's own end of the pipe; the program that makes the session must hold it too while it runs. */
  readonly descriptor: number;
  /** Lets the guard do its work now; true when it found nothing left or removed it. */
  release(): Promise<boolean>;
}

/** Sets a guard over the session that this call is about to make under that name. */
export function guardSession(engine: Engine, name: string, call: string): Guard {
  const pattern = name.replaceAll(".", "\\.");
  const started = waiting([
    "/bin/sh",
    "-c",
    guardText(),
    "manyoyo",
    engine.program,
    pattern,
    call,
    ...dialect(engine.name).remove,
  ]);
  return {
    descriptor: started.descriptor,
    release: async () => {
      closeSync(started.descriptor);
      return (await started.ended).status === 0;
    },
  };
}
