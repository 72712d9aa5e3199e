import { executablePath } from "../support/build.ts";
import { type EngineName, testImage } from "../support/engines.ts";
import { compare, type Result, ratio } from "./measure.ts";
import { type Bench, must, removeAll, withSession, withSessions } from "./sessions.ts";

// MANYOYO_BENCH_SESSIONS asks for another number; with 500 it takes an hour or more.
const many = Number(process.env["MANYOYO_BENCH_SESSIONS"] ?? 500);

// What is in a list takes its share of each of these; what names one session must not. Where the engine is asked twice, one after the
// other, by every call, the limit says so: a verb of one session finds it first (`container inspect`) and then acts.
interface Verb {
  readonly words: readonly string[];
  readonly raw: readonly string[];
  readonly limit: number;
  readonly rounds?: number;
  /** Done before each single run of either side. */
  readonly before?: readonly string[];
}

/** Every verb that lists, finds or makes, among 500 sessions: none of them may grow faster than the engine's own answer. */
export async function load(bench: Bench, engine: EngineName): Promise<readonly Result[]> {
  return withSessions(bench, engine, many, async () =>
    withSession(bench, engine, async (name) => {
      await must([executablePath, "-n", name, "-x", "true"], bench);
      const rows: Result[] = [];
      for (const [what, { words, raw, limit, rounds = 7, before }] of Object.entries(
        verbs(bench, engine, name),
      )) {
        const pair = await compare(
          {
            ours: () => ({ words: [executablePath, ...words] }),
            raw: () => ({ words: raw }),
            rounds,
            // Minutes long, so that a cold start is no matter.
            ...(rounds === 1 ? { warmUp: 0 } : {}),
            ...(before === undefined ? {} : { before: () => must(before, bench) }),
          },
          bench,
        );
        rows.push(ratio(`${what}, of ${many}`, pair, limit));
      }
      return [...rows, await create(bench, engine)];
    }),
  );
}

function verbs(bench: Bench, engine: EngineName, name: string): Readonly<Record<string, Verb>> {
  const list = [engine, "ps", "-a", "--no-trunc", "--filter", "label=manyoyo.default_cmd"];
  const sh = (line: string): readonly string[] => ["sh", "-c", line];
  const now = engine === "docker" ? "" : "--time 1";
  const first = `${bench.mark}-0`;
  const podman = engine === "podman";
  return {
    ls: { words: ["ls"], raw: list, limit: 1.4 },
    "ls --json": { words: ["ls", "--json"], raw: list, limit: 1.4 },
    "ls --names": { words: ["ls", "--names"], raw: list, limit: 1.4 },
    "ls --sort used": {
      words: ["ls", "--sort", "used"],
      // The list does not tell it exactly.
      raw: sh(
        `${engine} container inspect $(${engine} ps -aq --no-trunc --filter label=manyoyo.default_cmd)`,
      ),
      limit: 2,
      rounds: 3,
    },
    "complete rm": { words: ["complete", "--", "rm", ""], raw: list, limit: 1.4 },
    "complete resume": { words: ["complete", "--", "resume", ""], raw: list, limit: 1.4 },
    "prune --dry-run": { words: ["prune", "--dry-run"], raw: list, limit: 2 },
    "prune --dry-run --older-than 0s": {
      words: ["prune", "--dry-run", "--older-than", "0s"],
      // All sizes, all logs.
      raw: sh(
        `ids=$(${engine} ps -aq --filter label=manyoyo.default_cmd); ${engine} container inspect --size $ids >/dev/null; for id in $ids; do ${engine} logs --tail 1 $id; done`,
      ),
      limit: 1.5,
      rounds: 1,
    },
    "history ls": {
      words: ["history", "ls"],
      // One look into each, for each folder that an agent may have.
      raw: sh(
        `for id in $(${engine} ps -aq --filter label=manyoyo.default_cmd); do for agent in 1 2 3 4 5 6; do ${engine} cp $id:/root/.claude/projects - 2>/dev/null; done; done; true`,
      ),
      limit: 1.5,
      rounds: 1,
    },
    "history ls S": {
      words: ["history", "ls", name],
      raw: sh(`${engine} cp ${name}:/root/.claude/projects - 2>/dev/null; true`),
      limit: 8,
      rounds: 3,
    },
    "snapshot ls": { words: ["snapshot", "ls"], raw: [engine, "images"], limit: 3 },
    "image ls": { words: ["image", "ls"], raw: [engine, "images"], limit: 3 },
    "stats --no-stream": {
      words: ["stats", "--no-stream"],
      // podman tells no share of a moment: two looks, half a second apart.
      raw: podman
        ? sh(
            `podman ps -a >/dev/null; podman stats --no-stream ${name}; sleep 0.5; podman stats --no-stream ${name}`,
          )
        : sh(`docker ps -a >/dev/null; docker stats --no-stream ${name}`),
      limit: 2,
      rounds: 3,
    },
    "inspect S": { words: ["inspect", name], raw: [engine, "container", "inspect", name], limit: 3 },
    "inspect of a stopped one": {
      words: ["inspect", first],
      raw: [engine, "container", "inspect", first],
      limit: 3,
    },
    "logs S": { words: ["logs", name], raw: [engine, "logs", name], limit: 3 },
    "wait S": {
      words: ["wait", name],
      raw: sh(`${engine} exec ${name} true; ${engine} logs ${name}`),
      limit: 2.5,
    },
    "-n S -x true": {
      words: ["-n", name, "-x", "true"],
      raw: [engine, "exec", name, "true"],
      limit: podman ? 1.35 : 1.4,
      rounds: 11,
    },
    "stop S": {
      words: ["stop", name],
      raw: [engine, "stop", name],
      limit: 2.5,
      rounds: 3,
      before: [engine, "start", name],
    },
    "start S": {
      words: ["start", name],
      raw: [engine, "start", name],
      limit: 2.5,
      rounds: 3,
      before: [...[engine, "stop"], ...now.split(" ").filter((word) => word !== ""), name],
    },
    "rm S": {
      words: ["rm", `${bench.mark}-gone`],
      raw: sh(`${engine} rm -f -v ${bench.mark}-gone`),
      limit: 3,
      rounds: 3,
      before: [executablePath, "-d", "-n", `${bench.mark}-gone`],
    },
  };
}

async function create(bench: Bench, engine: EngineName): Promise<Result> {
  const name = (side: string, round: number): string => `${bench.mark}-${side}-${round}`;
  const mount = `type=bind,source=${bench.cwd},target=${bench.cwd}`;
  const words = [engine, "run", "-d", "--mount", mount, "--workdir", bench.cwd];
  const pair = await compare(
    {
      ours: (round) => ({ words: [executablePath, "-d", "-n", name("ours", round)] }),
      raw: (round) => ({ words: [...words, "--name", name("raw", round), testImage, "sleep", "1000"] }),
      rounds: 5,
      after: (round) => removeAll(bench, engine, [name("ours", round), name("raw", round)]),
    },
    bench,
  );
  return ratio(`-d -n NEW, of ${many}`, pair, engine === "docker" ? 1.2 : 1.6);
}
