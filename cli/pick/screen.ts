import { emitKeypressEvents } from "node:readline";
import { isatty } from "node:tty";
import { Interrupted } from "../../lib/failure.ts";
import type { Session } from "../../lib/session/session.ts";
import { signalStatus } from "../../lib/shell.ts";
import { onEndingSignal } from "../../lib/signals.ts";
import { paint } from "../print.ts";
import { draw } from "./draw.ts";
import { type Key, type List, type Pick, press, refreshed } from "./list.ts";

/** What the screen shows, and how it stays up to date. */
export interface Source {
  readonly sessions: readonly Session[];
  /** Asks again; what fails is asked again later. */
  readonly again: () => Promise<readonly Session[]>;
  readonly here: string;
}

const pause = 2000;

/**
 * Shows the sessions until one, or what to do with it, is chosen; takes itself away again, and leaves the terminal as it
 * was. Where nobody can be asked it must not be called.
 * @throws Interrupted when the call is told to end.
 */
export async function pickSession({ sessions, again, here }: Source): Promise<Pick> {
  const chosen = Promise.withResolvers<Pick | number>();
  const shown: { list: List; lines: number } = {
    list: { sessions, query: "", at: 0, asks: undefined },
    lines: 0,
  };
  const clear = (): string => (shown.lines > 1 ? `\x1b[${shown.lines - 1}A\r\x1b[J` : "\r\x1b[J");
  const redraw = (): void => {
    const { columns = 80, rows = 24 } = process.stderr;
    const lines = draw(shown.list, { cols: columns, rows, here, now: Date.now() });
    paint(`\x1b[?25l${clear()}${lines.join("\r\n")}`);
    shown.lines = lines.length;
  };
  const onKey = (text: string | undefined, key: Key): void => {
    const next = press(shown.list, { ...key, text });
    if ("kind" in next) chosen.resolve(next);
    else {
      shown.list = next;
      redraw();
    }
  };
  const refresh = async (): Promise<void> => {
    const found = await again().catch(() => undefined);
    if (found === undefined) return;
    shown.list = refreshed(shown.list, found);
    redraw();
  };
  const timer = setInterval(refresh, pause);
  const ignore = onEndingSignal((signal) => chosen.resolve(signalStatus(signal)));
  const onEnd = (): void => chosen.resolve(signalStatus("SIGHUP"));
  const { stdin } = process;
  emitKeypressEvents(stdin);
  stdin.setRawMode(true);
  stdin.on("keypress", onKey).once("end", onEnd).once("error", onEnd).resume();
  process.stderr.on("resize", redraw);
  try {
    redraw();
    const pick = await chosen.promise;
    if (typeof pick === "number") throw new Interrupted(pick);
    return pick;
  } finally {
    clearInterval(timer);
    ignore();
    process.stderr.off("resize", redraw);
    stdin.off("keypress", onKey).off("end", onEnd).off("error", onEnd);
    if (isatty(0)) {
      stdin.setRawMode(false);
      paint(`${clear()}\x1b[?25h`);
    }
    stdin.pause();
  }
}
