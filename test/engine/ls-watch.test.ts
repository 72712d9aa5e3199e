import { describe, expect } from "bun:test";
import { engines } from "../support/engines.ts";
import { scene } from "../support/scene.ts";
import { keys } from "../support/terminal.ts";
import { inTurn } from "../support/turns.ts";

describe.each(engines())("%s: ls --watch", (engine) => {
  const { turn } = inTurn(engine);
  const at = scene(engine);

  turn("draws the list again in its place, shows what changes, and ends with q", async () => {
    const name = await at.session("true");
    await using terminal = at.script('"$@"; echo "status $?"', ["ls", "-w"], { cols: 200, rows: 60 });
    await terminal.waitFor(new RegExp(`${name} +running`));
    await at.manyoyo(["stop", name]);
    await terminal.waitFor(new RegExp(`${name} +stopped`));
    terminal.type("q");
    await terminal.waitFor("status 0");
    expect(await terminal.status()).toBe(0);
    expect(terminal.bytes()).toContain("\x1b[?1049h");
    expect(terminal.bytes()).toContain("\x1b[?25h\x1b[?1049l");
  });

  turn("ends with Ctrl-C and signals as such, and fits a small terminal", async () => {
    await at.session("true");
    await using small = at.at(["ls", "--watch", "--all-users"], { cols: 40, rows: 2 });
    await small.waitFor("NAME");
    small.type(keys.ctrlC);
    expect(await small.status()).toBe(130);
    await using told = at.at(["ls", "--watch"]);
    await told.waitFor("NAME");
    told.kill("SIGTERM");
    expect(await told.status()).toBe(143);
  });

  turn("refuses where there is no terminal", async () => {
    const said = await at.manyoyo(["ls", "-w"]);
    expect(said).toMatchObject({ status: 2, stdout: "" });
    expect(said.stderr).toContain("manyoyo ls --json");
  });
});
