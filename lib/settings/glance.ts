import JSON5 from "json5";
import { isMap, withoutMark } from "./document.ts";
import { type EngineName, engines, isProfileName } from "./values.ts";

// What completion needs of a settings file, without the checker, which takes longer to load than an engine to answer.

/** The names in `runs` of a text, faults apart; none when it cannot be parsed. */
export function runNames(text: string): readonly string[] {
  const { runs } = mapOf(text);
  return isMap(runs) ? Object.keys(runs).filter(isProfileName) : [];
}

/** The engine that a text of settings names, faults apart; undefined when it names none. */
export function engineIn(text: string): EngineName | undefined {
  const { engine } = mapOf(text);
  return engines.find((name) => name === engine);
}

function mapOf(text: string): Readonly<Record<string, unknown>> & { runs?: unknown; engine?: unknown } {
  try {
    const value: unknown = JSON5.parse(withoutMark(text));
    return isMap(value) ? value : {};
  } catch {
    return {};
  }
}
