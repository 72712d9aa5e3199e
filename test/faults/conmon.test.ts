import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { expectPolite, statusOf } from "../support/cuts.ts";
import { engines } from "../support/engines.ts";
import { start as live } from "../support/live.ts";
import { raw, until } from "../support/manyoyo.ts";
import { longSleep, scene } from "../support/scene.ts";
import { isLong, tried } from "../support/tally.ts";

// podman has no daemon: a conmon of each container and of each command in one holds its output and its status.
const podmans = engines().filter((engine) => engine === "podman");

/** The conmons whose words hold all of these. */
function conmons(...words: readonly string[]): readonly number[] {
  return readdirSync("/proc").flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
      const isOne =
        /conmon$/.test(line[0] ?? "") && words.every((word) => line.some((each) => each.includes(word)));
      return isOne ? [Number(pid)] : [];
    } catch {
      return [];
    }
  });
}

describe.each(podmans)("%s's conmon is killed", (engine) => {
  const on = scene(engine);
  const id = async (name: string): Promise<string> =>
    (await raw(engine, "container", "inspect", "--format", "{{.Id}}", name)).stdout.trim();
  const kill = (pids: readonly number[]): void => {
    expect(pids).toHaveLength(1);
    for (const pid of pids) process.kill(pid, "SIGKILL");
  };

  test("that of the session: every verb says what there is or ends with one sentence, and it can be removed", async () => {
    await tried(
      { fault: "podman: conmon of a session killed", promised: "done, or one sentence; it can be removed" },
      async () => {
        const name = await on.session("true");
        kill(conmons(await id(name)));
        for (const words of [
          ["ls", "--busy"],
          ["-n", name, "-x", "echo in"],
          ["logs", name],
          ["inspect", name],
          // Ten seconds each: podman waits for the conmon.
          ...(isLong
            ? [
                ["stop", "-f", name],
                ["-n", name, "-x", "echo again"],
              ]
            : []),
          ["rm", "-f", name],
        ]) {
          const said = await on.manyoyo(words);
          expect([0, 125], `${words.join(" ")}: ${said.stderr}`).toContain(statusOf(said));
          expectPolite(said.stderr);
        }
        expect(await on.state(name)).toBeUndefined();
      },
    );
  }, 120_000);

  test.each(isLong ? ["a pipe", "a terminal"] : ["a pipe"])(
    "that of a command, attached by %s: it is said, and nothing of the command runs on",
    async (by) => {
      await tried(
        { fault: "podman: conmon of a command killed", promised: "said; no command runs on" },
        async () => {
          const [name, sleep] = [await on.session("true"), longSleep()];
          const words = ["-n", name, "-x", `echo ready; ${sleep}; true`];
          const container = await id(name);
          const ofCommand = (): readonly number[] => conmons(container, "--exec-attach");
          if (by === "a pipe") {
            const call = live(on, words);
            await call.says("ready");
            kill(ofCommand());
            const said = await call.ended;
            expect([125, 137], said.stderr).toContain(statusOf(said));
            expectPolite(said.stderr);
          } else {
            await using terminal = on.at(words);
            await terminal.waitFor("ready");
            kill(ofCommand());
            expect([125, 137]).toContain(await terminal.status(30_000));
          }
          await until("nothing of it runs", async () => !(await on.runs(name, sleep)), 30_000);
          expect(await on.manyoyo(["-n", name, "-x", "echo whole"])).toMatchObject({
            status: 0,
            stdout: "whole\n",
          });
        },
      );
    },
    90_000,
  );
});
