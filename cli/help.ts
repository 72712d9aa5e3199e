import { Failure } from "../lib/failure.ts";
import { nearest } from "../lib/nearest.ts";
import { usage } from "./operands.ts";
import { type OptionName, optionGroups, optionNames, optionSpec, spellings } from "./options.ts";
import { type Part, pageOf, type Row } from "./pages.ts";
import { quoted } from "./quoted.ts";
import { meaningOf, optionsOf } from "./reference.ts";
import { isTopic, type Topic, topicNames, topics } from "./topics.ts";
import {
  type Example,
  firstWords,
  isVerb,
  rootExamples,
  type Verb,
  verbGroups,
  verbNames,
  verbOfWord,
  verbSpec,
  verbsOfGroup,
} from "./verbs.ts";

const columns = 100;

/** The first page: examples, verbs, the options most used. Fits 36 lines of 100 columns. */
export function rootHelp(): string {
  return page(
    ["manyoyo runs AI coding agents in named container sessions that are easy to leave, find and resume."],
    block("Examples", rootExamples.map(exampleRow)),
    block("Usage", [
      ["manyoyo [OPTIONS] [AGENT | .] [-- ARGS...]", ""],
      ["manyoyo VERB ...", ""],
    ]),
    block("Verbs", verbGroups.map(groupRow)),
    block(
      "Options",
      optionNames()
        .filter(isTop)
        .map((name) => optionRow(name)),
    ),
    ["More: manyoyo help VERB, manyoyo help options, settings, scripting..., manyoyo --version"],
  );
}

/** How `verb` is written, what it does, examples and its options. */
export function verbHelp(verb: Verb): string {
  const { summary, examples, asRoot } = verbSpec(verb);
  const { own, everywhere, also } = optionsOf(verb);
  return page(
    [`Usage: ${usage(verb)}`],
    [`${summary}.`, ...(also.length === 0 ? [] : [`Also written: ${also.join(", ")}`])],
    block("Examples", examples.map(exampleRow)),
    block("Topics", verb === "help" ? topicNames().map((topic): Row => [topic, topics[topic]]) : []),
    block(
      "Options",
      own.map((name) => optionRow(name, verb)),
    ),
    [
      ...(asRoot === true ? ["And every option of a run: manyoyo help options"] : []),
      `With every verb: ${everywhere.map((name) => spellings(name)[0]).join(" ")}`,
    ],
  );
}

/** Every option there is, by subject, with the settings key of those that have one. */
export function optionsHelp(): string {
  const blocks = optionGroups.map((group) =>
    block(
      group === "Verbs" ? "Of single verbs" : group,
      optionNames()
        .filter((name) => optionSpec(name).group === group)
        .map((name): Row => {
          const { verbs, repeat, config } = optionSpec(name);
          const [left, right] = optionRow(name);
          const notes = [
            ...(repeat === true ? ["repeats"] : []),
            ...(config === undefined ? [] : [`setting ${config}`]),
            ...(verbs === "all" || verbs.includes("root") ? [] : [verbs.join(", ")]),
          ];
          return [left, notes.length === 0 ? right : `${right} [${notes.join("; ")}]`];
        }),
    ),
  );
  return page(["Usage: manyoyo [OPTIONS] [AGENT | .] [-- ARGS...]"], ...blocks);
}

/**
 * The page of a topic: "" (the first page), one of the table ("settings", "exit-status", also "exit status"), a verb
 * ("rm", "ps", "config show") or a group ("config").
 * @throws Failure `usage` for any other word, with the nearest topic.
 */
export function topicHelp(topic: string): string {
  if (topic === "") return rootHelp();
  const word = topic.replaceAll(" ", "-");
  if (isTopic(word)) return pageHelp(word);
  const verb = isVerb(topic) ? topic : verbOfWord(topic);
  if (verb !== undefined) return verbHelp(verb);
  if (verbsOfGroup(topic).length > 0) return groupHelp(topic);
  const known = [...verbNames(), ...firstWords(), ...topicNames()];
  // The beginning of a word is nearer than any likeness.
  const near = topicNames().find((each) => word.length > 2 && each.startsWith(word)) ?? nearest(topic, known);
  const mean = near === undefined ? "" : ` Did you mean ${near}?`;
  throw new Failure("usage", `There is no help on ${quoted(topic)}.${mean}`, "manyoyo help help");
}

function pageHelp(topic: Topic): string {
  if (topic === "options") return optionsHelp();
  return page([`${topics[topic]}.`], ...pageOf(topic).map(paragraph));
}

function paragraph(part: Part): readonly string[] {
  if (part.kind === "text") return wrapped(part.text, columns);
  return part.kind === "rows"
    ? block(part.title, part.rows)
    : part.lines.map((line) => `  ${line}`.trimEnd());
}

function groupHelp(group: string): string {
  const verbs = verbNames().filter((verb) => verb.startsWith(`${group} `));
  return page(
    [`Usage: manyoyo ${group} ${verbsOfGroup(group).join(" | ")}`],
    block(
      "Verbs",
      verbs.map((verb): Row => [`manyoyo ${verb}`, verbSpec(verb).summary]),
    ),
    [`More: manyoyo help ${verbs[0]}`],
  );
}

function groupRow(group: (typeof verbGroups)[number]): Row {
  const verbs = verbNames().filter(
    (verb) => verbSpec(verb).group === group && verbSpec(verb).hidden !== true,
  );
  return [group, [...new Set(verbs.map((verb) => verb.split(" ", 1).join()))].join("  ")];
}

function isTop(name: OptionName): boolean {
  return optionSpec(name).top === true;
}

function exampleRow([line, comment]: Example): Row {
  return [line, `# ${comment}`];
}

/** `-n, --cont-name NAME` and what it means; the short letter has a column of its own. */
function optionRow(name: OptionName, verb?: Verb): Row {
  const { short, long, metavar } = optionSpec(name);
  const letter = short === undefined ? "    " : `-${short}, `;
  const words = long.map((word) => `--${word}`).join(", ");
  const value = metavar === undefined ? "" : ` ${metavar}`;
  return [`${letter}${words}${value}`, meaningOf(name, verb)];
}

/** A title and rows in two columns, the second broken at blanks; nothing at all without rows. */
function block(title: string, rows: readonly Row[]): readonly string[] {
  if (rows.length === 0) return [];
  const width = Math.max(...rows.map(([left]) => left.length));
  return [
    title,
    ...rows.flatMap(([left, right]) =>
      wrapped(right, columns - width - 4).map((line, index) =>
        `  ${(index === 0 ? left : "").padEnd(width)}  ${line}`.trimEnd(),
      ),
    ),
  ];
}

/** `text` in lines of at most `width`, where its words allow; runs of blanks stay. */
function wrapped(text: string, width: number): readonly string[] {
  const cut = text.length <= width ? -1 : text.lastIndexOf(" ", width);
  return cut <= 0 ? [text] : [text.slice(0, cut), ...wrapped(text.slice(cut + 1), width)];
}

/** Paragraphs, an empty line between them. */
function page(...paragraphs: readonly (readonly string[])[]): string {
  return paragraphs
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join("\n")}\n`)
    .join("\n");
}
