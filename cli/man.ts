import { usage } from "./operands.ts";
import { type OptionName, optionGroups, optionNames, optionSpec, takes } from "./options.ts";
import { exitStatuses, files, type Part, pageOf, type Row, variables } from "./pages.ts";
import { listed, meaningOf, optionsOf } from "./reference.ts";
import {
  type Example,
  type Place,
  rootExamples,
  type Verb,
  verbGroups,
  verbNames,
  verbSpec,
} from "./verbs.ts";

type Lines = readonly string[];

/**
 * The manual page, as source for man(7), which every man and mandoc reads. All it tells comes from the tables.
 * @param date of the release, such as `2026-01-31`, for the page's foot.
 */
export function manPage(version: string, date = ""): string {
  const told = [
    [`.TH MANYOYO 1 "${date}" "manyoyo ${plain(version)}" "User Commands"`],
    section("NAME", ["manyoyo \\- AI coding agents in named docker and podman sessions"]),
    section("SYNOPSIS", synopsis),
    section("DESCRIPTION", description()),
    section("VERBS", verbGroups.flatMap(verbsIn)),
    section("OPTIONS", optionsOfRuns()),
    section("SETTINGS", pageOf("settings").flatMap(partOf)),
    section("PROFILES", pageOf("profiles").flatMap(partOf)),
    section("ENV FILES", pageOf("env-files").flatMap(partOf)),
    section("AGENTS", pageOf("agents").flatMap(partOf)),
    section("SCRIPTS", pageOf("scripting").flatMap(partOf)),
    section("EXIT STATUS", exitStatuses().flatMap(row)),
    section("ENVIRONMENT", variables.flatMap(row)),
    section("FILES", files.flatMap(row)),
    section("EXAMPLES", rootExamples.flatMap(example)),
    section("SEE ALSO", [".BR docker (1),", ".BR podman (1)"]),
  ];
  return told.map((lines) => `${lines.join("\n")}\n`).join("");
}

const synopsis: Lines = [
  ".B manyoyo",
  "[\\fIOPTIONS\\fR] [\\fIAGENT\\fR | \\fB.\\fR] [\\fB\\-\\-\\fR \\fIARGS\\fR...]",
  ".br",
  ".B manyoyo",
  "\\fIVERB\\fR ...",
];

function description(): Lines {
  return [
    ...prose(
      "manyoyo runs AI coding agents in named docker and podman sessions that are easy to leave, find again, resume and script.",
      "A session is a container with your folder in it at the same path, where commands come and go while it stays.",
    ),
    ".PP",
    ...prose(
      "-n NAME joins the session of that name or makes it. To be made, a session must be for something: -y AGENT, -s LINE, -x CMD, a profile, or -d.",
      "Without a verb and without options, at a terminal, a list of sessions is shown to choose from.",
      "A NAME is exact, never an id or a prefix; . is this folder's session. Only containers that manyoyo made are ever touched.",
    ),
  ];
}

function verbsIn(group: (typeof verbGroups)[number]): Lines {
  const verbs = verbNames().filter((verb) => verbSpec(verb).group === group);
  return [`.SS ${plain(group)}`, ...verbs.flatMap(verbLines)];
}

function verbLines(verb: Verb): Lines {
  const { summary, examples, asRoot } = verbSpec(verb);
  const { own, also } = optionsOf(verb);
  const more = [
    ...(also.length === 0 ? [] : [`Also written: ${also.join(", ")}.`]),
    ...(asRoot === true ? ["It takes every option of a run as well."] : []),
  ];
  return [
    ".TP",
    `.B ${plain(usage(verb))}`,
    ...prose(`${summary}.`, ...more),
    ...(own.length + examples.length === 0 ? [] : [".RS"]),
    ...own.flatMap((name) => option(name, verb)),
    ...examples.flatMap(example),
    ...(own.length + examples.length === 0 ? [] : [".RE"]),
  ];
}

function optionsOfRuns(): Lines {
  const everywhere = optionNames().filter((name) => optionSpec(name).verbs === "all");
  return [
    ...prose(
      "Those of a run. Every verb takes",
      `${everywhere.map((name) => `--${optionSpec(name).long[0]}`).join(", ")}.`,
    ),
    ...optionGroups.flatMap((group) => {
      const names = optionNames().filter((name) => optionSpec(name).group === group && takes("root", name));
      return names.length === 0
        ? []
        : [`.SS ${plain(group)}`, ...names.flatMap((name) => option(name, "root"))];
    }),
  ];
}

function option(name: OptionName, place: Place): Lines {
  const { metavar, repeat, config } = optionSpec(name);
  const words = listed(name).map((word) => `\\fB${plain(word)}\\fR`);
  const value = metavar === undefined ? "" : ` \\fI${plain(metavar)}\\fR`;
  const notes = [
    ...(repeat === true ? ["repeats"] : []),
    ...(config === undefined || place !== "root" ? [] : [`setting ${config}`]),
  ];
  const meaning = meaningOf(name, place);
  return [
    ".TP",
    `${words.join(", ")}${value}`,
    ...prose(notes.length === 0 ? meaning : `${meaning} (${notes.join("; ")})`),
  ];
}

function example([line, comment]: Example): Lines {
  return [".TP", `.B ${plain(line)}`, ...prose(comment)];
}

function row([term, meaning]: Row): Lines {
  return [".TP", `.B ${plain(term)}`, ...prose(meaning)];
}

function partOf(part: Part): Lines {
  if (part.kind === "text") return [".PP", ...prose(part.text)];
  if (part.kind === "rows") return [`.SS ${plain(part.title)}`, ...part.rows.flatMap(row)];
  return [".PP", ".RS 4", ".nf", ...part.lines.map(source), ".fi", ".RE"];
}

// A paragraph after a heading is a paragraph already; to say so twice is warned of.
function section(title: string, lines: Lines): Lines {
  return [`.SH ${plain(title)}`, ...(lines[0] === ".PP" ? lines.slice(1) : lines)];
}

/** Sentences, a new line for each and where it grows long. */
function prose(...sentences: readonly string[]): Lines {
  return sentences.flatMap((sentence) => broken(plain(sentence))).map(guarded);
}

function broken(line: string): Lines {
  const cut = line.length <= 78 ? -1 : line.lastIndexOf(" ", 78);
  return cut <= 0 ? [line] : [line.slice(0, cut), ...broken(line.slice(cut + 1))];
}

/** A line of a file as it stands. */
function source(line: string): string {
  return guarded(plain(line));
}

// A line that begins so would be a request.
function guarded(line: string): string {
  return /^[.']/.test(line) ? `\\&${line}` : line;
}

const signs: Readonly<Record<string, string>> = {
  "\\": "\\e",
  // Else a hyphen, and a quote or a hat that nobody can copy.
  "-": "\\-",
  "'": "\\(aq",
  "`": "\\(ga",
  "^": "\\(ha",
  "~": "\\(ti",
  '"': "\\(dq",
};

/** Text that means itself. */
function plain(text: string): string {
  return text.replace(/[\\\-'`^~"]/g, (sign) => signs[sign] ?? sign);
}
