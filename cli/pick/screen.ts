import { emitKeypressEvents } from "node:readline";
import { isatty } from "node:tty";
import { Interrupted } from "../../lib/failure.ts";
import type { Session } from "../../lib/session/session.ts";
import { signalStatus } from "../../lib/shell.ts";
import { onEndingSignal } from "../../lib/signals.ts";
import { paint } from "../print.ts";
import { onSuspend } from "../suspend.ts";
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
  const shown: { list: List; lines: number; closed: boolean } = {
    list: { sessions, query: "", at: 0, asks: undefined },
    lines: 0,
    closed: false,
  };
  const clear = (): string => (shown.lines > 1 ? `\x1b[${shown.lines - 1}A\r\x1b[J` : "\r\x1b[J");
  const redraw = (): void => {
    // What somebody chose has the terminal now.
    if (shown.closed) return;
    // A serial console has no size: 0.
    const [cols, rows] = [process.stderr.columns || 80, process.stderr.rows || 24];
    const lines = draw(shown.list, { cols, rows, here, now: Date.now() });
    paint(`\x1b[?25l${clear()}${lines.join("\r\n")}`);
    shown.lines = lines.length;
  };
  const onKey = (text: string | undefined, key: Key): void => {
    if (key.ctrl === true && key.name === "z") {
      suspension.suspend();
      return;
    }
    const next = press(shown.list, { ...key, text });
    if ("kind" in next) chosen.resolve(next);
    else {
      shown.list = next;
      redraw();
    }
  };
  const refresh = async (): Promise<void> => {
    const found = await again().catch(() => undefined);
    if (found !== undefined) shown.list = refreshed(shown.list, found);
    redraw();
    refreshLater();
  };
  // One question at a time: an engine that hangs is not asked again and again.
  const refreshLater = (): void => {
    if (!shown.closed) timer.next = setTimeout(refresh, pause);
  };
  const timer: { next?: Timer } = {};
  const ignore = onEndingSignal((signal) => chosen.resolve(signalStatus(signal)));
  const onEnd = (): void => chosen.resolve(signalStatus("SIGHUP"));
  const { stdin } = process;
  const giveBack = (): void => {
    if (!isatty(0)) return;
    stdin.setRawMode(false);
    paint(`${clear()}\x1b[?25h`);
  };
  const suspension = onSuspend(giveBack, () => {
    if (isatty(0)) stdin.setRawMode(true);
    shown.lines = 0;
    redraw();
  });
  emitKeypressEvents(stdin);
  stdin.setRawMode(true);
  stdin.on("keypress", onKey).once("end", onEnd).once("error", onEnd).resume();
  process.stderr.on("resize", redraw);
  try {
    redraw();
    refreshLater();
    const pick = await chosen.promise;
    if (typeof pick === "number") throw new Interrupted(pick);
    return pick;
  } finally {
    shown.closed = true;
    clearTimeout(timer.next);
    ignore();
    suspension.ignore();
    process.stderr.off("resize", redraw);
    stdin.off("keypress", onKey).off("end", onEnd).off("error", onEnd);
    giveBack();
    stdin.pause();
  }
}
