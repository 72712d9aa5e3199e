import type { Agent } from "../../lib/agents/agent.ts";
import { dialect } from "../../lib/engine/dialect.ts";
import type { Choice, Engine } from "../../lib/engine/engine.ts";
import { execWords, runId } from "../../lib/engine/exec.ts";
import { type Found, findSession } from "../../lib/engine/find.ts";
import { askForVolume, volumeWords } from "../../lib/engine/volumes.ts";
import { Failure } from "../../lib/failure.ts";
import { initText, prepareText } from "../../lib/inside/texts.ts";
import {
  type Chosen,
  commandOf,
  joinCommand,
  makeCommand,
  quote,
  shell,
  type Wish,
} from "../../lib/session/command.ts";
import { encodedNames } from "../../lib/session/environment.ts";
import { type Make, makeWords } from "../../lib/session/make.ts";
import { automaticName, expandName } from "../../lib/session/names.ts";
import { runner } from "../../lib/session/owner.ts";
import { imageOf } from "../../lib/session/plan.ts";
import { saysAnything } from "../../lib/settings/layer.ts";
import { type Call, engineOf, runsAs, userName } from "../call.ts";
import { readLayers, type Told, wishOf } from "../layers.ts";
import { makeOf, valuesOf } from "../obtain.ts";
import { answer, answerJson, plain } from "../print.ts";
import { aim } from "../target.ts";

// As they can be written; what is not said of them is worked out.
function described(agents: readonly Agent[]): unknown {
  const said = agents.map(({ name, yolo, continueLast, resumeById }) => {
    return [name, { yolo, continue: continueLast, resume: resumeById("{id}") }] as const;
  });
  return Object.fromEntries(said);
}

/** `manyoyo config show`: the merged settings of a call, with the values of variables masked. */
export async function show(call: Call): Promise<number> {
  const told = await readLayers(call);
  if (call.parsed.values.origin) return (await import("../origins.ts")).showOrigins(call);
  const { settings } = told;
  const document = {
    sources: told.layers.filter(saysAnything).map((layer) => layer.origin),
    settings: {
      ...settings,
      agents: settings.agents === undefined ? undefined : described(settings.agents),
      image: imageOf(settings),
      imageName: undefined,
      imageVersion: undefined,
      env: Object.fromEntries(settings.env.map(({ name }) => [name, "***"])),
    },
    command: commandSaid(wishOf(call, told)),
  };
  if (call.parsed.values.json) answerJson(document);
  else answer(plain(JSON.stringify(document, undefined, 2)));
  return 0;
}

// A shell line as a text, exact words as a list.
function commandSaid({ exact, usual }: Wish): string | readonly string[] | null {
  if (exact === undefined) return usual ?? null;
  const command = commandOf(exact);
  return command.kind === "line" ? command.line : command.words;
}

/** `manyoyo config path`: the folder of manyoyo's own files. */
export async function path(call: Call): Promise<number> {
  if (call.home === undefined) {
    throw new Failure(
      "settings",
      "There is no home folder, so manyoyo has no files of its own.",
      "Set MANYOYO_HOME.",
    );
  }
  if (call.parsed.values.json) answerJson({ home: call.home });
  else answer(call.home);
  return 0;
}

// Volumes of ours that are not there yet: the engine itself would make them without our labels.
async function volumeLines(engine: Engine, { stores }: Make): Promise<readonly (readonly string[])[]> {
  const lines = stores.map(async ({ volume: name, labels, seen = false }) => {
    if (labels === undefined || seen || (await askForVolume(engine, name)).status === 0) return [];
    return [[engine.name, ...volumeWords({ name, labels })]];
  });
  return (await Promise.all(lines)).flat();
}

/** `manyoyo config command`: what a call would have the engine do, as lines that can be pasted into a shell. */
export async function command(call: Call): Promise<number> {
  const told = await readLayers(call);
  const choice = engineOf(call, told.layers);
  const { given, found } = await nameAndSession(call, told, choice);
  const wish = wishOf(call, told);
  const joined = found?.session;
  const chosen: Chosen = (joined === undefined ? makeCommand(wish) : joinCommand(wish, joined)) ?? {
    command: shell,
    origin: "shell",
  };
  const all = valuesOf(call, told.settings);
  const own = joined === undefined ? new Map<string, string>() : valuesOf(call, told.own);
  const { engine } = choice;
  const row = dialect(engine.name);
  const make = joined === undefined ? (await makeOf(call, told, choice, wish))(given, undefined) : undefined;
  const texts = { init: initText(), prepare: prepareText() };
  const lines = [
    ...(make === undefined
      ? []
      : [
          ...(await volumeLines(engine, make)),
          [engine.name, ...withNames(makeWords(make, row, texts, undefined), all)],
        ]),
    ...(joined !== undefined && joined.state !== "running"
      ? [[engine.name, joined.state === "paused" ? "unpause" : "start", given]]
      : []),
    ...(call.parsed.values.detach && chosen.origin === "line"
      ? []
      : [runLine(call, told, choice, given, chosen, own, found)]),
  ].map((words) => words.map(pasteable).join(" "));
  const names = [...new Set([...(joined === undefined ? all : own).keys()])];
  if (call.parsed.values.json) answerJson({ lines, variables: names });
  else {
    if (names.length > 0)
      answer(plain(`# Your shell must hold these variables, exported: ${names.join(" ")}`));
    for (const line of lines) answer(line);
  }
  return 0;
}

/**
 * A word for a shell without any character that a terminal would obey, as it may come from a container's label: those
 * are made by the shell itself.
 */
function pasteable(word: string): string {
  if (plain(word) === word) return quote(word);
  return [...word]
    .map((letter) => (plain(letter) === letter ? quote(letter) : `"$(printf '${octal(letter)}')"`))
    .join("");
}

function octal(text: string): string {
  return [...Buffer.from(text)].map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
}

function runLine(
  call: Call,
  told: Told,
  choice: Choice,
  name: string,
  chosen: Chosen,
  own: ReadonlyMap<string, string>,
  found: Found | undefined,
) {
  const words = execWords(choice.engine, name, {
    id: runId(),
    command: chosen.command,
    user: userName(call),
    owner: runner(runsAs(call, choice, told.own, told.settings), found?.session.userHabit),
    terminal: call.terminal,
    background: call.parsed.values.detach,
    encoded: encodedNames(found?.container.envNames ?? []),
    variables: false,
  });
  return [choice.engine.name, ...withNames(words.slice(1), own)];
}

// `--env NAME` behind the verb takes each value from the shell that runs the line: no value is ever printed.
function withNames([verb = "", ...words]: readonly string[], values: ReadonlyMap<string, string>): string[] {
  return [verb, ...[...values.keys()].flatMap((name) => ["--env", name]), ...words];
}

async function nameAndSession(call: Call, told: Told, choice: Choice) {
  const { containerName } = told.settings;
  const simple = call.parsed.agent === undefined && !call.parsed.here && containerName !== ".";
  const target = simple ? undefined : await aim(call, told, choice.engine);
  const named =
    target?.name ??
    (containerName === undefined
      ? { series: undefined }
      : { given: expandName(containerName, () => new Date()) });
  if ("series" in named) return { given: named.series ?? automaticName(new Date(), 1), found: undefined };
  return { given: named.given, found: await findSession(choice.engine, named.given) };
}
