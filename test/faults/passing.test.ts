import { describe, expect, test } from "bun:test";
import { engines } from "../support/engines.ts";
import { done, holdings } from "../support/saved.ts";
import { type Scene, scene } from "../support/scene.ts";
import { tried } from "../support/tally.ts";

/** A PATH on which the engine's program does something else the first time that this holds. */
function once(on: Scene, when: string, what: string): Promise<Readonly<Record<string, string>>> {
  const flag = `${on.home}/failed-${crypto.randomUUID()}`;
  return on.instead(`if [ ! -e '${flag}' ] && ${when}; then : >'${flag}'; ${what}; fi\nexec "$real" "$@"`);
}

describe.each(engines())("%s fails for a moment", (engine) => {
  const on = scene(engine);
  // docker's own words, where a file is made in a session at the very moment at which its folder is removed.
  const words =
    'Error response from daemon: container x: driver "overlay2" failed to remove root filesystem: unlinkat /x: directory not empty';

  test("as a session is removed: it is told again", async () => {
    const fault = { fault: `${engine}: fails for a moment as it removes a container`, promised: "removed" };
    await tried(fault, async () => {
      const name = await on.session("true");
      const env = await once(on, '[ "$1" = rm ]', `echo '${words}' >&2; exit 1`);
      expect(await on.manyoyo(["rm", name], { env })).toMatchObject({
        status: 0,
        stdout: `${name}\n`,
        stderr: "",
      });
      expect(await on.state(name)).toBeUndefined();
    });
  });
});

// podman fails like this where two containers are started at the very same moment, which cannot be brought about at will.
const podmans = engines().filter((engine) => engine === "podman");
const failure = "echo 'Error: netavark: code: 1, msg: iptables: Chain already exists.' >&2; exit 126";

describe.each(podmans)("%s fails for a moment", (engine) => {
  const on = scene(engine);
  const fault = { fault: `${engine}: fails for a moment as it starts a container`, promised: "tried again" };

  test("as a session is made: it is started all the same, once", async () => {
    await tried(fault, async () => {
      const name = on.name();
      const env = await once(on, '[ "$1" = run ]', `shift 2; "$real" create "$@" >/dev/null; ${failure}`);
      const said = await on.manyoyo(["-n", name, "-e", "WORD=kept", "-x", "echo $WORD"], { env });
      expect(said).toMatchObject({ status: 0, stdout: "kept\n" });
      expect(Object.keys((await holdings(engine, [name])).containers)).toEqual([name]);
    });
  });

  test("as a session is woken, or made anew", async () => {
    await tried(fault, async () => {
      const name = await on.session("true");
      await done(on, "stop", name);
      const env = await once(on, '[ "$1" = start ]', failure);
      expect(await on.manyoyo(["-n", name, "-x", "echo up"], { env })).toMatchObject({
        status: 0,
        stdout: "up\n",
      });
      const again = await once(on, '[ "$1" = start ]', failure);
      expect(await on.manyoyo(["recreate", name, "-e", "A=1"], { env: again })).toMatchObject({ status: 0 });
    });
  });

  test("again and again: the next step is said, and nothing is left", async () => {
    await tried({ ...fault, promised: "one sentence; nothing is left" }, async () => {
      const name = on.name();
      const env = await on.instead(`case $1 in run | start) ${failure} ;; esac\nexec "$real" "$@"`);
      const said = await on.manyoyo(["-n", name, "-x", "true"], { env });
      expect([said.status, said.stderr]).toEqual([125, expect.stringContaining("try again")]);
      expect(await on.state(name)).toBeUndefined();
    });
  });
});
