import { describe, expect, test } from "bun:test";
import { engines, executable } from "../support/engines.ts";
import { bench } from "../support/manyoyo.ts";
import { familyOf, memoryOf } from "../support/memory.ts";
import { done } from "../support/saved.ts";
import { isLong, times, tried } from "../support/tally.ts";
import { inTurn } from "../support/turns.ts";

const megabytes = times(200, 10_240);

describe.each(engines())("%s: very many bytes through a pipe", (engine) => {
  const { share } = inTurn(engine);
  const at = bench(engine);

  // In, out, and both.
  const ways = [
    { way: "into a command", line: `head -c ${megabytes}M /dev/zero | "$@" 'wc -c'` },
    { way: "out of a command", line: `"$@" 'head -c ${megabytes}M /dev/zero' | wc -c` },
    { way: "through a command", line: `head -c ${megabytes}M /dev/zero | "$@" cat | wc -c` },
  ] as const;

  test.each(share(ways))(
    "$way arrive, while neither manyoyo nor the engine's program grows",
    async ({ line, way }) => {
      const name = at.name("pipe");
      await done(at, "-d", "-n", name);
      await tried(
        {
          fault: `${engine}: ${megabytes} MB ${way}`,
          promised: "all arrive; no program above 75 MB, all together below 160",
        },
        async () => {
          const child = Bun.spawn(["sh", "-c", line, "sh", executable(), "-n", name, "-x"], {
            cwd: at.folder,
            env: { ...process.env, ...at.env },
            stdout: "pipe",
            stderr: "pipe",
          });
          const peaks = new Map<number, number>();
          const timer = setInterval(() => {
            for (const pid of familyOf(child.pid)) {
              peaks.set(pid, Math.max(peaks.get(pid) ?? 0, memoryOf(pid).peak));
            }
          }, 250);
          const [stdout, stderr] = await Promise.all([
            child.stdout.text(),
            child.stderr.text(),
            child.exited,
          ]);
          clearInterval(timer);
          expect({ stdout, stderr }).toEqual({ stdout: `${megabytes * 2 ** 20}\n`, stderr: "" });
          const sizes = [...peaks.values()];
          if (isLong)
            console.error(`${engine} ${way}: peaks of ${sizes.map((size) => size.toFixed(0)).join(", ")} MB`);
          expect(Math.max(...sizes)).toBeLessThan(75);
          expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(160);
        },
      );
    },
    times(150_000, 1_800_000),
  );
});
