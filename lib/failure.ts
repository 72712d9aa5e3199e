/** The fixed words by which a script tells one failure from another (`error.code` under `--json`). */
export type FailureCode =
  | "no-session"
  | "name-taken"
  | "in-use"
  | "no-image"
  | "no-engine"
  | "engine-down"
  | "engine-failed"
  | "not-ours"
  | "usage"
  | "settings"
  | "untrusted"
  | "timeout"
  | "interrupted";

/** The exit status of each. */
export const failureStatuses: Readonly<Record<FailureCode, number>> = {
  "no-session": 125,
  "name-taken": 125,
  "in-use": 125,
  "no-image": 125,
  "no-engine": 125,
  "engine-down": 125,
  "engine-failed": 125,
  "not-ours": 125,
  usage: 2,
  settings: 2,
  untrusted: 2,
  timeout: 124,
  interrupted: 130,
};

/**
 * Something the user can act on: one sentence, the next step, and the exit status that belongs to its code.
 * Everything else that is thrown is a defect of ours.
 */
export class Failure extends Error {
  override readonly name = "Failure";
  readonly status: number;

  constructor(
    readonly code: FailureCode,
    message: string,
    readonly hint?: string,
  ) {
    super(message);
    this.status = failureStatuses[code];
  }
}

/** This call was told to end by a signal: no words, only the status 128+n. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";

  constructor(readonly status: number) {
    super("interrupted");
  }
}
