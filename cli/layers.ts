import type { Wish } from "../lib/session/command.ts";
import { lineOf } from "../lib/session/command.ts";
import { commandLineLayer, environmentLayer } from "../lib/settings/command-line.ts";
import { type Layer, mergeLayers, type Settings } from "../lib/settings/layer.ts";
import {
  type FoundProfile,
  findProfile,
  foundLayer,
  globalLayer,
  untrusted,
} from "../lib/settings/sources.ts";
import type { Call } from "./call.ts";
import { say } from "./print.ts";

/** What all sources say to one call. */
export interface Told {
  readonly layers: readonly Layer[];
  readonly settings: Settings;
  /** Only what this call itself says: its command line and its profile. An existing session takes these alone. */
  readonly own: Settings;
}

/**
 * Reads the layers of a call: global, profile, command line.
 * @throws Failure for a wrong file or word, and for a profile that is not trusted.
 */
export async function readLayers(call: Call): Promise<Told> {
  const { values } = call.parsed;
  const global = await globalLayer(call.home, call.env);
  const profile = values.run === undefined ? [] : [await readProfile(call, values.run)];
  const said = { ...values, yolo: call.parsed.agent ?? values.yolo, own: global?.agents };
  const line = commandLineLayer(said, call.cwd, call.env);
  const layers = [...(global === undefined ? [] : [global]), ...profile, environmentLayer(call.env), line];
  return { layers, settings: mergeLayers(layers), own: mergeLayers([...profile, line]) };
}

async function readProfile(call: Call, word: string): Promise<Layer> {
  return foundLayer(await trustedProfile(call, word), call.home, call.env);
}

/**
 * The profile that the word means. One outside manyoyo's own folder can be written by an agent, so what it asks for beyond
 * its folder is shown first.
 * @throws Failure where there is none, it cannot be understood, or nobody agrees to it.
 */
export async function trustedProfile(call: Call, word: string): Promise<FoundProfile> {
  const found = await findProfile(word, call.home, call.cwd, call.env);
  const { isTrusted, remember } = await import("../lib/settings/trust.ts");
  if (found.asks.length > 0 && !isTrusted(found, call.home) && !call.parsed.values.trust) {
    if (!call.canAsk) throw untrusted(found);
    const { askYes } = await import("./menu.ts");
    say(`The profile ${found.file} asks for:`);
    for (const wish of found.asks) say(`  ${wish}`);
    if (!(await askYes("Trust it, until it changes?"))) throw untrusted(found);
    const problem = remember(found, call.home);
    if (problem !== undefined) say(problem.message);
  }
  return found;
}

/** What the call wants to run. */
export function wishOf(call: Call, told: Told): Wish {
  return {
    exact: call.parsed.shellFull,
    said: lineOf(told.own, told.settings.agents),
    usual: lineOf(told.settings, told.settings.agents),
    args: call.parsed.args,
  };
}
