import { test } from "bun:test";
import { inspected } from "../support/fake.ts";
import { allowedBy, hostileLine } from "../support/hostile-words.ts";
import { onslaught } from "../support/onslaught.ts";
import type { Answer } from "../support/recorder.ts";

const none: Answer = {
  stdout: "[]\n",
  stderr: "Error: No such container: new\nno such container\n",
  status: 1,
};
const there: Answer = { stdout: inspected("web") };

test("no command line, however it is twisted, does harm", async () => {
  await onslaught("command lines", [120, 100_000], (chance, place) => {
    place.answer({
      "container inspect": chance.once(2) ? there : none,
      ps: { stdout: "" },
      run: { stdout: `${"4f6a".repeat(16)}\n` },
    });
    const words = hostileLine(chance);
    return {
      words,
      env: { MANYOYO_ENGINE: chance.one(["docker", "podman"]) },
      allowed: allowedBy(words),
      // They print what a container, a file or the user's own words say.
      rawOutput: [
        "logs",
        "inspect",
        "export",
        "backup",
        "config",
        "--show-config",
        "--show-command",
        "profile",
      ].some((word) => words.includes(word)),
      goesOn: words.includes("stats"),
    };
  });
});
