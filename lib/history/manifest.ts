import { at, textAt } from "../agents/transcripts.ts";
import { parsedJson } from "../json.ts";

/** The name of the first entry of a backup. */
export const manifestName = "manifest.json";

/** What a backup says of itself. */
export interface Manifest {
  /** The session that it was made of. */
  readonly session: string;
  /** When, as an ISO text. */
  readonly created: string;
  /** The ids of the conversations of each agent. */
  readonly agents: Readonly<Record<string, readonly string[]>>;
}

const kind = "manyoyo history";
const schema = 1;

/** The manifest as the text that a backup holds. */
export function manifestText(manifest: Manifest): string {
  return `${JSON.stringify({ kind, schema, ...manifest }, undefined, 2)}\n`;
}

/** Reads a backup's manifest; undefined for any other text, "newer" for a backup of a later manyoyo. */
export function readManifest(text: string): Manifest | "newer" | undefined {
  const told = parsedJson(text);
  if (textAt(told, "kind") !== kind) return undefined;
  if (at(told, "schema") !== schema) return "newer";
  const agents = at(told, "agents");
  const ids = Object.entries(typeof agents === "object" && agents !== null ? agents : {}).map(
    ([agent, list]: [string, unknown]) => [
      agent,
      Array.isArray(list) ? list.filter((id) => typeof id === "string") : [],
    ],
  );
  return {
    session: textAt(told, "session") ?? "",
    created: textAt(told, "created") ?? "",
    agents: Object.fromEntries(ids),
  };
}
