import { afterEach, describe, expect, test } from "bun:test";
import { statusOf } from "../support/cuts.ts";
import { engines } from "../support/engines.ts";
import { type Hanging, hangTries, meetsHang } from "../support/hang.ts";
import { start as live } from "../support/live.ts";
import { until } from "../support/manyoyo.ts";
import { ownDaemon } from "../support/own-daemon.ts";
import { longSleep, scene } from "../support/scene.ts";
import { isLong, tried } from "../support/tally.ts";
import { keys } from "../support/terminal.ts";

// podman has no daemon. As root alone, as nobody else may start one.
const dockers = engines().filter((engine) => engine === "docker" && process.getuid?.() === 0);

describe.each(dockers)("%s's daemon hangs", (engine) => {
  const on = scene(engine);
  const own = ownDaemon();
  afterEach(() => own.goOn());
  const manyoyo = (words: readonly string[]) => on.manyoyo(words, { env: own.env });
  const fault = (verb: string) => `docker: its daemon hangs during ${verb}`;

  const hanging: Hanging = {
    who: "its daemon",
    env: own.env,
    inOrder: true,
    hang: () => `kill -STOP ${own.pid()}`,
    goOn: () => own.goOn(),
    containers: () => own.containers(),
    processes: (name) => own.docker("top", name, "-eo", "pid,args"),
  };

  test.each(hangTries())(
    "at step $step of $verb: TERM ends the call, and afterwards all is whole or gone",
    (about) => meetsHang(on, hanging, about),
    90_000,
  );

  test.each(isLong ? ["pipe", "terminal"] : ["terminal"])(
    "while a command runs, attached by a %s: TERM ends the call and, once it goes on, the command",
    async (by) => {
      await tried({ fault: fault("a command"), promised: "TERM ends call and command" }, async () => {
        const [name, sleep] = [on.name("run"), longSleep()];
        await manyoyo(["-n", name, "-s", "true", "-d"]);
        const words = ["-n", name, "-x", `echo ready; ${sleep}; true`];
        const began = { at: 0 };
        if (by === "terminal") {
          await using terminal = on.at(words, { env: own.env });
          await terminal.waitFor("ready");
          own.hang();
          began.at = Date.now();
          terminal.kill("SIGTERM");
          expect(await terminal.status()).toBe(143);
        } else {
          const call = live(on, words, { env: own.env });
          await call.says("ready");
          own.hang();
          began.at = Date.now();
          call.kill("SIGTERM");
          await call.exited;
          expect(statusOf(await call.ended)).toBe(143);
        }
        expect(Date.now() - began.at).toBeLessThan(15_000);
        own.goOn();
        await until(
          "the command is ended",
          async () => !(await own.docker("top", name, "-eo", "pid,args")).includes(sleep),
          30_000,
        );
        await manyoyo(["rm", "-f", name]);
      });
    },
    60_000,
  );

  test("at the menu: a choice that gets no answer is left by Ctrl-C", async () => {
    await tried({ fault: fault("the menu"), promised: "Ctrl-C ends it, status 130" }, async () => {
      const name = on.name("menu");
      await manyoyo(["-n", name, "-s", "true", "-d"]);
      await using terminal = on.at(["-n", name], { env: own.env });
      await terminal.waitFor("Open a shell");
      own.hang();
      terminal.type("n");
      await Bun.sleep(500);
      terminal.type(keys.ctrlC);
      expect(await terminal.status(15_000)).toBe(130);
      own.goOn();
      await manyoyo(["rm", "-f", name]);
    });
  }, 60_000);

  test("TAB adds nothing, says nothing, and is over within three seconds", async () => {
    await tried({ fault: fault("TAB"), promised: "over within 3 s, no noise" }, async () => {
      own.hang();
      for (const words of [
        ["rm", ""],
        ["-n", ""],
        ["-v", ""],
        ["--image", ""],
        ["resume", "x"],
      ]) {
        const began = Date.now();
        const said = await manyoyo(["complete", "--", ...words]);
        expect(Date.now() - began).toBeLessThan(3000);
        expect([said.status, said.stderr]).toEqual([0, ""]);
      }
    });
  }, 60_000);
});
