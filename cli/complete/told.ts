import type { Candidate } from "./candidate.ts";
import type { Directive, Found } from "./found.ts";
import { requoted, type ShellLine, unquoted } from "./line.ts";

// Not what a terminal or a reader of lines would take for something else.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
const unfit = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069]/g;

/** The words that can be put in, each once. */
function fit(words: readonly Candidate[]): readonly Candidate[] {
  const fitting = words.filter(
    ({ value }) => value !== "" && !value.startsWith(":") && value.search(unfit) < 0,
  );
  return [...new Map(fitting.map((word) => [word.value, word])).values()];
}

function directiveLine(directive: Directive): string {
  if (directive.kind === "command") return `:command ${directive.at}`;
  return directive.kind === "files" ? ":files" : ":dirs";
}

/**
 * What zsh and fish are told: `:skip N` where the value begins after N characters of the word; `VALUE<TAB>DESCRIPTION`;
 * `:nospace`; and `:files`, `:dirs` or `:command N`, whose N counts the words before the command.
 */
export function toldByWords(found: Found, from: number): readonly string[] {
  return [
    ...(from > 0 ? [`:skip ${from}`] : []),
    ...fit(found.words).map(({ value, about = "" }) => {
      const clean = about.replace(unfit, "?").slice(0, 100);
      return clean === "" ? value : `${value}\t${clean}`;
    }),
    ...(found.goesOn ? [":nospace"] : []),
    ...found.directives.map(directiveLine),
  ];
}

/**
 * What bash is told: the words that what was typed can become, ready to stand in its line in place of `typed`, which is
 * the part of the word that bash takes for the whole (it parts words at `=` and `:` too). N of `:command N` is a place in
 * the line.
 */
export function toldByLine(
  found: Found,
  from: number,
  { shell, typed, line }: { readonly shell: ShellLine; readonly typed: string; readonly line: string },
): readonly string[] {
  const word = shell.words.at(-1) ?? "";
  const part = unquoted(typed, shell.quote);
  const cut = word.endsWith(part) ? word.length - part.length : 0;
  const whole = fit(found.words)
    .map(({ value }) => word.slice(0, from) + value)
    .filter((value) => value.startsWith(word))
    .map((value) => value.slice(cut))
    // Again: what was typed may have been pasted.
    .filter((value) => value.search(unfit) < 0);
  return [
    ...whole.map((value) => requoted(value, shell.quote)),
    ...(found.goesOn && whole.length > 0 ? [":nospace"] : []),
    ...found.directives.map((directive) =>
      directive.kind === "command"
        ? // bash counts characters, not halves of them; the program's own name is the first word.
          `:command ${[...line.slice(0, shell.starts[directive.at + 1])].length}`
        : directiveLine(directive),
    ),
  ];
}
