import { expect, test } from "bun:test";
import {
  endText,
  guardText,
  initText,
  ownerText,
  prepareText,
  runText,
  whoText,
} from "../../../lib/inside/texts.ts";

const texts = {
  init: initText(),
  prepare: prepareText(),
  owner: ownerText(),
  run: runText(),
  end: endText(),
  who: whoText(),
  guard: guardText(),
};

test.each(Object.entries(texts))(
  "the text %s travels without comments and with all its code",
  (_name, text) => {
    const lines = text.split("\n");
    expect(lines.filter((line) => /^\s*#/.test(line))).toEqual([]);
    expect(lines.length).toBeGreaterThan(8);
    expect(text).toEndWith("\n");
    expect(Buffer.byteLength(text)).toBeLessThan(6144);
  },
);

test("a command's own variables, whatever they are called, are none of those of the text that runs it", () => {
  const text = texts.run.replace(/\\\n/g, "").replace(/'[^']*'/g, "");
  const set = text.matchAll(/(?<![\w$-])([a-z_]\w*)=(?!=)|\bfor ([a-z]\w*) in|\bread (?:-r )?((?:\w+ ?)+)/g);
  const names = [...set].flatMap(([, given = "", each = "", read = ""]) =>
    `${given} ${each} ${read}`.split(" "),
  );
  const own = new Set(names.filter((name) => name !== "" && name !== "_"));
  const [, unset = ""] = /^unset (.*)$/m.exec(text) ?? [];
  expect([...own].filter((name) => !name.startsWith("manyoyo_"))).toEqual([]);
  expect(unset.trim().split(/\s+/)).toEqual([...own].toSorted());
});
