import { test } from "bun:test";
import { hostileTexts } from "../support/engine-answers.ts";
import { again, type Chance, mutatedText, mutatedWords, nastyWord } from "../support/hostile.ts";
import { hostileLine, knownWords } from "../support/hostile-words.ts";
import { onslaught } from "../support/onslaught.ts";

/** A line as somebody types it for bash: quotes and blanks as they come. */
function typedLine(chance: Chance): string {
  const words = hostileLine(chance).map((word) => {
    if (/^[\w./=:-]+$/.test(word) || chance.once(3)) return word;
    return chance.one([`'${word}'`, `"${word}"`, word.replace(/\W/g, "\\$&"), `$(${word})`, `${word} > `]);
  });
  return again(chance, 2, ["manyoyo", ...words].join(" "), (line) => mutatedText(chance, line));
}

test("no line under TAB, wherever its cursor is, does harm", async () => {
  await onslaught("lines to complete", [80, 100_000], (chance, place) => {
    const engine = chance.one(["docker", "podman"] as const);
    place.answer(hostileTexts(chance, engine));
    const env = { MANYOYO_ENGINE: engine };
    if (chance.once(8))
      return { words: ["complete", ...mutatedWords(chance, ["--line", "manyoyo rm ", ""], knownWords)], env };
    if (chance.once(2)) {
      const line = typedLine(chance);
      const upTo = line.slice(0, chance.number(line.length + 1));
      return {
        words: [
          "complete",
          "--line",
          upTo,
          chance.once(4) ? nastyWord(chance) : (upTo.split(/[ =:]/).at(-1) ?? ""),
        ],
        env,
      };
    }
    const words = hostileLine(chance);
    return {
      words: [
        "complete",
        "--",
        ...words.slice(0, 1 + chance.number(words.length + 1)),
        ...(chance.once(2) ? [""] : []),
      ],
      env,
    };
  });
});
