import { describe, expect, test } from "bun:test";
import { agentImage, claudeText } from "../support/agent-image.ts";
import { engines } from "../support/engines.ts";
import { ownVolumes } from "../support/inside.ts";
import { raw } from "../support/manyoyo.ts";
import { copyScene, done, holdings } from "../support/saved.ts";
import { tried } from "../support/tally.ts";
import { inTurn } from "../support/turns.ts";

// An engine makes a volume that it does not know, without our labels: manyoyo itself would take it for a stranger's from then on.
describe.each(engines())("%s: a volume that somebody removes at this moment", (engine) => {
  const { turn } = inTurn(engine);
  const on = copyScene(engine, "gone");
  const agent = agentImage(engine, { claude: claudeText });
  const login = agent.volume("claude");
  const user = { "manyoyo.login": "claude", "manyoyo.user": agent.env.USER };
  const kept = (name: string): string => `manyoyo-history-${name}`;

  /** Does something once, just before the engine gets a call whose words are of this sh pattern. */
  const before = (pattern: string, what: string): Promise<{ readonly PATH: string }> => {
    const flag = `${on.home}/removed-${crypto.randomUUID()}`;
    return on.instead(
      `case $* in ${pattern}) [ -e '${flag}' ] || { : >'${flag}'; ${what}; } ;; esac\nexec "$real" "$@"`,
    );
  };

  const labelsOf = async (volume: string): Promise<unknown> => {
    const said = await raw(engine, "volume", "inspect", "--format", "{{json .Labels}}", volume);
    return said.status === 0 ? JSON.parse(said.stdout) : undefined;
  };

  turn("before a session with kept conversations is made: it is made once more, and is ours", async () => {
    const promised = "the session is made, its volume is ours";
    await tried({ fault: `${engine}: volume removed before a session is made`, promised }, async () => {
      const name = on.newName();
      // The engine's program is begun before the volume is there.
      const there = `until "$real" volume inspect ${kept(name)} >/dev/null 2>&1; do sleep 0.05; done`;
      const env = await before("run*", `${there}; "$real" volume rm ${kept(name)} >/dev/null`);
      const said = await on.manyoyo(["-n", name, "--keep-history", "-s", "claude", "-d"], { env });
      expect(said, said.stderr).toMatchObject({ status: 0 });
      expect(await labelsOf(kept(name))).toMatchObject({ "manyoyo.history": name });
      expect(await done(on, "rm", "--history", "-f", name)).toBe(`${name}\n`);
      expect(await labelsOf(kept(name))).toBeUndefined();
    });
  });

  turn("before a session with a login is made: it is there, empty, and is ours", async () => {
    const promised = "the session is made, its volume is ours";
    await tried({ fault: `${engine}: login removed before a session is made`, promised }, async () => {
      await agent.put(login, user, ".credentials.json", "{}");
      const name = on.newName();
      const env = { ...agent.env, ...(await before("run*", `"$real" volume rm ${login} >/dev/null`)) };
      const words = ["-n", name, "--image", agent.image, "-s", "claude"];
      const said = await on.manyoyo([...words, "--", "-p", "hi"], { env });
      expect(said, said.stderr).toMatchObject({ status: 0 });
      expect(said.stdout).toContain("<file none>");
      expect(await labelsOf(login)).toMatchObject(user);
      await done(on, "rm", "-f", name);
      await raw(engine, "volume", "rm", login);
    });
  });

  turn("as kept conversations are looked for: none are there, and no volume comes of it", async () => {
    const promised = "said, 125; nothing is left";
    await tried({ fault: `${engine}: kept conversations removed as they are read`, promised }, async () => {
      const name = on.newName();
      await done(on, "-n", name, "--keep-history", "-s", "claude", "-d");
      await done(on, "rm", "-f", name);
      const env = await before("create*", `"$real" volume rm ${kept(name)} >/dev/null`);
      const said = await on.manyoyo(["history", "show", name], { env });
      expect([said.status, said.stderr]).toEqual([125, expect.stringContaining(`No session "${name}"`)]);
      expect(await labelsOf(kept(name))).toBeUndefined();
    });
  });

  turn("with its session, as that is made anew or saved: it is said, and no volume comes of it", async () => {
    const promised = "said, 125; nothing is left";
    for (const [verb, pattern, words] of [
      ["recreate", "create*.new-*", ["-f"]],
      ["snapshot restore", "create*.new-*", ["-f"]],
      ["snapshot", "run*", []],
    ] as const) {
      await tried(
        { fault: `${engine}: session and conversations removed under ${verb}`, promised },
        async () => {
          const name = on.newName();
          await done(on, "-n", name, "--keep-history", "-v", "/own", "-s", "claude", "-d");
          if (verb === "snapshot restore") await done(on, "snapshot", name, "one");
          const [own = ""] = await ownVolumes(engine, name);
          const remove = `"$real" rm -f -v ${name} >/dev/null; "$real" volume rm ${kept(name)} >/dev/null`;
          const env = await before(pattern, `${remove} 2>&1`);
          const tag = verb === "snapshot restore" ? ["one"] : [];
          const said = await on.manyoyo([...verb.split(" "), ...words, name, ...tag], { env });
          expect([said.status, said.stderr]).toEqual([125, expect.stringContaining("was removed meanwhile")]);
          expect([await labelsOf(kept(name)), await labelsOf(own)]).toEqual([undefined, undefined]);
        },
      );
    }
  });

  // To podman's `volume rm` the beginning of a name is the name.
  turn("as another call removes it: that of the session whose name goes on from there stays", async () => {
    const promised = "it is gone, the other one is there";
    await tried({ fault: `${engine}: conversations removed twice at once`, promised }, async () => {
      const name = on.newName();
      const other = `${name}-2`;
      await done(on, "-n", name, "--keep-history", "-s", "bash", "-d");
      await done(on, "-n", other, "--keep-history", "-s", "bash", "-d");
      await done(on, "rm", "-f", name, other);
      const pattern = "'volume rm '* | 'volume prune '*";
      const env = await before(pattern, `"$real" volume rm ${kept(name)} >/dev/null`);
      const said = await on.manyoyo(["rm", "--history", "-f", name], { env });
      expect([said.status, said.stderr]).toEqual([0, ""]);
      expect((await holdings(engine, [name])).volumes).toEqual([kept(other)]);
      await done(on, "rm", "--history", "-f", other);
    });
  });

  turn("before a fork has made it: those of sessions whose names go on from there stay", async () => {
    const promised = "the fork fails, the other volumes are there";
    await tried({ fault: `${engine}: a fork fails before its volume is made`, promised }, async () => {
      const [name, copy] = [on.newName(), on.newName()];
      const other = `${copy}-2`;
      await done(on, "-n", name, "--keep-history", "-s", "bash", "-d");
      await done(on, "-n", other, "--keep-history", "-s", "bash", "-d");
      await done(on, "rm", "-f", other);
      const env = await on.instead(
        `case $* in 'volume create '*) echo 'Error: no space left on device' >&2; exit 125 ;; esac\nexec "$real" "$@"`,
      );
      const said = await on.manyoyo(["fork", name, copy], { env });
      expect([said.status, said.stderr]).toEqual([125, expect.stringContaining("no space left")]);
      expect((await holdings(engine, [copy])).volumes).toEqual([kept(other)]);
      // Of two such, podman says for a name that is not there that there is more than one.
      await done(on, "-n", `${copy}-3`, "--keep-history", "-s", "bash", "-d");
      await done(on, "rm", "-f", `${copy}-3`);
      const again = await on.manyoyo(["fork", name, copy], { env });
      expect([again.status, again.stderr]).toEqual([125, expect.stringContaining("no space left")]);
      expect((await holdings(engine, [copy])).volumes).toEqual([kept(other), kept(`${copy}-3`)]);
    });
  });

  // Without a fault: whoever goes back to a session whose login was forgotten since.
  test.each(["snapshot restore", "fork"] as const)(
    "%s after the login was forgotten: an empty volume of ours, into which one can log in again",
    async (verb) => {
      await agent.put(login, user, ".credentials.json", "{}");
      const [name, other] = [on.newName(), on.newName()];
      const call = async (...words: readonly string[]) => {
        const said = await on.manyoyo(words, { env: agent.env });
        expect(said.status, said.stderr).toBe(0);
        return said.stdout;
      };
      await call("-n", name, "--image", agent.image, "-s", "claude", "-d");
      await call("snapshot", name, "one");
      await call("rm", "-f", name);
      expect(await call("logout", "claude")).toBe("claude\n");
      expect(await labelsOf(login)).toBeUndefined();
      const made = verb === "fork" ? other : name;
      await call(
        ...(verb === "fork" ? ["fork", name, other, "--from", "one"] : ["snapshot", "restore", name, "one"]),
      );
      expect(await labelsOf(login)).toMatchObject(user);
      expect(await call("-n", made, "--", "-p", "hi")).toContain("<file none>");
      await call("rm", "-f", made);
      expect(await call("logout", "claude")).toBe("claude\n");
    },
  );
});
