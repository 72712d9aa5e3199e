import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { optionNames, optionSpec } from "../../../cli/options.ts";
import { exitStatuses, files, pageOf, settings, variables } from "../../../cli/pages.ts";
import { failureStatuses } from "../../../lib/failure.ts";
import { parseEnvFile } from "../../../lib/settings/env-file.ts";
import { envFolder, globalPath, runPath, trustedPath } from "../../../lib/settings/home.ts";
import { profileKeys } from "../../../lib/settings/profile-schema.ts";
import { readGlobal, readSettings } from "../../../lib/settings/schema.ts";

const top = join(import.meta.dir, "../../..");
const example = (topic: Parameters<typeof pageOf>[0]): string =>
  pageOf(topic)
    .flatMap((part) => (part.kind === "lines" ? part.lines : []))
    .join("\n");

describe("The pages of the help", () => {
  test("name each setting of the schema, in its order, with the options that say it", () => {
    const own = settings().filter(({ key }) => key !== "agents" && key !== "runs");
    expect(own.map(({ key }) => key)).toEqual([...profileKeys]);
    const said = new Set(settings().map(({ key }) => key));
    const unknown = optionNames().filter((name) => !said.has(optionSpec(name).config ?? "env"));
    expect(unknown).toEqual([]);
  });

  test("name each status that a failure has, with its codes", () => {
    const rows = new Map(exitStatuses());
    for (const [code, status] of Object.entries(failureStatuses)) {
      expect(rows.has(String(status))).toBe(true);
      if (status === 2 || status === 125) expect(rows.get(String(status))).toContain(code);
    }
  });

  test("name each variable that is read", () => {
    const named = variables.flatMap(([names]) => names.split(", "));
    const sources = ["cli", "lib"].flatMap((folder) =>
      readdirSync(join(top, folder), { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".ts"))
        .map((name) => readFileSync(join(top, folder, name), "utf8")),
    );
    const read = sources.flatMap((text) => [
      ...[...text.matchAll(/\benv\["([A-Za-z_]+)"\]/g)].map((found) => found[1] ?? ""),
      ...[...text.matchAll(/\{ ([A-Z_]+): \w+ \} = env;/g)].map((found) => found[1] ?? ""),
    ]);
    expect(read.length).toBeGreaterThan(20);
    const lower = named.map((name) => name.toLowerCase());
    // What docker says to a plugin is no setting of anybody's.
    const said = [...new Set(read)].filter((name) => !name.startsWith("DOCKER_CLI_PLUGIN_"));
    expect(said.filter((name) => !lower.includes(name.toLowerCase()))).toEqual([]);
  });

  test("name the files that are read", () => {
    const named = files.map(([file]) => file.replace("~/.manyoyo", "/h"));
    expect(named).toContain(globalPath("/h"));
    expect(named).toContain(runPath("/h", "NAME"));
    expect(named).toContain(`${envFolder("/h")}/NAME.env`);
    expect(named).toContain(trustedPath("/h"));
  });

  test("show only files that are understood", () => {
    expect(readSettings(example("profiles"), "web.json")).toMatchObject({ containerName: "my-web" });
    expect(parseEnvFile(example("env-files"), "anthropic.env").map(({ name }) => name)).toEqual([
      "ANTHROPIC_API_KEY",
      "GREETING",
      "LINES",
      "TZ",
    ]);
    expect(readGlobal(example("agents"), "manyoyo.json").agents.map(({ name }) => name)).toEqual(["aider"]);
  });
});
