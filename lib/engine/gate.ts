import { closeSync, writeSync } from "node:fs";
import { makePipe, writeEnd } from "../pipe.ts";
import type { Engine } from "./engine.ts";

/**
 * Holds back a docker client that was started before it is certain that it may work: its own start-up, a sixth of what a
 * short command takes, then passes while the answer is waited for. The client reads its `--env-file` before it talks to
 * the daemon, and this is that file: a pipe that ends when we say.
 */
export interface Gate {
  /** What the client must find as its fd 3. */
  readonly descriptor: number;
  /** Lets the client go on, with these variables. */
  open(text: string): void;
  /** Whether it was neither opened nor closed. */
  isWaiting(): boolean;
  /** Gives up: a client that still reads fails, and has done nothing. Does nothing after `open`. */
  close(): void;
}

// Half a character, in a comment: docker refuses a file that is no UTF-8, so a client whose gate was never opened, even
// because we were killed, fails before it has asked the daemon for anything. The other half makes it a comment.
const firstHalf = new Uint8Array([0x23, 0xe2]);
const secondHalf = new Uint8Array([0x82, 0xac, 0x0a]);
const limit = 50_000;

/**
 * A gate for a text of that length; undefined where there can be none: podman does not check its file, and some systems
 * have no pipe for us.
 */
export async function gateFor(engine: Engine, length: number): Promise<Gate | undefined> {
  if (engine.name !== "docker" || length > limit) return undefined;
  const pipe = await makePipe();
  if (pipe === undefined) return undefined;
  const { reading, writing } = pipe;
  writeSync(writing, firstHalf);
  const state = { waits: true };
  return {
    descriptor: reading,
    open: (text) => {
      state.waits = false;
      writeEnd(writing, Buffer.concat([secondHalf, Buffer.from(text)]));
      closeSync(reading);
    },
    isWaiting: () => state.waits,
    close: () => {
      if (!state.waits) return;
      state.waits = false;
      closeSync(writing);
      closeSync(reading);
    },
  };
}
