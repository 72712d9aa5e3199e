import { type OptionName, optionSpec } from "../options.ts";
import { meant, type Vocabulary } from "../values.ts";
import { verbSpec } from "../verbs.ts";
import { type Line, named, targetOf, valuesOf } from "./said.ts";
import type { Source, Wanted } from "./source.ts";

/** How an answer is made, and the words that the parser is told from outside. */
export interface Context {
  readonly as: (sources: readonly Source[], from?: number) => Wanted;
  readonly vocabulary: Vocabulary;
}

/** What completes `value` of the option among `names` that is meant; `from` characters of its word stand before it. */
export function valued(
  tokens: Line,
  names: readonly OptionName[],
  value: string,
  { as, vocabulary }: Context,
  from = 0,
): Wanted {
  const target = targetOf(tokens, vocabulary);
  const place = target?.place ?? "root";
  const name = meant(names, place) ?? names[0];
  if (name === undefined) return as([]);
  const { words: kind = "none", commas, repeat } = optionSpec(name);
  if (Array.isArray(kind)) {
    const start = commas === true ? value.lastIndexOf(",") + 1 : 0;
    const said =
      repeat === true ? [...valuesOf(tokens, name), value.slice(0, start)].join(",").split(",") : [];
    const left = kind.filter((word) => !said.includes(word));
    return as([{ kind: "words", words: left.map((each) => ({ value: each })) }], from + start);
  }
  const path = /^[.~]|\//.test(value);
  switch (kind) {
    case "session":
      return as(
        [
          {
            kind: "sessions",
            states: place === "root" ? undefined : verbSpec(place).states,
            except: named(tokens, target),
          },
        ],
        from,
      );
    case "agent":
      return as([{ kind: "agents", except: [], own: true }], from);
    case "agents": {
      const start = value.lastIndexOf(",") + 1;
      return as([{ kind: "agents", except: value.slice(0, start).split(",") }], from + start);
    }
    case "profile":
      return as(path ? [{ kind: "files" }] : [{ kind: "profiles" }, { kind: "files" }], from);
    case "profile or session":
      if (place === "fork") {
        const [of] = named(tokens, target);
        return as(of === undefined ? [] : [{ kind: "snapshots", of, except: [] }], from);
      }
      return as(
        path
          ? [{ kind: "files" }]
          : [{ kind: "profiles" }, { kind: "sessions", states: undefined, except: [] }],
        from,
      );
    case "envfile":
      return as(path ? [{ kind: "files" }] : [{ kind: "env files" }, { kind: "files" }], from);
    case "file":
      return as([{ kind: "files" }], from);
    case "dir":
      return as([{ kind: "folders" }], from);
    case "image":
      return as([{ kind: "images", part: "whole" }], from);
    case "image name":
      return as([{ kind: "images", part: "name" }], from);
    case "image version":
      return as([{ kind: "images", part: "version", of: valuesOf(tokens, "imageName").at(-1) }], from);
    case "volume":
      return mounted(value, path, as, from);
    default:
      return as([]);
  }
}

/** A volume or a path before the first colon; ways to mount it after the last. */
function mounted(value: string, path: boolean, as: Context["as"], from: number): Wanted {
  const target = value.search(/:\//);
  if (target < 0)
    return as(
      value.includes(":") ? [] : path ? [{ kind: "files" }] : [{ kind: "volumes" }, { kind: "files" }],
      from,
    );
  const last = value.lastIndexOf(":");
  const ways = ["ro", "rw", "z", "Z"].map((way) => ({ value: way }));
  return as(last > target ? [{ kind: "words", words: ways }] : [], from + last + 1);
}
