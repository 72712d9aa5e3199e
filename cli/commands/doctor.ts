import { tmpdir } from "node:os";
import { tryContainer } from "../../lib/doctor/container.ts";
import { lookAtEngines, type Named } from "../../lib/doctor/engines.ts";
import type { Finding } from "../../lib/doctor/finding.ts";
import { lookAtImage } from "../../lib/doctor/image.ts";
import { lookAtSettings } from "../../lib/doctor/settings.ts";
import type { Choice } from "../../lib/engine/engine.ts";
import { Failure } from "../../lib/failure.ts";
import { imageOf } from "../../lib/session/plan.ts";
import { type Layer, mergeLayers, type Settings } from "../../lib/settings/layer.ts";
import { type Call, commonLayers, runsAs, userName } from "../call.ts";
import { lookAtShell } from "../doctor-shell.ts";
import { makeOf } from "../obtain.ts";
import { answer, answerJson, plain } from "../print.ts";

/** `manyoyo doctor`: looks at everything that sessions need. Status 125 where something keeps manyoyo from its work. */
export async function doctor(call: Call): Promise<number> {
  const all: Shown[] = [];
  const show = (findings: readonly Finding[]): void => {
    for (const finding of findings) {
      const shown = call.parsed.values.fix ? mended(finding) : finding;
      all.push(shown);
      if (!call.parsed.values.json) answer(lines(shown));
    }
  };
  const layers = await readable(call);
  const engines = await lookAtEngines(namedBy(layers), call.env);
  show(engines.findings);
  if (engines.usable !== undefined) await lookInside(call, engines.usable, layers, show);
  show(await lookAtSettings(call));
  show(lookAtShell(call));
  if (call.parsed.values.json) answerJson({ findings: all.map(document) });
  return all.some(({ level, isMended }) => level === "problem" && isMended !== true) ? 125 : 0;
}

type Show = (findings: readonly Finding[]) => void;

// Faults of the files are findings of their own; the rest is looked at all the same.
async function readable(call: Call): Promise<readonly Layer[]> {
  try {
    return await commonLayers(call);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { engine } = call.parsed.values;
    const { commandLineLayer } = await import("../../lib/settings/command-line.ts");
    return [commandLineLayer({ engine }, call.cwd, call.env)];
  }
}

function namedBy(layers: readonly Layer[]): Named | undefined {
  const layer = layers.findLast(({ engine }) => engine !== undefined);
  return layer?.engine === undefined ? undefined : { engine: layer.engine, origin: layer.origin };
}

async function lookInside(call: Call, choice: Choice, layers: readonly Layer[], show: Show): Promise<void> {
  const settings = mergeLayers(layers);
  const { finding, toTry } = await lookAtImage(choice.engine, imageOf(settings), Date.now());
  show([finding]);
  if (toTry === undefined) {
    const message = "No container was tried, as there is no image of manyoyo's to make one of.";
    return show([{ about: "container", level: "note", message, remedy: "manyoyo image build" }]);
  }
  const { columns = 0, rows = 0 } = call.terminal ? process.stdout : {};
  show(
    await tryContainer({
      engine: choice.engine,
      within: [...(call.home === undefined ? [] : [call.home]), tmpdir()],
      make: async (folder, name, callId) => {
        const like: Settings = { ...nothing, image: toTry, hostPath: folder };
        const wish = { exact: undefined, said: "sh", usual: undefined, args: undefined };
        const told = { layers, settings: like, own: nothing };
        // Its folder may lie in manyoyo's own, where no other session works: nothing of anybody's runs in this one.
        return (await makeOf({ ...call, home: undefined }, told, choice, wish))(name, callId);
      },
      options: {
        user: userName(call),
        as: runsAs(call, choice, nothing, settings),
        terminal: false,
        values: new Map(),
        limit: undefined,
      },
      size: columns > 0 && rows > 0 ? { columns, rows } : { columns: 100, rows: 30 },
    }),
  );
}

const nothing: Settings = { env: [], volumes: [], ports: [], engineArgs: [], quiet: [] };

/** A finding as it is told of: mended, or with why it could not be. */
interface Shown extends Finding {
  readonly isMended?: boolean;
}

function mended(finding: Finding): Shown {
  if (finding.mend === undefined) return finding;
  try {
    finding.mend();
    return { ...finding, isMended: true };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { ...finding, message: `${finding.message} ${error.message}` };
  }
}

function lines({ level, message, remedy, isMended }: Shown): string {
  const sentence = plain(
    `${(isMended === true ? "mended" : level).padEnd(8)} ${message.replaceAll("\n", " ")}`,
  );
  return remedy === undefined || isMended === true
    ? sentence
    : `${sentence}\n         ${plain(remedy.replaceAll("\n", " "))}`;
}

function document({ about, level, message, remedy, isMended }: Shown): Readonly<Record<string, unknown>> {
  return { about, level, message, remedy: remedy ?? null, mended: isMended ?? false };
}
