import { describe, expect, test } from "bun:test";
import { allEngines, engines } from "../support/engines.ts";
import { exists } from "../support/inside.ts";
import { bench } from "../support/manyoyo.ts";

// What one engine must not take from the other can be seen only where both run.
const both = engines().length === allEngines.length ? engines() : [];

for (const engine of both) {
  describe(`${engine}: a name that the other engine has`, () => {
    const other = engine === "docker" ? "podman" : "docker";
    const at = bench(engine);
    const away = bench(other);

    test("is refused with the remedy, and nothing is made", async () => {
      const name = away.name();
      expect((await away.manyoyo(["-n", name, "-x", "true"])).status).toBe(0);
      const said = await at.manyoyo(["-n", name, "-x", "true"]);
      expect(said).toMatchObject({ status: 125, stdout: "" });
      expect(said.stderr).toContain(`--engine ${other} -n ${name}`);
      const told = await at.manyoyo(["--json", "-d", "-n", name, "-s", "true"]);
      expect(JSON.parse(told.stderr)).toMatchObject({ error: { code: "name-taken" } });
      expect(await exists(engine, name)).toBe(false);
      const joined = await at.manyoyo(["--engine", other, "-n", name, "-x", "echo there"]);
      expect(joined).toMatchObject({ status: 0, stdout: "there\n" });
    });

    test("is found again by the engine that is named, by option, variable or setting", async () => {
      const name = away.name();
      await away.manyoyo(["-n", name, "-x", "true"]);
      expect((await at.manyoyo(["ls", "--names"])).stdout).not.toContain(name);
      expect((await at.manyoyo(["--engine", other, "ls", "--names"])).stdout).toContain(name);
      const how = { env: { MANYOYO_ENGINE: other } };
      expect((await at.manyoyo(["ls", "--names"], how)).stdout).toContain(name);
      expect((await at.manyoyo(["rm", name])).status).toBe(125);
      expect(await exists(other, name)).toBe(true);
    });
  });
}
