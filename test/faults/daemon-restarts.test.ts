import { afterEach, beforeAll, describe, expect, test } from "bun:test";
import { expectPolite, statusOf } from "../support/cuts.ts";
import { engines } from "../support/engines.ts";
import { start as live } from "../support/live.ts";
import { until } from "../support/manyoyo.ts";
import { ownDaemon } from "../support/own-daemon.ts";
import { longSleep, scene } from "../support/scene.ts";
import { isLong, tried } from "../support/tally.ts";

// podman has no daemon. As root alone, as nobody else may start one.
const dockers = engines().filter((engine) => engine === "docker" && process.getuid?.() === 0);
const kinds = [
  { how: "takes its containers along", words: [] },
  { how: "leaves its containers running (live-restore)", words: ["--live-restore"] },
] as const;
// Calls on a daemon that takes its containers along are in the long form: engine-stops.test.ts has its verbs.
const tables = dockers.flatMap((engine) =>
  kinds
    .filter(({ words }) => isLong || words.length > 0)
    .map((kind) => [engine, kind.how, kind.words] as const),
);

describe.each(tables)("%s's daemon is started again, and %s:", (engine, _, words) => {
  const isLeft = words.length > 0;
  const on = scene(engine);
  const own = ownDaemon();
  const names: string[] = [];
  const manyoyo = (said: readonly string[]) => on.manyoyo(said, { env: own.env });
  const restart = async (): Promise<void> => {
    await own.stop();
    await own.start(words);
  };
  const fault = (what: string) =>
    `docker: its daemon started again, ${isLeft ? "live-restore, " : ""}${what}`;
  const newName = (): string => {
    const name = on.name("again");
    names.push(name);
    return name;
  };
  const runsIn = async (name: string, text: string): Promise<boolean> =>
    (await own.docker("top", name, "-eo", "pid,args").catch(() => "")).includes(text);

  beforeAll(async () => {
    if (isLeft) await restart();
  }, 60_000);
  afterEach(async () => {
    await manyoyo(["rm", "-f", ...names.splice(0)]);
    expect(await own.containers()).toBe("");
  });

  test.each(isLong ? ["a pipe", "a terminal"] : ["a terminal"])(
    "attached by %s, it is said, the session is whole and nothing of the command runs on",
    async (by) => {
      await tried(
        { fault: fault("attached"), promised: "said; the session is whole; no command runs on" },
        async () => {
          const [name, sleep] = [newName(), longSleep()];
          expect((await manyoyo(["-n", name, "-s", "true", "-d"])).status).toBe(0);
          await manyoyo(["-n", name, "-x", "echo kept >/kept"]);
          const line = ["-n", name, "-x", `echo ready; ${sleep}; true`];
          if (by === "a pipe") {
            const call = live(on, line, { env: own.env });
            await call.says("ready");
            await restart();
            const said = await call.ended;
            expect([125, 137, 143], said.stderr).toContain(statusOf(said));
            expectPolite(said.stderr);
          } else {
            await using terminal = on.at(line, { env: own.env });
            await terminal.waitFor("ready");
            await restart();
            expect([125, 137, 143]).toContain(await terminal.status(30_000));
            expectPolite(terminal.text().slice(terminal.text().indexOf("ready") + 5));
          }
          await until("nothing of it runs", async () => !(await runsIn(name, sleep)), 30_000);
          const after = await manyoyo(["-n", name, "-x", "cat /kept"]);
          expect(after).toMatchObject({ status: 0, stdout: "kept\n" });
        },
      );
    },
    90_000,
  );

  test("with --rm-on-exit nothing stays behind", async () => {
    await tried({ fault: fault("--rm-on-exit"), promised: "nothing is left" }, async () => {
      const name = newName();
      const call = live(
        on,
        ["-n", name, "--rm-on-exit", "-v", "/own", "-x", `echo ready; ${longSleep()}; true`],
        {
          env: own.env,
        },
      );
      await call.says("ready");
      await restart();
      const said = await call.ended;
      expect([125, 137, 143], said.stderr).toContain(statusOf(said));
      expectPolite(said.stderr);
      await until("it is gone", async () => (await own.containers()) === "", 30_000);
      await until("its volume too", async () => (await own.docker("volume", "ls", "-q")) === "", 30_000);
    });
  }, 90_000);

  test("a background run and who waits for it: the wait is right or says why not", async () => {
    await tried({ fault: fault("-d and wait"), promised: "the run's status, or one sentence" }, async () => {
      const name = newName();
      const file = `${on.folder}/end-${crypto.randomUUID()}`;
      expect((await manyoyo(["-n", name, "-s", "true", "-d"])).status).toBe(0);
      const run = ["-n", name, "-d", "-x", `until [ -e '${file}' ]; do sleep 0.1; done; echo over; exit 3`];
      expect((await manyoyo(run)).status).toBe(0);
      const waiting = live(on, ["wait", name], { env: own.env });
      await until("it runs", () => runsIn(name, file));
      await restart();
      const said = await waiting.ended;
      expectPolite(said.stderr);
      if (!isLeft) {
        expect([125, 137, 143], said.stderr).toContain(statusOf(said));
        return;
      }
      await Bun.write(file, "");
      expect([3, 125], said.stderr).toContain(statusOf(said));
      const again = await manyoyo(["wait", name]);
      expect(again, again.stderr).toMatchObject({ status: 3 });
      expect((await manyoyo(["logs", name])).stdout).toContain("over");
    });
  }, 90_000);

  test("at the menu of a session, a choice made afterwards is done", async () => {
    await tried(
      { fault: fault("at the menu"), promised: "the choice is done, or the next step is said" },
      async () => {
        const name = newName();
        await manyoyo(["-n", name, "-s", "true", "-d"]);
        await using terminal = on.at(["-n", name], { env: own.env });
        await terminal.waitFor("Open a shell");
        await restart();
        terminal.type("n");
        expect([0, 125]).toContain(await terminal.status(30_000));
        expectPolite(terminal.text().slice(terminal.text().lastIndexOf("Open a shell")));
        expect(await manyoyo(["-n", name, "-x", "echo whole"])).toMatchObject({
          status: 0,
          stdout: "whole\n",
        });
      },
    );
  }, 90_000);
});
