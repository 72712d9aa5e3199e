import { allSpellings, lex, type Token } from "../lex.ts";
import type { Target } from "../select.ts";
import type { Vocabulary } from "../values.ts";
import { verbSpec } from "../verbs.ts";
import { valued } from "./option-values.ts";
import { optionWords } from "./option-words.ts";
import { type Line, named, targetOf, valuesOf } from "./said.ts";
import type { Source, Wanted } from "./source.ts";
import { firstWords, groupWords, topicWords } from "./verb-words.ts";

/**
 * What completes the last of `words`, which may be empty and of which nothing after the cursor is there. The words need
 * not be a line that would be accepted. Never throws, and looks at nothing but the words.
 */
export function wantedBy(words: readonly string[], vocabulary: Vocabulary): Wanted {
  const before = words.slice(0, -1);
  const word = words.at(-1) ?? "";
  const known = allSpellings();
  const tokens = lex(before, known);
  const engine = valuesOf(tokens, "engine").at(-1);
  const as = (sources: readonly Source[], from = 0): Wanted => ({ from, sources, engine });
  // What a plain word would be in that place.
  const place = lex([...before, "word"], known).at(-1);
  if (place?.kind === "args") return as(afterDashes(tokens, place.at, vocabulary));
  if (place?.kind === "rest") return as(inCommand(place, before.length));
  if (place?.kind === "option") return valued(tokens, place.names, word, { as, vocabulary });
  if (!word.startsWith("-")) return as(bareWord(tokens, vocabulary));
  const own = lex([...before, word], known).at(-1);
  if (own?.kind === "rest") return as([{ kind: "files" }]);
  if (own?.kind === "option" && own.value !== undefined) {
    return valued(tokens, own.names, own.value, { as, vocabulary }, word.length - own.value.length);
  }
  const target = targetOf(tokens, vocabulary);
  return as(target === undefined ? [] : [{ kind: "words", words: optionWords(tokens, target, word) }]);
}

function inCommand(rest: Extract<Token, { kind: "rest" }>, last: number): readonly Source[] {
  // A command that is attached (`-xls`) is no word of its own.
  const attached = rest.words.length > last - rest.at;
  return attached ? [{ kind: "files" }] : [{ kind: "command", at: rest.at + 1 }];
}

/** What completes a word that is no option and no option's value. */
function bareWord(tokens: Line, vocabulary: Vocabulary): readonly Source[] {
  const target = targetOf(tokens, vocabulary);
  if (target === undefined) return groupOf(tokens);
  const { place, agent, here, operands } = target;
  if (place === "root" || verbSpec(place).asRoot === true) {
    if (agent !== undefined || here || operands.length > 0) return [];
    const agents: readonly Source[] =
      valuesOf(tokens, "yolo").length > 0 ? [] : [{ kind: "agents", except: [], own: true }];
    return [{ kind: "words", words: firstWords(tokens, place) }, ...agents];
  }
  return operand(
    tokens,
    target,
    operands.map(({ word }) => word),
  );
}

/** The second word after `config`, `image`. */
function groupOf(tokens: Line): readonly Source[] {
  const [first, ...more] = tokens.flatMap((token) => (token.kind === "word" ? [token.word] : []));
  const words = first === undefined || more.length > 0 ? [] : groupWords(first);
  return words.length === 0 ? [] : [{ kind: "words", words }];
}

/** What completes the operand that comes after those that are `given`. */
function operand(tokens: Line, target: Target, given: readonly string[]): readonly Source[] {
  const { place } = target;
  if (place === "root") return [];
  const { sessions, states, args, words } = verbSpec(place);
  if (words === "topic") return [{ kind: "words", words: topicWords(given) }];
  if (words === "agent") return [{ kind: "agents", except: given }];
  if (words === "profile") return [{ kind: "profiles" }];
  if (words === "snapshot") return snapshotOperand(tokens, target, given);
  if (words === "file") return fileOperand(tokens, target, given);
  if (words !== undefined) {
    return given.length > 0 ? [] : [{ kind: "words", words: words.map((value) => ({ value })) }];
  }
  const except = [...new Set([...named(tokens, target), ...given])];
  if (sessions === "many" || (sessions === "one" && except.length === 0)) {
    return [{ kind: "sessions", states, except }];
  }
  return args === undefined ? [] : [{ kind: "words", words: [{ value: "--", about: `then ${args}` }] }];
}

/** A session, then its snapshots' tags; a new snapshot has a tag of its own, and the verb may turn out to be another one. */
function snapshotOperand(tokens: Line, target: Target, given: readonly string[]): readonly Source[] {
  const [session, ...tags] = [...valuesOf(tokens, "contName"), ...given];
  const isNew = target.place === "snapshot";
  if (session !== undefined) return isNew ? [] : [{ kind: "snapshots", of: session, except: tags }];
  const verbs: readonly Source[] = isNew ? [{ kind: "words", words: groupWords("snapshot") }] : [];
  return [...verbs, { kind: "sessions", states: undefined, except: [] }];
}

/** A file, after the session where the verb is about one. */
function fileOperand(tokens: Line, { place }: Target, given: readonly string[]): readonly Source[] {
  const { sessions, states } = place === "root" ? {} : verbSpec(place);
  const said = sessions === undefined ? given : [...new Set([...valuesOf(tokens, "contName"), ...given])];
  if (sessions !== undefined && said.length === 0) return [{ kind: "sessions", states, except: [] }];
  return said.length > (sessions === undefined ? 0 : 1) ? [] : [{ kind: "files" }];
}

/** What completes a word after `--`, which is word `at` of the line. */
function afterDashes(tokens: Line, at: number, vocabulary: Vocabulary): readonly Source[] {
  const target = targetOf(tokens, vocabulary);
  const said = tokens.flatMap((token) => (token.kind === "args" ? token.words : []));
  if (target === undefined) return [];
  const { place, agent, here, operands } = target;
  if (place === "root" || verbSpec(place).asRoot === true) {
    const session = here ? "." : valuesOf(tokens, "contName").at(-1);
    return [{ kind: "agent words", agent: agent ?? valuesOf(tokens, "yolo").at(-1), session, said }];
  }
  if (verbSpec(place).args !== undefined) return [{ kind: "command", at: at + 1 }];
  return operand(tokens, target, [...operands.map(({ word }) => word), ...said]);
}
