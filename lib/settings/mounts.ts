import { Failure } from "../failure.ts";
import { type Base, expandPath } from "./paths.ts";
import { checkText, parseContainerPath, quoted } from "./values.ts";

export type Relabel = "z" | "Z";

interface Target {
  readonly target: string;
  readonly readonly: boolean;
  readonly relabel?: Relabel;
}

export interface BindMount extends Target {
  readonly kind: "bind";
  /** An absolute path on the host. */
  readonly source: string;
}

export interface VolumeMount extends Target {
  readonly kind: "volume";
  /** undefined: a volume without a name, which goes with its container. */
  readonly name: string | undefined;
}

export type Mount = BindMount | VolumeMount;

const volumeName = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/;
const knownOptions = ["ro", "rw", "z", "Z"];
const syntax = "Write SOURCE:/TARGET, and :ro, :rw, :z or :Z after it where needed.";

/**
 * docker's `-v`: SOURCE:TARGET[:OPTIONS], or TARGET alone for a volume without a name.
 *
 * A source with `/`, or with `.` or `~` at its start, is a path; any other is a volume's name. Colons: the target begins at
 * the only `:/` of the word, so a source may hold other colons as they are (`/a:b:/c`); `\:` is a colon that separates
 * nothing, on either side. Where several `:/` are left the word is refused, never guessed at.
 * Throws Failure("usage").
 */
export function parseVolume(word: string, base: string, userHome: string | undefined): Mount {
  return mountOf(word, { folder: base, userHome });
}

function mountOf(word: string, base: Base): Mount {
  const text = checkText(word);
  const { source, target, options } = split(text);
  const wanted = parseOptions(options, word);
  const rest: Target = { target: parseContainerPath(target), ...wanted };
  if (source === undefined) return { kind: "volume", name: undefined, ...rest };
  if (source === "") throw refused(word, "has nothing before its colon", syntax);
  const path = isPath(source) ? expandPath(source, base) : undefined;
  if (rest.relabel !== undefined && `${path}${rest.target}`.includes(":")) {
    throw refused(word, "cannot be relabelled, since a path of it has a colon", "Leave out z and Z.");
  }
  if (path !== undefined) return { kind: "bind", source: path, ...rest };
  if (volumeName.test(source)) return { kind: "volume", name: source, ...rest };
  throw refused(
    word,
    `has ${quoted(source)} before its colon, neither a path nor a volume's name`,
    "A path begins with /, ./ or ~/; a volume's name is 2 or more letters, digits, '.', '_' and '-'.",
  );
}

interface Parts {
  readonly source: string | undefined;
  readonly target: string;
  readonly options: string | undefined;
}

/** Cuts the word at its separating colons; escaped ones become plain on the way. */
function split(word: string): Parts {
  const pieces = word.split(/(?<!\\):/).map((piece) => piece.replaceAll("\\:", ":"));
  const [only = "", ...more] = pieces;
  if (more.length === 0 && only.startsWith("/"))
    return { source: undefined, target: only, options: undefined };
  const targets = pieces.flatMap((piece, index) => (index > 0 && piece.startsWith("/") ? [index] : []));
  const [at, another] = targets;
  if (at === undefined) throw refused(word, "names no absolute path inside the container", syntax);
  if (another !== undefined) {
    throw refused(word, "can be read in two ways", "Write \\: for a colon that belongs to a path.");
  }
  const [options, beyond] = pieces.slice(at + 1);
  if (beyond !== undefined)
    throw refused(word, "has too many colons", "Write \\: for a colon that belongs to a path.");
  return { source: pieces.slice(0, at).join(":"), target: pieces[at] ?? "", options };
}

function parseOptions(text: string | undefined, word: string): { readonly: boolean; relabel?: Relabel } {
  if (text === undefined) return { readonly: false };
  const options = text.split(",");
  const wrong = options.find((option) => !knownOptions.includes(option));
  if (wrong !== undefined)
    throw refused(word, `has an unknown option ${quoted(wrong)}`, "Known: ro, rw, z, Z.");
  if (options.includes("ro") && options.includes("rw"))
    throw refused(word, "is both ro and rw", "Choose one.");
  if (options.includes("z") && options.includes("Z")) throw refused(word, "is both z and Z", "Choose one.");
  const readonly = options.includes("ro");
  if (options.includes("z")) return { readonly, relabel: "z" };
  return options.includes("Z") ? { readonly, relabel: "Z" } : { readonly };
}

function isPath(source: string): boolean {
  return source.includes("/") || source.startsWith(".") || source.startsWith("~");
}

function refused(word: string, why: string, hint: string): Failure {
  return new Failure("usage", `The volume ${quoted(word)} ${why}.`, hint);
}

/**
 * The words that make an engine's `run` mount it. `--mount` takes every character in a path, as long as a field is quoted;
 * `-v`, which fails on colons, is used only where a relabel is wanted, since docker's `--mount` has no word for that.
 * `ro`, not `readonly`, which podman 4.3 refuses for a named volume.
 */
export function mountWords(mount: Mount): readonly string[] {
  const source = mount.kind === "bind" ? mount.source : mount.name;
  if (mount.relabel !== undefined) {
    const options = mount.readonly ? `ro,${mount.relabel}` : mount.relabel;
    return ["-v", [source, mount.target, options].filter((part) => part !== undefined).join(":")];
  }
  const fields = [
    `type=${mount.kind}`,
    ...(source === undefined ? [] : [field("source", source)]),
    field("target", mount.target),
    ...(mount.readonly ? ["ro"] : []),
  ];
  return ["--mount", fields.join(",")];
}

/**
 * The words that mount a volume of ours only where it is there. An engine makes one that it does not know, and it would be a
 * stranger's, as it has no label: another call may have removed it at this moment. No volume can be made with that option, and
 * of one that is there it is not read (docker 20.10, podman 4.3; podman knows `volume-opt` since 4.1).
 */
export function standingWords({ volume, target, readonly = false }: StandingMount): readonly string[] {
  const [word = "", fields = ""] = mountWords({ kind: "volume", name: volume, target, readonly });
  return [word, `${fields},volume-opt=manyoyo=there`];
}

/** A volume of ours, and where a container has it. */
export interface StandingMount {
  readonly volume: string;
  readonly target: string;
  readonly readonly?: boolean;
}

function field(key: string, value: string): string {
  return `"${key}=${value.replaceAll('"', '""')}"`;
}
