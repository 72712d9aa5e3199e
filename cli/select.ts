import { Failure } from "../lib/failure.ts";
import { nearest } from "../lib/nearest.ts";
import { isName } from "../lib/session/names.ts";
import type { Token } from "./lex.ts";
import { optionSpec } from "./options.ts";
import { quoted, shellLine } from "./quoted.ts";
import type { Vocabulary } from "./values.ts";
import {
  firstWords,
  isVerb,
  type Place,
  type Verb,
  verbOfWord,
  verbSpec,
  verbsOfGroup,
  wrongVerbs,
} from "./verbs.ts";

export type WordToken = Extract<Token, { kind: "word" }>;

/** What a command line is about: a verb and its operands, or the root command with an agent or this folder. */
export interface Target {
  readonly place: Place;
  readonly agent: string | undefined;
  readonly here: boolean;
  readonly operands: readonly WordToken[];
}

/**
 * Finds the verb: the first bare word, else an option that is the older spelling of one, else the root command.
 * @throws Failure `usage` for a word that is no verb, agent or `.`, with the verb that was likely meant.
 */
export function select(tokens: readonly Token[], vocabulary: Vocabulary): Target {
  const words = tokens.filter((token): token is WordToken => token.kind === "word");
  const [first, ...others] = words;
  const [second] = others;
  // `snapshot NAME` is a verb, and `snapshot ls` another one; a session of that name goes with -n.
  if (first !== undefined && second !== undefined && isVerb(`${first.word} ${second.word}`)) {
    return ofGroup(first.word, others, vocabulary);
  }
  const verb = first === undefined ? undefined : verbOfWord(first.word);
  if (verb !== undefined) return { place: verb, agent: undefined, here: false, operands: others };
  if (first !== undefined && verbsOfGroup(first.word).length > 0)
    return ofGroup(first.word, others, vocabulary);
  const older = olderSpelling(tokens);
  if (older !== undefined) return at(older, words, vocabulary);
  const target = at("root", words, vocabulary);
  const [stray] = target.operands;
  if (stray === undefined) return target;
  if (stray === first) throw unknownVerb(words.map(({ word }) => word));
  throw new Failure(
    "usage",
    `manyoyo ${quoted(first?.word ?? "")} takes no further words; ${quoted(stray.word)} is one too many.`,
    `Words for the agent go after two dashes: manyoyo ${shellLine([first?.word ?? "", "--", stray.word])}`,
  );
}

function ofGroup(group: string, [second, ...operands]: readonly WordToken[], vocabulary: Vocabulary): Target {
  const verbs = verbsOfGroup(group);
  const path = `${group} ${second?.word}`;
  if (second !== undefined && isVerb(path)) return at(path, operands, vocabulary);
  const near = second === undefined ? undefined : nearest(second.word, verbs);
  const what = second === undefined ? `${group} needs a verb` : `${group} has no verb ${quoted(second.word)}`;
  throw new Failure(
    "usage",
    `${what}.${near === undefined ? "" : ` Did you mean ${group} ${near}?`}`,
    verbs.map((verb) => `manyoyo ${group} ${verb}`).join(", "),
  );
}

/** The words at `place`, of which the first may be an agent or `.` where it reads the root command's words. */
function at(place: Place, words: readonly WordToken[], { agents }: Vocabulary): Target {
  const nobody = { place, agent: undefined, here: false, operands: words };
  const [first, ...operands] = words;
  if (first === undefined || (place !== "root" && verbSpec(place).asRoot !== true)) return nobody;
  if (first.word === ".") return { ...nobody, here: true, operands };
  return agents.includes(first.word) ? { ...nobody, agent: first.word, operands } : nobody;
}

/** The verb of `--crm`, `-l` and their like. */
function olderSpelling(tokens: readonly Token[]): Verb | undefined {
  const found = tokens.flatMap((token) => {
    if (token.kind !== "option") return [];
    const verb = token.names.map((name) => optionSpec(name).selects).find((selects) => selects !== undefined);
    return verb === undefined ? [] : [{ typed: token.typed, verb }];
  });
  const [first, ...others] = found;
  const other = others.find(({ verb }) => verb !== first?.verb);
  if (first === undefined || other === undefined) return first?.verb;
  throw new Failure(
    "usage",
    `${first.typed} and ${other.typed} are two different things to do.`,
    "Say one of them",
  );
}

/** What to say about words of which the first is no verb. */
function unknownVerb([word = "", ...others]: readonly string[]): Failure {
  const other = wrongVerbs.get(word);
  if (other !== undefined) {
    const line =
      typeof other === "string" ? `manyoyo ${shellLine([other, ...operandsFor(other, others)])}` : other.line;
    return new Failure("usage", `There is no verb ${word}: it is ${line} here.`, line);
  }
  const near = nearest(word, firstWords());
  const mean = near === undefined ? "" : ` Did you mean ${near}?`;
  return new Failure(
    "usage",
    `Unknown verb ${quoted(word)}.${mean}`,
    isName(word) ? `If it is a session: manyoyo -n ${word}` : "manyoyo -h",
  );
}

function operandsFor(verb: Verb, given: readonly string[]): readonly string[] {
  const { operands } = verbSpec(verb);
  return given.length > 0 || operands === undefined ? given : ["NAME"];
}
