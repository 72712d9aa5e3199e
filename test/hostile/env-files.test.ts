import { test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inspected } from "../support/fake.ts";
import { bytesOf } from "../support/hostile.ts";
import { hostileEnvFile } from "../support/hostile-files.ts";
import { onslaught } from "../support/onslaught.ts";
import { missingAnswer } from "../support/recorder.ts";

test("no env file, however it is twisted, does harm, nor does what it holds get among an engine's words", async () => {
  await onslaught("env files", [50, 100_000], (chance, place) => {
    mkdirSync(join(place.home, ".manyoyo/env"), { recursive: true });
    const text = hostileEnvFile(chance);
    writeFileSync(join(place.home, ".manyoyo/env/it.env"), bytesOf(text));
    place.answer({
      "container inspect": chance.once(2) ? missingAnswer : { stdout: inspected("web") },
      run: { stdout: `${"4f6a".repeat(16)}\n` },
    });
    return {
      words: chance.one([
        ["-n", "web", "--ef", "it", "-x", "true"],
        ["-n", "web", "-d", "--ef", "it"],
        ["config", "show", "--ef", "it"],
        ["config", "command", "--ef", "it", "-x", "true"],
        ["config", "show", "--origin", "--ef", "it"],
      ]),
      env: { MANYOYO_ENGINE: chance.one(["docker", "podman"]) },
    };
  });
});
