import { Failure } from "../lib/failure.ts";
import { nearest } from "../lib/nearest.ts";
import { isName } from "../lib/session/names.ts";
import type { Token } from "./lex.ts";
import { type OptionName, optionSpec, spellings, takes, type Values, valueNames } from "./options.ts";
import { quoted } from "./quoted.ts";
import type { Place } from "./verbs.ts";

/** What the parser is told from outside: the words that name an agent. */
export interface Vocabulary {
  readonly agents: readonly string[];
}

type Said = Extract<Token, { kind: "option" }>;
type Raw = Readonly<Record<string, boolean | string | undefined | readonly string[]>>;

/**
 * What the option tokens say at `place`, which takes all of them.
 * @throws Failure `usage` for a value that the option cannot have, or two different ones where one is meant.
 */
export function valuesOf(tokens: readonly Token[], place: Place, vocabulary: Vocabulary): Values {
  const said = tokens.filter((token): token is Said => token.kind === "option");
  const raw: Raw = Object.fromEntries(
    valueNames().map((name) => {
      const mine = said.filter((token) => meant(token.names, place) === name);
      return [name, valueOfOption(name, mine, vocabulary)];
    }),
  );
  if (!fits(raw)) throw new Error("The table of options and its values disagree");
  return raw;
}

/** The option among `names` that `place` takes. */
export function meant(names: readonly OptionName[], place: Place): OptionName | undefined {
  return names.find((name) => takes(place, name));
}

/**
 * Refuses what is no session name: letters, digits, `.` `_` `-`, 2 to 60, or `.` alone. With `template`, `{now}` may
 * stand for the time.
 * @throws Failure `usage`
 */
export function checkName(name: string, { template = false } = {}): void {
  // {now} counts as long as it will be.
  const written = template ? name.replaceAll("{now}", "0101-0000") : name;
  if (written === "." || isName(written)) return;
  throw new Failure(
    "usage",
    `${quoted(name)} is no session name.`,
    "Use 2 to 60 letters, digits, dots, dashes and underscores, a letter or digit first",
  );
}

function valueOfOption(name: OptionName, said: readonly Said[], vocabulary: Vocabulary): Raw[string] {
  const { metavar, repeat, commas } = optionSpec(name);
  if (metavar === undefined) return said.length > 0;
  const values = said.flatMap(({ typed, value = "" }) => {
    const parts = commas === true ? value.split(",") : [value];
    for (const part of parts) check(name, { typed, value: part, vocabulary });
    return parts;
  });
  if (repeat === true) return values;
  const [first, ...others] = values;
  const other = others.find((value) => value !== first);
  if (first !== undefined && other !== undefined) {
    throw new Failure(
      "usage",
      `${spellings(name)[0]} is said twice: ${quoted(first)} and ${quoted(other)}.`,
      "Say it once",
    );
  }
  return first;
}

function check(
  name: OptionName,
  { typed, value, vocabulary }: { typed: string; value: string; vocabulary: Vocabulary },
): void {
  const { words, empty, metavar = "" } = optionSpec(name);
  if (value === "") {
    if (empty === true) return;
    throw new Failure("usage", `${typed} needs a value: ${spellings(name)[0]} ${metavar}.`);
  }
  if (words === "session") checkName(value, { template: true });
  const allowed = words === "agent" ? vocabulary.agents : Array.isArray(words) ? words : undefined;
  if (allowed === undefined || allowed.includes(value)) return;
  const near = nearest(value, allowed);
  throw new Failure(
    "usage",
    `${typed} takes no ${quoted(value)}.${near === undefined ? "" : ` Did you mean ${near}?`}`,
    `It takes ${allowed.join(", ")}`,
  );
}

/** Whether each option of the table has the kind of value that its entry promises. */
function fits(raw: object): raw is Values {
  const found = new Map<string, unknown>(Object.entries(raw));
  return valueNames().every((name) => {
    const { metavar, repeat } = optionSpec(name);
    const value = found.get(name);
    if (metavar === undefined) return typeof value === "boolean";
    return repeat === true ? Array.isArray(value) : value === undefined || typeof value === "string";
  });
}
