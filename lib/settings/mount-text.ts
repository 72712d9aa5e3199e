import { Failure } from "../failure.ts";
import { type Mount, parseVolume } from "./mounts.ts";
import { cleanPath, quoted } from "./values.ts";

/**
 * A mount as a profile says it. Pure.
 * @throws Failure `usage` for one that cannot be said: a path with a backslash before a colon, or relabelled with a colon.
 */
export function mountText(mount: Mount): string {
  const source = mount.kind === "bind" ? mount.source : mount.name;
  const options = [
    ...(mount.readonly ? ["ro"] : []),
    ...(mount.relabel === undefined ? [] : [mount.relabel]),
  ];
  const text = [
    ...(source === undefined ? [] : [escaped(source)]),
    escaped(mount.target),
    ...(options.length === 0 ? [] : [options.join(",")]),
  ].join(":");
  if (Bun.deepEquals(parseVolume(text, "/", undefined), mount)) return text;
  throw new Failure(
    "usage",
    `The mount of ${quoted(source ?? mount.target)} cannot be written into a profile.`,
  );
}

function escaped(path: string): string {
  return path.replaceAll(":", "\\:");
}

/**
 * The words of `mountWords`, joined by blanks as a session's label has them, back as a volume for a profile; undefined for
 * any other text. Pure.
 */
export function mountOfWords(text: string): string | undefined {
  const relabelled = /^-v (.*)$/s.exec(text)?.[1];
  if (relabelled !== undefined) return relabelled;
  const given = /^--mount (.*)$/s.exec(text)?.[1];
  if (given === undefined) return undefined;
  const fields = fieldsOf(given);
  const said = (key: string) => fields.find((field) => field.startsWith(`${key}=`))?.slice(key.length + 1);
  const [kind, target, source] = [said("type"), said("target"), said("source")];
  if (target === undefined || (kind !== "bind" && kind !== "volume")) return undefined;
  if (kind === "bind" && source === undefined) return undefined;
  const rest = { target, readonly: fields.includes("ro") };
  return mountText(
    kind === "bind" ? { kind, source: source ?? "", ...rest } : { kind, name: source, ...rest },
  );
}

/** The folders inside at which words of an engine's `run` mount something: `-v` and `--mount`, in each of their spellings. Pure. */
export function mountTargets(words: readonly string[]): readonly string[] {
  return words.flatMap((word, at) => {
    const [, long, short] = /^(?:--(?:volume|mount)=(.*)|-v=?(.+))$/s.exec(word) ?? [];
    const before = words[at - 1] ?? "";
    const value = long ?? short ?? (/^(-v|--volume|--mount)$/.test(before) ? word : "");
    const target = /^--mount(=|$)/.test(long === undefined ? before : word)
      ? fieldsOf(value).find((field) => /^(target|destination|dst)=/.test(field))
      : value.split(":").findLast((piece) => piece.startsWith("/"));
    return target === undefined ? [] : [cleanPath(target.replace(/^[a-z]+=/, ""))];
  });
}

// CSV: a field in quotes has each quote of its own doubled.
function fieldsOf(text: string): readonly string[] {
  return [...text.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)].map(
    ([, inQuotes, bare]) => inQuotes?.replaceAll('""', '"') ?? bare ?? "",
  );
}
