import type { Token } from "../lex.ts";
import { type Topic, topicNames, topics } from "../topics.ts";
import { type Place, verbNames, verbSpec, verbsOfGroup } from "../verbs.ts";
import type { Candidate } from "./candidate.ts";
import { fitsAll, isShown } from "./option-words.ts";

/** The words that can stand first beside the options that were said: verbs and groups, and `.` for this folder's session. */
export function firstWords(tokens: readonly Token[], place: Place): readonly Candidate[] {
  const named = tokens.some((token) => token.kind === "option" && token.names.includes("contName"));
  const here = named ? [] : [{ value: ".", about: "this folder's session" }];
  if (place !== "root") return here;
  return [...topWords(tokens), ...here];
}

/** The second words of a group. */
export function groupWords(group: string): readonly Candidate[] {
  return verbNames()
    .filter((verb) => verb.startsWith(`${group} `) && isShown(verb))
    .map((verb) => ({ value: verb.slice(group.length + 1), about: verbSpec(verb).summary }));
}

/** What can be explained after these words of `help`. */
export function topicWords([group, ...more]: readonly string[]): readonly Candidate[] {
  if (group === undefined) return [...topWords([]), ...topicNames().map(topicWord)];
  return more.length > 0 ? [] : groupWords(group);
}

function topicWord(value: Topic): Candidate {
  return { value, about: topics[value] };
}

function topWords(tokens: readonly Token[]): readonly Candidate[] {
  const words = verbNames()
    .filter((verb) => isShown(verb) && fitsAll(tokens, verb))
    .map((verb): Candidate => {
      const [value = "", second] = verb.split(" ");
      return { value, about: second === undefined ? verbSpec(verb).summary : verbsOfGroup(value).join(", ") };
    });
  return [...new Map(words.map((word) => [word.value, word])).values()];
}
