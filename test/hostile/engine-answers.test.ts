import { describe, test } from "bun:test";
import { hostileShapes, hostileTexts } from "../support/engine-answers.ts";
import { allEngines } from "../support/engines.ts";
import type { Chance } from "../support/hostile.ts";
import { type Hostile, onslaught } from "../support/onslaught.ts";

// What looks at a session, or changes it by what its engine tells of it.
const lines: readonly (readonly string[])[] = [
  ..."ls|ls --json|ls --names|ls --busy|ls --size --sort used --all-users|inspect web|inspect web --json|inspect web --raw".split(
    "|",
  ),
  ..."logs web|logs web --json|logs web --tail 3|logs web -f|stats --no-stream|stats --no-stream --json|wait web --timeout 1s".split(
    "|",
  ),
  ..."resume web|start web|stop web|rm web|rm -f web|restart web|prune --dry-run|prune --older-than 0s --yes --all|image ls".split(
    "|",
  ),
  ..."image prune --dry-run|history ls|history show web|history backup web -o -|snapshot ls|snapshot ls web|snapshot web tag".split(
    "|",
  ),
  ..."snapshot rm web tag|fork web new|recreate web -p 1:1|profile new made --from web|. -x true|-n web -x true|-n web -- -c".split(
    "|",
  ),
  ..."exec web -- true|shell web|-n new -x true|-d -n web|c|config command -n web|logout claude|export web -o -|rm --history web".split(
    "|",
  ),
  ..."complete -- rm |complete -- -v |complete -- --image |complete -- snapshot rm web |complete -- -n |complete --line 'manyoyo rm '".split(
    "|",
  ),
].map((line) => line.split(" "));

const rawOf = (words: readonly string[]): boolean =>
  ["logs", "-o", "export", "backup", "-x", "exec", "--", "--raw", "shell", "resume", "config"].some((word) =>
    words.includes(word),
  ) && words[0] !== "complete";

// What a process beside them puts back is tried again for a quarter of a minute where an engine refuses.
const patient = ["snapshot", "fork", "recreate", "export"];

function line(chance: Chance): Pick<Hostile, "words" | "rawOutput" | "goesOn"> {
  const words = chance.one(lines);
  return { words, rawOutput: rawOf(words), goesOn: patient.some((verb) => words.includes(verb)) };
}

describe.each([...allEngines])("%s", (engine) => {
  const env = { MANYOYO_ENGINE: engine };

  test("that tells hostile names, labels, logs and messages gets none of them to a terminal or into its own words", async () => {
    await onslaught(`names, labels and logs of ${engine}`, [40, 50_000], (chance, place) => {
      place.answer(hostileTexts(chance, engine));
      return { ...line(chance), env };
    });
  });

  test("whose answers are cut, mistyped or huge is answered with a sentence", async () => {
    await onslaught(`JSON of ${engine}`, [40, 50_000], (chance, place) => {
      place.answer(hostileShapes(chance, engine));
      return { ...line(chance), env };
    });
  });
});
