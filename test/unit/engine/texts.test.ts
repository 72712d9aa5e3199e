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
    expect(Buffer.byteLength(text)).toBeLessThan(4096);
  },
);
