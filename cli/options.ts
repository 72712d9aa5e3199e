import { sortKeys, states } from "../lib/session/session.ts";
import { containerModes, engines, imageVariants, loginHabits, quietItems } from "../lib/settings/values.ts";
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
  | "agents"
  | "profile"
  | "profile or session"
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
// A profile says what a run could say itself.
const kept = [...run, "profile new"] as const;
const image = [...kept, "image build", "login", "recreate", "import"] as const;
// A session that is made from another one, or from a file.
const anew = [...kept, "recreate", "import"] as const;

/** Every option there is. Parsing, help and completion read nothing else. */
export const options = {
  contName: {
    long: ["cont-name", "name"],
    short: "n",
    metavar: "NAME",
    summary: "the session; {now} is month, day and time",
    at: {
      ...Object.fromEntries(withSession.map((verb) => [verb, "the session, in place of the operand"])),
      import: "the new session's name; else the one that it had",
    },
    group: "Session",
    verbs: [...kept, ...withSession, "import"],
    words: "session",
    config: "containerName",
    top: true,
  },
  yolo: {
    long: ["yolo"],
    short: "y",
    metavar: "AGENT",
    summary: "run claude (c), codex (cx), gemini (gm), opencode (oc)..., unasked",
    group: "Command",
    verbs: kept,
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
    verbs: kept,
    words: "none",
    config: "shell",
  },
  shellPrefix: {
    long: ["shell-prefix", "sp"],
    metavar: "LINE",
    empty: true,
    summary: "goes before the shell line",
    group: "Command",
    verbs: kept,
    words: "none",
    config: "shellPrefix",
  },
  shellSuffix: {
    long: ["shell-suffix", "ss"],
    metavar: "LINE",
    empty: true,
    summary: "goes after the shell line",
    group: "Command",
    verbs: kept,
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
    verbs: [...anew, "fork"],
    words: "dir",
    config: "hostPath",
    top: true,
  },
  contPath: {
    long: ["cont-path", "cp"],
    metavar: "DIR",
    summary: "its path in the session; the same as here unless said",
    group: "Workspace",
    verbs: kept,
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
    verbs: anew,
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
    verbs: anew,
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
    verbs: anew,
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
    verbs: anew,
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
    verbs: anew,
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
    verbs: [...kept, "login", "recreate", "import"],
    words: "image",
  },
  keepHistory: {
    long: ["keep-history"],
    summary: "keep the agents' conversations in a volume of the session's name",
    group: "Session",
    verbs: kept,
    config: "history",
  },
  loginMode: {
    long: ["login"],
    metavar: "HABIT",
    summary: "an agent's login: shared by all sessions, the session's own, or none",
    group: "Session",
    verbs: kept,
    words: loginHabits,
    config: "login",
  },
  root: {
    long: ["root"],
    summary: "run the command as root, although the files belong to you",
    group: "Session",
    verbs: [...kept, "exec", "shell"],
    config: "user",
  },
  trust: {
    long: ["trust"],
    summary: "accept what a profile outside ~/.manyoyo asks for",
    group: "Session",
    verbs: kept,
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
    verbs: anew,
    words: "none",
    config: "engineArgs",
  },
  timeout: {
    long: ["timeout"],
    metavar: "TIME",
    summary: "end the command after 90s, 10m or 2h, with status 124; not with -d",
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
  busy: {
    long: ["busy"],
    summary: "also what runs in them, whose it is, since when; takes a moment",
    group: "Verbs",
    verbs: ["ls"],
  },
  size: {
    long: ["size"],
    summary: "also how much each has written itself; engines take their time",
    group: "Verbs",
    verbs: ["ls"],
  },
  sort: {
    long: ["sort"],
    metavar: "KEY",
    summary: `in the order of ${sortKeys.join(", ")}`,
    group: "Verbs",
    verbs: ["ls"],
    words: sortKeys,
  },
  watch: {
    long: ["watch"],
    short: "w",
    summary: "draw it again every two seconds, until q or Ctrl-C",
    group: "Verbs",
    verbs: ["ls"],
  },
  raw: {
    long: ["raw"],
    summary: "what the engine says, as it is",
    group: "Verbs",
    verbs: ["inspect"],
  },
  noStream: {
    long: ["no-stream"],
    summary: "once, as in a pipe",
    group: "Verbs",
    verbs: ["stats"],
  },
  follow: {
    long: ["follow"],
    short: "f",
    summary: "go on with what comes, until the session stops",
    group: "Verbs",
    verbs: ["logs"],
  },
  tail: {
    long: ["tail"],
    metavar: "N",
    summary: "only the last N lines",
    group: "Verbs",
    verbs: ["logs"],
    words: "none",
  },
  since: {
    long: ["since"],
    metavar: "TIME",
    summary: "only what is newer than 10m, 2h, 7d, or a moment such as 2026-01-31T09:00",
    group: "Verbs",
    verbs: ["logs"],
    words: "none",
  },
  force: {
    long: ["force"],
    short: "f",
    summary: "go on where it would ask or refuse",
    at: {
      "image prune": "ask nothing",
      "profile new": "write over a profile that is there",
      "profile rm": "ask nothing; a missing one is no error",
      rm: "remove although something runs in it; a missing one is no error",
      stop: "stop although something runs in it",
      restart: "restart although something runs in it",
      prune: "also those that are in use, or hold conversations",
      resume: "go on although the conversation still runs elsewhere",
      "history backup": "write over a file that is there",
      "history restore": "write over conversations that are there",
      recreate: "recreate although something runs in it",
      "snapshot restore": "restore although something runs in it, over conversations that are kept",
      export: "write over a file that is there",
    },
    group: "Verbs",
    verbs: [
      "rm",
      "stop",
      "restart",
      "resume",
      "prune",
      "history backup",
      "history restore",
      "profile new",
      "profile rm",
      "image prune",
      "recreate",
      "snapshot restore",
      "export",
    ],
  },
  from: {
    long: ["from"],
    metavar: "NAME",
    summary: "begin with what a session was made with, or with another profile",
    at: { fork: "as the session was at that snapshot" },
    group: "Verbs",
    verbs: ["profile new", "fork"],
    words: "profile or session",
  },
  origin: {
    long: ["origin"],
    summary: "say for every value where it comes from",
    group: "Verbs",
    verbs: ["config show"],
  },
  fix: {
    long: ["fix"],
    summary: "mend what is safe to mend: completion, and who may read env files",
    group: "Verbs",
    verbs: ["doctor"],
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
    at: { install: "take away what install put there" },
    group: "Verbs",
    verbs: ["completion", "install"],
  },
  agents: {
    long: ["agents"],
    metavar: "LIST",
    summary: "the agents to install, parted by commas; none for a small image without any",
    group: "Image",
    verbs: ["image build"],
    words: "agents",
  },
  base: {
    long: ["base"],
    metavar: "REF|TAR",
    summary: "a Debian or Ubuntu to build on: an image, or a root as a tar file",
    group: "Image",
    verbs: ["image build"],
    words: "file",
  },
  variant: {
    long: ["variant"],
    metavar: "VARIANT",
    summary: "common, or full with compilers and further tools",
    group: "Image",
    verbs: ["image build"],
    words: imageVariants,
  },
  buildArg: {
    long: ["image-build-arg", "iba"],
    metavar: "K=V",
    repeat: true,
    summary: "a further argument for the build",
    group: "Image",
    verbs: ["image build"],
    words: "none",
  },
  update: {
    long: ["update"],
    summary: "bring the agents up to date, and nothing else",
    group: "Image",
    verbs: ["image build"],
  },
  caBundle: {
    long: ["ca-bundle"],
    metavar: "FILE",
    summary: "certificates for the build alone; they do not stay in the image",
    group: "Image",
    verbs: ["image build"],
    words: "file",
  },
  all: {
    long: ["all"],
    short: "a",
    summary: "all of them",
    at: {
      prune: "sessions that run as well, if nobody is in them",
      "image prune": "every image of manyoyo's that no session uses, also those that are up to date",
    },
    group: "Verbs",
    verbs: ["prune", "image prune"],
  },
  allUsers: {
    long: ["all-users"],
    summary: "sessions of everybody who uses this engine, not only your own",
    group: "Verbs",
    verbs: ["ls", "stats", "prune"],
  },
  olderThan: {
    long: ["older-than"],
    metavar: "TIME",
    summary: "only what nobody has used for so long: 12h, 7d (the usual)",
    group: "Verbs",
    verbs: ["prune"],
    words: "none",
  },
  images: {
    long: ["images"],
    summary: "also manyoyo's images that newer ones have replaced and no session uses",
    group: "Verbs",
    verbs: ["prune"],
  },
  stopped: {
    long: ["stopped"],
    summary: "only sessions that do not run, as is usual",
    group: "Verbs",
    verbs: ["prune"],
  },
  dryRun: {
    long: ["dry-run"],
    summary: "only say what would be done",
    group: "Verbs",
    verbs: ["prune", "image prune", "init"],
  },
  history: {
    long: ["history"],
    summary: "remove the kept conversations as well",
    group: "Verbs",
    verbs: ["rm"],
  },
  output: {
    long: ["output"],
    short: "o",
    metavar: "FILE",
    summary: "the file to write; - for stdout",
    group: "Verbs",
    verbs: ["history backup", "export"],
    words: "file",
  },
  message: {
    long: ["message"],
    short: "m",
    metavar: "NOTE",
    summary: "a note that the list shows",
    group: "Verbs",
    verbs: ["snapshot"],
    words: "none",
  },
  clean: {
    long: ["clean"],
    summary: "begin from the image; only conversations and volumes stay",
    group: "Verbs",
    verbs: ["recreate"],
  },
  withoutImage: {
    long: ["without-image"],
    summary: "leave out the image that the session was made from: the receiver has it",
    group: "Verbs",
    verbs: ["export"],
  },
  withSecrets: {
    long: ["with-secrets"],
    summary: "with the values of variables and the agents' logins in it",
    group: "Verbs",
    verbs: ["export"],
  },
  zstd: {
    long: ["zstd"],
    summary: "compress by zstd, which is several times faster than gzip",
    group: "Verbs",
    verbs: ["export"],
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
