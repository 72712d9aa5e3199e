import { test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseJson5 } from "../../lib/settings/json5.ts";
import { inspected } from "../support/fake.ts";
import { bytesOf } from "../support/hostile.ts";
import { hostileSettings, profile, shared } from "../support/hostile-files.ts";
import { onslaught } from "../support/onslaught.ts";
import { missingAnswer } from "../support/recorder.ts";

/** All words that the texts name for an engine by right, and more: whatever stands in a list of that key. */
function engineArgs(...texts: readonly string[]): ReadonlySet<string> {
  const found: string[] = [];
  const look = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      if (key === "engineArgs") found.push(...[inner].flat().filter((each) => typeof each === "string"));
      look(inner);
    }
  };
  for (const text of texts) {
    try {
      look(parseJson5(bytesOf(text).toString()));
    } catch {
      // No settings then.
    }
  }
  return new Set(found.map((word) => Buffer.from(word).toString()));
}

test("no manyoyo.json and no profile, however it is twisted, does harm", async () => {
  await onslaught("settings files", [60, 100_000], (chance, place) => {
    mkdirSync(join(place.home, ".manyoyo/run"), { recursive: true });
    mkdirSync(join(place.home, ".manyoyo/env"), { recursive: true });
    writeFileSync(join(place.home, ".manyoyo/env/it.env"), "A=b\n");
    const [one, other] = [
      hostileSettings(chance, { ...profile, ...shared }),
      hostileSettings(chance, profile),
    ];
    const global = chance.once(2) ? one : "{}";
    writeFileSync(join(place.home, ".manyoyo/manyoyo.json"), bytesOf(global));
    writeFileSync(join(place.home, ".manyoyo/run/web.json"), bytesOf(other));
    place.answer({
      "container inspect": chance.once(2) ? missingAnswer : { stdout: inspected("web") },
      run: { stdout: `${"4f6a".repeat(16)}\n` },
    });
    return {
      words: chance.one(
        "-r web|-r web -x true|-r web -d|ls|config show -r web|config show --origin -r web|config command -r web|profile ls|profile ls --json|profile show web|aider|-y aider -n web|profile new two --from web|-n web -x true|complete -- -r |complete -- -y "
          .split("|")
          .map((line) => line.split(" ")),
      ),
      env: { MANYOYO_ENGINE: chance.one(["docker", "podman", ""]) },
      allowed: { engineArgs: engineArgs(global, other), privileged: `${one}${other}`.includes("dind") },
      rawOutput: true,
    };
  });
});
