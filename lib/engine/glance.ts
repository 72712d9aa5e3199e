import { type Started, start } from "../shell.ts";
import type { Engine } from "./engine.ts";

/** Questions to an engine that must not take long: what has no answer in time, or fails, is undefined. */
export interface Glance {
  ask(words: readonly string[]): Promise<string | undefined>;
  /** Kills the engine's programs that still run; their questions have no answer. */
  stop(): void;
}

/**
 * Opens a glance at `engine` that ends by itself after `limit` milliseconds. The engine's program has no terminal to ask
 * anything at: over ssh it would want a password.
 */
export function glanceAt(engine: Engine, limit: number): Glance {
  const running = new Set<Started>();
  const state = { stopped: false };
  const ended = Promise.withResolvers<undefined>();
  const stop = (): void => {
    state.stopped = true;
    for (const started of running) started.kill("SIGKILL");
    ended.resolve(undefined);
  };
  setTimeout(stop, limit);
  const ask = async (words: readonly string[]): Promise<string | undefined> => {
    if (state.stopped) return undefined;
    const started = start([engine.program, ...words], { apart: true, hasty: true, mute: true });
    running.add(started);
    const answer = started.said.then(({ status, stdout }) => (status === 0 ? stdout : undefined));
    // Not only the answer is waited for: a child of the killed program may keep the pipe open.
    const text = await Promise.race([answer, ended.promise]);
    running.delete(started);
    return text;
  };
  return { ask, stop };
}

/** An image as the engine lists it. */
export interface ImageName {
  readonly name: string;
  readonly version: string;
}

/** The engine's images that have a name, each once; none when it does not answer in time. Never throws. */
export async function imageNames({ ask }: Glance): Promise<readonly ImageName[]> {
  const text = await ask(["image", "ls", "--format", "{{.Repository}}\t{{.Tag}}"]);
  return [...new Set((text ?? "").split("\n"))].flatMap((line) => {
    const [name = "", version = ""] = line.split("\t");
    return [name, version].some((part) => part === "" || part === "<none>") ? [] : [{ name, version }];
  });
}

/** The names of the engine's volumes, those apart that it made up itself. Never throws. */
export async function volumeNames({ ask }: Glance): Promise<readonly string[]> {
  const text = await ask(["volume", "ls", "--format", "{{.Name}}"]);
  return (text ?? "").split("\n").filter((name) => name !== "" && !/^[0-9a-f]{64}$/.test(name));
}
