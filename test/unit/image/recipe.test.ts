import { describe, expect, test } from "bun:test";
import { claude } from "../../../lib/agents/claude.ts";
import { codex } from "../../../lib/agents/codex.ts";
import { buildWords } from "../../../lib/image/build.ts";
import { context } from "../../../lib/image/context.ts";
import { toolsName } from "../../../lib/image/make.ts";
import { agentsRecipe, type Step, toolsRecipe } from "../../../lib/image/recipe.ts";

const step: Step = {
  name: "localhost/box:1",
  on: "localhost/box-tools:1",
  variant: "common",
  base: "debian:13",
  registry: "https://user:it's@npm.invalid/",
  certificates: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
  node: "26.1.0",
  npm: "12.0.0",
};

/** The text of one file of the context: after its header of 512 bytes, to the first NUL. */
function file(text: string, path: string): string | undefined {
  const at = text.startsWith(`${path}\0`) ? 0 : text.indexOf(`\0${path}\0`) + 1;
  return at === 0 && !text.startsWith(`${path}\0`) ? undefined : text.slice(at + 512).split("\0", 1)[0];
}

describe("the build's folder", () => {
  test("is a tar file that tar reads", async () => {
    const read = await new Bun.Archive(Buffer.from(context({ "a/b": "one\n", c: "é".repeat(600) }))).files();
    const texts = await Promise.all([...read].map(async ([path, each]) => [path, await each.text()]));
    expect(Object.fromEntries(texts)).toEqual({ "a/b": "one\n", c: "é".repeat(600) });
  });

  test("holds certificates and the registry's login, and the Dockerfile neither", () => {
    const { context: text } = agentsRecipe(step, [{ agent: codex, version: "0.1.0" }], "uuid");
    expect(file(text, "ca.pem")).toBe(step.certificates);
    expect(file(text, "settings")).toContain("NPM_CONFIG_REGISTRY='https://user:it'\\''s@npm.invalid/'\n");
    expect(file(text, "settings")).toContain("AGENTS='@openai/codex@0.1.0'\n");
    expect(file(text, "Dockerfile")).not.toMatch(/AAAA|npm\.invalid/);
  });

  test("has no certificates where none were given", () => {
    expect(
      file(toolsRecipe({ ...step, certificates: undefined }, "", "uuid").context, "ca.pem"),
    ).toBeUndefined();
  });
});

describe("the Dockerfile", () => {
  const agents = [
    { agent: claude, version: "2.1.0" },
    { agent: codex, version: "0.1.0" },
  ];
  const text = file(agentsRecipe(step, agents, "uuid").context, "Dockerfile") ?? "";

  test("needs nothing that only BuildKit has", () => {
    expect(text).not.toMatch(/--mount|<<|# syntax|--link|--chmod/);
  });

  test("copies from the stage with the network only what has changed", () => {
    expect(text.match(/^COPY.*/gm)).toEqual([
      "COPY . /manyoyo-build/",
      "COPY --from=install /manyoyo-build/changed/ /",
    ]);
  });

  test("tells the versions, and the build last of all", () => {
    const labels = text.match(/^LABEL manyoyo.image.*/gm) ?? [];
    expect(labels.at(-2)).toContain(
      'manyoyo.image.agents="{\\"claude\\":\\"2.1.0\\",\\"codex\\":\\"0.1.0\\"}"',
    );
    expect(labels.at(-2)).toContain('manyoyo.image.tools="localhost/box-tools:1"');
    expect(text.trimEnd().split("\n").at(-1)).toBe('LABEL manyoyo.image.build="uuid"');
  });

  test("sets the variables of those agents that are in it", () => {
    expect(text).toContain('ENV CLAUDE_CONFIG_DIR="/root/.claude"\n');
    expect(text).not.toContain("OPENCODE");
  });
});

test("the full variant has compilers, the common one has not", () => {
  const settings = (variant: "common" | "full") =>
    file(toolsRecipe({ ...step, variant }, "mc", "uuid").context, "settings");
  expect(settings("full")).toMatch(/PACKAGES='build-essential .*python3.* mc'/);
  expect(settings("common")).toContain("PACKAGES='mc'\n");
});

test("the call of the engine names a proxy's variables, and says none of their values", () => {
  const recipe = toolsRecipe(step, "", "uuid");
  const around = { proxies: { http_proxy: "http://user:secret@proxy.invalid" }, hostNetwork: true };
  const words = (name: "docker" | "podman") => buildWords({ name, program: name }, recipe, around).join(" ");
  expect(words("docker")).toBe(
    "docker build --no-cache --force-rm --network host --build-arg http_proxy --build-arg BASE=localhost/box-tools:1 --build-arg BUILD=uuid --tag localhost/box:1 -",
  );
  expect(words("podman")).toContain("--layers=false");
});

test.each([
  ["localhost/manyoyo:1-common", "localhost/manyoyo-tools:1-common"],
  ["localhost:5000/a", "localhost:5000/a-tools"],
  ["a:1", "a-tools:1"],
])("the tools of %s are %s", (name, tools) => {
  expect(toolsName(name)).toBe(tools);
});
