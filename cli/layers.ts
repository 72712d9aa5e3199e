import type { Wish } from "../lib/session/command.ts";
import { lineOf } from "../lib/session/command.ts";
import { commandLineLayer, environmentLayer } from "../lib/settings/command-line.ts";
import { type Layer, mergeLayers, type Settings } from "../lib/settings/layer.ts";
import { type FoundProfile, findProfile, foundLayer, globalLayer } from "../lib/settings/sources.ts";
import { agree } from "./agreement.ts";
import type { Call } from "./call.ts";

/** What all sources say to one call. */
export interface Told {
  readonly layers: readonly Layer[];
  readonly settings: Settings;
  /** Only what this call itself says: its command line and its profile. An existing session takes these alone. */
  readonly own: Settings;
  /** The profile that names the session, where it lies outside manyoyo's own folder: not every session is its own. */
  readonly namedBy?: FoundProfile | undefined;
}

/**
 * Reads the layers of a call: global, profile, command line.
 * @throws Failure for a wrong file or word, and for a profile that is not trusted.
 */
export async function readLayers(call: Call): Promise<Told> {
  const { values } = call.parsed;
  const global = await globalLayer(call.home, call.env);
  const found = values.run === undefined ? undefined : await trustedProfile(call, values.run);
  const profile = found === undefined ? [] : [foundLayer(found, call.home, call.env)];
  const said = { ...values, yolo: call.parsed.agent ?? values.yolo, own: global?.agents };
  const line = commandLineLayer(said, call.cwd, call.env);
  const layers = [...(global === undefined ? [] : [global]), ...profile, environmentLayer(call.env), line];
  const naming = call.parsed.here
    ? line
    : layers.findLast(({ containerName }) => containerName !== undefined);
  return {
    layers,
    settings: mergeLayers(layers),
    own: mergeLayers([...profile, line]),
    namedBy: found?.outside === true && naming !== undefined && profile.includes(naming) ? found : undefined,
  };
}

/**
 * The profile that the word means. One outside manyoyo's own folder can be written by an agent, so what it asks for beyond
 * its folder is shown first.
 * @throws Failure where there is none, it cannot be understood, or nobody agrees to it.
 */
export async function trustedProfile(call: Call, word: string): Promise<FoundProfile> {
  const found = await findProfile(word, call.home, call.cwd, call.env);
  await agree(call, found);
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
