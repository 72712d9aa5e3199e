import * as v from "valibot";
import { Failure } from "../failure.ts";
import { isMap } from "./document.ts";
import { type EnvEntry, envEntry, envFilePath, parseEnvWord } from "./env.ts";
import { parseVolume } from "./mounts.ts";
import { expandPath } from "./paths.ts";
import { parsePort } from "./ports.ts";
import {
  checkSomeText,
  checkText,
  parseContainerMode,
  parseContainerName,
  parseContainerPath,
  parseEngine,
  parseHistory,
  parseImageName,
  parseImageVersion,
  parseLogin,
  parseMenu,
  parseQuiet,
  parseUser,
  quoted,
} from "./values.ts";

// Issues of valibot carry one text only; this cannot be in a sentence, where every value is quoted.
export const beforeHint = "\0";

/** A string that `parse` makes a value of; its Failure becomes the issue. */
function word<Value>(key: string, parse: (word: string) => Value, kind = "a string") {
  return v.pipe(
    v.string(`${quoted(key)} must be ${kind}.`),
    v.rawTransform<string, Value>(({ dataset, addIssue, NEVER }) => {
      const made = attempt(() => parse(dataset.value));
      if ("value" in made) return made.value;
      addIssue({ message: made.message });
      return NEVER;
    }),
  );
}

function list<Value>(key: string, parse: (word: string) => Value) {
  const kind = "a list of strings";
  return v.array(word(key, parse, kind), `${quoted(key)} must be ${kind}.`);
}

/** One word, or a list of them. */
function words<Value>(key: string, parse: (word: string) => Value) {
  const wrong = `${quoted(key)} must be a string or a list of strings.`;
  return v.pipe(
    v.custom<unknown>((input) => typeof input === "string" || Array.isArray(input), wrong),
    v.lazy((input) => (Array.isArray(input) ? list(key, parse) : one(key, parse))),
  );
}

function one<Value>(key: string, parse: (word: string) => Value) {
  return v.pipe(
    word(key, parse),
    v.transform((made): Value[] => [made]),
  );
}

/** A map of names to values. Own keys only, whatever they are called: valibot's record drops `constructor`. */
const envMap = v.pipe(
  v.custom<Readonly<Record<string, unknown>>>(isMap),
  v.rawTransform<Readonly<Record<string, unknown>>, EnvEntry[]>(({ dataset, addIssue }) =>
    Object.entries(dataset.value).flatMap(([key, value]) => {
      const made = attempt(() => envEntry(key, envText(key, value)));
      if ("value" in made) return [made.value];
      addIssue({
        message: made.message,
        path: [{ type: "object", origin: "value", input: { ...dataset.value }, key, value }],
      });
      return [];
    }),
  ),
);

const env = v.pipe(
  v.custom<unknown>(
    (input) => Array.isArray(input) || isMap(input),
    '"env" must be a map of names to values, or a list of "NAME=value".',
  ),
  v.lazy((input) => (Array.isArray(input) ? list("env", parseEnvWord) : envMap)),
);

function envText(name: string, value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  throw new Failure("usage", `The variable ${quoted(name)} must be a string, a number, true or false.`);
}

const profileEntries = {
  containerName: v.exactOptional(word("containerName", parseContainerName)),
  hostPath: v.exactOptional(word("hostPath", checkPath)),
  containerPath: v.exactOptional(word("containerPath", parseContainerPath)),
  imageName: v.exactOptional(word("imageName", parseImageName)),
  imageVersion: v.exactOptional(word("imageVersion", parseImageVersion)),
  containerMode: v.exactOptional(word("containerMode", parseContainerMode)),
  env: v.exactOptional(env),
  envFile: v.exactOptional(words("envFile", checkEnvFile)),
  volumes: v.exactOptional(list("volumes", checkVolume)),
  ports: v.exactOptional(list("ports", parsePort)),
  shell: v.exactOptional(word("shell", checkText)),
  shellPrefix: v.exactOptional(word("shellPrefix", checkText)),
  shellSuffix: v.exactOptional(word("shellSuffix", checkText)),
  // Whether there is such an agent is looked at where the user's own ones are known.
  yolo: v.exactOptional(word("yolo", checkText)),
  quiet: v.exactOptional(words("quiet", parseQuiet)),
  engine: v.exactOptional(word("engine", parseEngine)),
  engineArgs: v.exactOptional(list("engineArgs", checkSomeText)),
  menu: v.exactOptional(word("menu", parseMenu)),
  history: v.exactOptional(word("history", parseHistory)),
  login: v.exactOptional(word("login", parseLogin)),
  user: v.exactOptional(word("user", parseUser)),
} as const;

/** A profile as it lies in a file; unknown keys are looked for elsewhere. */
export const profileSchema = v.object(profileEntries);

/** What a profile says, checked, lists always lists; paths and volumes are still as they are written. */
export type Profile = v.InferOutput<typeof profileSchema>;

/** Every key of a profile, in the order of the documentation. */
export const profileKeys: readonly string[] = Object.keys(profileEntries);

/** What `make` gives, or the words of its Failure. */
function attempt<Value>(make: () => Value): { readonly value: Value } | { readonly message: string } {
  try {
    return { value: make() };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return {
      message: error.hint === undefined ? error.message : `${error.message}${beforeHint}${error.hint}`,
    };
  }
}

// Which folder is meant does not matter for whether a word can be understood.
const anywhere = { folder: "/", userHome: "/", home: "/" } as const;

function checkPath(word: string): string {
  expandPath(word, anywhere);
  return word;
}

function checkEnvFile(word: string): string {
  envFilePath(word, anywhere);
  return word;
}

function checkVolume(word: string): string {
  parseVolume(word, anywhere.folder, anywhere.userHome);
  return word;
}
