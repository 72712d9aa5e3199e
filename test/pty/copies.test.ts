import { describe, expect } from "bun:test";
import { existsSync } from "node:fs";
import { useTiny } from "../support/busybox.ts";
import { engines } from "../support/engines.ts";
import { field } from "../support/inside.ts";
import { copyScene, done, holdings } from "../support/saved.ts";
import { keys } from "../support/terminal.ts";
import { inTurn } from "../support/turns.ts";

describe.concurrent.each(engines())("%s at a terminal", (engine) => {
  const { turn } = inTurn(engine);
  const on = copyScene(engine, "term");
  useTiny(on);

  turn(
    "an export tells how far it is, in a line that is gone at the end, and a closed terminal leaves nothing",
    async () => {
      const name = on.newName();
      await done(on, "-n", name, "-s", "bash", "-d");
      await on.inside(name, "head -c 60000000 /dev/urandom >/big");
      const file = `${on.home}/${name}`;
      await using terminal = on.at(["export", name, "-o", file], { cols: 200 });
      // At once: a quick machine draws one line of it.
      await terminal.waitFor(/\ds +Exporting .*\dMB/, 60_000);
      await terminal.waitFor(`Exported ${name}: `, 60_000);
      expect(await terminal.status()).toBe(0);
      expect(existsSync(file)).toBe(true);

      const before = await holdings(engine, [name]);
      const closed = on.at(["export", name, "-o", `${file}-2`], { cols: 200 });
      await closed.waitFor(/Exporting .*\dMB/, 60_000);
      closed.close();
      expect(await closed.status()).toBe(129);
      expect(existsSync(`${file}-2`)).toBe(false);
      expect(await holdings(engine, [name])).toEqual(before);
    },
    180_000,
  );

  turn("restoring and leaving files behind are asked about", async () => {
    const name = on.newName();
    await done(on, "-n", name, "-s", "bash", "-d");
    await on.inside(name, "echo then >/etc/f");
    await done(on, "snapshot", name, "v1");
    await on.inside(name, "echo now >/etc/f");
    const id = await field(engine, name, ".Id");
    await using no = on.at(["snapshot", "restore", name, "v1"], { cols: 200 });
    await no.waitFor(`Make ${name} what it was at v1?`);
    no.type("n");
    expect(await no.status()).toBe(130);
    await using clean = on.at(["recreate", name, "--clean"], { cols: 200 });
    await clean.waitFor("1 file that stay behind, /etc/f among them");
    clean.type(keys.ctrlC);
    expect(await clean.status()).toBe(130);
    expect(await field(engine, name, ".Id")).toBe(id);
    expect(await on.inside(name, "cat /etc/f")).toBe("now\n");
    await using yes = on.at(["snapshot", "restore", name, "v1"], { cols: 200 });
    await yes.waitFor(`Make ${name} what it was at v1?`);
    yes.type("y");
    expect(await yes.status()).toBe(0);
    expect(await on.inside(name, "cat /etc/f")).toBe("then\n");
  });

  turn("a session is no text for it", async () => {
    const name = on.newName();
    await done(on, "-n", name, "-s", "bash", "-d");
    await using terminal = on.at(["export", name], { cols: 200 });
    await terminal.waitFor("A session is no text, so it is not written to a terminal.");
    expect(await terminal.status()).toBe(2);
    await using none = on.at(["import", "-"], { cols: 200 });
    await none.waitFor("There is no session on stdin.");
    expect(await none.status()).toBe(2);
  });
});
