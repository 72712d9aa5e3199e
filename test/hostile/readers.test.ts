import { describe, test } from "bun:test";
import { parseArgv } from "../../cli/argv.ts";
import { agentNames } from "../../lib/agents/known.ts";
import { readEngineImages } from "../../lib/engine/images.ts";
import { readInspect } from "../../lib/engine/inspect.ts";
import { readList } from "../../lib/engine/list.ts";
import { readStats } from "../../lib/engine/stats.ts";
import { readVolumes } from "../../lib/engine/volumes.ts";
import { Failure } from "../../lib/failure.ts";
import { readImages } from "../../lib/image/list.ts";
import { likenessOf } from "../../lib/session/body.ts";
import { entriesOf, runsOf } from "../../lib/session/runs.ts";
import { sessionOf } from "../../lib/session/session.ts";
import { parseEnvFile } from "../../lib/settings/env-file.ts";
import { agentNamesIn, engineIn, runNames } from "../../lib/settings/glance.ts";
import { mountWords, parseVolume } from "../../lib/settings/mounts.ts";
import { parsePort } from "../../lib/settings/ports.ts";
import { readGlobal, readSettings } from "../../lib/settings/schema.ts";
import { hostileShapes, hostileTexts } from "../support/engine-answers.ts";
import { allEngines } from "../support/engines.ts";
import { bytesOf, type Chance, chanceOf, nastyWord, seed } from "../support/hostile.ts";
import { hostileEnvFile, hostileSettings, profile, shared } from "../support/hostile-files.ts";
import { hostileLine } from "../support/hostile-words.ts";
import { note, times } from "../support/tally.ts";

// What reads hostile input, called in this process: so often as no executable can be started. The other files of this folder
// have what comes of it in the whole program.

const count = Number(process.env["MANYOYO_TEST_CASES"] ?? times(2_000, 100_000));
const only = process.env["MANYOYO_TEST_CASE"];
const slow = 2_000;

/** Whether it takes long each time: the machine may be busy with something else. */
function isSlow(again: () => unknown): boolean {
  return [1, 2, 3].every(() => {
    const begun = performance.now();
    try {
      again();
    } catch {
      // What it comes to was seen before.
    }
    return performance.now() - begun > slow;
  });
}

/** Fails where reading what was made ends by anything but a value or a sentence of ours, or takes long. */
function throughout(area: string, made: (chance: Chance) => () => unknown): void {
  const broken: string[] = [];
  const [from, to] = only === undefined ? [0, count] : [Number(only), Number(only) + 1];
  for (let index = from; index < to; index += 1) {
    const read = made(chanceOf(seed, area, index));
    const begun = performance.now();
    try {
      read();
    } catch (thrown) {
      if (!(thrown instanceof Failure) || /\n {4}at |\[object /.test(thrown.message))
        broken.push(`MANYOYO_TEST_SEED=${seed} MANYOYO_TEST_CASE=${index}: ${thrown}`);
    }
    const took = performance.now() - begun;
    if (took > slow && isSlow(read))
      broken.push(`MANYOYO_TEST_SEED=${seed} MANYOYO_TEST_CASE=${index}: ${Math.round(took)} ms`);
  }
  note({
    fault: `read in one process: ${area}`,
    promised: "a value or a sentence, within 2 s",
    tries: to - from,
    broken: broken.length,
  });
  if (broken.length > 0)
    throw new Error(`${broken.length} of ${to - from}:\n${broken.slice(0, 8).join("\n")}`);
}

/** As a program gets it: a text of whole characters. */
const asText = (text: string): string => bytesOf(text).toString();

test("a command line is understood or refused with a sentence", () => {
  throughout("command lines", (chance) => {
    const words = hostileLine(chance);
    return () => parseArgv(words, { agents: agentNames() });
  });
});

test("a volume or a port is one option with one value, or refused", () => {
  throughout("volumes and ports", (chance) => {
    const word = chance.once(2)
      ? nastyWord(chance)
      : `${nastyWord(chance)}:${nastyWord(chance)}${chance.one(["", ":ro", ":z"])}`;
    if (chance.once(3)) return () => parsePort(word);
    return () => {
      const [option, ...values] = mountWords(parseVolume(word, "/w", "/root"));
      if (!/^(-v|--volume|--mount)$/.test(option ?? "") || values.length !== 1)
        throw new Error(`${option} ${values.join(" ")}`);
    };
  });
});

test("a settings file is read or refused with a sentence", () => {
  throughout("settings files", (chance) => {
    const text = asText(hostileSettings(chance, chance.once(2) ? { ...profile, ...shared } : profile));
    const isGlobal = chance.once(2);
    return () => {
      for (const glance of [runNames, engineIn, agentNamesIn]) glance(text);
      if (isGlobal) readGlobal(text, "/manyoyo.json");
      else readSettings(text, "/run/web.json");
    };
  });
});

test("an env file is read or refused with a sentence", () => {
  throughout("env files", (chance) => {
    const text = asText(hostileEnvFile(chance));
    return () => parseEnvFile(text, "/it.env");
  });
});

describe.each([...allEngines])("what %s tells", (engine) => {
  const read = (text: string): void => {
    const container = readInspect(text);
    if (container !== undefined) {
      sessionOf(container);
      likenessOf(container);
    }
  };
  const readers: readonly ((text: string) => unknown)[] = [
    read,
    (text) => readList(engine, text),
    readVolumes,
    readEngineImages,
    readImages,
    (text) => readStats(engine, text),
    (text) => runsOf(text.split("\n").flatMap(entriesOf)),
  ];

  test.each([
    ["names, labels and logs", hostileTexts],
    ["JSON", hostileShapes],
  ] as const)("%s: read by all that reads it, or refused with a sentence", (what, made) => {
    throughout(`${what} of ${engine}`, (chance) => {
      const answers = Object.values(made(chance, engine));
      const { stdout = "" } = chance.one(answers);
      const [reader, text] = [chance.one(readers), asText(stdout)];
      return () => reader(text);
    });
  });
});
