import { describe, expect, test } from "bun:test";
import { isQuestion, meantBy, toldToCobra } from "../../../cli/plugin.ts";

// What docker's program calls its plugin with: see `docker --context x manyoyo ls`.
const lines: readonly (readonly [
  called: string,
  words: string,
  variables?: Record<string, string | undefined>,
])[] = [
  ["manyoyo ls", "ls"],
  ["manyoyo", ""],
  ["manyoyo -n web -x docker manyoyo ls", "-n web -x docker manyoyo ls"],
  ["help manyoyo rm", "help rm"],
  ["-D -l debug manyoyo ls", "ls"],
  ["--log-level=debug manyoyo ls", "ls"],
  [
    "--context far manyoyo ls",
    "ls",
    { DOCKER_CONTEXT: "far", DOCKER_HOST: undefined, MANYOYO_ENGINE: "docker" },
  ],
  ["-H unix:///x manyoyo ls", "ls", { DOCKER_HOST: "unix:///x", MANYOYO_ENGINE: "docker" }],
  ["--host=tcp://h:1?a=b manyoyo ls", "ls", { DOCKER_HOST: "tcp://h:1?a=b", MANYOYO_ENGINE: "docker" }],
  ["--config /c manyoyo ls", "ls", { DOCKER_CONFIG: "/c", MANYOYO_ENGINE: "docker" }],
  // A value may be called as we are.
  [
    "--context manyoyo manyoyo ls",
    "ls",
    { DOCKER_CONTEXT: "manyoyo", DOCKER_HOST: undefined, MANYOYO_ENGINE: "docker" },
  ],
  // Never act on another engine than the one that was named: what is not understood stays, and is refused.
  ["--tlsverify -H tcp://h:1 manyoyo ls", "--tlsverify -H tcp://h:1 manyoyo ls"],
  ["-H tcp://h:1 --tls manyoyo ls", "-H tcp://h:1 --tls manyoyo ls"],
  ["-Htcp://h:1 manyoyo ls", "-Htcp://h:1 manyoyo ls"],
  // By hand, without docker.
  ["ls --json", "ls --json"],
  ["docker-cli-plugin-metadata", "docker-cli-plugin-metadata"],
];

describe("As docker's plugin", () => {
  test.each(lines.map(([called, words, variables = {}]) => [called, words, variables] as const))(
    "%p means %p",
    (called, words, variables) => {
      expect(meantBy(called.split(" "))).toEqual({ words: words.split(" ").filter(Boolean), variables });
    },
  );

  test("docker's own questions are known", () => {
    expect(isQuestion(["docker-cli-plugin-metadata"])).toBe(true);
    expect(isQuestion(["__complete", "manyoyo", "ls", ""])).toBe(true);
    expect(isQuestion(["__complete"])).toBe(false);
    expect(isQuestion(["ls"])).toBe(false);
  });

  test.each([
    ["words", ["a\tabout", "b"], "", ["a\tabout", "b", ":4"]],
    ["nothing", [], "", [":4"]],
    ["words that go on", ["data:", ":nospace"], "", ["data:", ":6"]],
    ["files", [":files"], "", [":0"]],
    ["folders", [":dirs"], "", [":16"]],
    ["a command", [":command 3"], "", [":0"]],
    ["a part of a word", [":skip 9", "docker\tfirst"], "--engine=d", ["--engine=docker\tfirst", ":4"]],
  ])("%s are told to docker's completion in its own way", (_, told, word, expected) => {
    expect(toldToCobra(told, word)).toEqual(expected);
  });
});
