import { describe, expect, test } from "bun:test";
import { engines } from "../support/engines.ts";
import { field } from "../support/inside.ts";
import { raw } from "../support/manyoyo.ts";
import { copyScene, done } from "../support/saved.ts";
import { isLong, tried } from "../support/tally.ts";

// podman begins a command and pauses a container one after the other.
const dockers = engines().filter((engine) => engine === "docker");

describe.each(dockers)("%s is paused to save it", (engine) => {
  const on = copyScene(engine, "still");

  test("and never ends to unpause it: the kernel lets it go on, and the engine knows", async () => {
    const promised = "saved, and the session goes on";
    await tried({ fault: `${engine}: unpause hangs until the container goes on`, promised }, async () => {
      const name = on.newName();
      await done(on, "-n", name, "-s", "true", "-d");
      const id = await field(engine, name, ".Id");
      const flag = `${on.home}/hung`;
      const find = (file: string): string => `find /sys/fs/cgroup -path '*${id}*' -name ${file} | head -n 1`;
      const env = await on.instead(`if [ "$1" = unpause ] && [ ! -e '${flag}' ]; then
  : >'${flag}'
  file=$(${find("freezer.state")})
  [ -n "$file" ] || file=$(${find("cgroup.freeze")})
  until grep -qx -e THAWED -e 0 "$file"; do sleep 0.05; done
fi
exec "$real" "$@"`);
      expect(await on.manyoyo(["snapshot", name, "one"], { env })).toMatchObject({
        status: 0,
        stdout: "one\n",
      });
      expect(await on.state(name)).toBe("running");
      expect(await done(on, "-n", name, "-x", "echo goes on")).toBe("goes on\n");
    });
  });

  test("and cannot be continued: it is said, with what to do", async () => {
    await tried({ fault: `${engine}: unpause fails`, promised: "one sentence, 125" }, async () => {
      const name = on.newName();
      await done(on, "-n", name, "-s", "true", "-d");
      const env = await on.instead(`[ "$1" = unpause ] && exit 1\nexec "$real" "$@"`);
      const said = await on.manyoyo(["snapshot", name, "one"], { env });
      expect([said.status, said.stderr]).toEqual([125, expect.stringContaining(`${engine} unpause `)]);
      expect(await on.state(name)).toBe("paused");
      // Whoever joins it continues it.
      expect(await done(on, "-n", name, "-x", "echo goes on")).toBe("goes on\n");
    });
  });

  // docker 20.10 with containerd 1.6 stands still about once in three times here.
  if (isLong)
    test("just as commands are begun in it: it goes on, and so do they", async () => {
      const name = on.newName();
      await done(on, "-n", name, "-s", "true", "-d", "-x", "while :; do sleep 0.01; done");
      for (let round = 0; round < 20; round += 1) {
        await tried(
          { fault: `${engine}: paused as commands are begun`, promised: "they run, the session goes on" },
          async () => {
            const others = Array.from({ length: 3 }, () => raw(engine, "exec", name, "echo", "ran"));
            const saved = await on.manyoyo(["snapshot", name, `t${round}`]);
            expect(saved, saved.stderr).toMatchObject({ status: 0 });
            expect((await Promise.all(others)).map(({ stdout }) => stdout)).toEqual([
              "ran\n",
              "ran\n",
              "ran\n",
            ]);
            expect(await on.state(name)).toBe("running");
            await done(on, "snapshot", "rm", name, `t${round}`);
          },
        );
      }
    }, 900_000);
});
