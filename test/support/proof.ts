import { importBase } from "./base.ts";
import { run, tail } from "./command.ts";
import { type EngineName, testImage } from "./engines.ts";

/** An engine that can run a container, and the variables under which it does. */
export interface Usable {
  readonly environment: Readonly<Record<string, string>>;
  /** What it is, in words. */
  readonly what: string;
}

/**
 * Brings the test image into an engine and runs a container of it: an engine that only answers proves nothing.
 * The reason when it does not run; throws an Error when there is no image to try with.
 */
export async function obstacle(
  engine: EngineName,
  environment: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  await importBase({ engine, environment, reference: testImage });
  const words = [engine, "run", "--rm", "--pull", "never", testImage, "true"];
  const result = await run(words, { environment, limit: 120_000 });
  return result.status === 0 ? undefined : tail(result, 5);
}
