import { type State, states } from "../lib/session/session.ts";

/** The blocks in which the help lists the verbs. */
export const verbGroups = ["Find and go on", "Keep and clean", "Set up"] as const;

/** The shells whose words can be completed. */
export const shells = ["bash", "zsh", "fish"] as const;

/** A line to copy, and what it does. */
export type Example = readonly [line: string, comment: string];

/** What parsing, help and completion know of a verb. */
export interface VerbSpec {
  readonly group: (typeof verbGroups)[number];
  readonly summary: string;
  readonly aliases?: readonly string[];
  /** The operands as the usage line shows them, and how many there may be. */
  readonly operands?: string;
  readonly count?: readonly [least: number, most: number];
  /** How many leading operands are sessions, and the states in which they make sense. */
  readonly sessions?: "one" | "many";
  readonly states?: readonly State[];
  /** The only words that its first operand can be, or topics of the help. */
  readonly words?: readonly string[] | "topic";
  /** What the words after `--` are; without it they are operands that may look like options. */
  readonly args?: string;
  /** Reads the words of the root command: an agent or `.`, `-x`, `--`. */
  readonly asRoot?: true;
  readonly examples: readonly Example[];
  readonly hidden?: true;
}

const usable = ["running", "paused", "stopped", "created"] as const;

/** The command tree. A verb of two words belongs to the group that its first word names. */
export const verbs = {
  ls: {
    group: "Find and go on",
    summary: "List sessions, this folder's first",
    aliases: ["ps"],
    examples: [
      ["manyoyo ls", "every session: agent, state, folder, age"],
      ["manyoyo ls --state running --names", "only the names, one a line"],
      ["manyoyo ls --json", "one document for a script"],
    ],
  },
  resume: {
    group: "Find and go on",
    summary: "Go on with a session's last conversation, or with conversation ID",
    operands: "[NAME [ID]]",
    count: [0, 2],
    sessions: "one",
    states: usable,
    examples: [
      ["manyoyo resume", "the session of this folder"],
      ["manyoyo resume my-app", "the last conversation in my-app"],
      ["manyoyo resume my-app --pick", "choose among its conversations"],
    ],
  },
  shell: {
    group: "Find and go on",
    summary: "Open a shell in a session",
    operands: "NAME",
    count: [1, 1],
    sessions: "one",
    states: usable,
    examples: [
      ["manyoyo shell my-app", "bash if the image has it, else sh"],
      ["manyoyo shell .", "in this folder's session"],
    ],
  },
  exec: {
    group: "Find and go on",
    summary: "Run exactly these words in a session, never through a shell",
    operands: "NAME",
    count: [1, 1],
    sessions: "one",
    states: usable,
    args: "CMD...",
    examples: [
      ["manyoyo exec my-app -- npm test", "its exit status is ours"],
      ["git diff | manyoyo exec my-app -- wc -l", "stdin passes through"],
    ],
  },
  wait: {
    group: "Find and go on",
    summary: "Wait until a session ends, with its exit status",
    operands: "NAME",
    count: [1, 1],
    sessions: "one",
    states: ["running", "paused"],
    examples: [
      ["manyoyo wait my-app", "until it ends"],
      ["manyoyo wait my-app --timeout 10m", "status 124 when it takes longer"],
    ],
  },
  start: {
    group: "Keep and clean",
    summary: "Start sessions",
    operands: "NAME...",
    count: [1, Infinity],
    sessions: "many",
    states: ["paused", "stopped", "created"],
    examples: [["manyoyo start my-app my-api", "each its own result"]],
  },
  stop: {
    group: "Keep and clean",
    summary: "Stop sessions; files and conversations stay",
    operands: "NAME...",
    count: [1, Infinity],
    sessions: "many",
    states: ["running", "paused"],
    examples: [
      ["manyoyo stop my-app", "programs inside may save first"],
      ["manyoyo stop $(manyoyo ls --names --state running)", "all of them"],
    ],
  },
  restart: {
    group: "Keep and clean",
    summary: "Stop and start sessions",
    operands: "NAME...",
    count: [1, Infinity],
    sessions: "many",
    states: usable,
    examples: [["manyoyo restart my-app", "a clean process tree, the same files"]],
  },
  rm: {
    group: "Keep and clean",
    summary: "Remove sessions and what only they hold",
    operands: "NAME...",
    count: [1, Infinity],
    sessions: "many",
    states,
    examples: [
      ["manyoyo rm my-app", "asks while something runs in it"],
      ["manyoyo rm -f my-app my-api", "never asks; a missing one is no error"],
      ["manyoyo -n my-app --crm", "another spelling"],
    ],
  },
  "config show": {
    group: "Set up",
    summary: "Show the merged settings and where each comes from, secrets masked",
    operands: "[AGENT | .]",
    count: [0, 0],
    asRoot: true,
    examples: [
      ["manyoyo config show", "what a bare call would use"],
      ["manyoyo config show -r web --json", "with profile web, as JSON"],
    ],
  },
  "config command": {
    group: "Set up",
    summary: "Show the engine's command line that a run would use",
    operands: "[AGENT | .]",
    count: [0, 0],
    asRoot: true,
    examples: [
      ["manyoyo config command -n my-app -y c", "runs nothing"],
      ["manyoyo -r web --show-command", "another spelling"],
    ],
  },
  "config path": {
    group: "Set up",
    summary: "Show where settings and profiles are read from",
    examples: [['$EDITOR "$(manyoyo config path)"', "edit the global settings"]],
  },
  "image build": {
    group: "Set up",
    summary: "Build the image that sessions are made from",
    examples: [
      ["manyoyo image build", "the default image, with all agents"],
      ["manyoyo image build --engine podman", "for podman"],
    ],
  },
  completion: {
    group: "Set up",
    summary: "Complete words by the TAB key in bash, zsh and fish",
    operands: "[bash | zsh | fish]",
    count: [0, 1],
    words: shells,
    examples: [
      ["manyoyo completion --install", "for your own shell ($SHELL)"],
      ["source <(manyoyo completion bash)", "only in this shell; zsh as well"],
      ["manyoyo completion fish | source", "the same in fish"],
    ],
  },
  help: {
    group: "Set up",
    summary: "Explain a verb, or all options",
    operands: "[VERB | options]",
    count: [0, 2],
    words: "topic",
    examples: [
      ["manyoyo help rm", "one verb"],
      ["manyoyo help options", "every option there is"],
    ],
  },
} as const satisfies Readonly<Record<string, VerbSpec>>;

export type Verb = keyof typeof verbs;

/** Where an option can stand: at the root command or at a verb. */
export type Place = Verb | "root";

/** What manyoyo is for, in the order in which one needs it. */
export const rootExamples: readonly Example[] = [
  ["manyoyo c", "Claude Code in this folder: goes on, or begins"],
  ["manyoyo -n my-app -y c", "a named session; the same line joins it again"],
  ["manyoyo -n my-app -- -c", "its agent again, with words of your own"],
  ["manyoyo -n my-app -x npm test", "a command in it, with that command's exit status"],
  ["manyoyo resume my-app", "the last conversation"],
  ["manyoyo -r web --rm-on-exit", "by ~/.manyoyo/run/web.json, removed at the end"],
  ["manyoyo ls", "your sessions"],
  ["manyoyo rm my-app", "remove one"],
];

/** Verbs of other programs: the verb of ours, or the line that does it. */
export const wrongVerbs: ReadonlyMap<string, Verb | { readonly line: string }> = new Map<
  string,
  Verb | { readonly line: string }
>([
  ["attach", "resume"],
  ["enter", "shell"],
  ["ssh", "shell"],
  ["delete", "rm"],
  ["remove", "rm"],
  ["kill", "rm"],
  ["list", "ls"],
  ["new", { line: "manyoyo -n NAME -y c" }],
  ["create", { line: "manyoyo -n NAME -y c" }],
  ["run", { line: "manyoyo -n NAME -y c" }],
]);

/** What the table says of `verb`. */
export function verbSpec(verb: Verb): VerbSpec {
  return verbs[verb];
}

/** Whether `path` ("rm", "config show") is a verb of ours; aliases are not. */
export function isVerb(path: string): path is Verb {
  return Object.hasOwn(verbs, path);
}

/** All verbs, in the order of the table. */
export function verbNames(): readonly Verb[] {
  return Object.keys(verbs).filter(isVerb);
}

/** The verb that the single word `word` names, by its own name or an alias. */
export function verbOfWord(word: string): Verb | undefined {
  return verbNames().find((verb) => verb === word || verbSpec(verb).aliases?.includes(word));
}

/** The second words of the verbs whose first word is `group`; none when it is no group. */
export function verbsOfGroup(group: string): readonly string[] {
  return verbNames().flatMap((verb) => (verb.startsWith(`${group} `) ? [verb.slice(group.length + 1)] : []));
}

/** Every word that can stand first: verbs, their aliases, groups. */
export function firstWords(): readonly string[] {
  const words = verbNames().flatMap((verb) => [verb.split(" ", 1).join(), ...(verbSpec(verb).aliases ?? [])]);
  return [...new Set(words)];
}
