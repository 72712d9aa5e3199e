import { Failure } from "../lib/failure.ts";
import { nearest } from "../lib/nearest.ts";
import { allSpellings, lex, type Token } from "./lex.ts";
import { operandsOf } from "./operands.ts";
import { optionNames, spellings, takes, type Values } from "./options.ts";
import { quoted } from "./quoted.ts";
import { select, type Target } from "./select.ts";
import { meant, type Vocabulary, valuesOf } from "./values.ts";
import { type Place, type Verb, verbNames, verbSpec, verbsOfGroup } from "./verbs.ts";

/** A command line, understood. */
export interface Parsed {
  /** The verb by its own name ("config show"); undefined is the root command. */
  readonly verb: Verb | undefined;
  /** Whether an explanation was asked for, by `-h` or `help`; then nothing else here counts. */
  readonly help: boolean;
  /** What to explain: "", "rm", "config", "config show", "options". */
  readonly topic: string;
  /** Sessions first, that of `-n` among them; then what else the verb takes. */
  readonly operands: readonly string[];
  readonly values: Values;
  /** The words of `-x`. */
  readonly shellFull: readonly string[] | undefined;
  /** The words after `--`, which are none when nothing follows it. */
  readonly args: readonly string[] | undefined;
  /** The agent that stood where a verb stands, as typed. */
  readonly agent: string | undefined;
  /** Whether `.` stood where a verb stands: this folder's session. */
  readonly here: boolean;
}

/**
 * Understands the words of a command line (without the program's own name), strictly and without looking at
 * anything else.
 * @throws Failure `usage` with the sentence for the first mistake, and what was likely meant.
 */
export function parseArgv(words: readonly string[], vocabulary: Vocabulary): Parsed {
  const tokens = lex(words, allSpellings());
  if (tokens.some((token) => token.kind === "option" && token.names.includes("help"))) {
    return explained(topicOf(tokens, vocabulary), vocabulary);
  }
  // A mistake before the verb may be why another word looks like the verb.
  const first = tokens.findIndex(({ kind }) => kind === "word");
  for (const token of first < 0 ? [] : tokens.slice(0, first)) refuse(token, undefined);
  const target = select(tokens, vocabulary);
  const { place } = target;
  const wrong = tokens.find((token) => refusal(token, place) !== undefined);
  const operands = operandsOf({ target, tokens, words, before: wrong?.at ?? words.length });
  if (wrong !== undefined) refuse(wrong, place);
  if (place === "help") return explained(operands.join(" "), vocabulary);
  const values = valuesOf(tokens, place, vocabulary);
  contradictions(target, values);
  const rest = tokens.find((token) => token.kind === "rest");
  const args = tokens.find((token) => token.kind === "args");
  return {
    verb: place === "root" ? undefined : place,
    help: false,
    topic: "",
    operands,
    values,
    shellFull: rest?.words,
    args: takesArgs(place) ? args?.words : undefined,
    agent: target.agent,
    here: target.here,
  };
}

/** Whether `--json` is among the options, even of a line that is otherwise refused. */
export function saysJson(words: readonly string[]): boolean {
  return lex(words, allSpellings()).some((token) => token.kind === "option" && token.names.includes("json"));
}

/** Whether the words after `--` are the verb's own, not operands. */
function takesArgs(place: Place): boolean {
  return place === "root" || verbSpec(place).asRoot === true || verbSpec(place).args !== undefined;
}

function explained(topic: string, vocabulary: Vocabulary): Parsed {
  const nothing = { operands: [], shellFull: undefined, args: undefined, agent: undefined, here: false };
  return { ...nothing, verb: undefined, help: true, topic, values: valuesOf([], "root", vocabulary) };
}

/** What `-h` among these words is about: their verb or group, else everything. */
function topicOf(tokens: readonly Token[], vocabulary: Vocabulary): string {
  try {
    const { place } = select(tokens, vocabulary);
    return place === "root" ? "" : place;
  } catch {
    const word = tokens.find((token) => token.kind === "word")?.word ?? "";
    return verbsOfGroup(word).length > 0 ? word : "";
  }
}

/** @throws Failure when the token is a mistake at `place` (undefined: not known yet). */
function refuse(token: Token, place: Place | undefined): void {
  const failure = refusal(token, place);
  if (failure !== undefined) throw failure;
}

/** Why the token cannot stand at `place`. */
function refusal(token: Token, place: Place | undefined): Failure | undefined {
  if (token.kind === "problem") return token.failure;
  if (token.kind === "unknown") return unknownOption(token.typed, place);
  if (place === undefined || (token.kind !== "option" && token.kind !== "rest")) return undefined;
  if (meant(token.names, place) !== undefined) return undefined;
  const [name, other] = token.names;
  // One letter may be several options, none of which is meant more than another.
  const canonical = name === undefined || other !== undefined ? token.typed : spellings(name)[0];
  if (place !== "root") {
    return new Failure("usage", `${place} takes no ${canonical}.`, helpLine(place));
  }
  const owners = verbNames().filter((verb) => token.names.some((name) => takes(verb, name)));
  return new Failure("usage", `${canonical} belongs to ${owners.join(", ")}.`, helpLine(owners[0]));
}

function unknownOption(typed: string, place: Place | undefined): Failure {
  const here = optionNames().filter((name) => place === undefined || takes(place, name));
  const known = here.flatMap((name) => spellings(name));
  // One letter is as near to any other; the beginning of a word is nearer than any likeness.
  const near = typed.startsWith("--")
    ? (known.find((spelling) => typed.length > 3 && spelling.startsWith(typed)) ?? nearest(typed, known))
    : undefined;
  const mean = near === undefined ? "" : ` Did you mean ${near}?`;
  return new Failure("usage", `Unknown option ${quoted(typed)}.${mean}`, helpLine(place));
}

function helpLine(place: Place | undefined): string {
  return place === undefined || place === "root" ? "manyoyo -h" : `manyoyo help ${place}`;
}

/** @throws Failure when two things were said that cannot both be meant. */
function contradictions({ agent, here }: Target, values: Values): void {
  const { contName, yolo } = values;
  if (here && contName !== undefined && contName !== ".") {
    throw new Failure("usage", `Both . and ${quoted(contName)} name a session.`, "Leave one of them out");
  }
  if (agent !== undefined && yolo !== undefined && yolo !== agent) {
    throw new Failure("usage", `Both ${agent} and ${yolo} name an agent.`, "Leave one of them out");
  }
  if (values.new && agent === undefined) {
    throw new Failure("usage", "--new makes another session of an agent.", "manyoyo c --new");
  }
}

/** Whether nothing was said at all. */
export function isBare({ verb, values, shellFull, args, agent, here }: Parsed): boolean {
  const said = Object.values(values).some((value) =>
    Array.isArray(value) ? value.length > 0 : Boolean(value),
  );
  return verb === undefined && !said && (shellFull ?? args ?? agent) === undefined && !here;
}
