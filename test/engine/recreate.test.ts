import { describe, expect } from "bun:test";
import { createServer } from "node:net";
import { engines, testImage } from "../support/engines.ts";
import { field } from "../support/inside.ts";
import { raw } from "../support/manyoyo.ts";
import { copyScene, done, holdings } from "../support/saved.ts";
import { longSleep } from "../support/scene.ts";
import { inTurn } from "../support/turns.ts";

describe.concurrent.each(engines())("%s: a session that is made anew", (engine) => {
  const { turn, rare } = inTurn(engine);
  const on = copyScene(engine, "anew");
  const { newName, inside } = on;
  const published = async (name: string): Promise<unknown> => {
    const { reach } = JSON.parse(await done(on, "inspect", name, "--json"));
    return reach.ports.map(({ inside: port }: { inside: string }) => port).toSorted();
  };
  /** Runs a shell line with a volume at /d, which is made where it is not there. @returns its stdout */
  const inVolume = async (volume: string, line: string): Promise<string> => {
    const words = ["run", "--rm", "-v", `${volume}:/d`, "--entrypoint", "sh", testImage, "-c", line];
    const said = await raw(engine, ...words);
    expect(said.status, said.stderr).toBe(0);
    return said.stdout;
  };

  turn("has its files, conversations, variables and first command, and the new options", async () => {
    const name = newName();
    await done(
      on,
      "-n",
      name,
      "-s",
      "cat /etc/word; echo",
      "-d",
      "--keep-history",
      "-v",
      "/own",
      "-p",
      "0:80",
      "-e",
      "A=1",
      "-e",
      "B=1\n2",
      "--",
      "x",
    );
    await done(on, "wait", name);
    await inside(
      name,
      "echo f >/etc/word; echo o >/own/f; mkdir -p ~/.claude/projects/-w; echo c >~/.claude/projects/-w/c.jsonl",
    );
    await Bun.write(`${on.folder}/mounted/f`, "mounted\n");
    const look = 'cat /etc/word /own/f ~/.claude/projects/-w/c.jsonl; printf "%s:" "$A" "$B" "$C"';
    expect(
      await done(
        on,
        "recreate",
        name,
        "-v",
        "./mounted:/mounted:ro",
        "-p",
        "0:81",
        "-e",
        "B=plain",
        "-e",
        "C=3\n4",
      ),
    ).toBe(`${name}\n`);
    expect(await inside(name, `${look}; cat /mounted/f`)).toBe("f\no\nc\n1:plain:3\n4:mounted\n");
    expect(await published(name)).toEqual(["80/tcp", "81/tcp"]);
    expect(await done(on, "-n", name)).toBe("f\nx\n");
    // Once more: what takes the place of what is there, and what leaves all of it out.
    await done(on, "recreate", name, "-v", "/mounted", "-p", "none", "-p", "0:82");
    expect(await inside(name, `${look}; ls /mounted`)).toBe("f\no\nc\n1:plain:3\n4:");
    expect(await published(name)).toEqual(["82/tcp"]);
    await done(on, "recreate", name, "-v", "none", "-p", "none");
    const { reach } = JSON.parse(await done(on, "inspect", name, "--json"));
    expect(reach.mounts.map(({ target }: { target: string }) => target).toSorted()).toEqual(
      ["/manyoyo/history", on.folder].toSorted(),
    );
    expect(reach.ports).toEqual([]);
    const all = await holdings(engine, [name]);
    expect([all.images.length, all.volumes]).toEqual([1, [`manyoyo-history-${name}`]]);
    await done(on, "rm", "-f", "--history", name);
    expect(await holdings(engine, [name])).toEqual({ containers: {}, images: [], volumes: [] });
  });

  turn(
    "from its image again has its volumes and conversations alone; from another one its home as well",
    async () => {
      const name = newName();
      await done(on, "-n", name, "-s", "bash", "-d", "-v", "/own", "-e", "A=1\n2");
      const fill =
        "mkdir -p ~/.claude/projects/-w; echo c >~/.claude/projects/-w/c.jsonl; echo h >~/home; echo o >/own/f; echo f >/etc/word";
      await inside(name, fill);
      const other = `${testImage}-other-${name}`;
      await raw(engine, "tag", testImage, other);
      const look = 'cat ~/.claude/projects/-w/c.jsonl /own/f ~/home /etc/word 2>&1; echo "$A"';
      const moved = await on.manyoyo(["recreate", name, "--image", other]);
      expect(moved).toMatchObject({
        status: 0,
        stderr: expect.stringContaining("has changed 1 file that stay behind, /etc/word"),
      });
      expect((await inside(name, look)).split("\n")).toEqual([
        "c",
        "o",
        "h",
        expect.stringContaining("No such file"),
        "1",
        "2",
        "",
      ]);
      expect((await on.manyoyo(["recreate", name, "--clean"])).status).toBe(0);
      expect((await inside(name, look)).split("\n").slice(0, 3)).toEqual([
        "c",
        "o",
        expect.stringContaining("No such file"),
      ]);
      await done(on, "rm", "-f", name);
      await raw(engine, "rmi", other);
      expect((await holdings(engine, [name])).images).toEqual([]);
    },
  );

  rare("by two calls at once has what both say", async () => {
    const name = newName();
    await done(on, "-n", name, "-s", "bash", "-d");
    const both = await Promise.all(
      ["A=1", "B=2"].map((value) => on.manyoyo(["recreate", name, "-e", value])),
    );
    expect(both.map(({ status }) => status)).toEqual([0, 0]);
    expect(await inside(name, 'echo "$A$B"')).toBe("12\n");
    await done(on, "rm", name);
    expect(await holdings(engine, [name])).toEqual({ containers: {}, images: [], volumes: [] });
  });

  turn(
    "from another image where its home is /: its conversations go over, and what does not is told",
    async () => {
      const name = newName();
      await done(on, "-n", name, "-s", "true", "-d", "-e", "HOME=/");
      await inside(
        name,
        "mkdir -p /.claude/projects/w /opt/work; echo kept >/.claude/projects/w/x.jsonl; echo >/opt/work/a",
      );
      const said = await on.manyoyo(["recreate", name, "--image", testImage]);
      expect(said.status).toBe(0);
      expect(said.stderr).toContain("that stay behind");
      expect(await inside(name, "cat /.claude/projects/w/x.jsonl")).toBe("kept\n");
    },
  );

  turn("is the old one still where the new one cannot start, or somebody is in it", async () => {
    const name = newName();
    await done(on, "-n", name, "-s", "bash", "-d");
    await inside(name, "echo f >/etc/word");
    const before = await holdings(engine, [name]);
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const address = server.address();
    const port = typeof address === "object" ? address?.port : undefined;
    const failed = await on.manyoyo(["recreate", name, "-p", `${port}:80`]);
    server.close();
    expect(failed).toMatchObject({
      status: 125,
      stdout: "",
      stderr: expect.stringContaining("Another port: -p 9090:80"),
    });
    expect(await holdings(engine, [name])).toEqual(before);
    const missing = await on.manyoyo(["recreate", name, "--image", "localhost/none:1"]);
    expect(missing).toMatchObject({
      status: 125,
      stderr: expect.stringContaining("localhost/none:1 is not here"),
    });
    const nowhere = await on.manyoyo(["recreate", name, "-v", "./nothing:/x"]);
    expect(nowhere.status).not.toBe(0);
    expect(nowhere.stderr).toContain("nothing");
    expect(await holdings(engine, [name])).toEqual(before);
    const sleep = longSleep();
    await done(on, "-n", name, "-d", "-x", sleep);
    const busy = await on.manyoyo(["recreate", name, "-p", "0:80"]);
    expect(busy).toMatchObject({
      status: 125,
      stderr: expect.stringContaining(`manyoyo recreate -f ${name}`),
    });
    expect(await on.runs(name, sleep)).toBe(true);
    await done(on, "recreate", "-f", name, "-p", "0:80");
    expect(await inside(name, "cat /etc/word")).toBe("f\n");
    expect(await field(engine, name, ".State.Running")).toBe("true");
  });

  turn(
    "has a volume of the user's in the place of one of its own, with what the user has in it",
    async () => {
      const name = newName();
      const theirs = `${name}-theirs`;
      await inVolume(theirs, "echo years >/d/precious; mkdir /d/sub");
      await done(on, "-n", name, "-d", "-v", "/first", "-v", "/data", "-v", "/last");
      await inside(name, "for each in first data last; do echo $each >/$each/scratch; done");
      await done(on, "recreate", name, "-v", `${theirs}:/data`);
      expect(await inside(name, "ls /data; cat /data/precious /first/scratch /last/scratch")).toBe(
        "precious\nsub\nyears\nfirst\nlast\n",
      );
      await done(on, "rm", "-f", name);
      expect(await holdings(engine, [name])).toEqual({ containers: {}, images: [], volumes: [theirs] });
    },
  );

  turn(
    "is not made where the engine has a volume of somebody else's for what is the session's own",
    async () => {
      const name = newName();
      const theirs = `${name}-theirs`;
      await done(on, "-n", name, "-d", "-v", "/data");
      await inside(name, "echo scratch >/data/scratch");
      await inVolume(theirs, "echo years >/d/precious");
      const env = await on.instead(`for word; do
  shift
  [ "$word" != 'type=volume,"target=/data"' ] || word='type=volume,source=${theirs},target=/data'
  set -- "$@" "$word"
done
exec "$real" "$@"`);
      const before = await holdings(engine, [name]);
      expect(await on.manyoyo(["recreate", name, "-e", "A=1"], { env })).toMatchObject({
        status: 125,
        stderr: expect.stringContaining(`The volume "${theirs}" at /data was there before`),
      });
      expect(await holdings(engine, [name])).toEqual(before);
      expect(await inside(name, "cat /data/scratch")).toBe("scratch\n");
      expect(await inVolume(theirs, "ls /d; cat /d/precious")).toBe("precious\nyears\n");
    },
  );

  turn("has what is in a volume of its own whose folder is a link in the image", async () => {
    const [name, second] = [newName(), newName()];
    await done(on, "-n", name, "-d", "-v", "/var/lock");
    await inside(name, "test -L /var/lock; echo keep >/var/lock/f");
    await done(on, "fork", name, second);
    expect(await inside(second, "cat /var/lock/f")).toBe("keep\n");
    for (const word of ["--env=A=1", "--clean"]) {
      await done(on, "recreate", name, word);
      expect(await inside(name, "cat /var/lock/f")).toBe("keep\n");
    }
  });

  turn("has what engine arguments mount, and a volume that is named by its 64 digits", async () => {
    const [name, second] = [newName(), newName()];
    const theirs = `${name}-theirs`;
    const digits = (await raw(engine, "volume", "create")).stdout.trim();
    on.names.push(digits);
    const mounted = ["--engine-arg=--mount", `--engine-arg=type=volume,source=${theirs},target=/theirs`];
    await done(on, "-n", name, "-d", "-v", `${digits}:/digits`, ...mounted, "--engine-arg=-v=/cache");
    const fill = "for each in theirs digits cache; do echo $each >/$each/f; done";
    await inside(name, fill);
    const look = (of: string) => inside(of, "cat /theirs/f /digits/f /cache/f");
    await done(on, "fork", name, second);
    await done(on, "snapshot", name, "v1");
    for (const words of [
      ["recreate", name, "-e", "A=1"],
      ["recreate", name, "--clean"],
      ["snapshot", "restore", name, "v1"],
    ]) {
      await done(on, ...words);
      expect(await look(name)).toBe("theirs\ndigits\ncache\n");
    }
    await inside(name, "echo new | tee /theirs/f /digits/f >/cache/f");
    expect(await look(second)).toBe("new\nnew\ncache\n");
    await done(on, "rm", "-f", name, second);
    expect((await holdings(engine, [name, second, digits])).volumes).toEqual([digits, theirs].toSorted());
  });
});
