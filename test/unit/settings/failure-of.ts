import { Failure } from "../../../lib/failure.ts";

/** The Failure that `act` throws; anything else that happens fails the test. */
export function failureOf(act: () => unknown): Failure {
  try {
    act();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error("Nothing was refused.");
}
