import { dirname } from "node:path";
import { imageOf } from "../lib/session/plan.ts";
import { commandLineLayer, environmentLayer } from "../lib/settings/command-line.ts";
import { userHome } from "../lib/settings/home.ts";
import {
  type Origin,
  originsOf,
  type Placed,
  placedAt,
  placedLine,
  placedProfile,
  type Source,
} from "../lib/settings/origin.ts";
import { layerOfProfile, type ProfileSource } from "../lib/settings/profile-layer.ts";
import { imageParts } from "../lib/settings/profile-text.ts";
import { findProfile, globalProfile } from "../lib/settings/sources.ts";
import type { Call } from "./call.ts";
import { answer, answerJson, table } from "./print.ts";

/** `config show --origin`: where each value comes from. The layers were read before, so nothing of them is doubtful. */
export async function showOrigins(call: Call): Promise<number> {
  const origins = originsOf(await placedLayers(call), {
    hostPath: call.cwd,
    ...imageParts(imageOf({ env: [], volumes: [], ports: [], engineArgs: [], quiet: [] })),
    containerMode: "common",
    menu: "auto",
    user: "auto",
  });
  if (call.parsed.values.json) answerJson({ origins: origins.map(documented) });
  else answer(table([["SETTING", "VALUE", "FROM"], ...origins.map(row)]).join("\n"));
  return 0;
}

async function placedLayers(call: Call): Promise<readonly Placed[]> {
  const { values, agent } = call.parsed;
  const where = { home: call.home, userHome: userHome(call.env) };
  const ofFile = (source: ProfileSource): Placed =>
    placedProfile(source, layerOfProfile(source, where), { ...where, folder: dirname(source.file) });
  const global = await globalProfile(call.home);
  const run =
    values.run === undefined ? undefined : await findProfile(values.run, call.home, call.cwd, call.env);
  const line = commandLineLayer(
    { ...values, yolo: agent ?? values.yolo, own: global?.agents },
    call.cwd,
    call.env,
  );
  return [
    ...(global === undefined ? [] : [ofFile(global)]),
    ...(run === undefined ? [] : [ofFile(run)]),
    placedAt(environmentLayer(call.env), { kind: "environment", name: "MANYOYO_ENGINE" }),
    placedLine(line, values.envFile, { ...where, folder: call.cwd }),
  ];
}

function row({ key, value, source }: Origin): readonly string[] {
  return [key, typeof value === "string" ? value : JSON.stringify(value), from(source)];
}

function from(source: Source): string {
  switch (source.kind) {
    case "file":
      return [source.file, source.line, source.column].filter((part) => part !== undefined).join(":");
    case "environment":
      return `the variable ${source.name}`;
    default:
      return source.kind;
  }
}

function documented({ key, value, source }: Origin): Readonly<Record<string, unknown>> {
  return { key, value, from: { source: source.kind, ...source, kind: undefined } };
}
