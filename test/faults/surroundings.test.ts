import { describe, expect } from "bun:test";
import { mkdirSync, rmSync } from "node:fs";
import { engines, testImage } from "../support/engines.ts";
import { start as live } from "../support/live.ts";
import { type Outcome, raw, runProgram, until } from "../support/manyoyo.ts";
import { longSleep, scene } from "../support/scene.ts";
import { tried } from "../support/tally.ts";
import { inTurn } from "../support/turns.ts";

/** The sentence and the step below it, nothing more, and never a stack or a status of success. */
function refused(said: Outcome, sentence: RegExp, step: RegExp): void {
  expect(said.status, said.stderr).toBe(125);
  const [first = "", second = ""] = said.stderr.trimEnd().split("\n").slice(-2);
  expect(first).toStartWith("manyoyo: ");
  expect(first).toMatch(sentence);
  expect(second).toMatch(step);
}

describe.concurrent.each(engines())("%s: what lies around a session", (engine) => {
  const { turn } = inTurn(engine);
  const on = scene(engine);
  const gone = async (name: string): Promise<void> => expect(await on.state(name)).toBeUndefined();

  turn(
    "a port that another session has is named with the next step, and nothing is left behind",
    async () => {
      await tried(
        { fault: `${engine}: port taken`, promised: "named, with the next step; nothing is left" },
        async () => {
          const taken = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
          const { port } = taken;
          taken.stop(true);
          const [first, second] = [on.name(), on.name()];
          expect((await on.manyoyo(["-n", first, "-p", `${port}:80`, "-d"])).status).toBe(0);
          const said = await on.manyoyo(["-n", second, "-p", `${port}:80`, "-x", "true"]);
          refused(said, new RegExp(`\\b${port}\\b`), new RegExp(`port ${port} of this machine`));
          await gone(second);
          // A session that wakes finds it taken by another program.
          expect((await on.manyoyo(["stop", first])).status).toBe(0);
          const again = Bun.listen({ hostname: "127.0.0.1", port, socket: { data() {} } });
          for (const words of [
            ["-n", first, "-x", "true"],
            ["start", first],
          ]) {
            refused(await on.manyoyo(words), new RegExp(`\\b${port}\\b`), /manyoyo recreate/);
          }
          again.stop(true);
          expect((await on.manyoyo(["-n", first, "-x", "echo up"])).stdout).toBe("up\n");
        },
      );
    },
    240_000,
  );

  turn(
    "an image that goes away just before the session is made is said to be gone",
    async () => {
      await tried(
        { fault: `${engine}: image removed before making`, promised: "said; nothing is left" },
        async () => {
          const image = `localhost/myt-gone-${crypto.randomUUID().slice(0, 8)}:1`;
          await raw(engine, "tag", testImage, image);
          const path = await on.instead(
            `[ "$1" = run ] && "$real" rmi ${image} >/dev/null\nexec "$real" "$@"`,
          );
          const name = on.name();
          const said = await on.manyoyo(["-n", name, "--image", image, "-x", "true"], { env: path });
          refused(said, /The image .*myt-gone.* is not here/, /--image REF/);
          await gone(name);
        },
      );
    },
    240_000,
  );

  turn(
    "a named volume that was removed meanwhile does not hide the session",
    async () => {
      await tried(
        { fault: `${engine}: volume removed`, promised: "the session is found, and can be removed" },
        async () => {
          const [name, volume] = [on.name(), `myt-vol-${crypto.randomUUID().slice(0, 8)}`];
          await on.manyoyo(["-n", name, "-v", `${volume}:/vol`, "-d"]);
          await on.manyoyo(["stop", name]);
          await raw(engine, "volume", "rm", "-f", volume);
          const said = await on.manyoyo(["-n", name, "-x", "echo up"]);
          if (said.status !== 0) refused(said, /volume|vol/, /./);
          expect((await on.manyoyo(["rm", "-f", name])).status).toBe(0);
          await raw(engine, "volume", "rm", "-f", volume);
        },
      );
    },
    240_000,
  );

  turn(
    "a workspace that is removed while a command runs: the command is ended by TERM, others are told, and it can be made again",
    async () => {
      await tried(
        { fault: `${engine}: workspace removed`, promised: "said with the next step; TERM ends what runs" },
        async () => {
          const folder = `${on.folder}/gone-${crypto.randomUUID().slice(0, 8)}`;
          mkdirSync(folder);
          const [name, sleep] = [on.name(), longSleep()];
          expect((await on.manyoyo(["-n", name, "--hp", folder, "-s", "true", "-d"])).status).toBe(0);
          const call = live(on, ["-n", name, "-x", `echo ready; ${sleep}; true`]);
          await call.says("ready");
          rmSync(folder, { recursive: true });
          expect((await on.manyoyo(["ls", "--busy"])).stdout).toContain(sleep);
          const refusal = await on.manyoyo(["stop", name]);
          expect([refusal.status, refusal.stderr]).toEqual([125, expect.stringContaining("is in use")]);
          refused(
            await on.manyoyo(["-n", name, "-x", "true"]),
            /could not run in the session/,
            /removed or replaced/,
          );
          call.kill("SIGTERM");
          expect((await call.ended).status).toBe(143);
          const inside = () => raw(engine, "exec", "-w", "/", name, "ps", "-eo", "args");
          await until("the command is ended", async () => !(await inside()).stdout.includes(sleep));
          expect((await on.manyoyo(["stop", name])).status).toBe(0);
          refused(await on.manyoyo(["start", name]), /could not start/, /removed or replaced/);
          mkdirSync(folder);
          expect((await on.manyoyo(["-n", name, "-x", "echo up"])).stdout).toBe("up\n");
        },
      );
    },
    240_000,
  );

  turn(
    "a workspace that cannot be written, or is full, is the command's own failure",
    async () => {
      await tried(
        { fault: `${engine}: workspace read-only or full`, promised: "the command's words and status" },
        async () => {
          for (const [how, words] of [
            ["size=64k", /No space left/],
            ["ro,size=64k", /Read-only file system/],
          ] as const) {
            const folder = `${on.folder}/small-${crypto.randomUUID().slice(0, 8)}`;
            mkdirSync(folder);
            expect((await runProgram(["mount", "-t", "tmpfs", "-o", how, "tmpfs", folder])).status).toBe(0);
            try {
              const name = on.name();
              const said = await on.manyoyo([
                "-n",
                name,
                "--hp",
                folder,
                "-x",
                "head -c 999999 /dev/zero >f && echo no",
              ]);
              expect([said.status, said.stdout]).toEqual([1, ""]);
              expect(said.stderr).toMatch(words);
              expect((await on.manyoyo(["rm", "-f", name])).status).toBe(0);
            } finally {
              await runProgram(["umount", "-l", folder]);
            }
          }
        },
      );
    },
    240_000,
  );

  turn(
    "a full or read-only TMPDIR and home of manyoyo keep nobody from a session",
    async () => {
      await tried(
        {
          fault: `${engine}: TMPDIR and ~/.manyoyo full or read-only`,
          promised: "sessions work all the same",
        },
        async () => {
          for (const how of ["size=64k", "ro,size=64k"]) {
            const folder = `${on.home}/small-${crypto.randomUUID().slice(0, 8)}`;
            mkdirSync(folder);
            const fill = how === "size=64k" ? `head -c 99999 /dev/zero >'${folder}/fill'; true` : "true";
            const mounted = await runProgram([
              "sh",
              "-c",
              `mount -t tmpfs -o ${how} tmpfs '${folder}'; { ${fill}; } 2>/dev/null`,
            ]);
            expect(mounted.status, mounted.stderr).toBe(0);
            try {
              const name = on.name();
              // podman writes into TMPDIR for itself, and says so when it cannot.
              const temporary = engine === "docker" ? { TMPDIR: folder } : {};
              const [own, home] = [`--image`, { ...temporary, MANYOYO_HOME: folder }];
              const words = ["-n", name, own, testImage, "-e", "A=1", "-x", "echo $A"];
              expect(await on.manyoyo(words, { env: home })).toMatchObject({ status: 0, stdout: "1\n" });
              expect((await on.manyoyo(["rm", name], { env: home })).status).toBe(0);
            } finally {
              await runProgram(["umount", "-l", folder]);
            }
          }
        },
      );
    },
    240_000,
  );

  turn(
    "a session with as many processes as it may have is never taken for idle, and can be stopped and removed",
    async () => {
      await tried(
        { fault: `${engine}: limit of processes reached`, promised: "said, 125; -f stops and removes" },
        async () => {
          const name = on.name();
          await on.manyoyo(["-n", name, "--engine-arg=--pids-limit=20", "-s", "true", "-d"]);
          // It holds each place that it can have, without a shell that would fail to begin another one, and takes at once what a
          // call gives back.
          const eater =
            "perl -e 'while (1) { my $p = fork; if (defined $p && !$p) { sleep 1000; exit } select(undef, undef, undef, 0.001) }'";
          const call = live(on, ["-n", name, "-x", `${eater}; true`]);
          // One process alone may still be begun by the engine itself, whom the limit does not hold.
          const line = "sleep 0; :";
          await until(
            "no process can be begun in it",
            async () => (await raw(engine, "exec", name, "sh", "-c", line)).status !== 0,
          );
          for (const words of [
            ["-n", name, "-x", line],
            ["exec", name, "--", "sh", "-c", line],
            ["wait", name],
          ]) {
            const said = await on.manyoyo(words);
            expect(said.status, `${words.join(" ")}: ${said.stdout}${said.stderr}`).toBe(125);
            expect(said.stderr).toMatch(/as many processes as it may have.*manyoyo restart -f NAME/s);
          }
          for (const verb of ["stop", "rm"]) {
            const said = await on.manyoyo([verb, name]);
            expect([said.status, said.stderr]).toEqual([125, expect.stringContaining("in use")]);
            expect(said.stderr).toContain(`manyoyo ${verb} -f ${name}`);
          }
          expect((await on.manyoyo(["ls", "--busy"])).stdout).toMatch(new RegExp(`^${name} .* \\?$`, "m"));
          const { sessions } = JSON.parse((await on.manyoyo(["ls", "--busy", "--json"])).stdout);
          expect(sessions).toContainEqual(expect.objectContaining({ name, busy: null }));
          expect((await on.manyoyo(["stop", "-f", name])).status).toBe(0);
          await call.ended;
          expect((await on.manyoyo(["rm", "-f", name])).status).toBe(0);
          await gone(name);
        },
      );
    },
    240_000,
  );
});
