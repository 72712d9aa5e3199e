import { expect } from "bun:test";
import { statusOf } from "./cuts.ts";
import { executable } from "./engines.ts";
import { start } from "./live.ts";
import { until } from "./manyoyo.ts";
import type { Scene } from "./scene.ts";
import { isLong, tried } from "./tally.ts";

/** An engine that can be made to take calls and answer none. */
export interface Hanging {
  /** Who hangs, in words. */
  readonly who: string;
  /** What makes the engine's program talk to it. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** sh words that do the same, before all others; none where `env` is enough. */
  readonly words?: string;
  /** Whether it comes to what it was told meanwhile in the order in which it was told. */
  readonly inOrder: boolean;
  /** A sh command that hangs it up. */
  hang(): string;
  /** It answers again, also what was asked meanwhile. */
  goOn(): void;
  /** Its containers, a line each that begins with the name. */
  containers(): Promise<string>;
  /** The words of all that runs in a container. */
  processes(name: string): Promise<string>;
}

/** A verb that meets it at one of its calls of the engine's program. */
export interface HangTry {
  readonly verb: string;
  readonly words: (name: string) => readonly string[];
  /** Whether the session is there before. */
  readonly made: boolean;
  readonly step: number;
}

// `calls`: how many of the engine's program it makes before its command runs, where that says nothing by which to tell.
const verbs: readonly (Omit<HangTry, "step"> & { readonly calls?: number })[] = [
  { verb: "making", words: (name) => ["-n", name, "-x", "echo in; sleep 1000; true"], made: false },
  { verb: "making with -d", words: (name) => ["-n", name, "-d"], made: false },
  {
    verb: "making with --rm",
    words: (name) => ["-n", name, "--rm", "-x", "echo in; sleep 1000; true"],
    made: false,
  },
  { verb: "joining", words: (name) => ["-n", name, "-x", "echo in; sleep 1000; true"], made: true },
  // It says nothing, and so does not notice that nobody listens.
  { verb: "exec", words: (name) => ["exec", name, "--", "sleep", "1000"], made: true, calls: 2 },
  { verb: "stop", words: (name) => ["stop", name], made: true },
  { verb: "rm", words: (name) => ["rm", name], made: true },
  { verb: "ls", words: () => ["ls", "--busy"], made: true },
  { verb: "logs", words: (name) => ["logs", name], made: true },
  { verb: "wait", words: (name) => ["wait", name], made: true },
];

/**
 * All verbs at all their steps in the long form; else every second verb at one step, another one for each.
 * @param most how many of them in the short form
 */
export function hangTries(most = verbs.length): readonly HangTry[] {
  const steps = (at: number, calls: number): readonly number[] =>
    isLong ? [1, 2, 3, 4, 5, 6].slice(0, calls) : [1 + (at % 3)];
  const all = verbs.flatMap((each, at) =>
    isLong || at % 2 === 0 ? steps(at, each.calls ?? 6).map((step) => ({ ...each, step })) : [],
  );
  return isLong ? all : all.slice(0, most);
}

/** Expects that TERM ends a call which meets it within 15 seconds, and that afterwards all is whole or gone. */
export async function meetsHang(
  on: Scene,
  hanging: Hanging,
  { verb, words, made, step }: HangTry,
): Promise<void> {
  const { env, goOn } = hanging;
  const manyoyo = (line: readonly string[]) => on.manyoyo(line, { env });
  await tried(
    {
      fault: `${on.engine}: ${hanging.who} hangs during ${verb}`,
      promised: "TERM ends it within 15 s; whole or gone afterwards",
    },
    async () => {
      const name = on.name("hang");
      if (made) expect((await manyoyo(["-n", name, "-s", "true", "-d"])).status).toBe(0);
      const mark = `${on.home}/hung-${crypto.randomUUID()}`;
      const program = await hangingAt(on, hanging, { step, mark });
      const call = start(on, words(name), { env: { ...env, ...program } });
      const isHung = () => Bun.file(mark).exists();
      await until("it hangs, or got by without that step", async () => {
        const isOver = (await Promise.race([call.exited, Bun.sleep(1)])) !== undefined;
        return isOver || (await isHung()) || call.stdout().includes("in\n");
      });
      if (await isHung()) await Bun.sleep(300);
      const began = Date.now();
      call.kill("SIGTERM");
      await call.exited;
      expect(Date.now() - began).toBeLessThan(15_000);
      // What the call leaves behind goes on by itself, and hangs nobody up.
      await Bun.write(`${mark}-over`, "");
      goOn();
      const said = await call.ended;
      if (await isHung()) expect([143, 0]).toContain(statusOf(said));
      expect(said.stderr).not.toMatch(/itself failed|TypeError|not found|No session/);
      const states = async () =>
        (await hanging.containers()).split("\n").filter((line) => line.startsWith(`${name} `));
      // Once it is told as made, its command may have begun, and it stays with what that did.
      const isGivenUp = verb === "making" && !said.stderr.includes("Made the session");
      if (verb === "making with --rm" || (isGivenUp && hanging.inOrder && (await isHung()))) {
        await until(`${name} is gone: ${said.stderr}`, async () => (await states()).length === 0, 30_000);
      }
      // The engine may still be at what it was told before it hung.
      if ((await states()).length > 0) {
        await until(
          "nothing of the call runs inside",
          async () => {
            if (!(await states()).some((line) => line.endsWith(" running"))) return true;
            // One that ends at that moment cannot tell, and is asked about again.
            const inside = await hanging.processes(name).catch(() => "sleep 1000");
            return !inside.includes("sleep 1000");
          },
          30_000,
        );
        await until(
          "it is whole",
          async () => (await manyoyo(["-n", name, "-x", "echo whole"])).stdout === "whole\n",
          30_000,
        );
      }
      expect([0, 125]).toContain((await manyoyo(["rm", "-f", name])).status);
      await until("nothing is left", async () => (await states()).length === 0, 15_000);
    },
  );
}

/** The engine's program, which hangs its engine up at a call of manyoyo, and then makes it; it notes that it did. */
function hangingAt(
  on: Scene,
  { hang, words = "" }: Hanging,
  { step, mark }: { readonly step: number; readonly mark: string },
): Promise<{ readonly PATH: string }> {
  const count = `${mark}-count`;
  const real = `exec "$real" ${words} "$@"`;
  return on.instead(`[ "$(readlink /proc/$PPID/exe)" = "${executable()}" ] || ${real}
n=$(($(cat '${count}' 2>/dev/null) + 1)); echo $n >'${count}'
[ $n = ${step} ] && [ ! -e '${mark}-over' ] && { ${hang()}; : >'${mark}'; }
${real}`);
}
