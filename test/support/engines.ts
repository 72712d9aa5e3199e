/** The engines under test, by their programs. */
export type EngineName = "docker" | "podman";

/** Every engine that manyoyo can use. */
export const allEngines: readonly EngineName[] = ["docker", "podman"];

/** The small Debian that every engine under test has: bash, coreutils, git, curl, procps, less. */
export const testImage = "localhost/manyoyo-test:base";

/** Takes the engines out of a list such as `docker,podman`; throws an Error at any other word. */
export function parseEngines(list: string): readonly EngineName[] {
  return list
    .split(/[ ,]+/)
    .filter((word) => word !== "")
    .map((word) => {
      const known = allEngines.find((name) => name === word);
      if (known === undefined) {
        throw new Error(
          `MANYOYO_TEST_ENGINES names "${word}"; it takes docker, podman, or both with a comma.`,
        );
      }
      return known;
    });
}

/** The value of a variable that the test run sets; throws an Error that says how to get it. */
function given(name: string, example: string): string {
  const value = process.env[name];
  if (value === undefined || value === "") {
    throw new Error(`${name} is not set: run npm test, or npm run engines, or set it yourself (${example}).`);
  }
  return value;
}

/** The engines that really run containers here; every test of an engine is run on each. Throws an Error outside a test run. */
export function engines(): readonly EngineName[] {
  return parseEngines(given("MANYOYO_TEST_ENGINES", "docker,podman"));
}

/** The path of the executable under test. Throws an Error outside a test run. */
export function executable(): string {
  return given("MANYOYO_BIN", "the path of dist/manyoyo");
}
