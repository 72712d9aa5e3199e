import type { Ahead } from "../lib/engine/ahead.ts";
import type { Engine } from "../lib/engine/engine.ts";
import type { Obtained } from "../lib/engine/obtain.ts";
import { type RunOptions, runIn } from "../lib/engine/run.ts";
import { Failure } from "../lib/failure.ts";
import { asLine, type Chosen, refuseScreen, shell } from "../lib/session/command.ts";
import { asksOnExit } from "../lib/session/exit.ts";
import type { Settings } from "../lib/settings/layer.ts";
import type { Call } from "./call.ts";
import { sayUnless } from "./print.ts";

/** A session with what is to be run in it on the caller's own terminal or pipes. */
export interface Work {
  readonly engine: Engine;
  readonly place: Obtained;
  /** Undefined is a shell, where there is a terminal. */
  readonly chosen: Chosen | undefined;
  readonly options: RunOptions;
  readonly settings: Settings;
  /** The command, already begun. */
  readonly ahead?: Ahead | undefined;
}

/**
 * Runs the command, and asks at its end what becomes of the session where somebody can answer.
 * @returns the status of the last command that ran.
 * @throws Failure
 */
export async function work(call: Call, about: Work): Promise<number> {
  const { engine, place, chosen, options, settings, ahead } = about;
  const { command, origin } = chosen ?? anyShell(call, place.session.name);
  refuseScreen(command, call.terminal, settings.agents);
  if (call.canAsk && (origin === "line" || origin === "line with words")) {
    sayUnless(settings.quiet, "cmd", `${place.session.name}: ${asLine(command)}`);
  }
  const end = await runIn(engine, place, command, options, ahead);
  if (end.unanswered) place.guard?.hurry();
  const left = place.joined ?? place.made;
  const asks = asksOnExit({
    habit: settings.menu,
    quiet: settings.quiet,
    canAsk: call.canAsk,
    made: place.made !== undefined,
    origin,
    removeOnExit: place.guard !== undefined,
  });
  if (!asks || end.cause !== "ended" || left === undefined) return end.status;
  const { leave } = await import("./leave.ts");
  const { quiet } = settings;
  return leave(
    {
      engine,
      place,
      left: { ...left, own: settings.agents },
      options: { ...options, limit: undefined },
      quiet,
    },
    end.status,
  );
}

function anyShell(call: Call, name: string): Chosen {
  if (call.terminal && call.parsed.args === undefined) return { command: shell, origin: "shell" };
  throw nothingToRun(name);
}

/** The refusal for a session that was made for nothing, when nothing was said either. */
export function nothingToRun(name: string): Failure {
  return new Failure(
    "usage",
    `The session ${name} has no first command.`,
    `Say what to run: manyoyo -n ${name} -x CMD, or open a shell: manyoyo shell ${name}`,
  );
}
