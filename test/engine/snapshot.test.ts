import { describe, expect, test } from "bun:test";
import { engines, testImage } from "../support/engines.ts";
import { field } from "../support/inside.ts";
import { start } from "../support/live.ts";
import { raw, until } from "../support/manyoyo.ts";
import { copyScene, done, holdings, slowSave } from "../support/saved.ts";
import { longSleep } from "../support/scene.ts";
import { inTurn } from "../support/turns.ts";

const conversation = "~/.claude/projects/-w/11111111-1111-4111-8111-111111111111.jsonl";

describe.concurrent.each(engines())("%s: a snapshot", (engine) => {
  const { turn, rare, share } = inTurn(engine, 1);
  const on = copyScene(engine, "snap");
  const { newName, inside } = on;

  turn("of a session whose first command is as long as a word may be is like it", async () => {
    const name = newName();
    const long = `true ${"日".repeat(43_000)}`;
    await done(on, "-n", name, "-s", long, "-d");
    await done(on, "snapshot", name, "one");
    await done(on, "rm", "-f", name);
    await done(on, "snapshot", "restore", name, "one");
    expect(await field(engine, name, '(index .Config.Labels "manyoyo.default_cmd")')).toBe(long);
    await done(on, "rm", "-f", name);
    await done(on, "snapshot", "rm", name, "one");
  });

  turn(
    "brings files, a volume of the session's own and kept conversations back, owners and modes too",
    async () => {
      const name = newName();
      await done(on, "-n", name, "-s", "bash", "-d", "--keep-history", "-v", "/own", "-e", "KEY=a value");
      const fill = (word: string): Promise<string> =>
        inside(
          name,
          `mkdir -p ${conversation.replace(/\/[^/]*$/, "")}; echo ${word} | tee ${conversation} /own/f >/etc/mine; chown 1234:56 ${conversation}; chmod 640 /own/f; ln -sf f '/own/a link'; mkdir -p '/own/.a dir'`,
        );
      const look = (): Promise<string> =>
        inside(
          name,
          `cat ${conversation} /own/f /etc/mine; stat -c '%u:%g' ${conversation}; stat -c %a /own/f; readlink '/own/a link'; ls -A /own; echo $KEY`,
        );
      await fill("before");
      const then = await look();
      expect(await done(on, "snapshot", name, "v1.0", "-m", 'a "note"\n$x `id` 日本')).toBe("v1.0\n");
      await fill("after");
      await inside(name, "touch /own/new ~/.claude/later; rm /etc/mine");
      const id = await field(engine, name, ".Id");
      // Conversations that are kept for good are not replaced in a script without a word more.
      expect(await on.manyoyo(["snapshot", "restore", name, "v1.0"])).toMatchObject({
        status: 2,
        stdout: "",
        stderr: expect.stringContaining(`manyoyo snapshot restore -f ${name} v1.0`),
      });
      expect(await done(on, "snapshot", "restore", "-f", name, "v1.0")).toBe(`${name}\n`);
      expect(await look()).toBe(then);
      expect(await inside(name, "ls ~/.claude/later 2>&1 || true")).toContain("No such file");
      expect(await field(engine, name, ".Id")).not.toBe(id);
      const [listed] = JSON.parse(await done(on, "snapshot", "ls", name, "--json")).snapshots;
      expect(listed).toMatchObject({ name, tag: "v1.0", note: 'a "note"\n$x `id` 日本', folder: on.folder });
      const all = await holdings(engine, [name]);
      expect(Object.keys(all.containers)).toEqual([name]);
      expect(all.volumes).toEqual([`manyoyo-history-${name}`]);

      // Also when the session is gone, and its conversations with it.
      await done(on, "rm", "-f", "--history", name);
      await done(on, "snapshot", "restore", name, "v1.0");
      expect(await look()).toBe(then);
      await done(on, "rm", "-f", "--history", name);
      await done(on, "snapshot", "rm", name, "v1.0");
      expect(await holdings(engine, [name])).toEqual({ containers: {}, images: [], volumes: [] });
    },
  );

  turn(
    "has a tag of its own or one of the moment, costs what is new, and is listed and removed",
    async () => {
      const name = newName();
      await done(on, "-n", name, "-d");
      await inside(name, "head -c 3000000 /dev/urandom >/big");
      const [one, two] = [await done(on, "snapshot", name), await done(on, "snapshot", name)].map((tag) =>
        tag.trim(),
      );
      expect(one).toMatch(/^\d{4}-\d{4}(-\d+)?$/);
      expect(two).not.toBe(one);
      const table = (await done(on, "snapshot", "ls", name)).split("\n");
      expect(table[0]).toMatch(/^NAME +TAG +AGE +SIZE +NOTE$/);
      expect(table[1]).toMatch(new RegExp(`^${name} +${one} +\\d+s +3(\\.\\d)?MB`));
      expect(await on.manyoyo(["snapshot", name, one ?? ""])).toMatchObject({
        status: 125,
        stderr: expect.stringContaining("already"),
      });
      const removed = await on.manyoyo(["snapshot", "rm", name, one ?? "", "other", "--json"]);
      expect(removed.status).toBe(125);
      expect(JSON.parse(removed.stdout).snapshots).toEqual([
        { tag: one, result: "removed" },
        { tag: "other", error: "no-image" },
      ]);
      expect(JSON.parse(removed.stderr.trim()).error).toMatchObject({
        code: "no-image",
        hint: `There are: ${two}`,
      });
      await done(on, "snapshot", "rm", name, two ?? "");
      expect((await holdings(engine, [name])).images).toEqual([]);
    },
  );

  test.each(
    share([
      ["joined", (name) => ["-n", name, "-x", "echo new >/etc/f"]],
      ["stopped", (name) => ["stop", "-f", name]],
      ["woken", (name) => ["start", name]],
    ] satisfies [string, (name: string) => string[]][]),
  )("is of one moment also where its session is %s meanwhile: that waits", async (_what, words) => {
    const [name, copy] = [newName(), newName()];
    await done(on, "-n", name, "-d");
    await inside(name, "echo old >/etc/f");
    const save = await slowSave(on, name, "v1");
    const other = start(on, words(name));
    await other.warns(`Another manyoyo works on ${name}; waiting for it.`);
    expect(await on.state(name)).toBe("paused");
    expect(await save.goOn()).toMatchObject({ status: 0, stdout: "v1\n", stderr: "" });
    expect(await other.ended).toMatchObject({ status: 0 });
    await done(on, "fork", name, copy, "--from", "v1");
    expect(await inside(copy, "cat /etc/f")).toBe("old\n");
    for (const each of [name, copy]) await done(on, "rm", "-f", each);
    await done(on, "snapshot", "rm", name, "v1");
  });

  turn("is said to be of no single moment where somebody lets the session go on meanwhile", async () => {
    const name = newName();
    await done(on, "-n", name, "-v", "/own", "-d");
    const save = await slowSave(on, name, "v1");
    expect((await raw(engine, "unpause", name)).status).toBe(0);
    expect(await save.goOn()).toMatchObject({
      status: 0,
      stdout: "v1\n",
      stderr: `${name} did not stand still while it was saved, so what was written meanwhile may be there in part. Stop it first: manyoyo stop ${name}\n`,
    });
    await done(on, "rm", "-f", name);
    await done(on, "snapshot", "rm", name, "v1");
  });

  test.each(
    share([
      ["a tag that is none", ["snapshot", "NAME", "a b"], 2, "is no tag"],
      ["a tag with two dashes together", ["snapshot", "NAME", "a--b"], 2, "is no tag"],
      ["no such session", ["snapshot", "NAMEx"], 125, "No session"],
      ["no such snapshot", ["snapshot", "restore", "NAME", "v9"], 125, "has no snapshot"],
      ["a fork without a name", ["fork", "NAME"], 2, "fork needs NAME NEW"],
      ["a fork under a name that is taken", ["fork", "NAME", "NAME"], 125, "already"],
      ["a fork of no snapshot", ["fork", "NAME", "other", "--from", "v9"], 125, "has no snapshot"],
    ] satisfies [string, string[], number, string][]),
  )("is refused: %s", async (_what, words, status, text) => {
    const name = await on.shared("bash");
    const said = await on.manyoyo(words.map((word) => word.replace("NAME", name)));
    expect(said).toMatchObject({ status, stdout: "" });
    expect(said.stderr).toContain(text);
  });

  turn(
    "can be taken of a session that is paused, whose image has no name any more, or that the original tool made",
    async () => {
      const [name, legacy] = [newName(), newName()];
      const image = `${testImage}-of-${name}`;
      await raw(engine, "tag", testImage, image);
      await done(on, "-n", name, "--image", image, "-s", "bash", "-d");
      await raw(engine, "rmi", image);
      await raw(engine, "pause", name);
      await done(on, "snapshot", name, "v1");
      expect(await on.state(name)).toBe("paused");
      await done(on, "snapshot", "restore", name, "v1");
      expect(await on.state(name)).toBe("running");
      const mount = `type=bind,source=${on.folder},target=${on.folder}`;
      const words = [
        "--label",
        "manyoyo.default_cmd=cat /etc/f",
        "--mount",
        mount,
        "--workdir",
        on.folder,
        "-e",
        "KEY=v",
      ];
      await raw(engine, "run", "-d", "--name", legacy, ...words, testImage, "tail", "-f", "/dev/null");
      await inside(legacy, "echo f >/etc/f");
      await done(on, "snapshot", legacy, "v1");
      const copy = newName();
      await done(on, "fork", legacy, copy, "--from", "v1");
      expect(await done(on, "-n", copy)).toBe("f\n");
      expect(await done(on, "recreate", legacy, "-e", "MORE=1")).toBe(`${legacy}\n`);
      expect(await inside(legacy, 'cat /etc/f; echo "$KEY$MORE"; pwd')).toBe(`f\nv1\n${on.folder}\n`);
      for (const each of [name, legacy, copy]) await done(on, "rm", "-f", each);
      for (const each of [name, legacy]) await done(on, "snapshot", "rm", each, "v1");
      expect(await holdings(engine, [name, legacy, copy])).toEqual({
        containers: {},
        images: [],
        volumes: [],
      });
    },
  );

  rare("pauses what runs for a moment, and two at once take turns", async () => {
    const name = newName();
    await done(on, "-n", name, "-d");
    const sleep = longSleep();
    await done(on, "-n", name, "-d", "-x", sleep);
    const all = await Promise.all(["a", "b", "c"].map((tag) => on.manyoyo(["snapshot", name, tag])));
    expect(all.map(({ status }) => status)).toEqual([0, 0, 0]);
    const tags = JSON.parse(await done(on, "snapshot", "ls", name, "--json")).snapshots;
    expect(tags.map(({ tag }: { tag: string }) => tag).toSorted()).toEqual(["a", "b", "c"]);
    expect(await on.state(name)).toBe("running");
    expect(await on.runs(name, sleep)).toBe(true);
    // The same tag at once: one has it.
    const same = await Promise.all([1, 2].map(() => on.manyoyo(["snapshot", name, "same"])));
    expect(same.map(({ status }) => status).toSorted()).toEqual([0, 125]);
    // One that is stopped or paused stays so.
    await done(on, "stop", "-f", name);
    await done(on, "snapshot", name, "stopped");
    await until("it is stopped", async () => (await on.state(name)) === "exited");
    await done(on, "rm", name);
    await done(on, "snapshot", "rm", name, "a", "b", "c", "same", "stopped");
    expect(await holdings(engine, [name])).toEqual({ containers: {}, images: [], volumes: [] });
  });

  turn(
    "clears away images that earlier calls left on their way, and none that a person called like those",
    async () => {
      const name = newName();
      await done(on, "-n", name, "-d", "-v", "/own");
      // As where the whole machine goes down before they are removed.
      const env = await on.instead(
        `case $* in 'rmi localhost/manyoyo-part:'*) exit 0 ;; esac; exec "$real" "$@"`,
      );
      const parts = async () =>
        (await holdings(engine, [name])).images.filter((each) => each.includes("-part:"));
      const file = `${on.folder}/${name}.tar.gz`;
      expect((await on.manyoyo(["export", name, "-o", file], { env })).status).toBe(0);
      expect((await on.manyoyo(["snapshot", name, "v1"], { env })).status).toBe(0);
      expect(await parts()).toHaveLength(3);
      const theirs = `localhost/manyoyo-part:${name}--mine`;
      await raw(engine, "tag", testImage, theirs);
      await done(on, "snapshot", "rm", name, "v1");
      await done(on, "snapshot", name, "v2");
      expect(await parts()).toEqual([theirs]);
      await done(on, "snapshot", "rm", name, "v2");
    },
  );
});
