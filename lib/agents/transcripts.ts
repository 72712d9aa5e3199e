/** One thing that was said in a conversation. */
export interface Turn {
  readonly role: "user" | "agent";
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly when: number | undefined;
  /** The agent's own mark of it: a later one with the same mark takes its place. */
  readonly key?: string | undefined;
}

/** What one record of a conversation's file tells; all of it may be missing. */
export interface Told {
  /** The id by which the agent resumes it, where the file's name is not that id. */
  readonly id?: string | undefined;
  /** The folder inside that it belongs to. */
  readonly folder?: string | undefined;
  readonly turn?: Turn | undefined;
  /** Takes back the turn with this mark and all after it. */
  readonly rewindTo?: string | undefined;
  /** It is part of another conversation: nobody can resume it. */
  readonly inner?: boolean;
}

/** Conversations that are files of JSON: a record a line, or (`.json`) a single record. */
export interface RecordFiles {
  readonly kind: "records";
  /** The folders in which they lie, relative to the home inside. */
  readonly places: readonly string[];
  /** Whether a file below `places` belongs to the conversations: such are saved and brought back, no others. */
  readonly belongs: (path: string) => boolean;
  /** The id of the conversation that is this file; undefined for a file that is none. */
  readonly idOf: (path: string) => string | undefined;
  /** What a record tells. It was written inside a container: any shape must be borne. */
  readonly read: (record: unknown) => readonly Told[];
}

/** Conversations that are rows of one SQLite database in WAL mode. */
export interface DatabaseFile {
  readonly kind: "database";
  /** The file, relative to the home inside. */
  readonly file: string;
  /** The tables that it must have, as tables. */
  readonly tables: readonly string[];
  /** Gives `id`, `folder` and `at` (milliseconds since 1970) of each conversation. */
  readonly conversations: string;
  /** Gives `role`, `text` and `at` of what was said in conversation `?1`, in its order. */
  readonly turns: string;
}

/** How an agent's conversations are read. */
export type Transcripts = RecordFiles | DatabaseFile;

/** The value under a key of what should be an object; undefined where it is none. */
export function at(value: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce<unknown>(
    (inner, key) => (typeof inner === "object" && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  );
}

/** The text under these keys; undefined for anything else. */
export function textAt(value: unknown, ...keys: readonly string[]): string | undefined {
  const found = at(value, ...keys);
  return typeof found === "string" ? found : undefined;
}

/** The moment that an ISO text under this key names, in milliseconds since 1970. */
export function timeAt(value: unknown, key: string): number | undefined {
  const time = Date.parse(textAt(value, key) ?? "");
  return Number.isFinite(time) ? time : undefined;
}

/** The text of a message: itself, or its blocks of these types (without any: every block with a `text`). */
export function blocksText(content: unknown, types?: readonly string[]): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content
    .flatMap((block: unknown) => {
      if (typeof block === "string") return [block];
      const type = textAt(block, "type");
      const text = textAt(block, "text");
      return text === undefined || (types !== undefined && !types.includes(type ?? "")) ? [] : [text];
    })
    .join("\n");
}
