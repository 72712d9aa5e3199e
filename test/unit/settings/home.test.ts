import { describe, expect, test } from "bun:test";
import { home, userHome } from "../../../lib/settings/home.ts";
import { isProfileName } from "../../../lib/settings/values.ts";

describe("the folder of settings", () => {
  test("lies in the user's home", () => {
    expect(home({ HOME: "/home/me" })).toBe("/home/me/.manyoyo");
  });

  test("is moved by MANYOYO_HOME, unless that is empty", () => {
    expect(home({ HOME: "/home/me", MANYOYO_HOME: "/data/m/" })).toBe("/data/m");
    expect(home({ HOME: "/home/me", MANYOYO_HOME: "" })).toBe("/home/me/.manyoyo");
    expect(home({ MANYOYO_HOME: "/data/m" })).toBe("/data/m");
  });

  test("moving it does not move the user's home", () => {
    expect(userHome({ HOME: "/home/me", MANYOYO_HOME: "/data/m" })).toBe("/home/me");
  });

  test.each([{}, { HOME: "" }, { HOME: "relative" }])(
    "without a usable HOME (%j) is what the system says",
    (env) => {
      expect(home(env) ?? "/none").toStartWith("/");
    },
  );
});

describe("the name of a profile", () => {
  test.each(["web", "a b", "web-1.2", "项目", "constructor", "-x"])("may be %j", (name) => {
    expect(isProfileName(name)).toBe(true);
  });
  test.each(["", ".", "..", ".hidden", "a/b", "../a", "a\\b", "a.json", "a\0", "/"])(
    "may not be %j",
    (name) => {
      expect(isProfileName(name)).toBe(false);
    },
  );
});
