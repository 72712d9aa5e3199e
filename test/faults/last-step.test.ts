import { describe, expect } from "bun:test";
import { chmodSync, rmSync } from "node:fs";
import { engines, testImage } from "../support/engines.ts";
import { field } from "../support/inside.ts";
import { raw, runProgram } from "../support/manyoyo.ts";
import { copyScene, done, holdings } from "../support/saved.ts";
import { inTurn } from "../support/turns.ts";

// What an engine's program says while its daemon is away.
const down = "Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?";

describe.concurrent.each(engines())("%s: a session that is made anew, whose last step", (engine) => {
  const { turn } = inTurn(engine);
  const on = copyScene(engine, "step");

  /** A session, and an engine's program in whose text NAME is its name and FLAG a file that is not there at first. */
  async function at(text: string, isQuick = true) {
    const name = on.newName();
    await done(on, "-n", name, "-s", "bash", "-d");
    const flag = `${on.home}/flag-${name}`;
    const env = await on.instead(
      `${text.replaceAll("NAME", name).replaceAll("FLAG", flag)}\nexec "$real" "$@"`,
    );
    if (isQuick) {
      const sleep = `${env.PATH.split(":")[0]}/sleep`;
      await Bun.write(sleep, "#!/bin/sh\n");
      chmodSync(sleep, 0o755);
    }
    const before = await holdings(engine, [name]);
    const recreate = () => on.manyoyo(["recreate", "-f", name, "-e", "A=1"], { env });
    const value = () => done(on, "-n", name, "-x", "echo $A");
    return { name, flag, before, recreate, value };
  }

  turn("finds its engine stopped for a while: it is done when that is back", async () => {
    const { name, before, recreate, value } = await at(
      `[ "$1" = rename ] && [ ! -e 'FLAG' ] && echo "$(($(date +%s) + 18))" >'FLAG'
[ -e 'FLAG' ] && [ "$(date +%s)" -lt "$(cat 'FLAG')" ] && echo '${down}' >&2 && exit 1`,
      false,
    );
    expect(await recreate()).toMatchObject({ status: 0, stdout: `${name}\n`, stderr: "" });
    expect(await value()).toBe("1\n");
    const { containers } = await holdings(engine, [name]);
    expect(Object.keys(containers)).toEqual([name]);
    expect(containers).not.toEqual(before.containers);
  });

  turn("finds its engine stopped for good: that is said, and the next call clears it away", async () => {
    const { name, flag, recreate, value } = await at(
      `case "$1 $*" in 'ps '*'label=manyoyo.lock='*) : >'FLAG' ;; esac
[ -e 'FLAG' ] && echo '${down}' >&2 && exit 1`,
    );
    const id = await field(engine, name, ".Id");
    expect(await recreate()).toMatchObject({
      status: 125,
      stdout: "",
      stderr: `manyoyo: ${engine} could not put the new session in the place of "${name}". Not all of it could be put back.\n  See what there is: manyoyo ls\n`,
    });
    expect(await field(engine, name, ".Id")).toBe(id);
    rmSync(flag);
    await done(on, "recreate", "-f", name, "-e", "A=2");
    expect(await value()).toBe("2\n");
    expect(Object.keys((await holdings(engine, [name])).containers)).toEqual([name]);
  });

  turn("finds the old one under its name again, as another call gave it back: all is as it was", async () => {
    const { name, before, recreate } = await at(
      `[ "$1 $3" = 'rename NAME' ] && [ ! -e 'FLAG' ] && : >'FLAG' && "$real" rename "$("$real" ps -aq --filter name=NAME.old)" NAME`,
    );
    expect(await recreate()).toMatchObject({
      status: 125,
      stdout: "",
      stderr: `manyoyo: ${engine} could not put the new session in the place of "${name}", which stays as it is.\n  See what there is, and try again: manyoyo ls\n`,
    });
    expect(await holdings(engine, [name])).toEqual(before);
  });

  turn("finds another container under its name: that is said, and the old one is there", async () => {
    const { name, before, recreate } = await at(
      `[ "$1 $3" = 'rename NAME' ] && [ ! -e 'FLAG' ] && : >'FLAG' && "$real" create --name NAME ${testImage} >/dev/null`,
    );
    expect(await recreate()).toMatchObject({
      status: 125,
      stdout: "",
      stderr: expect.stringContaining("Not all of it could be put back."),
    });
    const { containers } = await holdings(engine, [name]);
    const [, former = ""] = Object.keys(containers).toSorted();
    expect(former).toStartWith(`${name}.old-`);
    expect([containers[former]]).toEqual(Object.values(before.containers));
    expect((await raw(engine, "rm", name)).status).toBe(0);
    // The next call gives it its name back.
    await done(on, "recreate", "-f", name);
    expect(Object.keys((await holdings(engine, [name])).containers)).toEqual([name]);
  });

  turn("cannot remove the old one: that is said", async () => {
    const { name, recreate, value } = await at(
      `[ "$1 $2" = 'rm --volumes' ] && echo 'Error: unlinkat /x/merged: device or resource busy' >&2 && exit 1`,
    );
    const said = await recreate();
    expect(said).toMatchObject({ status: 125, stdout: "" });
    const [, former = ""] = /^ {2}See .*: manyoyo rm (\S+)$/m.exec(said.stderr) ?? [];
    expect(former).toStartWith(`${name}.old-`);
    expect(said.stderr).toContain(`${engine} could not remove the former one`);
    expect(await value()).toBe("1\n");
    await done(on, "rm", former);
    expect(Object.keys((await holdings(engine, [name])).containers)).toEqual([name]);
  });

  turn(
    "cannot be taken, nor kept conversations be put back: they stay aside, and it is said where",
    async () => {
      const name = on.newName();
      const kept = `manyoyo-history-${name}`;
      await done(on, "-n", name, "--keep-history", "-s", "bash", "-d");
      await done(on, "snapshot", name, "one");
      await on.inside(name, "echo mine >/manyoyo/history/mine");
      const env = await on.instead(
        `case "$*" in start' '* | *'rm -rf /manyoyo/to/'*) echo 'Error: no space left on device' >&2; exit 125 ;; esac\nexec "$real" "$@"`,
      );
      const sleep = `${env.PATH.split(":")[0]}/sleep`;
      await Bun.write(sleep, "#!/bin/sh\n");
      chmodSync(sleep, 0o755);
      const said = await on.manyoyo(["snapshot", "restore", "-f", name, "one"], { env });
      const [, aside = ""] = /they are in the volume "(\S+)"/.exec(said.stderr) ?? [];
      expect([said.status, said.stderr]).toEqual([125, expect.stringContaining("no space left on device")]);
      expect(aside).toStartWith(`manyoyo-work-${name}-`);
      // The next call takes it for nothing that was left behind.
      await done(on, "recreate", "-f", name);
      expect((await holdings(engine, [name])).volumes).toEqual([`in passing: ${aside}`, kept]);
      const [, remedy = ""] = /Put them back: (.*)$/m.exec(said.stderr) ?? [];
      const run = await runProgram(["sh", "-c", remedy.replace("; then: ", " && ")]);
      expect([run.status, run.stderr]).toEqual([0, ""]);
      expect(await on.inside(name, "cat /manyoyo/history/mine")).toBe("mine\n");
      expect((await holdings(engine, [name])).volumes).toEqual([kept]);
    },
  );

  turn("is taken back under somebody who works in the old one: nothing that was said is lost", async () => {
    const name = on.newName();
    await done(on, "-n", name, "--keep-history", "-s", "bash", "-d");
    const inKept = (line: string) => on.inside(name, `cd /manyoyo/history && ${line}`);
    await inKept("echo first >both; touch -d '2 days ago' both");
    await done(on, "snapshot", name, "one");
    await inKept("echo second >>both; touch -d '1 day ago' both; echo mine >mine");
    const id = await field(engine, name, ".Id");
    const flag = `${on.home}/flag-${name}`;
    const work = "cd /manyoyo/history; echo since >since; echo third >>both";
    const env = await on.instead(
      `if [ "$1" = start ] && [ "$2" != ${id} ] && [ ! -e '${flag}' ]; then
: >'${flag}'; { "$real" start ${id}; "$real" exec ${id} sh -c '${work}'; } >/dev/null
fi
exec "$real" "$@"`,
    );
    expect(await on.manyoyo(["snapshot", "restore", "-f", name, "one"], { env })).toMatchObject({
      status: 125,
      stdout: "",
      stderr: expect.stringContaining("was started meanwhile, so it stays as it is"),
    });
    expect(await inKept("cat mine since both both.before")).toBe(
      "mine\nsince\nfirst\nthird\nfirst\nsecond\n",
    );
    expect((await holdings(engine, [name])).volumes).toEqual([`manyoyo-history-${name}`]);
  });
});
