import { type Choice, chooseEngine } from "../lib/engine/engine.ts";
import { hostOwner } from "../lib/engine/host.ts";
import { Failure } from "../lib/failure.ts";
import type { RunsAs } from "../lib/session/owner.ts";
import { commandLineLayer, environmentLayer } from "../lib/settings/command-line.ts";
import { hostUser } from "../lib/settings/home.ts";
import type { Layer, Settings } from "../lib/settings/layer.ts";
import { globalLayer, home } from "../lib/settings/sources.ts";
import { isTerminal } from "../lib/terminal.ts";
import type { Parsed } from "./argv.ts";
import type { Early } from "./early.ts";

/** One call of manyoyo: its words, and where it runs. */
export interface Call {
  readonly parsed: Parsed;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** manyoyo's own folder; undefined where there is no home. */
  readonly home: string | undefined;
  /** Whether a command can have a terminal: stdin and stdout are one. */
  readonly terminal: boolean;
  /** Whether a person can be asked. */
  readonly canAsk: boolean;
  /** What an engine was asked on a guess. */
  readonly early: Early | undefined;
  /** The full id of the session that is meant, where it was seen before: another one of its name is not. */
  readonly meant?: string;
}

/** The call that these words make in this process. @throws Failure `usage` where the current folder is gone. */
export function callOf(parsed: Parsed, early?: Early): Call {
  const terminal = isTerminal(0) && isTerminal(1);
  return {
    parsed,
    env: process.env,
    cwd: currentFolder(),
    home: home(process.env),
    terminal,
    canAsk: terminal && isTerminal(2) && !parsed.values.noInput && !parsed.values.json,
    early,
  };
}

function currentFolder(): string {
  try {
    return process.cwd();
  } catch {
    throw new Failure("usage", "The current folder is not there any more.", "Go to another one: cd");
  }
}

/** Who makes the call, by the host's name for them. */
export function userName(call: Call): string {
  return hostUser(call.env);
}

/** Whom this call's commands run as, by its own settings and by those that hold for all calls. */
export function runsAs(call: Call, { engine }: Choice, own: UserSaid, all: UserSaid): RunsAs {
  return { owner: hostOwner(engine, call.env, userName(call)), said: own.user, usual: all.user };
}

type UserSaid = Pick<Settings, "user">;

/** Every file's and variable's say that no verb leaves out, weakest first: manyoyo.json, MANYOYO_ENGINE, `--engine`. */
export async function commonLayers(call: Call): Promise<readonly Layer[]> {
  const global = await globalLayer(call.home, call.env);
  const { engine, quiet } = call.parsed.values;
  return [
    ...(global === undefined ? [] : [global]),
    environmentLayer(call.env),
    commandLineLayer({ engine, quiet }, call.cwd, call.env),
  ];
}

/**
 * The engine that the layers name, else the one that is there.
 * @throws Failure `no-engine`
 */
export function engineOf(call: Call, layers: readonly Layer[]): Choice {
  return chooseEngine(layers.findLast((layer) => layer.engine !== undefined)?.engine, call.env);
}
