import { states } from "../lib/session/session.ts";
import { containerModes, engines, quietItems } from "../lib/settings/values.ts";
import { type Place, type Verb, verbNames, verbSpec } from "./verbs.ts";

/** The blocks in which the help lists the options. */
export const optionGroups = [
  "Session",
  "Command",
  "Workspace",
  "Image",
  "Engine",
  "Answers",
  "Verbs",
] as const;

/** What completes a value: a kind of thing, or the only words there are. */
export type Words =
  | "session"
  | "agent"
  | "profile"
  | "file"
  | "dir"
  | "image"
  | "image name"
  | "image version"
  | "volume"
  | "envfile"
  | "port"
  | "none"
  | readonly string[];

/** What parsing, help and completion know of an option. */
export interface Option {
  /** Spellings after `--`; the first is the one that messages use. */
  readonly long: readonly [string, ...string[]];
  readonly short?: string;
  /** What the value is called; an option without it is a yes. */
  readonly metavar?: string;
  readonly repeat?: true;
  /** A value may be several, parted by commas. */
  readonly commas?: true;
  /** An empty value has a meaning. */
  readonly empty?: true;
  /** Takes every word that follows, whatever it looks like. */
  readonly rest?: true;
  /** The older spelling of a verb. */
  readonly selects?: Verb;
  readonly summary: string;
  /** What it means at a verb, where that differs from the summary. */
  readonly at?: Readonly<Partial<Record<Place, string>>>;
  readonly group: (typeof optionGroups)[number];
  readonly verbs: "all" | readonly Place[];
  readonly words?: Words;
  /** Its key in a settings file. */
  readonly config?: string;
  /** Among the few that the first page of help shows. */
  readonly top?: true;
}

const run = ["root", "config show", "config command"] as const;
const withSession = verbNames().filter((verb) => verbSpec(verb).sessions !== undefined);
const image = [...run, "image build"] as const;

/** Every option there is. Parsing, help and completion read nothing else. */
export const options = {
  contName: {
    long: ["cont-name"],
    short: "n",
    metavar: "NAME",
    summary: "the session; {now} is month, day and time",
    at: Object.fromEntries(withSession.map((verb) => [verb, "the session, in place of the operand"])),
    group: "Session",
    verbs: [...run, ...withSession],
    words: "session",
    config: "containerName",
    top: true,
  },
  yolo: {
    long: ["yolo"],
    short: "y",
    metavar: "AGENT",
    summary: "run claude (c), codex (cx), gemini (gm) or opencode (oc), unasked",
    group: "Command",
    verbs: run,
    words: "agent",
    config: "yolo",
    top: true,
  },
  shellFull: {
    long: ["shell-full"],
    short: "x",
    metavar: "CMD...",
    rest: true,
    summary: "run a shell line (one word) or exact words (several); ends the options",
    group: "Command",
    verbs: run,
    words: "none",
    top: true,
  },
  shell: {
    long: ["shell"],
    short: "s",
    metavar: "LINE",
    empty: true,
    summary: "the shell line to run",
    group: "Command",
    verbs: run,
    words: "none",
    config: "shell",
  },
  shellPrefix: {
    long: ["shell-prefix", "sp"],
    metavar: "LINE",
    empty: true,
    summary: "goes before the shell line",
    group: "Command",
    verbs: run,
    words: "none",
    config: "shellPrefix",
  },
  shellSuffix: {
    long: ["shell-suffix", "ss"],
    metavar: "LINE",
    empty: true,
    summary: "goes after the shell line",
    group: "Command",
    verbs: run,
    words: "none",
    config: "shellSuffix",
  },
  run: {
    long: ["run"],
    short: "r",
    metavar: "PROFILE",
    summary: "settings: a name in ~/.manyoyo/run, a path, or . for ./.manyoyo.json",
    group: "Session",
    verbs: run,
    words: "profile",
    top: true,
  },
  new: {
    long: ["new"],
    summary: "make another session of the agent instead of going on",
    group: "Session",
    verbs: run,
  },
  rmOnExit: {
    long: ["rm-on-exit", "rm"],
    summary: "remove the session that this call makes when the call ends",
    group: "Session",
    verbs: run,
    top: true,
  },
  detach: {
    long: ["detach"],
    short: "d",
    summary: "make or start the session, print its name, leave the command running",
    group: "Session",
    verbs: run,
    top: true,
  },
  hostPath: {
    long: ["host-path", "hp"],
    metavar: "DIR",
    summary: "the workspace here; the current folder unless said",
    group: "Workspace",
    verbs: run,
    words: "dir",
    config: "hostPath",
    top: true,
  },
  contPath: {
    long: ["cont-path", "cp"],
    metavar: "DIR",
    summary: "its path in the session; the same as here unless said",
    group: "Workspace",
    verbs: run,
    words: "none",
    config: "containerPath",
  },
  volume: {
    long: ["volume"],
    short: "v",
    metavar: "FROM:TO[:ro]",
    repeat: true,
    summary: "mount a path or a named volume",
    group: "Workspace",
    verbs: run,
    words: "volume",
    config: "volumes",
    top: true,
  },
  env: {
    long: ["env"],
    short: "e",
    metavar: "K[=V]",
    repeat: true,
    summary: "set a variable; K alone takes the value it has here",
    group: "Workspace",
    verbs: run,
    words: "none",
    config: "env",
    top: true,
  },
  envFile: {
    long: ["env-file", "ef"],
    metavar: "FILE",
    repeat: true,
    summary: "variables of ~/.manyoyo/env/FILE.env, or of a path",
    group: "Workspace",
    verbs: run,
    words: "envfile",
    config: "envFile",
  },
  publish: {
    long: ["publish"],
    short: "p",
    metavar: "PORT:PORT",
    repeat: true,
    summary: "publish a port, on 127.0.0.1 unless an address is given",
    group: "Workspace",
    verbs: run,
    words: "port",
    config: "ports",
    top: true,
  },
  contMode: {
    long: ["cont-mode"],
    short: "m",
    metavar: "MODE",
    summary: "common, dind (docker inside) or sock (the engine of this machine)",
    group: "Engine",
    verbs: run,
    words: containerModes,
    config: "containerMode",
  },
  imageName: {
    long: ["image-name", "in"],
    metavar: "NAME",
    summary: "the image's name without version",
    group: "Image",
    verbs: image,
    words: "image name",
    config: "imageName",
  },
  imageVer: {
    long: ["image-ver", "iv"],
    metavar: "VERSION",
    summary: "the image's version",
    group: "Image",
    verbs: image,
    words: "image version",
    config: "imageVersion",
  },
  image: {
    long: ["image"],
    metavar: "REF",
    summary: "name and version in one; one with a registry is pulled",
    group: "Image",
    verbs: run,
    words: "image",
  },
  trust: {
    long: ["trust"],
    summary: "accept what a profile outside ~/.manyoyo asks for",
    group: "Session",
    verbs: run,
  },
  engine: {
    long: ["engine"],
    metavar: "ENGINE",
    summary: "docker or podman; also MANYOYO_ENGINE",
    group: "Engine",
    verbs: "all",
    words: engines,
    config: "engine",
    top: true,
  },
  engineArg: {
    long: ["engine-arg"],
    metavar: "ARG",
    repeat: true,
    empty: true,
    summary: "a further argument for the engine's run",
    group: "Engine",
    verbs: run,
    words: "none",
    config: "engineArgs",
  },
  timeout: {
    long: ["timeout"],
    metavar: "TIME",
    summary: "end the command after 90s, 10m or 2h, with status 124",
    at: { wait: "stop waiting after 90s, 10m or 2h, with status 124" },
    group: "Command",
    verbs: [...run, "exec", "wait"],
    words: "none",
  },
  quiet: {
    long: ["quiet"],
    short: "q",
    metavar: "ITEM",
    repeat: true,
    commas: true,
    summary: "leave out a message (cnew crm tip cmd), the menu (askkeep), or all (full)",
    group: "Answers",
    verbs: "all",
    words: quietItems,
    config: "quiet",
  },
  yes: { long: ["yes"], summary: "answer yes, except to removing", group: "Answers", verbs: "all" },
  noInput: { long: ["no-input"], summary: "ask nothing", group: "Answers", verbs: "all" },
  json: { long: ["json"], summary: "answer with one JSON document", group: "Answers", verbs: "all" },
  help: { long: ["help"], short: "h", summary: "explain", group: "Answers", verbs: "all" },
  version: { long: ["version"], short: "V", summary: "print the version", group: "Answers", verbs: ["root"] },
  names: { long: ["names"], summary: "only the names, one a line", group: "Verbs", verbs: ["ls"] },
  state: {
    long: ["state"],
    metavar: "STATE",
    repeat: true,
    commas: true,
    summary: `only sessions in that state (${states.join(", ")})`,
    group: "Verbs",
    verbs: ["ls"],
    words: states,
  },
  force: {
    long: ["force"],
    short: "f",
    summary: "go on where it would ask or refuse",
    at: {
      rm: "remove although something runs in it; a missing one is no error",
      resume: "go on although the conversation still runs elsewhere",
    },
    group: "Verbs",
    verbs: ["rm", "resume"],
  },
  pick: { long: ["pick"], summary: "choose among the conversations", group: "Verbs", verbs: ["resume"] },
  install: {
    long: ["install"],
    summary: "put the file where that shell looks for it",
    group: "Verbs",
    verbs: ["completion"],
  },
  uninstall: {
    long: ["uninstall"],
    summary: "take away what --install put there",
    group: "Verbs",
    verbs: ["completion"],
  },
  contList: {
    long: ["cont-list"],
    short: "l",
    selects: "ls",
    summary: "the verb ls",
    group: "Verbs",
    verbs: ["ls"],
  },
  contRemove: {
    long: ["cont-remove", "crm"],
    selects: "rm",
    summary: "the verb rm, for the session of -n",
    group: "Verbs",
    verbs: ["rm"],
  },
  showConfig: {
    long: ["show-config"],
    selects: "config show",
    summary: "the verb config show",
    group: "Verbs",
    verbs: ["config show"],
  },
  showCommand: {
    long: ["show-command"],
    selects: "config command",
    summary: "the verb config command",
    group: "Verbs",
    verbs: ["config command"],
  },
  imageBuild: {
    long: ["image-build", "ib"],
    selects: "image build",
    summary: "the verb image build",
    group: "Verbs",
    verbs: ["image build"],
  },
} as const satisfies Readonly<Record<string, Option>>;

export type OptionName = keyof typeof options;

/** Options that are no setting but steer the parser: they do not appear among the values. */
type Steering = {
  [K in OptionName]: (typeof options)[K] extends { rest: true } | { selects: Verb } ? K : never;
}[OptionName];

type Value<O> = O extends { repeat: true }
  ? readonly string[]
  : O extends { metavar: string }
    ? string | undefined
    : boolean;

/** What was said, by option: yes or no, one value or none, all values in the order they came. */
export type Values = { readonly [K in Exclude<OptionName, Steering | "help">]: Value<(typeof options)[K]> };

/** The options that appear among the values. */
export function valueNames(): readonly OptionName[] {
  return optionNames().filter((name) => {
    const { rest, selects } = optionSpec(name);
    return rest !== true && selects === undefined && name !== "help";
  });
}

/** What the table says of `name`. */
export function optionSpec(name: OptionName): Option {
  return options[name];
}

/** All options, in the order of the table. */
export function optionNames(): readonly OptionName[] {
  const isName = (key: string): key is OptionName => Object.hasOwn(options, key);
  return Object.keys(options).filter(isName);
}

/** Whether `place` takes the option. */
export function takes(place: Place, name: OptionName): boolean {
  const places = optionSpec(name).verbs;
  return places === "all" || places.includes(place);
}

/** Every way to write the option: `--cont-name`, `-n`. The canonical one comes first. */
export function spellings(name: OptionName): readonly string[] {
  const { long, short } = optionSpec(name);
  return [...long.map((word) => `--${word}`), ...(short === undefined ? [] : [`-${short}`])];
}
