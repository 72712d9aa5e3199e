import * as v from "valibot";
import { Failure } from "../failure.ts";
import type { EngineName } from "../settings/values.ts";
import { capture } from "../shell.ts";
import { bytesIn } from "./amounts.ts";
import { dialect } from "./dialect.ts";
import type { Engine } from "./engine.ts";
import { engineFailure } from "./problem.ts";

/** What a session uses at a moment; undefined where the engine does not tell. */
export interface Use {
  /** Percent of one processor. */
  readonly cpu: number | undefined;
  /** Bytes. */
  readonly memory: number | undefined;
  readonly memoryLimit: number | undefined;
  readonly pids: number | undefined;
  /** Bytes since it was started. */
  readonly received: number | undefined;
  readonly sent: number | undefined;
}

/** What an engine says at one moment. */
interface Sample extends Use {
  readonly id: string;
  /** Milliseconds of processor time since the start, of an engine that counts them for us. */
  readonly cpuTime: number | undefined;
}

const dockerStats = v.array(
  v.object({
    ID: v.string(),
    CPUPerc: v.string(),
    MemUsage: v.string(),
    NetIO: v.string(),
    PIDs: v.string(),
  }),
);

const podmanStats = v.array(
  v.object({
    id: v.string(),
    cpu_time: v.string(),
    mem_usage: v.string(),
    net_io: v.string(),
    pids: v.string(),
  }),
);

/** Reads what `stats` prints: docker a JSON object a line, podman one list. @throws Failure `engine-failed` for any other shape. */
export function readStats(engine: EngineName, text: string): readonly Sample[] {
  try {
    return engine === "docker" ? readDocker(text) : readPodman(text);
  } catch {
    throw new Failure("engine-failed", `${engine} tells what is used in a way that manyoyo does not know.`);
  }
}

function readDocker(text: string): readonly Sample[] {
  const told = v.parse(dockerStats, JSON.parse(`[${text.trim().replaceAll("\n", ",")}]`));
  return told.map(({ ID, CPUPerc, MemUsage, NetIO, PIDs }) => ({
    id: ID,
    cpu: numberIn(CPUPerc),
    cpuTime: undefined,
    ...amounts(MemUsage, NetIO, PIDs),
  }));
}

function readPodman(text: string): readonly Sample[] {
  const told = v.parse(podmanStats, text.trim() === "" ? [] : JSON.parse(text));
  return told.map(({ id, cpu_time, mem_usage, net_io, pids }) => ({
    id,
    // Its own percentage is of the whole time since the start.
    cpu: undefined,
    cpuTime: spanIn(cpu_time),
    ...amounts(mem_usage, net_io, pids),
  }));
}

function amounts(memory: string, net: string, pids: string) {
  const [used = "", limit = ""] = memory.split("/");
  const [received = "", sent = ""] = net.split("/");
  return {
    memory: bytesIn(used),
    memoryLimit: bytesIn(limit),
    pids: numberIn(pids),
    received: bytesIn(received),
    sent: bytesIn(sent),
  };
}

function numberIn(text: string): number | undefined {
  const [number] = /^\d+(\.\d+)?/.exec(text) ?? [];
  return number === undefined ? undefined : Number(number);
}

const spans: ReadonlyMap<string, number> = new Map([
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
  ["ms", 1],
  ["us", 0.001],
  ["\u00b5s", 0.001],
  ["\u03bcs", 0.001],
  ["ns", 0.000_001],
]);

/** Go's `1h2m3.5s` in milliseconds. */
function spanIn(text: string): number | undefined {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|us|\u00b5s|\u03bcs|ns|s)/g)];
  if (parts.length === 0) return undefined;
  return parts.reduce((sum, [, amount, unit = ""]) => sum + Number(amount) * (spans.get(unit) ?? 0), 0);
}

/** Tells what these containers use, by their full ids; those that are gone or stopped are left out. @throws Failure */
export type Meter = (ids: readonly string[]) => Promise<ReadonlyMap<string, Use>>;

interface Taken {
  readonly at: number;
  readonly samples: ReadonlyMap<string, Sample>;
}

/** A meter of an engine. It remembers what it saw last: how busy a processor was shows between two looks. */
export function meterOf(engine: Engine): Meter {
  const state: { last: Taken | undefined } = { last: undefined };
  return async (ids) => {
    if (ids.length === 0) return new Map();
    const known = state.last;
    const before =
      known !== undefined && ids.some((id) => known.samples.has(id)) ? known : await sample(engine, ids);
    // docker itself looks twice, a second apart.
    if (engine.name === "podman" && before !== known) await Bun.sleep(500);
    const now = engine.name === "podman" || before === known ? await sample(engine, ids) : before;
    state.last = now;
    return new Map(
      [...now.samples].map(([id, { cpuTime, cpu, ...amounts }]) => [
        id,
        { cpu: cpu ?? share(before.samples.get(id)?.cpuTime, cpuTime, now.at - before.at), ...amounts },
      ]),
    );
  };
}

function share(before: number | undefined, now: number | undefined, span: number): number | undefined {
  if (before === undefined || now === undefined || span <= 0) return undefined;
  return Math.round(Math.max(0, (now - before) / span) * 10_000) / 100;
}

async function sample(engine: Engine, ids: readonly string[]): Promise<Taken> {
  const format = engine.name === "docker" ? "{{json .}}" : "json";
  const said = await capture([
    engine.program,
    "stats",
    "--no-stream",
    "--no-trunc",
    "--format",
    format,
    ...ids,
  ]);
  if (said.status === 0) {
    const samples = readStats(engine.name, said.stdout);
    return { at: performance.now(), samples: new Map(samples.map((each) => [each.id, each])) };
  }
  // One that ends meanwhile fails them all (docker: "EOF"), so the others are asked one by one.
  const { down, noPermission } = dialect(engine.name);
  if (down.test(said.stderr) || noPermission.test(said.stderr)) {
    throw engineFailure(engine, said, "tell what sessions use");
  }
  if (ids.length === 1) return { at: performance.now(), samples: new Map() };
  const each = await Promise.all(ids.map((id) => sample(engine, [id])));
  return { at: performance.now(), samples: new Map(each.flatMap(({ samples }) => [...samples])) };
}
