import { Interrupted } from "../lib/failure.ts";
import { signalStatus } from "../lib/shell.ts";
import { onEndingSignal } from "../lib/signals.ts";
import { answerBytes, plain } from "./print.ts";
import { onSuspend } from "./suspend.ts";

const pause = 2000;

// A screen of its own without a cursor, where long lines are cut; then all that back.
const open = "\x1b[?1049h\x1b[?25l\x1b[?7l";
const close = "\x1b[?7h\x1b[?25h\x1b[?1049l";

/**
 * Draws the lines that `frame` gives again and again, until q is pressed. What it shows must be plain. The terminal is as
 * it was afterwards. Needs a terminal on stdin and stdout.
 * @throws Interrupted for Ctrl-C and the ending signals, and what the first frame throws; a later one that fails is shown.
 */
export async function watch(frame: () => Promise<readonly string[]>): Promise<void> {
  const state: { lines: readonly string[] } = { lines: await frame() };
  const ended = Promise.withResolvers<number>();
  const ignore = onEndingSignal((signal) => ended.resolve(signalStatus(signal)));
  const { stdin, stdout } = process;
  const onKey = (bytes: Uint8Array): void => {
    // q, Q, Ctrl-D leave; Ctrl-C and Ctrl-Z are no signals while keys are read one by one.
    if (bytes.includes(3)) ended.resolve(130);
    else if (bytes.includes(26)) suspension.suspend();
    else if ([113, 81, 4].some((key) => bytes.includes(key))) ended.resolve(0);
  };
  const onHangUp = (): void => ended.resolve(signalStatus("SIGHUP"));
  const redraw = (): void => draw(state.lines, stdout.rows || 24);
  const giveBack = (): void => {
    try {
      stdin.setRawMode(false);
      write(close);
    } catch {
      // The terminal was closed.
    }
  };
  const suspension = onSuspend(giveBack, () => {
    try {
      stdin.setRawMode(true);
      write(open);
      redraw();
    } catch {
      // The terminal was closed meanwhile.
    }
  });
  stdin.setRawMode(true);
  stdin.on("data", onKey).once("end", onHangUp).once("error", onHangUp).resume();
  stdout.on("resize", redraw);
  try {
    write(open);
    const status = await Promise.race([ended.promise, keepDrawing(frame, state, redraw)]);
    if (status !== 0) throw new Interrupted(status);
  } finally {
    ignore();
    suspension.ignore();
    stdout.off("resize", redraw);
    stdin.off("data", onKey).off("end", onHangUp).off("error", onHangUp).pause();
    giveBack();
  }
}

/** Never ends by itself; a frame begins two seconds after the one before it. */
async function keepDrawing(
  frame: () => Promise<readonly string[]>,
  state: { lines: readonly string[] },
  redraw: () => void,
): Promise<never> {
  for (;;) {
    redraw();
    await Bun.sleep(pause);
    state.lines = await frame().catch((thrown: unknown) => [
      ...state.lines.filter((line) => !line.startsWith("! ")),
      plain(`! ${thrown instanceof Error ? thrown.message : "the engine did not answer"}`).replaceAll(
        "\n",
        " ",
      ),
    ]);
  }
}

function draw(lines: readonly string[], rows: number): void {
  const fits =
    lines.length <= rows ? lines : [...lines.slice(0, rows - 1), `... and ${lines.length - rows + 1} more`];
  write(`\x1b[H${fits.map((line) => `${line}\x1b[K`).join("\r\n")}\x1b[J`);
}

function write(text: string): void {
  answerBytes(Buffer.from(text));
}
