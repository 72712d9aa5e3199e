import type { Engine } from "../engine/engine.ts";
import { execWords } from "../engine/exec.ts";
import { newRun, type RunOptions } from "../engine/run.ts";
import { inTerminal } from "../shell.ts";
import type { Finding } from "./finding.ts";

/** The size of a terminal. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

interface Shown {
  readonly engine: Engine;
  readonly id: string;
  readonly options: RunOptions;
  readonly size: Size;
}

// The engine sets the size a moment after the start. Raw, the terminal hands on the two keys that an engine would take for
// itself: Ctrl-P, Ctrl-Q.
const line = `
for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  size=$(stty size) && [ "$size" != "0 0" ] && break
  sleep 0.1
done
echo "size $size."
stty raw -echo
echo ready
keys=$(dd bs=1 count=2 2>/dev/null | od -An -tx1)
stty sane
echo "keys $keys."`;

/** Whether a terminal inside has the size of the one outside, and gets every key. */
export async function lookAtTerminal({ engine, id, options, size }: Shown): Promise<readonly Finding[]> {
  const run = newRun({ kind: "line", line, args: [] }, { ...options, terminal: true });
  const program = inTerminal(execWords(engine, id, run), size);
  const ended = program.ended.then(() => true);
  const until = async (pattern: RegExp): Promise<boolean> => {
    for (const end = performance.now() + 15_000; performance.now() < end; ) {
      if (pattern.test(program.said())) return true;
      if (await Promise.race([ended, Bun.sleep(20).then(() => false)])) return pattern.test(program.said());
    }
    return false;
  };
  if (await until(/ready/)) {
    // One after the other, as fingers would: podman does not know them for its own when they come at once.
    program.type("\x10");
    await Bun.sleep(100);
    program.type("\x11");
  }
  await until(/keys .*\./);
  program.kill();
  await ended;
  return read(program.said(), size);
}

function read(said: string, { columns, rows }: Size): readonly Finding[] {
  const [, inside] = /size (.*?)\./.exec(said) ?? [];
  const [, keys] = /keys (.*?)\./.exec(said) ?? [];
  const about = "container";
  if (inside === undefined) {
    return [
      {
        about,
        level: "problem",
        message: "A session does not get a terminal.",
        remedy: "manyoyo image build",
      },
    ];
  }
  return [
    inside === `${rows} ${columns}`
      ? {
          about,
          level: "ok",
          message: `A terminal inside has the size of the one outside: ${columns} by ${rows}.`,
        }
      : {
          about,
          level: "problem",
          message: `A terminal inside has the size ${inside}, not ${rows} ${columns}.`,
        },
    keys?.replace(/\s/g, "") === "1011"
      ? { about, level: "ok", message: "Every key reaches a session, Ctrl-P and Ctrl-Q as well." }
      : {
          about,
          level: "problem",
          message: "Ctrl-P and Ctrl-Q do not reach a session: the engine keeps them for itself.",
          remedy: 'Take "detachKeys" out of the engine\'s own settings.',
        },
  ];
}
