import type { Agent } from "../../lib/agents/agent.ts";
import { agents, findAgent } from "../../lib/agents/known.ts";
import { imageNames, volumeNames } from "../../lib/engine/glance.ts";
import { type Glimpse, glimpses } from "../../lib/engine/glimpses.ts";
import { readImageName } from "../../lib/session/images.ts";
import { home, hostUser, userHome } from "../../lib/settings/home.ts";
import { type Look, lookFor } from "./ahead.ts";
import type { Candidate } from "./candidate.ts";
import type { Source, Wanted } from "./source.ts";

/** What the shell itself knows best, as a word for its file. */
export type Directive =
  | { readonly kind: "files" | "folders" }
  | { readonly kind: "command"; readonly at: number };

/** What there is to put in. */
export interface Found {
  readonly words: readonly Candidate[];
  readonly directives: readonly Directive[];
  /** The value goes on after any of the words: no blank comes after it. */
  readonly goesOn: boolean;
}

/** Where it is looked for. */
export interface Where {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What was asked on a guess. */
  readonly ahead: Look | undefined;
  /** The user's own agents. */
  readonly own?: readonly Agent[];
}

/** A question to the engine, asked only where it must be; `none` where there is no engine. */
type Asking = <Answer>(question: (look: Look) => Promise<Answer>, none: Answer) => Promise<Answer>;

/** Looks for what is wanted. Asks an engine only for what only it knows, and waits two seconds at most. Never throws. */
export async function find(wanted: Wanted, words: readonly string[], where: Where): Promise<Found> {
  const asking: Asking = async (question, none) => {
    const look = where.ahead ?? (await lookFor(wanted.engine, where.env));
    return look === undefined ? none : question(look);
  };
  const at: At = {
    value: (words.at(-1) ?? "").slice(wanted.from),
    env: where.env,
    own: where.own ?? [],
    asking,
  };
  const found = await Promise.all(wanted.sources.map((source) => candidates(source, at)));
  return {
    words: found.flatMap(({ words = [] }) => words),
    directives: found.flatMap(({ directive }) =>
      directive === undefined || isRisky(directive, words) ? [] : [directive],
    ),
    goesOn: wanted.sources.some(({ kind }) => kind === "volumes"),
  };
}

/**
 * Whether a shell, or a completion of its own, might run what was typed: zsh does so in a path, and many completions read
 * the words of their command by eval.
 */
function isRisky(directive: Directive, words: readonly string[]): boolean {
  const handed = words.slice(directive.kind === "command" ? directive.at : -1);
  return handed.some((word) => /[$<>=]\(|\$\{|`|^\(/.test(word));
}

interface At {
  /** What is typed of the value. */
  readonly value: string;
  readonly env: Where["env"];
  readonly own: readonly Agent[];
  readonly asking: Asking;
}

interface Part {
  readonly words?: readonly Candidate[];
  readonly directive?: Directive;
}

async function candidates(source: Source, { value, env, own, asking }: At): Promise<Part> {
  switch (source.kind) {
    case "words":
      return { words: source.words };
    case "agents":
      return {
        words: agentWords(value, source.own === true ? own : []).filter(
          (word) => !source.except.includes(word.value),
        ),
      };
    case "profiles":
      return { words: plainWords(await (await sources()).profileNames(home(env))) };
    case "env files":
      return { words: plainWords((await sources()).envFileNames(home(env))) };
    case "files":
    case "folders":
    case "command":
      return { directive: source };
    case "volumes":
      return {
        words: plainWords((await asking(({ glance }) => volumeNames(glance), [])).map((name) => `${name}:`)),
      };
    case "images":
      return { words: plainWords(imageWords(source, await asking(({ glance }) => imageNames(glance), []))) };
    case "snapshots": {
      const images = await asking(({ glance }) => imageNames(glance), []);
      const tags = images.flatMap(({ name, version }) => {
        const read = readImageName("snapshot", `${name}:${version}`);
        return read?.name === source.of && !source.except.includes(read.mark) ? [read.mark] : [];
      });
      return { words: plainWords(tags) };
    }
    case "sessions": {
      const { states, except } = source;
      const asked = asking(sessionsOf, []);
      const me = hostUser(env);
      // Somebody else's is only found by its whole name.
      const fits = ({ name, state, user }: Glimpse): boolean =>
        !except.includes(name) &&
        (states === undefined || states.includes(state)) &&
        (user === undefined || user === me);
      const sessions = await asked;
      const user = userHome(env);
      return { words: sessions.filter(fits).map((session) => sessionWord(session, user)) };
    }
    case "agent words": {
      const agent = findAgent(source.agent ?? "", own) ?? (await agentOf(source.session, own, asking));
      return agent === undefined ? { directive: { kind: "files" } } : { words: ownWords(agent, source.said) };
    }
  }
}

// Only now: it knows much more of settings, and takes its time to load.
const sources = () => import("../../lib/settings/sources.ts");
const files = () => import("../../lib/settings/files.ts");

const sessionsOf = ({ engine, glance, rows }: Look) => glimpses(engine, glance, rows);

function plainWords(words: readonly string[]): readonly Candidate[] {
  return words.map((value) => ({ value }));
}

/** The agents by their names; a shorter one only where it is typed already, and says what it is short for. */
function agentWords(value: string, own: readonly Agent[]): readonly Candidate[] {
  return [...agents, ...own].flatMap(({ name, title, aliases }) => [
    { value: name, about: title },
    ...(aliases.includes(value) ? [{ value, about: title }] : []),
  ]);
}

function sessionWord({ name, state, agent, folder }: Glimpse, user: string | undefined): Candidate {
  const short =
    user !== undefined && (folder === user || folder?.startsWith(`${user}/`))
      ? `~${folder.slice(user.length)}`
      : folder;
  return { value: name, about: [state, agent, short].filter((part) => part !== undefined).join(" ") };
}

type Images = Extract<Source, { kind: "images" }>;

function imageWords(source: Images, images: Awaited<ReturnType<typeof imageNames>>): readonly string[] {
  const words = images.flatMap(({ name, version }) => {
    if (source.part === "whole") return [`${name}:${version}`];
    if (source.part === "name") return [name];
    // Without a name on the line the image is the default one, or that of a setting, which is called so as well.
    const fits = source.of === undefined ? /(^|\/)manyoyo[^/]*$/.test(name) : name === source.of;
    return fits ? [version] : [];
  });
  return [...new Set(words)];
}

/** The agent of the session of that name; `.` is this folder's. */
async function agentOf(
  session: string | undefined,
  own: readonly Agent[],
  asking: Asking,
): Promise<Agent | undefined> {
  if (session === undefined) return undefined;
  const sessions = await asking(sessionsOf, []);
  const here = session === "." ? (await files()).realPath(process.cwd()) : undefined;
  const found = sessions.find(({ name, folder }) =>
    here === undefined ? name === session : folder === here,
  );
  return findAgent(found?.agent ?? "", own);
}

/** The agent's words that go on with a conversation, after those of them that were said. */
function ownWords({ continueLast, resume }: Agent, said: readonly string[]): readonly Candidate[] {
  const ways = [
    { words: continueLast, about: "go on with the last conversation" },
    { words: resume, about: "go on with a conversation" },
  ];
  const next = ways
    .filter(({ words }) => said.every((word, at) => words[at] === word))
    .flatMap(({ words, about }) => {
      const value = words[said.length];
      return value === undefined ? [] : [{ value, about }];
    });
  return next.filter(({ value }, at) => next.findIndex((other) => other.value === value) === at);
}
