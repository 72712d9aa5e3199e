import type { State } from "../../lib/session/session.ts";
import type { Candidate } from "./candidate.ts";

/** Where candidates come from. Only `words` are known already; the rest is on disk, in an engine or in the shell. */
export type Source =
  | { readonly kind: "words"; readonly words: readonly Candidate[] }
  | {
      readonly kind: "sessions";
      readonly states: readonly State[] | undefined;
      readonly except: readonly string[];
    }
  /** Agents by their names, without those that are said already; the user's own ones only where they can be meant. */
  | { readonly kind: "agents"; readonly except: readonly string[]; readonly own?: boolean }
  | { readonly kind: "profiles" | "env files" | "volumes" }
  | { readonly kind: "files" | "folders" }
  | { readonly kind: "images"; readonly part: "whole" | "name" | "version"; readonly of?: string | undefined }
  /** Tags of a session's snapshots. */
  | { readonly kind: "snapshots"; readonly of: string; readonly except: readonly string[] }
  /** An agent's own words, after those that are there; the session of that name knows the agent where the line does not. */
  | {
      readonly kind: "agent words";
      readonly agent: string | undefined;
      readonly session: string | undefined;
      readonly said: readonly string[];
    }
  /** The words from that one on are a command of their own. */
  | { readonly kind: "command"; readonly at: number };

/** What completes the last word of a line. */
export interface Wanted {
  /** How much of that word stands before what is completed: `--cont-name=`, `-n`, `cnew,`. */
  readonly from: number;
  readonly sources: readonly Source[];
  /** The engine that the line names. */
  readonly engine: string | undefined;
}
