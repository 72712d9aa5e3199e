import { describe, expect, test } from "bun:test";
import { readAgents, usualAgents } from "../../../lib/image/agents.ts";
import { readArguments } from "../../../lib/image/arguments.ts";
import { isLoopback } from "../../../lib/image/network.ts";
import { newestEven } from "../../../lib/image/registry.ts";

describe("agents", () => {
  test("are the four unless others are named", () => {
    expect(usualAgents().map(({ agent }) => agent.name)).toEqual(["claude", "codex", "gemini", "opencode"]);
  });

  test("are named with their aliases and versions, each once", () => {
    const found = readAgents("c,codex@0.1.0,claude");
    expect(found.map(({ agent, wanted }) => [agent.name, wanted])).toEqual([
      ["claude", undefined],
      ["codex", "0.1.0"],
    ]);
    expect(readAgents("none")).toEqual([]);
  });

  test.each(["cladue", "", "codex@", "codex@$(x)", "claude,,codex"])("are not %j", (list) => {
    expect(() => readAgents(list)).toThrow();
  });
});

describe("arguments", () => {
  test("are versions, packages and the registry, which our variables may tell too", () => {
    const env = { NPM_CONFIG_REGISTRY: "http://npm.invalid", NODE_VERSION: "26.1.0" };
    expect(readArguments(["NODE_VERSION", "PACKAGES=mc nano"], env)).toEqual({
      node: "26.1.0",
      npm: undefined,
      registry: "http://npm.invalid/",
      packages: "mc nano",
      proxies: {},
    });
  });

  test("take the proxy from our variables, unless the call says another", () => {
    const env = { https_proxy: "http://a", NO_PROXY: "b", http_proxy: "" };
    expect(readArguments(["https_proxy=http://c"], env).proxies).toEqual({
      https_proxy: "http://c",
      NO_PROXY: "b",
    });
  });

  test("that are unknown are refused with the nearest known one", () => {
    expect(() => readArguments(["NODE_VERSON=1"], {})).toThrow("Did you mean NODE_VERSION?");
  });

  test.each(["PACKAGES=a;b", "PACKAGES=-y", "PACKAGES=mc --purge", "NPM_CONFIG_REGISTRY=/x"])(
    "%s is refused",
    (word) => {
      expect(() => readArguments([word], {})).toThrow();
    },
  );

  test("never show a password of the registry", () => {
    expect(() => readArguments(["NPM_CONFIG_REGISTRY=ftp://a:secret@b"], {})).not.toThrow("secret");
  });
});

test.each([
  ["http://127.0.0.1:3128", true],
  ["http://user:pw@localhost:3128/", true],
  ["localhost:3128", true],
  ["http://[::1]:80", true],
  ["http://proxy.invalid:3128", false],
  ["http://localhost.invalid", false],
])("%s is this machine: %p", (address, expected) => {
  expect(isLoopback([address])).toBe(expected);
});

test("the newest Node with long support is an even one", () => {
  expect(newestEven(["22.9.0", "24.9.0", "24.10.0", "25.1.0", "26.0.0-rc.1"], 24)).toBe("24.10.0");
  expect(newestEven(["22.9.0", "25.0.0"], 24)).toBeUndefined();
});
