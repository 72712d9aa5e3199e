import { agents } from "../lib/agents/known.ts";
import { type FailureCode, failureStatuses } from "../lib/failure.ts";
import type { Profile } from "../lib/settings/profile-schema.ts";
import {
  containerModes,
  engines,
  historyHabits,
  loginHabits,
  menus,
  quietItems,
  userHabits,
} from "../lib/settings/values.ts";
import { optionNames, optionSpec } from "./options.ts";
import { listed } from "./reference.ts";
import type { Topic } from "./topics.ts";

/** A term, and what is to be said of it. */
export type Row = readonly [term: string, meaning: string];

/** A piece of a page: sentences, rows, or lines of a file as they would be written there. */
export type Part =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "rows"; readonly title: string; readonly rows: readonly Row[] }
  | { readonly kind: "lines"; readonly lines: readonly string[] };

/** A key of a settings file, the options that say the same, and what it means. */
export interface Setting {
  readonly key: string;
  readonly options: readonly string[];
  readonly meaning: string;
}

const words = (known: readonly string[]): string => known.map((word) => JSON.stringify(word)).join(", ");

// The type holds it complete: a key more in the schema is a fault here.
const meanings: Readonly<Record<keyof Profile | "agents" | "runs", string>> = {
  containerName: "the session's name; {now} is month, day and time",
  hostPath: "the workspace here; the current folder unless said",
  containerPath: "its path in the session; the same as here unless said",
  imageName: "the image's name without version; one with a registry is pulled",
  imageVersion: "the image's version; --image REF says both",
  containerMode: `${words(containerModes)}: dind is privileged, sock hands on the engine's socket and is as good as root`,
  env: 'variables: { K: "V" }, or a list of "K=V" and "K"; after envFile, later ones win',
  envFile: "env files: one, or a list",
  volumes: 'a list of "FROM:TO" and "FROM:TO:ro"; adds up over the sources',
  ports: 'a list of "PORT:PORT", on 127.0.0.1 unless an address is given; adds up over the sources',
  shell: "the shell line to run",
  shellPrefix: "goes before the shell line",
  shellSuffix: "goes after the shell line",
  yolo: "the agent to run, unasked",
  quiet: `one of ${words(quietItems)}, or a list: those messages; askkeep is the menu, full is all of them`,
  engine: `${words(engines)}; also MANYOYO_ENGINE`,
  engineArgs: "further arguments for the engine's run; adds up over the sources",
  menu: `${words(menus)}: when the menu at the end of a command is shown`,
  history: `${words(historyHabits)}: whether conversations are kept in a volume`,
  login: `${words(loginHabits)}: whose login an agent uses`,
  user: `${words(userHabits)}: whom commands run as`,
  agents: "agents of your own, in manyoyo.json only: command, yolo, continue, resume",
  runs: "profiles by name, in manyoyo.json only",
};

/** Every key that a settings file can hold, in the order of the documentation. */
export function settings(): readonly Setting[] {
  return Object.entries(meanings).map(([key, meaning]) => ({
    key,
    options:
      key === "runs"
        ? listed("run")
        : optionNames()
            .filter((name) => optionSpec(name).config === key)
            .flatMap((name) => listed(name)),
    meaning,
  }));
}

// Complete for the same reason. What a script finds as `error.code` under --json.
const codeMeanings: Readonly<Record<FailureCode, string>> = {
  "no-session": "there is no session of that name",
  "name-taken": "something else, or the other engine, has the name",
  "in-use": "something runs in it; -f goes on",
  "no-image": "the image is not there",
  "no-engine": "neither docker nor podman is installed, or not the one that is named",
  "engine-down": "the engine does not answer",
  "engine-failed": "the engine refused, or manyoyo itself failed",
  "not-ours": "the container is none of manyoyo's",
  usage: "the command line is wrong",
  settings: "a settings file is wrong, or a file cannot be written",
  untrusted: "a profile outside ~/.manyoyo asks for more than its folder; --trust",
  timeout: "--timeout is over",
  interrupted: "Ctrl-C at a question",
};

/** The codes of failures and what they mean. */
export function codes(): readonly Row[] {
  return Object.entries(codeMeanings);
}

const statuses: readonly Row[] = [
  ["0", "it worked"],
  ["0 to 255", "with a command: that command's own"],
  ["2", "the command line or a settings file is wrong"],
  ["124", "--timeout is over"],
  ["125", "the engine or manyoyo could not do it"],
  ["126", "the command is there and cannot be executed"],
  ["127", "the command is not there"],
  ["128+n", "ended by signal n: 129 HUP, 130 INT, 137 KILL, 143 TERM"],
  ["130", "Ctrl-C at a question"],
  ["141", "whoever read the answer went away; silent"],
];

/** The exit statuses and what they mean, with the codes of the failures that end so. */
export function exitStatuses(): readonly Row[] {
  return statuses.map(([status, meaning]): Row => {
    const own = Object.entries(failureStatuses).filter(([, known]) => String(known) === status);
    const codes = own.map(([code]) => code).filter((code) => code !== "timeout" && code !== "interrupted");
    return [status, codes.length === 0 ? meaning : `${meaning}: ${codes.join(", ")}`];
  });
}

/** The variables that a call reads, by what they are about. */
export const variables: readonly Row[] = [
  ["MANYOYO_ENGINE", `${engines.join(" or ")}: the engine to use; --engine is stronger, a setting weaker`],
  ["MANYOYO_HOME", "the folder of settings, in place of ~/.manyoyo"],
  ["DOCKER_HOST, DOCKER_CONTEXT, DOCKER_CONFIG", "which docker, as docker's own program reads them"],
  ["CONTAINER_HOST, CONTAINER_CONNECTION", "which podman, as podman's own program reads them"],
  ["HOME, USER, LOGNAME", "your home, and the name that your sessions carry"],
  ["PATH", "where docker, podman and editors are looked for"],
  ["VISUAL, EDITOR", "the editor of profile edit"],
  ["SHELL", "the shell that completion is for"],
  ["TERM, COLORTERM, LANG, TZ", "handed on to a command at a terminal"],
  ["TMPDIR", "where a stream that is imported is put first"],
  ["XDG_CACHE_HOME", "where the root of the small image is kept, in place of ~/.cache"],
  ["XDG_CONFIG_HOME, XDG_DATA_HOME, ZDOTDIR", "where completion is installed, and agents' own settings lie"],
  ["XDG_DATA_DIRS", "where doctor finds a completion that a package brought"],
  ["XDG_RUNTIME_DIR", "where a rootless engine has its socket"],
  ["CLAUDE_CONFIG_DIR, CODEX_HOME", "where init finds these agents' own settings"],
  ["http_proxy, https_proxy, no_proxy", "for image build alone, in capitals too"],
  ["NPM_CONFIG_REGISTRY", "for image build: the registry of npm"],
  ["SSL_CERT_FILE, NODE_EXTRA_CA_CERTS", "for image build: certificates, unless --ca-bundle names others"],
];

/** The files of a user, and what is in them. */
export const files: readonly Row[] = [
  ["~/.manyoyo/manyoyo.json", "settings for every call, with profiles by name under runs"],
  ["~/.manyoyo/run/NAME.json", "the profile NAME"],
  ["~/.manyoyo/env/NAME.env", "the env file NAME; only you should be able to read it"],
  ["~/.manyoyo/trusted.json", "which profiles outside of this folder were agreed to"],
  ["./.manyoyo.json", "this folder's profile: only with -r ., never loaded unasked"],
  ["~/.cache/manyoyo/", "the root of the small image"],
  ["~/.local/share/bash-completion/completions/manyoyo", "written by completion --install, for bash"],
  ["~/.local/share/zsh/site-functions/_manyoyo", "the same for zsh"],
  ["~/.config/fish/completions/manyoyo.fish", "the same for fish"],
  [
    "~/.docker/cli-plugins/docker-manyoyo",
    "written by install docker-cli-plugin; DOCKER_CONFIG moves ~/.docker",
  ],
];

const text = (...sentences: readonly string[]): Part => ({ kind: "text", text: sentences.join(" ") });
const rows = (title: string, of: readonly Row[]): Part => ({ kind: "rows", title, rows: of });
const lines = (...of: readonly string[]): Part => ({ kind: "lines", lines: of });

const pages: Readonly<Record<Exclude<Topic, "options">, () => readonly Part[]>> = {
  settings: () => [
    text(
      "~/.manyoyo/manyoyo.json holds for every call, a profile for calls with -r. Both are JSON5; a mistake is one",
      "sentence with file, line and column. Command line over MANYOYO_ENGINE over profile over manyoyo.json. Paths in",
      "a file are relative to it.",
    ),
    rows(
      "Keys",
      settings().map(({ key, options, meaning }): Row => {
        return [key, options.length === 0 ? meaning : `${meaning} [${options.join(" ")}]`];
      }),
    ),
    text("See what counts, and where it comes from: manyoyo config show --origin -r NAME"),
  ],
  profiles: () => [
    text(
      "-r NAME looks for ~/.manyoyo/run/NAME.json, then for NAME under runs in manyoyo.json. A word with / or .json",
      "is a path. -r . is ./.manyoyo.json, which is never loaded unasked.",
    ),
    lines(
      "// ~/.manyoyo/run/web.json: manyoyo -r web",
      "{",
      '  containerName: "my-web",',
      '  yolo: "c",                       // or shell: "npm run dev"',
      '  envFile: ["anthropic"],          // ~/.manyoyo/env/anthropic.env',
      '  volumes: ["web-data:/data"],',
      '  ports: ["8080:80"],',
      "}",
    ),
    text(
      "A profile outside ~/.manyoyo can be written by an agent. What it asks for beyond its own folder (host paths,",
      "named volumes, env files by path, variables of your environment by name, ports on an address that others reach,",
      'images of a registry or of a saved session, login: "shared", user: "root", dind, sock, engine arguments, another',
      "engine) is shown and asked once, and again when it changes; scripts say --trust. So is a session that it names",
      "and that was made for another folder than the profile's own or one in it, and what conversations are kept under",
      "that name. Your env files by name are for its agent (yolo) unasked, and asked about where it has a line of its",
      'own (shell). Its login: "shared" does not count where your own settings say none or session.',
    ),
    text("Keys: manyoyo help settings. Verbs: manyoyo help profile"),
  ],
  "env-files": () => [
    text(
      "--ef NAME reads ~/.manyoyo/env/NAME.env. A value with /, with a dot in front or .env at its end is a path.",
      "A line is K=V, with export before it or not; K alone takes the value it has here; # begins a comment at a",
      "line's start only. Nothing is expanded: a $ is a $. K has letters, digits and _ alone.",
    ),
    lines(
      "# ~/.manyoyo/env/anthropic.env",
      "export ANTHROPIC_API_KEY=sk-...",
      "GREETING='as it stands, $5 too'",
      'LINES="with \\n, \\t, \\" and',
      'real line ends"',
      "TZ",
    ),
    text(
      "Values given when a session is made stay in it, and can be read by whoever may use the engine. They are never",
      "in an argument, a label or a message.",
    ),
  ],
  environment: () => [
    rows("Variables", variables),
    text(
      "All other variables stay out of sessions: -e K hands one on. The engine's own program gets them as they are.",
    ),
  ],
  files: () => [rows("Files", files), text("Where they are here: manyoyo config path")],
  "exit-status": () => [rows("Exit status", exitStatuses())],
  scripting: () => [
    rows("Streams", [
      ["stdout", "the answer; with -x and -- the command's bytes and nothing else"],
      ["stderr", "the conversation: what was made or removed, and errors with the next step below"],
      ["stdin", "passes through byte for byte; a terminal only where stdin and stdout both are one"],
    ]),
    text(
      "Questions are asked only where stdin, stdout and stderr are terminals. --no-input forbids them; --yes says yes,",
      "never to removing. INT, TERM, HUP, a closed terminal and a reader that went away end what runs inside, children",
      "too; after KILL of manyoyo it goes on.",
    ),
    text(
      "--json answers with one document with a schema number; a failure is one line on stderr,",
      '{"schema":1,"error":{"code","message","hint"}}.',
    ),
    rows("Codes", codes()),
    text("Statuses: manyoyo help exit-status"),
  ],
  agents: () => [
    rows(
      "Agents",
      agents.map(({ name, title, aliases }): Row => {
        return [[name, ...aliases].join(", "), title];
      }),
    ),
    text("Agents of your own are described in manyoyo.json:"),
    lines(
      "{ agents: { aider: {",
      '  command: "aider",',
      '  yolo: "aider --yes-always",',
      '  continue: ["--restore-chat-history"],',
      "} } }",
    ),
    text(
      "continue are the words that go on with the last conversation, resume those for one of them, with {id} for which.",
    ),
  ],
};

/** What there is to say on a topic. */
export function pageOf(topic: Exclude<Topic, "options">): readonly Part[] {
  return pages[topic]();
}
