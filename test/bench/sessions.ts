import { randomUUID } from "node:crypto";
import { makeWords } from "../../lib/session/make.ts";
import { planMake } from "../../lib/session/plan.ts";
import { hostUser } from "../../lib/settings/home.ts";
import { executablePath } from "../support/build.ts";
import { run, tail } from "../support/command.ts";
import { type EngineName, testImage } from "../support/engines.ts";
import type { Result, Under } from "./measure.ts";

/** Where a line is measured: a folder of its own to work in, names that nobody else has. */
export interface Bench extends Under {
  readonly folder: string;
  readonly mark: string;
}

/** Does something while there are that many sessions, none of which runs. */
export async function withSessions(
  bench: Bench,
  engine: EngineName,
  count: number,
  work: () => Promise<readonly Result[]>,
): Promise<readonly Result[]> {
  const names = Array.from({ length: count }, (_, at) => `${bench.mark}-${at}`);
  try {
    const left = [...names];
    const maker = async (): Promise<void> => {
      for (let name = left.pop(); name !== undefined; name = left.pop()) {
        await must([engine, "create", ...sessionWords(bench, name)], bench);
      }
    };
    await Promise.all([maker(), maker(), maker(), maker()]);
    return await work();
  } finally {
    await removeAll(bench, engine, names);
  }
}

/** The words that make a session, without those that start it. */
function sessionWords(bench: Bench, name: string): readonly string[] {
  const settings = { image: testImage, env: [], volumes: [], ports: [], engineArgs: [], quiet: [] };
  const wish = { exact: undefined, said: "claude", usual: undefined, args: undefined };
  const at = {
    id: randomUUID(),
    folder: bench.cwd,
    socket: "",
    // Somebody else's would not be listed.
    user: hostUser(process.env),
    selinux: false,
    call: undefined,
    stores: [],
    prepare: [],
  };
  const [, , ...words] = makeWords(
    planMake(name, settings, wish, at),
    { log: [] },
    { init: ":", prepare: ":" },
    undefined,
  );
  return words;
}

export async function withSession(
  bench: Bench,
  engine: EngineName,
  work: (name: string) => Promise<readonly Result[]>,
): Promise<readonly Result[]> {
  const name = `${bench.mark}-session`;
  try {
    await must([executablePath, "-d", "-n", name], bench);
    return await work(name);
  } finally {
    await removeAll(bench, engine, [name]);
  }
}

export async function removeAll(bench: Bench, engine: EngineName, names: readonly string[]): Promise<void> {
  const now = engine === "podman" ? ["--time", "0"] : [];
  // One by one for podman, which removes nothing when one of several is missing.
  const calls = engine === "podman" && names.length < 10 ? names.map((name) => [name]) : [names];
  for (const some of calls) {
    await run([engine, "rm", "--force", "--volumes", ...now, ...some], {
      environment: bench.env,
      limit: 300_000,
      always: true,
    });
  }
}

export async function must(words: readonly string[], bench?: Bench): Promise<void> {
  const options = bench === undefined ? {} : { environment: bench.env };
  const result = await run(words, { ...options, limit: 120_000 });
  if (result.status !== 0) throw new Error(`${words.slice(0, 4).join(" ")} ...: ${tail(result)}`);
}
