import { describe, expect, test } from "bun:test";
import { expectPolite, untilQuiet } from "../support/cuts.ts";
import { engines } from "../support/engines.ts";
import { ownVolumes } from "../support/inside.ts";
import { start } from "../support/live.ts";
import { raw, until } from "../support/manyoyo.ts";
import { longSleep, scene } from "../support/scene.ts";
import { isLong, tried } from "../support/tally.ts";
import type { Terminal } from "../support/terminal.ts";
import { inTurn } from "../support/turns.ts";

// What somebody else does to a session while a call works in it: at a terminal, in a pipe, in the background, and with
// --rm-on-exit. The shell around it tells what the terminal's modes are afterwards.
const outer =
  'before=$(stty -g); "$@"; status=$?; [ "$(stty -g)" = "$before" ] && echo "modes are back"; echo "status=$status"';
const screen = "stty raw -echo; printf '\\033[?1049h\\033[?25lready';";

describe.each(engines())("%s: somebody else, while a call works in a session,", (engine) => {
  const { turn, share } = inTurn(engine);
  const on = scene(engine);
  const killNow = engine === "podman" ? ["-t", "0"] : [];
  const doings = {
    kills: { words: ["kill"], state: "exited", says: (name: string) => `"${name}" is stopped now` },
    stops: {
      words: ["stop", "-t", "1"],
      state: "exited",
      says: (name: string) => `"${name}" is stopped now`,
    },
    removes: {
      words: ["rm", "-f", ...killNow],
      state: undefined,
      says: (name: string) => `"${name}" was removed meanwhile`,
    },
  } as const;
  const all = Object.entries(doings).map(([doing, about]) => ({ doing, ...about }));
  const does = async (words: readonly string[], name: string): Promise<void> => {
    const said = await raw(engine, ...words, name);
    expect(said.status, said.stderr).toBe(0);
  };
  // podman calls it "stopped" before it has cleaned up.
  const untilState = (name: string, state: string | undefined): Promise<void> =>
    until(`it is ${state}`, async () => (await on.state(name)) === state);
  const settled = (terminal: Terminal, status: RegExp): Promise<unknown> =>
    terminal.waitFor("modes are back").then(() => terminal.waitFor(status));

  test.each(share(all))(
    "$doing it: at a terminal that is in order again, and it is said or asked",
    async (about) => {
      await tried(
        { fault: `${engine}: attached, somebody ${about.doing} it`, promised: "said, terminal sane" },
        async () => {
          const name = await on.session("true");
          await using terminal = on.script(outer, ["-n", name, "-x", `${screen} ${longSleep()}; true`]);
          await terminal.waitFor("ready");
          await does(about.words, name);
          await settled(terminal, /status=(125|137|143|129)\n/);
          expect(terminal.text()).not.toContain("What becomes of it?");
          expectPolite(terminal.text().slice(terminal.text().lastIndexOf("ready") + 5));
          await untilState(name, about.state);
          if (about.state === undefined) return;
          expect(await on.manyoyo(["-n", name, "-x", "echo whole"])).toMatchObject({
            status: 0,
            stdout: "whole\n",
          });
        },
      );
    },
  );

  turn(
    "restarts it just before the command begins: it is said, and is not the command's status",
    async () => {
      const about = {
        fault: `${engine}: somebody restarts it before a command begins`,
        promised: "said, 125",
      };
      await tried(about, async () => {
        const name = await on.session("true");
        const found = `${on.home}/found-${name}`;
        const env = await on.instead(`case "$1 $*" in
  container*) "$real" "$@"; status=$?; : >'${found}'; exit $status ;;
  exec*--detach-keys*) ;;
  *) exec "$real" "$@" ;;
esac
until [ -e '${found}' ]; do sleep 0.05; done
"$real" stop --time 0 ${name} >/dev/null
"$real" "$@"
status=$?
"$real" start ${name} >/dev/null
exit $status`);
        const said = await on.manyoyo(["-n", name, "-x", "echo ran"], { env });
        expect(said).toMatchObject({ status: 125, stdout: "" });
        expect(said.stderr).toEndWith(
          `manyoyo: The session "${name}" was restarted before the command in it began.\n  Run it again: manyoyo -n ${name}\n`,
        );
        expect(await on.manyoyo(["-n", name, "-x", "exit 255"])).toMatchObject({ status: 255, stderr: "" });
      });
    },
  );

  turn("kills it, and its log has lost what is old: what it holds stays", async () => {
    const about = {
      fault: `${engine}: somebody kills it, its long log was cut`,
      promised: "said, 125; nothing is removed",
    };
    await tried(about, async () => {
      const name = on.name();
      // Engines drop the beginning of a log of 10 MB or more.
      const env = await on.instead(`[ "$1" = logs ] && { echo text; exit 0; }; exec "$real" "$@"`);
      const live = start(on, ["-n", name, "-x", `echo kept >~/kept; echo ready; ${longSleep()}; true`], {
        env,
      });
      await live.says("ready");
      const startedAt = async (): Promise<number> => {
        const said = await raw(engine, "container", "inspect", "--format", "{{json .State.StartedAt}}", name);
        return Date.parse(JSON.parse(said.stdout));
      };
      const begun = await startedAt();
      await until("it has lived for a while", () => Date.now() - begun > 6000);
      await does(doings.kills.words, name);
      const said = await live.ended;
      expect(said).toMatchObject({ status: 125, stdout: "ready\n" });
      expect(said.stderr).toContain(doings.kills.says(name));
      await untilState(name, "exited");
      expect((await on.manyoyo(["-n", name, "-x", "cat ~/kept"])).stdout).toBe("kept\n");
    });
  });

  test.each(share(["pause", "stop"]))(
    "%ss it just as a command has ended: its status is its own",
    async (word) => {
      const about = { fault: `${engine}: ${word} as a command has ended`, promised: "the command's status" };
      await tried(about, async () => {
        const name = await on.session("true");
        const env = await on.instead(`case "$1 $*" in exec*--detach-keys*) ;; *) exec "$real" "$@" ;; esac
"$real" "$@"
status=$?
"$real" ${word} ${name} >/dev/null
exit $status`);
        expect(await on.manyoyo(["-n", name, "-x", "exit 255"], { env })).toMatchObject({
          status: 255,
          stderr: "",
        });
      });
    },
  );

  test.each(share(all))("$doing it: in a pipe it is an error of one sentence", async (about) => {
    await tried(
      { fault: `${engine}: in a pipe, somebody ${about.doing} it`, promised: "one sentence" },
      async () => {
        const name = await on.session("true");
        const live = start(on, ["-n", name, "-x", `echo ready; ${longSleep()}; true`]);
        await live.says("ready");
        await does(about.words, name);
        const said = await live.ended;
        // Who stops a session ends its command politely, and that has a status of its own.
        expect(about.doing === "stops" ? [125, 143] : [125]).toContain(said.status);
        expect(said.stdout).toBe("ready\n");
        if (said.status === 125) expect(said.stderr).toContain(about.says(name));
        expectPolite(said.stderr);
        await untilQuiet(on);
      },
    );
  });

  test.each(share(all))("$doing it: with --rm-on-exit nothing stays behind", async (about) => {
    await tried(
      { fault: `${engine}: --rm-on-exit, somebody ${about.doing} it`, promised: "nothing is left" },
      async () => {
        const name = on.name();
        const live = start(on, [
          "-n",
          name,
          "--rm-on-exit",
          "-v",
          "/own",
          "-x",
          `echo ready; ${longSleep()}; true`,
        ]);
        await live.says("ready");
        const volumes = await ownVolumes(engine, name);
        expect(volumes).toHaveLength(1);
        const [volume = ""] = volumes;
        await does(about.words, name);
        const said = await live.ended;
        expect(about.doing === "stops" ? [125, 143] : [125], said.stderr).toContain(said.status);
        expectPolite(said.stderr);
        await untilQuiet(on);
        expect(await on.state(name)).toBeUndefined();
        expect((await raw(engine, "volume", "inspect", volume)).status).not.toBe(0);
      },
    );
  });

  turn(
    "removes it: with --rm-on-exit a volume that a person made without a name stays, as it was asked for",
    async () => {
      await tried(
        { fault: `${engine}: --rm-on-exit, somebody's own volume`, promised: "it stays" },
        async () => {
          const volume = (await raw(engine, "volume", "create")).stdout.trim();
          expect(volume).toMatch(/^[0-9a-f]{64}$/);
          const name = on.name();
          const words = ["--rm-on-exit", "-v", `${volume}:/theirs`, "-x", `echo ready; ${longSleep()}; true`];
          const live = start(on, ["-n", name, ...words]);
          await live.says("ready");
          await does(doings.removes.words, name);
          await live.ended;
          await untilQuiet(on);
          expect((await raw(engine, "volume", "rm", volume)).status).toBe(0);
        },
      );
    },
  );

  test.each(share(["KILL", "TERM"]))(
    "ends rm by %s while it looks what would be lost with a copied session: the container for that goes",
    async (signal) => {
      await tried({ fault: `${engine}: rm ended by ${signal}`, promised: "nothing is left" }, async () => {
        const name = on.name();
        expect((await on.manyoyo(["-n", name, "-s", "claude", "-d"])).status).toBe(0);
        expect((await on.manyoyo(["recreate", name])).status).toBe(0);
        await does(["stop", "-t", "1"], name);
        const image = (
          await raw(engine, "container", "inspect", "--format", "{{.Image}}", name)
        ).stdout.trim();
        const others = async (): Promise<readonly string[]> => {
          const said = await raw(engine, "ps", "--filter", `ancestor=${image}`, "--format", "{{.Names}}");
          return said.stdout.split("\n").filter((each) => each !== "" && each !== name);
        };
        // A program inside that never ends.
        const env = await on.instead(`case $1 in create | run) ;; *) exec "$real" "$@" ;; esac
count=$#
while [ "$count" -gt 0 ]; do
  word=$1; shift
  [ "$before" = -c ] && word='trap : TERM; while :; do sleep 1; done'
  set -- "$@" "$word"; before=$word; count=$((count - 1))
done
exec "$real" "$@"`);
        const live = start(on, ["rm", name], { env });
        await until("it looks", async () => (await others()).length === 1);
        live.kill(`SIG${signal}`);
        await live.ended;
        await until("nothing is left", async () => (await others()).length === 0, 30_000);
        await on.manyoyo(["rm", "-f", name]);
      });
    },
  );

  test.each(share(all))(
    "$doing it: wait and logs tell of a background run, and it can be joined or is gone",
    async (about) => {
      await tried(
        { fault: `${engine}: -d, somebody ${about.doing} it`, promised: "wait says so, whole or gone" },
        async () => {
          const name = on.name();
          expect((await on.manyoyo(["-n", name, "-d", "-x", longSleep()])).status).toBe(0);
          const waits = start(on, ["wait", name]);
          await on.untilRuns(name, "sleep");
          await does(about.words, name);
          const said = await waits.ended;
          expect(about.state === undefined ? [125] : [137, 143], said.stderr).toContain(said.status);
          expectPolite(said.stderr);
          await untilState(name, about.state);
          if (about.state === undefined) return;
          expect(await on.manyoyo(["-n", name, "-x", "echo whole"])).toMatchObject({
            status: 0,
            stdout: "whole\n",
          });
        },
      );
    },
  );

  turn("pauses it: it stands still, goes on afterwards, and keeps its status", async () => {
    await tried(
      { fault: `${engine}: attached, somebody pauses it`, promised: "goes on, its status" },
      async () => {
        const name = await on.session("true");
        await using terminal = on.script(outer, [
          "-n",
          name,
          "-x",
          "echo ready; read word; echo got $word; exit 3",
        ]);
        await terminal.waitFor("ready");
        await does(["pause"], name);
        terminal.type("this\r");
        expect(await on.state(name)).toBe("paused");
        await does(["unpause"], name);
        await terminal.waitFor("got this");
        await settled(terminal, /status=3\n/);
      },
    );
  });

  const paused = [
    { signal: "SIGTERM", status: 143 },
    { signal: "SIGHUP", status: 129 },
    { signal: "SIGINT", status: 130 },
  ] as const;
  test.each(share(isLong ? paused : paused.slice(0, 1)))(
    "pauses it: a call that is told to end by $signal then does, and nothing runs on once it goes on",
    async ({ signal, status }) => {
      await tried(
        { fault: `${engine}: ${signal} while paused`, promised: "ends, nothing runs on" },
        async () => {
          const [name, sleep] = [await on.session("true"), longSleep()];
          const live = start(on, ["-n", name, "-x", `echo ready; ${sleep}; true`]);
          await live.says("ready");
          await does(["pause"], name);
          live.kill(signal);
          expect((await live.ended).status).toBe(status);
          if ((await on.state(name)) === "paused") await does(["unpause"], name);
          await on.untilGone(name, sleep);
        },
      );
    },
  );

  turn("pauses it: a call with --rm-on-exit that is told to end removes it all the same", async () => {
    await tried(
      { fault: `${engine}: --rm-on-exit, TERM while paused`, promised: "nothing is left" },
      async () => {
        const name = on.name();
        const live = start(on, ["-n", name, "--rm-on-exit", "-x", `echo ready; ${longSleep()}`]);
        await live.says("ready");
        await does(["pause"], name);
        live.kill("SIGTERM");
        expect((await live.ended).status).toBe(143);
        await untilQuiet(on);
        await until("it is removed", async () => (await on.state(name)) === undefined);
      },
    );
  });

  test.each(share(["KILL", "TERM"]))(
    "ends the agent inside by %s: the menu asks, and the terminal is in order",
    async (signal) => {
      await tried(
        { fault: `${engine}: the agent killed by ${signal}`, promised: "asked, terminal sane" },
        async () => {
          const sleep = longSleep();
          const name = await on.session(`${screen} exec ${sleep}`);
          await using terminal = on.script(outer, ["-n", name]);
          await terminal.waitFor("ready");
          await on.untilRuns(name, `\n${sleep}\n`);
          const killed = await raw(engine, "exec", name, "pkill", `-${signal}`, "-f", `^${sleep}`);
          expect(killed.status, killed.stderr).toBe(0);
          await terminal.waitFor("Open a shell");
          terminal.type("y");
          await settled(terminal, signal === "KILL" ? /status=137\n/ : /status=143\n/);
          expect(await on.state(name)).toBe("running");
        },
      );
    },
  );
});
