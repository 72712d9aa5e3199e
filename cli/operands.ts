import { Failure } from "../lib/failure.ts";
import type { Token } from "./lex.ts";
import { quoted, shellLine } from "./quoted.ts";
import type { Target, WordToken } from "./select.ts";
import { checkName } from "./values.ts";
import { type Verb, verbSpec } from "./verbs.ts";

/** The command line around the operands: all words, their tokens, and how far they are without another mistake. */
interface Line {
  readonly target: Target;
  readonly tokens: readonly Token[];
  readonly words: readonly string[];
  readonly before: number;
}

/**
 * The operands of the verb: sessions first, the one that `-n` names among them, each once.
 * @throws Failure `usage` for too few, too many, or a word that is no session name. Stays silent after another
 * mistake that comes earlier on the line.
 */
export function operandsOf({ target, tokens, words, before }: Line): readonly string[] {
  const { place } = target;
  if (place === "root") return [];
  const { count = [0, 0], sessions, operands, args, asRoot } = verbSpec(place);
  const after = tokens.find((token) => token.kind === "args");
  const ownArgs = args !== undefined || asRoot === true;
  const given = ownArgs || after === undefined ? target.operands : [...target.operands, ...wordsOf(after)];
  const option = sessions === undefined ? undefined : namedByOption(tokens);
  // `-n NAME` stands for the session's operand; said twice it is the same one.
  const extra = option === undefined || given[0]?.word === option ? 0 : 1;
  const [least, most] = count;
  const surplus = given[most - extra];
  if (surplus !== undefined && surplus.at < before) throw tooMany(place, { surplus, words, given, option });
  if (before < words.length) return [];
  const found = given.map(({ word }) => word);
  const said = extra === 0 || option === undefined ? found : [option, ...found];
  // What comes after a single session is something else, which may be called so as well.
  const all = sessions === "many" ? [...new Set(said)] : said;
  if (all.length < least) {
    const wanted = sessions === "many" ? "at least one session" : least === 1 ? "a session" : operands;
    throw new Failure("usage", `${place} needs ${sessions === undefined ? operands : wanted}.`, usage(place));
  }
  for (const name of sessions === "many" ? all : all.slice(0, sessions === "one" ? 1 : 0)) checkName(name);
  if (args !== undefined && (after === undefined || after.words.length === 0)) {
    throw new Failure(
      "usage",
      `${place} needs a command.`,
      `${shellLine(["manyoyo", place, ...all])} -- ${args}`,
    );
  }
  return all;
}

/** How the verb is written: `manyoyo exec [OPTIONS] NAME -- CMD...`. */
export function usage(verb: Verb): string {
  const { operands, args, asRoot } = verbSpec(verb);
  const words = args ?? (asRoot === true ? "ARGS..." : undefined);
  const after = words === undefined ? undefined : asRoot === true ? `[-- ${words}]` : `-- ${words}`;
  return ["manyoyo", verb, "[OPTIONS]", operands, after].filter((part) => part !== undefined).join(" ");
}

function wordsOf(after: Extract<Token, { kind: "args" }>): readonly WordToken[] {
  return after.words.map((word, index) => ({ kind: "word", word, at: after.at + 1 + index }));
}

/** The session that `-n` names; a second, different one is refused where the values are read. */
function namedByOption(tokens: readonly Token[]): string | undefined {
  return tokens.flatMap((token) =>
    token.kind === "option" && token.names.includes("contName") ? [token.value] : [],
  )[0];
}

function tooMany(
  verb: Verb,
  line: {
    readonly surplus: WordToken;
    readonly words: readonly string[];
    readonly given: readonly WordToken[];
    readonly option: string | undefined;
  },
): Failure {
  const { surplus, words, given, option } = line;
  const { args, count = [0, 0] } = verbSpec(verb);
  const session = option ?? given[0]?.word ?? "NAME";
  if (args !== undefined) {
    const right = shellLine(["manyoyo", verb, session, "--", ...words.slice(surplus.at)]);
    return new Failure("usage", `The command of ${verb} goes after two dashes.`, right);
  }
  if (count[1] === 0) return new Failure("usage", `${verb} takes no ${quoted(surplus.word)}.`, usage(verb));
  return new Failure("usage", `${quoted(surplus.word)} is one too many for ${verb}.`, usage(verb));
}
