import { describe, expect, test } from "bun:test";
import { engines, executable, testImage } from "../support/engines.ts";
import { ownVolumes } from "../support/inside.ts";
import { raw } from "../support/manyoyo.ts";
import { copyScene, done, holdings } from "../support/saved.ts";
import { isLong, tried } from "../support/tally.ts";
import { inTurn } from "../support/turns.ts";

describe.concurrent.each(engines())(
  "%s: a session that is removed while another is made to take its place",
  (engine) => {
    const { share, turn } = inTurn(engine);
    const on = copyScene(engine, "last");
    const time = engine === "podman" ? "--time 0" : "";

    // The steps at which the old one goes; each is the first call of its kind.
    const steps = [
      [
        "before it is looked at",
        '[ "$1 $2 $3" = "container inspect --format" ] && case $4 in *State.Running*) :;; *) false;; esac',
        "$5",
      ],
      ["before it is named otherwise", '[ "$1" = rename ]', "$2"],
      ["before it goes itself", '[ "$1 $2" = "rm --volumes" ]', "$3"],
    ] as const;

    test.each(share(isLong ? steps : steps.slice(2)))(
      "is gone, and nothing takes its place: %s",
      async (step, when, id) => {
        const name = on.newName();
        await done(on, "-n", name, "-s", "bash", "-d", "-v", "/own");
        const flag = `${on.home}/flag-${name}`;
        const env = await on.instead(
          `if [ ! -e '${flag}' ] && { ${when}; }; then : >'${flag}'; "$real" rm -f -v ${time} "${id}" >/dev/null; fi\nexec "$real" "$@"`,
        );
        await tried(
          {
            fault: `${engine}: removed at the last step of recreate`,
            promised: "it is gone, and recreate says so",
          },
          async () => {
            const said = await on.manyoyo(["recreate", "-f", name, "-e", "A=1"], { env });
            expect(await Bun.file(flag).exists(), step).toBe(true);
            expect(said).toMatchObject({
              status: 125,
              stdout: "",
              stderr: `manyoyo: The session "${name}" was removed meanwhile.\n  See which there are: manyoyo ls\n`,
            });
            expect(await holdings(engine, [name])).toEqual({ containers: {}, images: [], volumes: [] });
          },
        );
      },
    );

    const works = [
      ["nobody works in it", "true", { status: 0, stderr: "" }],
      [
        "somebody works in it",
        "-n NAME -d -x 'sleep 600'",
        { status: 125, stdout: "", stderr: expect.stringContaining("in use") },
      ],
    ] as const;

    test.each(share(works))(
      "is what took its place meanwhile, and goes only where %s",
      async (_, work, outcome) => {
        const name = on.newName();
        await done(on, "-n", name, "-s", "bash", "-d");
        const flag = `${on.home}/flag-${name}`;
        const own = `PATH='${process.env["PATH"]}' '${executable()}'`;
        const then = work.startsWith("-n") ? `${own} ${work.replace("NAME", `'${name}'`)}` : work;
        const env = await on.instead(
          `if [ ! -e '${flag}' ] && [ "$1" = rm ]; then : >'${flag}'; { ${own} recreate -f '${name}' -e A=1 && ${then}; } >'${flag}' 2>&1; fi\nexec "$real" "$@"`,
        );
        const said = await on.manyoyo(["rm", name], { env });
        expect(await Bun.file(flag).text()).toStartWith(`${name}\n`);
        expect(said).toMatchObject(outcome);
        const left = Object.keys((await holdings(engine, [name])).containers);
        expect(left).toEqual(outcome.status === 0 ? [] : [name]);
      },
    );

    turn("was made anew by another call, and so has another image: it is made anew once more", async () => {
      const name = on.newName();
      await done(on, "-n", name, "-s", "bash", "-d");
      await done(on, "recreate", "-f", name, "-e", "A=1");
      const flag = `${on.home}/flag-${name}`;
      const other = `PATH='${process.env["PATH"]}' '${executable()}' recreate -f '${name}' -e B=2`;
      const env = await on.instead(
        `[ "$1" = create ] && [ ! -e '${flag}' ] && { : >'${flag}'; ${other} >'${flag}' 2>&1; }\nexec "$real" "$@"`,
      );
      const said = await on.manyoyo(["recreate", "-f", name, "-e", "C=3"], { env });
      expect(await Bun.file(flag).text()).toBe(`${name}\n`);
      expect(said).toMatchObject({ status: 0, stdout: `${name}\n` });
      expect(await done(on, "-n", name, "-x", "echo $A$B$C")).toBe("123\n");
    });

    test.each(engine === "docker" ? ["Dead", "being removed"] : [])(
      "is said to be removed where its engine is in the midst of it: %s",
      async (state) => {
        const name = on.newName();
        await done(on, "-n", name, "-s", "bash", "-d");
        const words = `Error response from daemon: You cannot commit container 38 which is ${state}.`;
        const env = await on.instead(
          `[ "$1" = commit ] || exec "$real" "$@"\n"$real" rm -f -v '${name}' >/dev/null; echo '${words}' >&2; exit 1`,
        );
        expect(await on.manyoyo(["snapshot", name, "tag"], { env })).toEqual({
          status: 125,
          signal: undefined,
          stdout: "",
          stderr: `manyoyo: The session "${name}" was removed meanwhile.\n  See which there are: manyoyo ls\n`,
        });
        expect(await holdings(engine, [name])).toEqual({ containers: {}, images: [], volumes: [] });
      },
    );

    // Its own image cannot be removed while a container of the other call has it, nor can the volumes that it alone has.
    const holders = [
      ["recreate", ["-f", "--image", testImage], "run"],
      ["snapshot", ["TAG"], "commit"],
      ["fork", ["OTHER"], "commit"],
      ["export", ["-o", "FILE"], "commit"],
      ["recreate", ["-f", "-e", "A=1"], "commit"],
      ["recreate", ["-f", "-e", "B=1"], "rename"],
    ] as const;

    test.each(share(isLong ? holders : [holders[1], holders[5]]))(
      "is gone with the image and the volumes that were its own: %s %p, removed at %s",
      async (verb, rest, at) => {
        const name = on.newName();
        await done(on, "-n", name, "-s", "bash", "-d", "-v", "/own");
        await done(on, "recreate", "-f", name, "-e", "MADE=anew");
        const volumes = await ownVolumes(engine, name);
        expect(volumes).toHaveLength(1);
        const own = (await holdings(engine, [name])).images;
        expect(own).toHaveLength(1);
        const flag = `${on.home}/flag-${name}`;
        const env = await on.instead(
          `if [ ! -e '${flag}' ] && [ "$1" = ${at} ]; then : >'${flag}'; PATH='${process.env["PATH"]}' '${executable()}' rm -f '${name}' >'${flag}' 2>&1; fi\nexec "$real" "$@"`,
        );
        const words = rest.map((word) =>
          word
            .replace("TAG", "tag")
            .replace("OTHER", `${name}-fork`)
            .replace("FILE", `${on.home}/${name}.manyoyo`),
        );
        await tried(
          {
            fault: `${engine}: removed while another call works on it`,
            promised: "nothing stays behind, and the other call says so",
          },
          async () => {
            const said = await on.manyoyo([verb, name, ...words], { env });
            expect(await Bun.file(flag).text()).toBe(`${name}\n`);
            expect(said).toMatchObject({ status: 125, stdout: "" });
            expect(said.stderr).toContain(`manyoyo: The session "${name}" was removed meanwhile.`);
            expect(await holdings(engine, [name])).toEqual({ containers: {}, images: [], volumes: [] });
            expect((await raw(engine, "volume", "inspect", ...volumes)).status).not.toBe(0);
          },
        );
      },
    );
  },
);
