import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { readmePath, referenceNames, withReference } from "../../support/reference.ts";

const readme = readFileSync(readmePath, "utf8");

describe("The README's reference", () => {
  test("is what the tables say: npm run reference writes it", () => {
    expect(readme === withReference(readme) ? "the same" : "not the same: run npm run reference").toBe(
      "the same",
    );
  });

  test("has every table, once", () => {
    for (const name of referenceNames) {
      expect(readme.split(`<!-- ${name}: written by npm run reference -->`).length).toBe(2);
      expect(readme.split(`<!-- end of ${name} -->`).length).toBe(2);
    }
  });

  test("would show a change", () => {
    const changed = readme.replace("`--shell-prefix`", "`--shell-prefx`");
    expect(changed).not.toBe(readme);
    expect(withReference(changed)).toBe(readme);
  });

  test("is refused for a mark that there is no table of", () => {
    const text = "<!-- moods: written by npm run reference -->\n<!-- end of moods -->";
    expect(() => withReference(text)).toThrow("moods");
  });
});
