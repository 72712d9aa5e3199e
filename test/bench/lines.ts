import { statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { executablePath, flags } from "../support/build.ts";
import { run } from "../support/command.ts";
import { type EngineName, testImage } from "../support/engines.ts";
import { compare, ms, type Pair, type Result, type Run, ratio, times } from "./measure.ts";
import { type Bench, must, removeAll, withSession, withSessions } from "./sessions.ts";
import { engineTab, ownTab, pluginConfig, rawTab, type Tab, tabs } from "./tab.ts";

export type EngineLine = (bench: Bench, engine: EngineName) => Promise<readonly Result[]>;

/** `--version` against an executable that does nothing at all, compiled in the same way. */
export async function version(bench: Bench): Promise<readonly Result[]> {
  const [source, empty] = [join(bench.folder, "empty.ts"), join(bench.folder, "empty")];
  writeFileSync(source, "export {};\n");
  await must([process.execPath, "build", ...flags, "--outfile", empty, source]);
  const pair = await compare(
    {
      ours: () => ({ words: [executablePath, "--version"] }),
      raw: () => ({ words: [empty] }),
      rounds: 41,
      warmUp: 3,
    },
    bench,
  );
  const measured = times(pair.ours) - times(pair.raw);
  const [ours, raw] = [ms(times(pair.ours)), ms(times(pair.raw))];
  const what = "--version, over an empty program";
  const sizes = [executablePath, empty].map((path) => statSync(path).size / 1e6);
  const more = (sizes[0] ?? 0) - (sizes[1] ?? 0);
  const mb = (value: number): string => `${value.toFixed(1)} MB`;
  return [
    { what, ours, raw, measured: `+${ms(measured)}`, limit: "+5.0 ms", ok: measured <= 5 },
    {
      what: "the executable's size, over an empty program",
      ours: mb(sizes[0] ?? 0),
      raw: mb(sizes[1] ?? 0),
      measured: `+${mb(more)}`,
      limit: "+5.0 MB",
      ok: more <= 5,
    },
  ];
}

/** A command in a session that runs. */
async function exec(bench: Bench, engine: EngineName): Promise<readonly Result[]> {
  return withSession(bench, engine, async (name) => {
    const ours = () => ({ words: [executablePath, "-n", name, "-x", "true"] });
    const raw = () => ({ words: [engine, "exec", name, "true"] });
    return [
      ratio(
        "-n S -x true",
        await compare({ ours, raw, rounds: 21 }, bench),
        engine === "docker" ? 1.4 : 1.35,
      ),
    ];
  });
}

/** A gigabyte through a command's stdin and stdout. */
async function stream(bench: Bench, engine: EngineName): Promise<readonly Result[]> {
  const input = join(bench.folder, "gigabyte");
  writeFileSync(input, "");
  truncateSync(input, 2 ** 30);
  return withSession(bench, engine, async (name) => {
    const ours = () => ({ words: [executablePath, "-n", name, "-x", "cat"], input });
    const raw = () => ({ words: [engine, "exec", "-i", name, "cat"], input });
    const pair = await compare({ ours, raw, rounds: 3, warmUp: 0 }, bench);
    const speed = times(pair.raw) / times(pair.ours);
    const memory = Math.max(...pair.ours.map((each) => each.memory));
    const rate = (runs: readonly Run[]): string => `${((1024 * 1000) / times(runs)).toFixed(0)} MB/s`;
    return [
      {
        what: "1 GiB through -x cat",
        ours: rate(pair.ours),
        raw: rate(pair.raw),
        measured: `${speed.toFixed(2)} of it`,
        limit: "0.95 of it",
        ok: speed >= 0.95,
      },
      {
        what: "our memory meanwhile",
        ours: `${memory.toFixed(0)} MB`,
        raw: "",
        measured: "",
        limit: "60 MB",
        ok: memory > 0 && memory <= 60,
      },
    ];
  });
}

/** A new session without a command. */
async function create(bench: Bench, engine: EngineName): Promise<readonly Result[]> {
  const name = (side: string, round: number): string => `${bench.mark}-${side}-${round}`;
  const mount = `type=bind,source=${bench.cwd},target=${bench.cwd}`;
  const rawWords = ["run", "-d", "--mount", mount, "--workdir", bench.cwd];
  const pair = await compare(
    {
      ours: (round) => ({ words: [executablePath, "-d", "-n", name("ours", round)] }),
      raw: (round) => ({
        words: [engine, ...rawWords, "--name", name("raw", round), testImage, "sleep", "1000"],
      }),
      rounds: 15,
      after: (round) => removeAll(bench, engine, [name("ours", round), name("raw", round)]),
    },
    bench,
  );
  // podman alone needs 25 ms to start, and is asked for the name first.
  return [ratio("-d -n NEW", pair, engine === "docker" ? 1.2 : undefined)];
}

const many = 300;

/** The list of very many sessions. */
async function list(bench: Bench, engine: EngineName): Promise<readonly Result[]> {
  return withSessions(bench, engine, many, async () => {
    const ours = () => ({ words: [executablePath, "ls"] });
    const raw = () => ({ words: rawList(engine) });
    return [ratio(`ls of ${many} sessions`, await compare({ ours, raw, rounds: 21 }, bench), 1.4)];
  });
}

function rawList(engine: EngineName): readonly string[] {
  return [engine, "ps", "-a", "--filter", "label=manyoyo.default_cmd"];
}

/** TAB in a terminal: few and very many sessions, against the engine's list behind the same key and its own completion. */
async function complete(bench: Bench, engine: EngineName): Promise<readonly Result[]> {
  const rows: Result[] = [];
  for (const [count, limit] of [
    [5, 1.6],
    [many, 1.25],
  ] as const) {
    const measured = await withSessions(bench, engine, count, async () => {
      const last = `${bench.mark}-${count - 1}`;
      const rivals: Readonly<Record<string, Tab>> = {
        [`${engine}'s own`]: engineTab(engine, `${engine} rm ${last}`),
        ...(engine === "docker"
          ? {
              "docker's own, two plugins": engineTab(engine, `docker rm ${last}`, pluginConfig(bench.folder)),
            }
          : {}),
      };
      const sides = [ownTab(`manyoyo rm ${last}`), rawTab(rawList(engine), last), ...Object.values(rivals)];
      const [ours = [], raw = [], ...others] = await tabs(bench, sides);
      const what = `TAB, ${count} sessions, to`;
      return [
        ratio(`${what} the list`, { ours, raw }, limit),
        ...Object.keys(rivals).map((rival, at) => {
          const mustBeAhead = count === 5 && rival.endsWith("plugins");
          return ratio(`${what} ${rival}`, { ours, raw: others[at] ?? [] }, mustBeAhead ? 1 : undefined);
        }),
      ];
    });
    rows.push(...measured);
  }
  const still = () => ({ words: [executablePath, "complete", "--", "-y", ""] });
  const version = () => ({ words: [executablePath, "--version"] });
  const pair = await compare({ ours: still, raw: version, rounds: 31 }, bench);
  return [...rows, ratio("TAB without an engine, to --version", pair)];
}

/** A session that has written a gigabyte of its own: saved, and exported by either compressor. */
async function copies(bench: Bench, engine: EngineName): Promise<readonly Result[]> {
  return withSession(bench, engine, async (name) => {
    await must([engine, "exec", name, "sh", "-c", "head -c 1073741824 /dev/urandom >/gigabyte"], bench);
    const tag = (side: string, round: number): string =>
      `localhost/manyoyo-bench:${bench.mark}-${side}-${round}`;
    // What one run has left to be written to the disk must not be the next one's to wait for.
    const before = (): Promise<void> => must(["sync"]);
    const saved = await compare(
      {
        before,
        ours: (round) => ({ words: [executablePath, "snapshot", name, `bench-${round}`] }),
        raw: (round) => ({ words: [engine, "commit", name, tag("commit", round)] }),
        rounds: 3,
        after: async (round) => {
          await must([executablePath, "snapshot", "rm", name, `bench-${round}`], bench);
          await must([engine, "rmi", tag("commit", round)], bench);
        },
      },
      bench,
    );
    const image = tag("save", 0);
    await must([engine, "commit", name, image], bench);
    try {
      const exports = async (compressor: string, ...words: readonly string[]): Promise<Pair> =>
        compare(
          {
            ours: () => ({ words: [executablePath, "export", name, ...words] }),
            raw: () => ({ words: ["sh", "-c", `${engine} save ${image} | ${compressor}`] }),
            before,
            rounds: 2,
            warmUp: 0,
          },
          bench,
        );
      // What raw `save` is given here had to be committed first, which ours does as well: by zstd that is half of it.
      const committed = `${engine} commit ${name} ${tag("zstd", 0)} && ${engine} save ${tag("zstd", 0)} | zstd -q`;
      const byZstd = await compare(
        {
          ours: () => ({ words: [executablePath, "export", name, "--zstd"] }),
          raw: () => ({ words: ["sh", "-c", committed] }),
          before,
          rounds: 4,
          warmUp: 0,
        },
        bench,
      );
      await must([engine, "rmi", tag("zstd", 0)], bench);
      return [
        ratio("snapshot of 1 GiB, to commit", saved, 1.15),
        ratio("export of 1 GiB, to save | gzip", await exports("gzip"), 1.2),
        ratio("export --zstd, to commit and save | zstd", byZstd, 1.2),
      ];
    } finally {
      await run([engine, "rmi", image], { environment: bench.env, always: true });
    }
  });
}

/** The lines that every engine is measured by. */
export const engineLines: Readonly<Record<string, EngineLine>> = {
  exec,
  create,
  ls: list,
  complete,
  stream,
  copies,
};
