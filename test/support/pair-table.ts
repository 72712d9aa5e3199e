import { type Answer, keys } from "./terminal.ts";

/** What a session is at a moment, as far as two verbs at once can change it. */
export interface Seen {
  readonly is: "runs" | "stopped" | "gone";
  /** Its files and the contents of its own volume: those it had, those of its snapshot, or a new session's. */
  readonly holds: "now" | "then" | "new" | "-";
  /** Whether the kept conversation is there. */
  readonly kept: boolean;
}

/** What the words of a verb are about. */
export interface About {
  readonly name: string;
  /** A second session's name. */
  readonly fork: string;
  /** Options by which a session of that name is made like the first one. */
  readonly like: readonly string[];
  /** A folder of this round's own, and a backup of the session's conversations. */
  readonly folder: string;
  readonly backup: string;
  /** The session as a file, as it was with its first files. */
  readonly exported: string;
  /** Which of the two it is. */
  readonly at: 0 | 1;
}

/** A verb as two may use it on one session. */
export interface Verb {
  readonly verb: string;
  readonly words: (about: About) => readonly string[];
  /** What the session is like before: it runs, is stopped, or has a command running in it. */
  readonly needs: "runs" | "stopped" | "busy";
  /** Where it is done at a terminal: what is typed there once something is shown. */
  readonly terminal?: (about: About) => readonly Answer[];
  /** read: changes nothing; run: a command of somebody's, which ends with its session; change; end: ends what runs. */
  readonly kind: "read" | "run" | "change" | "end" | "remove";
  /** Statuses that it may say besides 0 and a refusal, 125. */
  readonly may?: readonly number[];
  /** What comes of it, where it says that it is done; and of one that is refused midway besides nothing at all. */
  readonly does: (before: Seen) => Seen;
  readonly midway?: (before: Seen) => readonly Seen[];
  /** What its answer must hold when it is done; without it the verb was not: nothing was there to be done. */
  readonly says?: (about: About) => string;
  /** What there must be when it is done. */
  readonly leaves?: "snapshot" | "fork" | "backup" | "export" | "login";
}

const nothing = (seen: Seen): Seen => seen;
const wakes = (seen: Seen): Seen => (seen.is === "gone" ? seen : { ...seen, is: "runs" });
const stops = (seen: Seen): Seen => (seen.is === "gone" ? seen : { ...seen, is: "stopped" });
const makes = (seen: Seen): Seen =>
  seen.is === "gone" ? { ...seen, is: "runs", holds: "new" } : { ...seen, is: "runs" };
const removes = (seen: Seen): Seen => ({ ...seen, is: "gone", holds: "-" });
const forgets = (seen: Seen): Seen => ({ ...removes(seen), kept: false });
const restores = (): Seen => ({ is: "runs", holds: "then", kept: true });
const keeps = (seen: Seen): Seen => ({ ...seen, kept: true });

const ended = [137, 143];
const ran = (): string => "ran";
const atMenu: Answer = ["What becomes of it?", "y"];
const itself = ({ name }: About): string => name;

/** Every verb that acts on one session or reads it: a row each. */
export const pairVerbs: readonly Verb[] = [
  row("-d", ({ name, like }) => ["-n", name, ...like, "-d"], "stopped", "run", makes),
  row("-x", ({ name, like }) => ["-n", name, ...like, "-x", "echo ran"], "runs", "run", makes, { says: ran }),
  row(
    "--rm",
    ({ name, like }) => ["-n", name, ...like, "--rm-on-exit", "-x", "echo ran"],
    "runs",
    "run",
    wakes,
    {
      says: ran,
    },
  ),
  row("resume", ({ name }) => ["resume", "-f", name], "runs", "run", wakes, {
    terminal: () => [atMenu],
    says: ran,
  }),
  // Whoever types a name that has just gone begins a session of that name, with a shell in it.
  row("switch", () => ["switch"], "runs", "run", makes, {
    terminal: ({ name }) => [
      ["Enter join", name],
      [`Session: ${name}`, keys.enter],
      atMenu,
      ["A new session in this folder, for what?", keys.escape],
      [/[#$] $/, "echo ran; exit\r"],
    ],
    may: [130],
    says: ran,
  }),
  row("shell", ({ name }) => ["shell", name], "runs", "run", wakes, { says: ran }),
  row("exec", ({ name }) => ["exec", name, "--", "echo", "ran"], "stopped", "run", wakes, { says: ran }),
  row("start", ({ name }) => ["start", name], "stopped", "change", wakes, { says: itself }),
  row("stop", ({ name }) => ["stop", "-f", name], "runs", "end", stops, { says: itself }),
  row("restart", ({ name }) => ["restart", "-f", name], "runs", "end", wakes, {
    says: itself,
    midway: (seen) => [stops(seen)],
  }),
  row("rm", ({ name }) => ["rm", name], "runs", "remove", removes, { says: itself }),
  row("rm -f", ({ name }) => ["rm", "-f", name], "runs", "remove", removes, { says: itself }),
  // Done without its name: there was no session.
  row("rm --history", ({ name }) => ["rm", "--history", "-f", name], "busy", "remove", forgets, {
    midway: (seen) => [removes(seen)],
  }),
  row("prune", () => ["prune", "--all", "--older-than", "0s", "--yes"], "stopped", "remove", removes, {
    says: itself,
  }),
  row("wait", ({ name }) => ["wait", name], "busy", "read", nothing, { may: ended }),
  row("inspect", ({ name }) => ["inspect", name], "runs", "read", nothing, { says: itself }),
  row("logs", ({ name }) => ["logs", name], "busy", "read", nothing),
  row("stats", ({ name }) => ["stats", "--no-stream", name], "runs", "read", nothing),
  row("ls --busy", () => ["ls", "--busy"], "busy", "read", nothing),
  row("ls --size", () => ["ls", "--size"], "runs", "read", nothing),
  row("complete", () => ["complete", "--", "rm", ""], "runs", "read", nothing),
  row("history ls", ({ name }) => ["history", "ls", name], "runs", "read", nothing),
  row("history show", ({ name }) => ["history", "show", name], "stopped", "read", nothing, { may: [2] }),
  row("history search", () => ["history", "search", "needle"], "runs", "read", nothing),
  row(
    "history backup",
    ({ name, folder, at }) => ["history", "backup", name, "-o", `${folder}/backup-${at}`],
    "runs",
    "read",
    nothing,
    { leaves: "backup", may: [2] },
  ),
  row(
    "history restore",
    ({ name, backup }) => ["history", "restore", "-f", name, backup],
    "runs",
    "change",
    keeps,
  ),
  row("snapshot", ({ name, at }) => ["snapshot", name, `tag-${at}`], "runs", "change", nothing, {
    leaves: "snapshot",
  }),
  // Of what the other one may be making.
  row("snapshot rm", ({ name, at }) => ["snapshot", "rm", name, `tag-${1 - at}`], "runs", "change", nothing),
  row("snapshot ls", ({ name }) => ["snapshot", "ls", name], "runs", "read", nothing),
  row("snapshot restore", ({ name }) => ["snapshot", "restore", "-f", name, "old"], "runs", "end", restores, {
    says: itself,
  }),
  row("fork", ({ name, fork }) => ["fork", name, fork], "runs", "change", nothing, { leaves: "fork" }),
  row("recreate", ({ name }) => ["recreate", "-f", name, "-e", "A=1"], "runs", "end", wakes, {
    says: itself,
  }),
  // Its home and its volumes go over to a new container of the image.
  row(
    "recreate --image",
    ({ name, like }) => ["recreate", "-f", name, ...like.slice(0, 2)],
    "stopped",
    "end",
    wakes,
    { says: itself },
  ),
  row(
    "export",
    ({ name, folder, at }) => ["export", name, "-o", `${folder}/export-${at}`, "--without-image"],
    "runs",
    "change",
    nothing,
    { leaves: "export" },
  ),
  row(
    "import",
    ({ name, exported }) => ["import", exported, "--name", name],
    "runs",
    "change",
    (seen) => (seen.is === "gone" ? restores() : seen),
    { says: itself },
  ),
  row("login", ({ like }) => ["login", "claude", ...like.slice(0, 2)], "runs", "change", nothing, {
    terminal: () => [
      ["How is Claude Code to be logged in?", `${keys.down}${keys.enter}`],
      ["Paste code: ", "abc\r"],
    ],
    says: () => "is logged in",
    leaves: "login",
  }),
  row("logout", () => ["logout", "claude"], "runs", "change", nothing),
];

function row(
  verb: string,
  words: Verb["words"],
  needs: Verb["needs"],
  kind: Verb["kind"],
  does: Verb["does"],
  more: Partial<Verb> = {},
): Verb {
  return { verb, words, needs, kind, does, ...more };
}

/** Two verbs at once. */
export type Pair = readonly [one: Verb, other: Verb];

/** Every pair there is, those of a verb with itself too. */
export const allPairs: readonly Pair[] = pairVerbs.flatMap((one, at) =>
  pairVerbs.slice(at).map((other): Pair => [one, other]),
);

export function titleOf([one, other]: Pair): string {
  return `${one.verb} + ${other.verb}`;
}

/** Pairs that have lost or spoilt something before, or are closest to it. */
export const dangerous: readonly string[] = [
  "rm -f + recreate",
  "rm -f + snapshot restore",
  "snapshot restore + recreate",
  "stop + recreate",
  "snapshot + recreate",
  "-x + rm -f",
];

/** A command that runs in a session whose end the other one is. */
export function endsRuns({ kind }: Verb): boolean {
  return kind === "end" || kind === "remove";
}

/** What a verb said, as far as its promises go. */
export interface Word {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Whether a verb says that it has done what it is for. */
export function isDone(verb: Verb, said: Word, about: About): boolean {
  return said.status === 0 && (verb.says === undefined || said.stdout.includes(verb.says(about)));
}

/** All that a session may be after both: one after the other in either order, or what was refused left out. */
export function outcomes(
  before: Seen,
  both: readonly (readonly [verb: Verb, done: boolean])[],
): readonly string[] {
  const step = (seen: Seen, [verb, done]: readonly [Verb, boolean]): readonly Seen[] =>
    done
      ? [verb.does(seen)]
      : [seen, ...(verb.kind === "remove" ? [] : [verb.does(seen)]), ...(verb.midway?.(seen) ?? [])];
  const orders = [both, both.toReversed()];
  const all = orders.flatMap((order) =>
    order.reduce<readonly Seen[]>((seen, each) => seen.flatMap((state) => step(state, each)), [before]),
  );
  return [...new Set(all.map(textOf))];
}

export function textOf({ is, holds, kept }: Seen): string {
  return `${is}, files ${holds}, conversation ${kept ? "kept" : "gone"}`;
}
