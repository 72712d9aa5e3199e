import type { Engine } from "../engine/engine.ts";
import { Failure } from "../failure.ts";

/** Milliseconds for an answer; an engine that hangs must not make its doctor hang. */
export const patience = 10_000;

/**
 * What comes of work that asks an engine.
 * @param limit milliseconds
 * @throws Failure `engine-down` when it takes longer, whatever becomes of the work; and what the work throws.
 */
export async function within<Result>(engine: Engine, limit: number, work: Promise<Result>): Promise<Result> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(mute(engine, limit)), limit);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** That the engine did not answer in so many milliseconds. */
export function mute(engine: Engine, limit: number): Failure {
  return new Failure(
    "engine-down",
    `${engine.name} does not answer within ${limit / 1000} seconds.`,
    "Start it anew.",
  );
}
