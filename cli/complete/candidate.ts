/** A word that may be put in, and what it is. */
export interface Candidate {
  readonly value: string;
  readonly about?: string | undefined;
}
