import { tell } from "./command.ts";
import { usableDocker } from "./docker.ts";
import { type EngineName, testImage } from "./engines.ts";
import { closePlace, openPlace } from "./place.ts";
import { usablePodman } from "./podman.ts";
import type { Usable } from "./proof.ts";

/** A machine that is ready for the tests. */
export interface Machine {
  /** What the tests find in their variables. */
  readonly environment: Readonly<Record<string, string>>;
  /** Why an engine cannot run, an engine each. */
  readonly problems: readonly string[];
  /** Stops what was started here and removes its files. */
  stop(): Promise<void>;
}

/**
 * Makes engines ready that really run containers: those that are there, else private ones in a folder of this run.
 * Never throws: an engine that cannot run is a problem of the result.
 */
export async function prepareMachine(wanted: readonly EngineName[]): Promise<Machine> {
  const place = await openPlace();
  const usable: (Usable & { readonly name: EngineName })[] = [];
  const problems: string[] = [];
  for (const name of wanted) {
    try {
      const found = await (name === "docker" ? usableDocker(place) : usablePodman(place));
      usable.push({ name, ...found });
      tell(`${name}: ${found.what}`);
    } catch (error) {
      problems.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return {
    environment: {
      ...Object.assign({}, ...usable.map((engine) => engine.environment)),
      MANYOYO_TEST_ENGINES: usable.map((engine) => engine.name).join(","),
      MANYOYO_TEST_IMAGE: testImage,
    },
    problems,
    stop: () => closePlace(place),
  };
}
