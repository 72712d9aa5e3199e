import { describe, expect } from "bun:test";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { engines } from "../support/engines.ts";
import { raw, until } from "../support/manyoyo.ts";
import { copyScene, done } from "../support/saved.ts";
import { isLong, tried } from "../support/tally.ts";
import { inTurn } from "../support/turns.ts";

const id = "11111111-1111-4111-8111-111111111111";
const turn = { type: "user", cwd: "/w", message: { role: "user", content: "kept words" } };

// docker before 25 shows what a container is handed in its files while `cp` copies of it, and takes away all that it finds in those
// files where the container is removed at that moment: workspace and kept conversations too.
describe.each(engines())("%s: a session is removed while its conversations are read", (engine) => {
  const { turn: inItsTurn } = inTurn(engine);
  const on = copyScene(engine, "read");

  /** A session with a workspace of its own, which has a file, and a conversation. */
  const make = async (name: string, ...words: readonly string[]): Promise<string> => {
    const workspace = `${on.home}/${name}`;
    mkdirSync(workspace);
    writeFileSync(`${workspace}/work`, "hours of it\n");
    const made = await on.manyoyo(["-n", name, "--hp", workspace, "-s", "claude", ...words, "-d"]);
    expect(made.status, made.stderr).toBe(0);
    const text = `mkdir -p ~/.claude/projects/-w && cat >~/.claude/projects/-w/${id}.jsonl`;
    const put = await on.manyoyo(["exec", name, "--", "sh", "-c", text], {
      input: `${JSON.stringify(turn)}\n`,
    });
    expect(put.status, put.stderr).toBe(0);
    return workspace;
  };

  const isWhole = async (name: string, workspace: string): Promise<void> => {
    expect(existsSync(`${workspace}/work`), `the workspace of ${name}`).toBe(true);
    expect(readFileSync(`${workspace}/work`, "utf8")).toBe("hours of it\n");
    expect(await done(on, "history", "show", name)).toContain("kept words");
  };

  if (engine === "docker") {
    const verbs: readonly (readonly [string, (name: string, archive: string) => readonly string[]])[] = [
      ["show", (name) => [name]],
      ["backup", (name, archive) => [name, "-o", `${archive}.new`]],
      ["restore", (name, archive) => ["-f", name, archive]],
    ];
    for (const [verb, words] of verbs) {
      inItsTurn(
        `history ${verb}: docker does not take its files away before the copy has ended`,
        async () => {
          const fault = `docker: session removed as history ${verb} copies`;
          await tried(
            { fault, promised: "its files stay until the copy has ended, and go then" },
            async () => {
              const name = on.newName();
              const workspace = await make(name);
              // One that runs copies for itself.
              await done(on, "stop", name);
              const archive = `${on.home}/${name}.tar`;
              if (verb === "restore") await done(on, "history", "backup", name, "-o", archive);
              const format = "{{.GraphDriver.Data.UpperDir}}";
              const layer = (
                await raw("docker", "container", "inspect", "--format", format, name)
              ).stdout.trim();
              expect(existsSync(layer)).toBe(true);
              const seen = `${on.home}/seen-${name}`;
              // The engine's program has begun to copy, and somebody removes the session before the engine has heard of it.
              const removed = `"$real" rm -f -v ${name}; while "$real" container inspect ${name}; do sleep 0.05; done`;
              const looked = `[ -d '${layer}' ] && echo there >>'${seen}' || echo gone >>'${seen}'`;
              const env = await on.instead(
                `if [ "$1" = cp ]; then { ${removed}; } >/dev/null 2>&1; ${looked}; fi\nexec "$real" "$@"`,
              );
              const said = await on.manyoyo(["history", verb, ...words(name, archive)], { env });
              expect([said.status, said.stdout, said.stderr]).toEqual([
                125,
                "",
                expect.stringContaining("removed meanwhile"),
              ]);
              expect(new Set(readFileSync(seen, "utf8").split("\n"))).toEqual(new Set(["there", ""]));
              await until("its files are gone", () => !existsSync(layer));
              expect(readFileSync(`${workspace}/work`, "utf8")).toBe("hours of it\n");
            },
          );
        },
      );
    }
  }

  inItsTurn("and its work and its kept conversations stay", async () => {
    const fault = `${engine}: rm beside history show`;
    await tried({ fault, promised: "workspace and kept conversations are whole" }, async () => {
      for (let round = 0; round < (isLong ? 50 : 3); round += 1) {
        const names = [on.newName(), on.newName(), on.newName()];
        await Promise.all(
          names.map(async (name) => {
            const workspace = await make(name, "--keep-history");
            if (name !== names[0]) await done(on, "stop", name);
            await Promise.all([
              on.manyoyo(["rm", "-f", name]),
              ...[1, 2].map(() => on.manyoyo(["history", "show", name])),
            ]);
            await isWhole(name, workspace);
            await done(on, "rm", "--history", "-f", name);
          }),
        );
      }
    });
  });
});
