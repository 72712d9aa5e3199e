import { describe, expect } from "bun:test";
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { engines } from "../support/engines.ts";
import { scene } from "../support/scene.ts";
import { tried } from "../support/tally.ts";
import { inTurn } from "../support/turns.ts";

describe.each(engines())("%s: a folder that a session was handed and has replaced by a link", (engine) => {
  const { turn } = inTurn(engine);
  const at = scene(engine);
  const secret = `${dirname(at.folder)}/secret`;
  mkdirSync(secret);
  writeFileSync(`${secret}/key`, "not for it\n");

  turn("is not mounted at the next start, nor into a new session", async () => {
    const what = {
      fault: `${engine}: a mounted folder replaced by a link`,
      promised: "what it leads to is not mounted",
    };
    await tried(what, async () => {
      const data = `${at.folder}/data`;
      mkdirSync(data);
      const name = await at.session("bash", "-v", "./data:/data");
      expect((await at.manyoyo(["-n", name, "-x", `mv data gone && ln -s '${secret}' data`])).status).toBe(0);
      expect((await at.manyoyo(["stop", name])).status).toBe(0);
      const calls = [
        ["start", name],
        ["-n", name, "-x", "cat /data/key"],
        ["-n", at.name(), "-v", "./data:/data", "-x", "cat /data/key"],
      ];
      for (const words of calls) {
        const said = await at.manyoyo(words);
        expect(said.status, said.stdout).toBeGreaterThan(0);
        expect(said.stderr).toContain("by a link");
        expect(said.stdout).not.toContain("not for it");
      }
      expect(await at.state(name)).not.toBe("running");
      renameSync(data, `${at.folder}/link`);
      renameSync(`${at.folder}/gone`, data);
      expect(await at.manyoyo(["-n", name, "-x", "ls /data | wc -l"])).toMatchObject({
        status: 0,
        stdout: "0\n",
      });
    });
  });

  turn("as its workspace is refused as well", async () => {
    const what = {
      fault: `${engine}: a workspace replaced by a link`,
      promised: "what it leads to is not mounted",
    };
    await tried(what, async () => {
      const name = at.name();
      const work = `${dirname(at.folder)}/work`;
      mkdirSync(work);
      expect((await at.manyoyo(["-d", "-n", name, "--hp", work, "-s", "bash"])).status).toBe(0);
      expect((await at.manyoyo(["stop", name])).status).toBe(0);
      renameSync(work, `${work}-2`);
      symlinkSync(secret, work);
      const said = await at.manyoyo(["start", name]);
      expect(said.status).toBeGreaterThan(0);
      expect(said.stderr).toContain("by a link");
      expect(await at.state(name)).not.toBe("running");
    });
  });
});
