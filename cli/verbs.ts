import { type State, states } from "../lib/session/session.ts";

/** The blocks in which the help lists the verbs. */
export const verbGroups = ["Find and go on", "Keep and clean", "Copy and move", "Set up"] as const;

/** The shells whose words can be completed. */
export const shells = ["bash", "zsh", "fish"] as const;

/** What `install` puts somewhere. */
export const installTargets = ["docker-cli-plugin"] as const;

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
  /** The only words that its first operand can be, or what its operands are; a snapshot or a file comes after the session. */
  readonly words?: readonly string[] | "topic" | "agent" | "profile" | "snapshot" | "file";
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
      ["manyoyo ls", "your sessions: state, agent, last use, age, folder"],
      ["manyoyo ls --busy", "and what runs in them, whose it is, since when"],
      ["manyoyo ls --size --sort size", "the biggest first"],
      ["manyoyo ls -w", "again every two seconds; q ends it"],
      ["manyoyo ls --state running --names", "only the names, one a line"],
      ["manyoyo ls --json", "one document for a script"],
    ],
  },
  inspect: {
    group: "Find and go on",
    summary: "Show what a session can reach, and what it is",
    operands: "NAME",
    count: [1, 1],
    sessions: "one",
    examples: [
      ["manyoyo inspect my-app", "mounts, sockets, ports, network, capabilities, names of variables"],
      ["manyoyo inspect my-app --raw", "what the engine says, values of variables included"],
    ],
  },
  logs: {
    group: "Find and go on",
    summary: "Show a session's runs, and the output of those in the background; no other output is kept",
    operands: "NAME",
    count: [1, 1],
    sessions: "one",
    examples: [
      ["manyoyo logs my-app", "who ran what, when, to which status; stopped sessions too"],
      ["manyoyo logs my-app -f", "and what comes, until it stops"],
      ["manyoyo logs my-app --since 2h --json", "one document of runs"],
    ],
  },
  stats: {
    group: "Find and go on",
    summary: "Show what sessions use: processor, memory, processes, network",
    operands: "[NAME...]",
    count: [0, Infinity],
    sessions: "many",
    states: ["running"],
    examples: [
      ["manyoyo stats", "your sessions that run, again and again; q ends it"],
      ["manyoyo stats my-app --no-stream --json", "once, for a script"],
    ],
  },
  switch: {
    group: "Find and go on",
    summary: "Choose a session by typing a part of it, and go on in it",
    examples: [
      ["manyoyo switch", "the same as manyoyo alone at a terminal"],
      ["manyoyo", "Enter joins, ^T opens a shell, ^X stops, ^R removes, ^N makes a new one"],
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
  prune: {
    group: "Keep and clean",
    summary: "Remove sessions that nobody has used for long",
    examples: [
      ["manyoyo prune --dry-run", "what would go: stopped, and not used for 7 days"],
      ["manyoyo prune --older-than 30d --yes", "for cron; conversations and what is in use stay"],
      ["manyoyo prune --all", "also sessions that run and are idle"],
    ],
  },
  snapshot: {
    group: "Copy and move",
    summary: "Save a session as it is now: its files, its own volumes, its conversations",
    operands: "NAME [TAG]",
    count: [1, 2],
    sessions: "one",
    words: "snapshot",
    examples: [
      ["manyoyo snapshot my-app", "as it is at this moment; prints the tag"],
      ["manyoyo snapshot my-app before-upgrade -m tests-pass", "with a tag and a note of one's own"],
      ["manyoyo snapshot restore my-app before-upgrade", "back to that"],
    ],
  },
  "snapshot ls": {
    group: "Copy and move",
    summary: "List snapshots with what they cost on disk: of one session, or of all",
    operands: "[NAME]",
    count: [0, 1],
    sessions: "one",
    examples: [["manyoyo snapshot ls my-app", "the oldest first"]],
  },
  "snapshot rm": {
    group: "Copy and move",
    summary: "Remove snapshots",
    operands: "NAME TAG...",
    count: [2, Infinity],
    sessions: "one",
    words: "snapshot",
    examples: [["manyoyo snapshot rm my-app before-upgrade", "the session itself stays"]],
  },
  "snapshot restore": {
    group: "Copy and move",
    summary: "Make a session what it was when the snapshot was taken, also one that is gone",
    operands: "NAME TAG",
    count: [2, 2],
    sessions: "one",
    words: "snapshot",
    examples: [["manyoyo snapshot restore my-app before-upgrade", "what it replaces goes once that runs"]],
  },
  fork: {
    group: "Copy and move",
    summary: "Make a second session like this one, with the same files and conversations",
    operands: "NAME NEW",
    count: [2, 2],
    sessions: "one",
    examples: [
      [
        "manyoyo fork my-app my-app-2 --hp ../other-tree",
        "both can go on with the conversation, each its own way",
      ],
      ["manyoyo fork my-app old --from before-upgrade", "as it was then"],
    ],
  },
  recreate: {
    group: "Copy and move",
    summary: "Make a session anew with other options: same name, files, conversations, first command",
    operands: "NAME",
    count: [1, 1],
    sessions: "one",
    examples: [
      ["manyoyo recreate my-app -p 8080:80 -v data:/data", "a port and a volume more"],
      ["manyoyo recreate my-app --image localhost/manyoyo:2-common", "on another image, with its home"],
      ["manyoyo recreate my-app --clean", "its image again, with its conversations and volumes alone"],
    ],
  },
  export: {
    group: "Copy and move",
    summary: "Write a session to one file: image, settings, volumes, conversations; no secrets",
    operands: "NAME",
    count: [1, 1],
    sessions: "one",
    examples: [
      ["manyoyo export my-app -o my-app.manyoyo", "for another machine, or the other engine"],
      ["manyoyo export my-app -o - | ssh host manyoyo import -", "as a stream"],
    ],
  },
  import: {
    group: "Copy and move",
    summary: "Make a session from such a file, in this folder",
    operands: "FILE",
    count: [1, 1],
    words: "file",
    examples: [
      ["manyoyo import my-app.manyoyo --name my-copy", "checked as a whole before anything is made"],
      ["manyoyo import my-app.manyoyo --ef anthropic", "with the variables that the file leaves out"],
    ],
  },
  "history ls": {
    group: "Keep and clean",
    summary: "List the agents' conversations: of one session, or of all",
    operands: "[NAME]",
    count: [0, 1],
    sessions: "one",
    examples: [
      ["manyoyo history ls", "of every session, and of volumes whose session is gone"],
      ["manyoyo history ls my-app --json", "of one session, as one document"],
    ],
  },
  "history show": {
    group: "Keep and clean",
    summary: "Show a conversation",
    operands: "NAME [ID]",
    count: [1, 2],
    sessions: "one",
    examples: [
      ["manyoyo history show my-app", "the last one"],
      ["manyoyo history show my-app 3f2a --json", "that one: its id, or the start of it"],
    ],
  },
  "history search": {
    group: "Keep and clean",
    summary: "Find a text in the conversations",
    operands: "TEXT",
    count: [1, 1],
    examples: [["manyoyo history search timeout", "which session, which conversation, which words"]],
  },
  "history backup": {
    group: "Keep and clean",
    summary: "Save a session's conversations to one file, without any login",
    operands: "NAME",
    count: [1, 1],
    sessions: "one",
    examples: [
      ["manyoyo history backup my-app -o my-app.tar.gz", "also of a stopped session"],
      ["manyoyo history backup my-app -o - | ssh host tar tz", "as a stream"],
    ],
  },
  "history restore": {
    group: "Keep and clean",
    summary: "Bring saved conversations back into a session",
    operands: "NAME FILE",
    count: [2, 2],
    sessions: "one",
    words: "file",
    examples: [
      ["manyoyo history restore my-app my-app.tar.gz", "what is there already stays"],
      ["cat my-app.tar.gz | manyoyo history restore my-app -", "from stdin"],
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
  "image ls": {
    group: "Set up",
    summary: "List manyoyo's images, with agents and versions",
    examples: [
      ["manyoyo image ls", "what sessions can be made from"],
      ["manyoyo image ls --json", "as one document"],
    ],
  },
  "image prune": {
    group: "Set up",
    summary: "Remove manyoyo's images that newer ones have replaced and no session uses",
    examples: [["manyoyo image prune --dry-run", "only say which"]],
  },
  login: {
    group: "Set up",
    summary: "Log an agent in once, for all sessions",
    operands: "[AGENT]",
    count: [0, 1],
    words: "agent",
    examples: [
      ["manyoyo login claude", "in the agent's own way, without a browser here"],
      ["manyoyo logout claude", "forget it"],
    ],
  },
  logout: {
    group: "Set up",
    summary: "Forget an agent's login",
    operands: "[AGENT]",
    count: [0, 1],
    words: "agent",
    examples: [["manyoyo logout claude", "also for sessions that run"]],
  },
  init: {
    group: "Set up",
    summary: "Take over this machine's own agent settings as profiles and env files",
    operands: "[AGENT...]",
    count: [0, Infinity],
    words: "agent",
    examples: [
      ["manyoyo init", "shows what it will write, and asks"],
      ["manyoyo init claude codex --dry-run", "only shows it"],
    ],
  },
  "profile ls": {
    group: "Set up",
    summary: "List profiles: their names for -r, where they are, what they run",
    examples: [["manyoyo profile ls", "those of ~/.manyoyo"]],
  },
  "profile show": {
    group: "Set up",
    summary: "Show a profile",
    operands: "NAME",
    count: [1, 1],
    words: "profile",
    examples: [
      ["manyoyo profile show web", "the file as it is"],
      ["manyoyo profile show web --json", "its settings, the values of variables masked"],
    ],
  },
  "profile new": {
    group: "Set up",
    summary: "Write a profile from options, a session or another profile",
    operands: "NAME",
    count: [1, 1],
    examples: [
      ["manyoyo profile new web -y c -p 8080:80", "what these options say, for -r web"],
      [
        "manyoyo profile new api -e KEY=secret -s bash",
        "the value goes into an env file that only you can read",
      ],
      ["manyoyo profile new web --from my-app", "what the session my-app was made with"],
    ],
  },
  "profile edit": {
    group: "Set up",
    summary: "Edit a profile by $VISUAL or $EDITOR; a mistake never gets into it",
    operands: "NAME",
    count: [1, 1],
    words: "profile",
    examples: [["manyoyo profile edit web", "on a copy that is checked first"]],
  },
  "profile rm": {
    group: "Set up",
    summary: "Remove profiles",
    operands: "NAME...",
    count: [1, Infinity],
    words: "profile",
    examples: [
      ["manyoyo profile rm web", "asks"],
      ["manyoyo profile rm -f web", "in a script, which cannot be asked"],
    ],
  },
  doctor: {
    group: "Set up",
    summary: "Find out what is wrong, and which command mends it",
    examples: [
      ["manyoyo doctor", "engines, a container that really runs, image, settings, shell"],
      ["manyoyo doctor --fix", "and mend what is safe"],
      ["manyoyo doctor --json", "as one document"],
    ],
  },
  install: {
    group: "Set up",
    summary: "Let docker's own program call manyoyo, as docker manyoyo; this is optional",
    operands: "docker-cli-plugin",
    count: [1, 1],
    words: installTargets,
    examples: [
      ["manyoyo install docker-cli-plugin", "docker manyoyo ls is manyoyo ls then; on podman too"],
      ["manyoyo install docker-cli-plugin --uninstall", "no more"],
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
    summary: "Explain a verb, all options, or another topic",
    operands: "[VERB | TOPIC]",
    count: [0, 2],
    words: "topic",
    examples: [
      ["manyoyo help rm", "one verb"],
      ["manyoyo help options", "every option there is"],
      ["manyoyo help exit-status", "a topic"],
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
  ["manyoyo ls", "your sessions; manyoyo rm my-app removes one"],
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
  ["log", "logs"],
  ["top", "stats"],
  ["clone", "fork"],
  ["commit", "snapshot"],
  ["save", "export"],
  ["load", "import"],
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
