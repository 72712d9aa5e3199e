import { test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inspected } from "../support/fake.ts";
import { again, bytesOf, type Chance, mutatedText, nastyWord } from "../support/hostile.ts";
import { onslaught } from "../support/onslaught.ts";
import { missingAnswer } from "../support/recorder.ts";

const proper = `# a comment
export TZ=Asia/Shanghai
LANG
A='literal $x'
B="two
lines \\n \\"quoted\\""
C=plain # no comment
_D9=
`;

function hostileFile(chance: Chance): string {
  const text = again(chance, 6, proper, (each) => mutatedText(chance, each));
  return chance.once(6) ? text.replace("export", nastyWord(chance)) : text;
}

test("no env file, however it is twisted, does harm, nor does what it holds get among an engine's words", async () => {
  await onslaught("env files", [50, 100_000], (chance, place) => {
    mkdirSync(join(place.home, ".manyoyo/env"), { recursive: true });
    const text = hostileFile(chance);
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
