import { describe, expect, test } from "bun:test";
import { engines } from "../support/engines.ts";
import { copyScene, done, holdings } from "../support/saved.ts";
import { tried } from "../support/tally.ts";

describe.each(engines())(
  "%s: a session that is removed while another is made to take its place",
  (engine) => {
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

    test.each(steps)("is gone, and nothing takes its place: %s", async (step, when, id) => {
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
    });
  },
);
