import { expect } from "bun:test";
import { randomInt } from "node:crypto";
import { chmodSync, mkdtempSync } from "node:fs";
import { type EngineName, executable } from "./engines.ts";
import { wordsSeenIn } from "./inside.ts";
import { type Bench, bench, raw, until } from "./manyoyo.ts";
import { openTerminal, type Terminal, type TerminalHow } from "./terminal.ts";

/** A bench whose calls can also be made at a terminal, with looks into its containers. */
export interface Scene extends Bench {
  /** Starts the executable in a terminal of its own, in the workspace. */
  at(words: readonly string[], how?: TerminalHow): Terminal;
  /** Starts a shell text in a terminal; `"$@"` is the executable with these words. */
  script(text: string, words: readonly string[], how?: TerminalHow): Terminal;
  /** Makes a session without running anything in it; gives its name. */
  session(line: string, ...words: readonly string[]): Promise<string>;
  /** A session like that which other tests of this scene use as well: it is left running, with nothing in it. */
  shared(line: string): Promise<string>;
  /** A PATH on which the engine's program is this sh text; in it `"$real" "$@"` is the real call. */
  instead(text: string): Promise<{ readonly PATH: string }>;
  /** running, exited, ... as the engine says; undefined when there is no such container. */
  state(name: string): Promise<string | undefined>;
  /** Whether a process inside has this text in its words. */
  runs(name: string, text: string): Promise<boolean>;
  /** Waits until it does. */
  untilRuns(name: string, text: string): Promise<void>;
  /** Waits until it does not. */
  untilGone(name: string, text: string): Promise<void>;
}

/** Must be called while tests are being defined. */
export function scene(engine: EngineName): Scene {
  const place = bench(engine);
  const how = (more: TerminalHow = {}): TerminalHow => ({
    cwd: place.folder,
    ...more,
    env: { ...place.env, ...more.env },
  });
  const runs = async (name: string, text: string): Promise<boolean> => {
    // A line each, as in what `ps` says.
    const seen = await wordsSeenIn(engine, name);
    if (seen.length > 0) return `\n${seen.join("\n")}\n`.includes(text);
    const said = await raw(engine, "exec", name, "ps", "-eo", "args");
    expect(said.status, said.stderr).toBe(0);
    return said.stdout.includes(text);
  };
  const session: Scene["session"] = async (line, ...words) => {
    const name = place.name();
    const made = await place.manyoyo(["-n", name, "-s", line, ...words, "-d"]);
    expect(made.status, made.stderr).toBe(0);
    return name;
  };
  const shared = new Map<string, Promise<string>>();
  return {
    ...place,
    at: (words, more) => openTerminal([executable(), ...words], how(more)),
    script: (text, words, more) => openTerminal(["sh", "-c", text, "sh", executable(), ...words], how(more)),
    session,
    shared: (line) => {
      const made = shared.get(line) ?? session(line);
      shared.set(line, made);
      return made;
    },
    instead: async (text) => {
      const path = mkdtempSync(`${place.home}/bin-`);
      const real = Bun.which(engine);
      await Bun.write(`${path}/${engine}`, `#!/bin/sh\nreal='${real}'\n${text}\n`);
      chmodSync(`${path}/${engine}`, 0o755);
      return { PATH: `${path}:${process.env["PATH"]}` };
    },
    state: async (name) => {
      const said = await raw(engine, "container", "inspect", "--format", "{{.State.Status}}", name);
      return said.status === 0 ? said.stdout.trim() : undefined;
    },
    runs,
    untilRuns: (name, text) => until(`${text} runs in ${name}`, () => runs(name, text)),
    untilGone: (name, text) => until(`${text} is gone from ${name}`, async () => !(await runs(name, text))),
  };
}

/** A `sleep` that no other test has, to be looked for. */
export function longSleep(): string {
  return `sleep ${randomInt(1_000_000, 9_999_999)}`;
}
