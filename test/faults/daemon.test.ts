import { afterEach, describe, expect, test } from "bun:test";
import { statusOf } from "../support/cuts.ts";
import { engines, executable } from "../support/engines.ts";
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

  /** The client that hangs its daemon up at a call of manyoyo, and then makes it; it notes that it did. */
  async function hangingAt(call: number, mark: string) {
    const count = `${mark}-count`;
    return on.instead(`[ "$(readlink /proc/$PPID/exe)" = "${executable()}" ] || exec "$real" "$@"
n=$(($(cat '${count}' 2>/dev/null) + 1)); echo $n >'${count}'
[ $n = ${call} ] && { kill -STOP ${own.pid()}; : >'${mark}'; }
exec "$real" "$@"`);
  }

  const verbs = [
    { verb: "making", words: (name: string) => ["-n", name, "-x", "echo in; sleep 1000; true"], made: false },
    { verb: "making with -d", words: (name: string) => ["-n", name, "-d"], made: false },
    {
      verb: "making with --rm",
      words: (name: string) => ["-n", name, "--rm", "-x", "echo in; sleep 1000; true"],
      made: false,
    },
    { verb: "joining", words: (name: string) => ["-n", name, "-x", "echo in; sleep 1000; true"], made: true },
    { verb: "exec", words: (name: string) => ["exec", name, "--", "sleep", "1000"], made: true },
    { verb: "stop", words: (name: string) => ["stop", name], made: true },
    { verb: "rm", words: (name: string) => ["rm", name], made: true },
    { verb: "ls", words: () => ["ls", "--busy"], made: true },
    { verb: "logs", words: (name: string) => ["logs", name], made: true },
    { verb: "wait", words: (name: string) => ["wait", name], made: true },
  ];
  // In the short form each verb meets it at one step, another one for each.
  const steps = (at: number): readonly number[] => (isLong ? [1, 2, 3, 4, 5, 6] : [1 + (at % 3)]);
  const tries = verbs.flatMap((each, at) =>
    isLong || at % 2 === 0 ? steps(at).map((step) => ({ ...each, step })) : [],
  );

  test.each(tries)(
    "at step $step of $verb: TERM ends the call, and afterwards all is whole or gone",
    async ({ verb, words, made, step }) => {
      await tried(
        { fault: fault(verb), promised: "TERM ends it within 15 s; whole or gone afterwards" },
        async () => {
          const name = on.name("hang");
          if (made) expect((await manyoyo(["-n", name, "-s", "true", "-d"])).status).toBe(0);
          const mark = `${on.home}/hung-${crypto.randomUUID()}`;
          const call = live(on, words(name), { env: { ...own.env, ...(await hangingAt(step, mark)) } });
          const isHung = () => Bun.file(mark).exists();
          await until("it hangs, or got by without that step", async () => {
            const isOver = (await Promise.race([call.exited, Bun.sleep(1)])) !== undefined;
            return isOver || (await isHung()) || call.stdout().includes("in\n");
          });
          if (await isHung()) await Bun.sleep(300);
          const began = Date.now();
          call.kill("SIGTERM");
          await call.exited;
          expect(Date.now() - began).toBeLessThan(15_000);
          own.goOn();
          const said = await call.ended;
          if (await isHung()) expect([143, 0]).toContain(statusOf(said));
          expect(said.stderr).not.toMatch(/itself failed|TypeError|not found|No session/);
          const states = async () =>
            (await own.containers()).split("\n").filter((line) => line.startsWith(`${name} `));
          if (verb === "making with --rm" || (verb === "making" && (await isHung()))) {
            await until(`${name} is gone: ${said.stderr}`, async () => (await states()).length === 0, 30_000);
          }
          // The daemon may still be at what it was told before it hung.
          if ((await states()).length > 0) {
            const look = async () => await own.docker("top", name, "-eo", "pid,args");
            await until(
              "nothing of the call runs inside",
              async () => !(await look()).includes("sleep 1000"),
              30_000,
            );
            await until(
              "it is whole",
              async () => (await manyoyo(["-n", name, "-x", "echo whole"])).stdout === "whole\n",
              30_000,
            );
          }
          expect([0, 125]).toContain((await manyoyo(["rm", "-f", name])).status);
          await until("nothing is left", async () => (await states()).length === 0, 15_000);
        },
      );
    },
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
