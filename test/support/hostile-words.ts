import { optionNames, optionSpec, spellings, takes } from "../../cli/options.ts";
import { type Place, verbNames, verbSpec } from "../../cli/verbs.ts";
import type { Allowed } from "./engine-words.ts";
import { again, bytesOf, type Chance, canaries, mutatedText, mutatedWords, nastyWord } from "./hostile.ts";

/** Good values for each kind of option, by what completes it, else by what its value is called. */
const values: Readonly<Record<string, readonly string[]>> = {
  session: ["web", "web", "{now}", "a.b-c_d", "."],
  agent: ["claude", "c", "cx", "gm", "oc"],
  agents: ["claude,codex@1.2.3", "none", "gemini"],
  profile: ["web", ".", "./x.json", "/tmp/none.json"],
  "profile or session": ["web", "before"],
  file: ["-", "out.file", "/dev/null"],
  dir: [".", "sub", "/nowhere"],
  image: ["localhost/box:1", "docker.io/library/debian:13"],
  "image name": ["localhost/box", "box"],
  "image version": ["1-common", "2-two"],
  volume: ["data:/data", "./sub:/sub:ro", "/etc:/etc2:ro,z", "/anon"],
  envfile: ["web", "./x.env", "/dev/null"],
  port: ["8080:80", "127.0.0.1:8080:80/udp", "80", "[::1]:1:2", "8000-8010:8000-8010"],
  "K[=V]": ["TZ", "A=b", "A=", "HOME=/x"],
  TIME: ["5s", "1h", "2d", "2026-01-01", "0"],
  N: ["0", "10", "999999999"],
  LINE: ["echo hi", "true", "", "npm run 'x y'"],
};

// What is never tried: it takes an editor, a build, or a file of this machine's elsewhere.
const untried: ReadonlySet<string> = new Set(["help"]);

/** Every spelling of every option and verb, as words that are put among others. */
export const knownWords: readonly string[] = [
  ...optionNames().flatMap((name) => spellings(name)),
  ...verbNames().flatMap((verb) => [...verb.split(" "), ...(verbSpec(verb).aliases ?? [])]),
  ...canaries,
  "--",
  ".",
  "web",
  "c",
];

/** A command line that is right by the tables of verbs and options, or nearly. */
export function properLine(chance: Chance): readonly string[] {
  const place: Place = chance.once(3) ? "root" : chance.one(verbNames().filter((verb) => !untried.has(verb)));
  const options = optionNames()
    .filter((name) => takes(place, name) && optionSpec(name).rest !== true)
    .filter((name) => optionSpec(name).selects === undefined && name !== "help");
  const said = Array.from({ length: chance.number(4) }, () => said1(chance, chance.one(options)));
  if (place === "root") {
    const first = chance.one([["-n", "web"], ["c"], ["."], ["-d", "-n", "new"], ["-n", "new", "--rm"]]);
    const last = chance.one([
      ["-x", "true"],
      ["-x", "git", "commit", "-m", "$5"],
      ["--", "-c", "x"],
      ["-y", "c"],
      [],
    ]);
    return [...first, ...said.flat(), ...last];
  }
  const { count = [0, 0], args, sessions, words } = verbSpec(place);
  const operands = Array.from({ length: Math.max(count[0], chance.number(3)) }, (_, at) =>
    at === 0 && sessions !== undefined
      ? "web"
      : Array.isArray(words)
        ? chance.one(words as string[])
        : chance.one(["web", "api", "before", "x.file"]),
  );
  return [
    ...place.split(" "),
    ...operands,
    ...said.flat(),
    ...(args === undefined ? [] : ["--", "echo", nastyWord(chance)]),
  ];
}

function said1(chance: Chance, name: ReturnType<typeof optionNames>[number]): readonly string[] {
  const { metavar, words = "none" } = optionSpec(name);
  const spelling = chance.one(spellings(name));
  if (metavar === undefined) return [spelling];
  const good = typeof words === "string" ? (values[words] ?? values[metavar] ?? ["word"]) : words;
  const value = chance.once(3) ? mutatedText(chance, chance.one(good), canaries) : chance.one(good);
  const attached = chance.once(3) ? nastyWord(chance) : value;
  return chance.once(2) ? [spelling, value] : [`${spelling}=${attached}`];
}

/** A hostile command line; some are good ones. */
export function hostileLine(chance: Chance): readonly string[] {
  return quickened(again(chance, 4, properLine(chance), (words) => mutatedWords(chance, words, knownWords)));
}

// These go on until they are ended, and are tried in the form that does not.
function quickened(words: readonly string[]): readonly string[] {
  const at = words.indexOf("stats");
  return at < 0 ? words : [...words.slice(0, at + 1), "--no-stream", ...words.slice(at + 1)];
}

/** What a command line may ask of the engine by right. */
export function allowedBy(words: readonly string[]): Allowed {
  const engineArgs = words.flatMap((word, at) => {
    const attached = /^--engine-arg=(.*)$/s.exec(word)?.[1];
    return [
      ...(attached === undefined ? [] : [attached]),
      ...(words[at - 1] === "--engine-arg" ? [word] : []),
    ];
  });
  // The engine's program hears no NUL, and what is no UTF-8 comes back as U+FFFD.
  return {
    engineArgs: new Set(engineArgs.map(heardAs)),
    privileged: words.some((word) => word.includes("dind")),
  };
}

/** A word as the note of an engine's program has it. */
function heardAs(word: string): string {
  return bytesOf(word.replaceAll("\0", "")).toString();
}
