import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { usage } from "../../cli/operands.ts";
import { type OptionName, optionGroups, optionNames, optionSpec, takes } from "../../cli/options.ts";
import { codes, settings } from "../../cli/pages.ts";
import { listed, meaningOf, optionsOf } from "../../cli/reference.ts";
import { topicNames } from "../../cli/topics.ts";
import { type Verb, verbNames, verbSpec } from "../../cli/verbs.ts";

// npm run reference: writes what the README tells of verbs, options, settings, topics and codes from the tables that
// the program itself reads. A unit test fails where they differ.

export const readmePath = join(import.meta.dir, "../../README.md");

const code = (text: string): string => `\`${text.replaceAll("|", "\\|")}\``;
// Neither the end of a cell nor, for a renderer, an element.
const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("<", "&lt;");

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`.replaceAll("|  |", "| |");
  return [line(head), `|${"---|".repeat(head.length)}`, ...rows.map(line)].join("\n");
}

function verbRow(verb: Verb): readonly string[] {
  const { summary, asRoot } = verbSpec(verb);
  const { own, also } = optionsOf(verb);
  const written = code(
    usage(verb)
      .replace(/^manyoyo /, "")
      .replace(" [OPTIONS]", ""),
  );
  const others = also.length === 0 ? "" : ` (${also.map(code).join(", ")})`;
  // What every verb of a session takes is told below the table.
  const named = own.filter((name) => name !== "contName" || verbSpec(verb).sessions === undefined);
  const ofRuns = named.filter((name) => takes("root", name));
  const many = ofRuns.length > 12;
  const shown = many ? named.filter((name) => !ofRuns.includes(name)) : named;
  const options = [
    ...(asRoot === true || many ? ["those of a run"] : []),
    ...(shown.length === 0 ? [] : [code(shown.map(short).join(" "))]),
  ];
  return [`${written}${others}`, cell(summary), options.join(", ")];
}

/** An option in its shortest spelling, with its value. */
function short(name: OptionName): string {
  const { metavar } = optionSpec(name);
  const [word = ""] = listed(name).toSorted((one, other) => one.length - other.length);
  return metavar === undefined ? word : `${word} ${metavar}`;
}

function optionRow(name: OptionName): readonly string[] {
  const { metavar, repeat, config } = optionSpec(name);
  const words = listed(name).map(code).join(", ");
  const meaning = cell(meaningOf(name)) + (repeat === true ? "; repeats" : "");
  return [
    metavar === undefined ? words : `${words} ${code(metavar)}`,
    meaning,
    config === undefined ? "" : code(config),
  ];
}

const rooms: Readonly<Record<string, () => string>> = {
  verbs: () => {
    const everywhere = optionNames().filter((name) => optionSpec(name).verbs === "all");
    const rows = table(["verb", "", "options of its own"], verbNames().map(verbRow));
    return `${rows}\n\nEvery verb takes ${everywhere.map((name) => code(`--${optionSpec(name).long[0]}`)).join(" ")}.`;
  },
  options: () =>
    table(
      ["option", "", "setting"],
      optionGroups.flatMap((group) =>
        optionNames()
          .filter((name) => optionSpec(name).group === group && takes("root", name))
          .map(optionRow),
      ),
    ),
  settings: () =>
    table(
      ["key", "option", ""],
      settings().map(({ key, options, meaning }) => [code(key), options.map(code).join(", "), cell(meaning)]),
    ),
  codes: () =>
    `\`code\` is one of ${codes()
      .map(([name]) => code(name))
      .join(" ")}.`,
  topics: () => `Topics of \`manyoyo help\`: ${topicNames().map(code).join(" ")}.`,
};

/** The README with all that stands between its marks made anew. @throws an Error for a mark that nothing is known for. */
export function withReference(readme: string): string {
  return readme.replace(
    /(<!-- (\w+): written by npm run reference -->\n)[\s\S]*?(<!-- end of \2 -->)/g,
    (_, begin: string, name: string, end: string) => {
      const room = rooms[name];
      if (room === undefined)
        throw new Error(`README.md has a mark for ${name}, which there is no table of.`);
      return `${begin}\n${room()}\n\n${end}`;
    },
  );
}

/** What can stand between marks. */
export const referenceNames: readonly string[] = Object.keys(rooms);

if (import.meta.main) writeFileSync(readmePath, withReference(readFileSync(readmePath, "utf8")));
