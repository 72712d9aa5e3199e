import { afterAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, statSync } from "node:fs";
import { useTiny } from "../support/busybox.ts";
import { type EngineName, engines, executable } from "../support/engines.ts";
import { entriesOf, plainOf } from "../support/image-file.ts";
import { bench, raw, runProgram, until } from "../support/manyoyo.ts";
import { clear, done, faultAt, holdings, stepsFrom } from "../support/saved.ts";
import { scene } from "../support/scene.ts";
import { isLong } from "../support/tally.ts";
import { inTurn } from "../support/turns.ts";

const conversation = "~/.claude/projects/-w/11111111-1111-4111-8111-111111111111.jsonl";

/** Every way from one engine to another, and to itself where there is but one. */
const ways = engines().flatMap((from) =>
  engines()
    .filter((to) => engines().length === 1 || to !== from)
    .map((to) => ({ from, to })),
);

describe.concurrent.each(ways)("a session that goes from $from to $to", ({ from, to }) => {
  const [on, at] = [scene(from), bench(to)];
  const scenes = { [from]: on, [to]: scene(to) } as Readonly<Record<EngineName, typeof on>>;
  const image = useTiny(on, at, scenes[to]);
  const names: string[] = [];
  const newName = (): string => {
    const name = on.name("move");
    at.forget(name);
    names.push(name);
    return name;
  };
  afterAll(async () => {
    await clear(on, names);
    await clear(at, names);
  });

  // Its engine's turn is that of the engine that it goes from.
  const { turn, share } = inTurn(from);
  turn(
    "has its files, volumes, conversations and first command, none of its host's, and no secret unless it is asked for",
    async () => {
      const [one, two] = [newName(), newName()];
      await Bun.write(`${on.folder}/mounted/f`, "host's own");
      await done(
        on,
        ...["-n", one, "-s", 'printf "%s|"', "-d", "--keep-history", "-v", "/own"],
        ...[
          "-v",
          "./mounted:/mounted:ro",
          "-p",
          "0:80",
          "-e",
          "KEY=qplntx7-value",
          "-e",
          "MULTI=qplntx7\nlines",
        ],
        ...["--engine-arg=--memory=200m", "--", "a b", "c'd"],
      );
      await done(on, "wait", one);
      const fill = `mkdir -p ${conversation.replace(/\/[^/]*$/, "")} /home/x/.codex; echo said >${conversation}; chown 7:8 ${conversation}; echo own >/own/f; chmod 604 /own/f; ln -s f /own/l; echo file >/etc/f; rm /etc/issue; echo qplntx7-login | tee ~/.claude/.credentials.json >/home/x/.codex/auth.json; echo '{"primaryApiKey":"qplntx7-key","theme":"dark"}' | tee ~/.claude/.claude.json >/home/x/.claude.json`;
      await done(on, "-n", one, "-x", fill);
      const before = await holdings(from, [one]);
      const file = `${on.home}/${one}.manyoyo`;
      const written = await on.manyoyo(["export", one, "-o", file]);
      expect(written).toMatchObject({ status: 0, stdout: `${file}\n` });
      expect(written.stderr).toContain("Left out: the values of KEY, MULTI.");
      for (const path of ["/home/x/.codex/auth.json", "/home/x/.claude.json"])
        expect(written.stderr).toContain(path);
      expect(statSync(file).mode & 0o777).toBe(0o600);
      expect(await holdings(from, [one])).toEqual(before);
      const plain = plainOf(Buffer.from(await Bun.file(file).arrayBuffer()));
      const [manifest] = entriesOf(plain);
      expect(plain.includes("qplntx7")).toBe(false);
      expect(manifest?.body.includes(`"target": "/mounted"`)).toBe(true);
      expect(manifest?.body.includes(`${on.folder}/mounted`)).toBe(false);

      const place = `${at.folder} other 'é'`;
      mkdirSync(place, { recursive: true });
      const made = await at.manyoyo(["import", file, "--name", two, "-e", "KEY=given", "--json"], {
        cwd: place,
      });
      expect(made.status, made.stderr).toBe(0);
      expect(JSON.parse(made.stdout)).toMatchObject({
        name: two,
        of: one,
        folder: realpathSync(place),
        missing: ["MULTI"],
        engine: to,
      });
      expect(await done(at, "-n", two)).toBe("a b|c'd|");
      const look = `cat ${conversation} /own/f /etc/f; grep -c dark ~/.claude/.claude.json /home/x/.claude.json | sed 's/.*://'; stat -c '%u:%g' ${conversation}; stat -c %a /own/f; readlink /own/l; ls /etc/issue /mounted/f ~/.claude/.credentials.json 2>&1 | grep -c 'No such'; echo "$KEY:$MULTI"; pwd`;
      expect((await done(at, "-n", two, "-x", look)).trim().split("\n")).toEqual([
        "said",
        "own",
        "file",
        "1",
        "1",
        "7:8",
        "604",
        "f",
        "3",
        "given:",
        on.folder,
      ]);
      expect(JSON.parse(await done(at, "inspect", two, "--json")).reach.ports).toMatchObject([
        { inside: "80/tcp" },
      ]);
      expect(JSON.parse(await done(at, "history", "ls", two, "--json")).conversations).toBeArray();
      expect((await holdings(to, [two])).volumes).toEqual([`manyoyo-history-${two}`]);

      // With secrets, through a pipe, compressed by zstd, and from there once more.
      const three = newName();
      const stream = `"$0" --engine ${from} export ${one} --zstd --with-secrets | "$0" --engine ${to} import - --name ${three} -p none`;
      const piped = await runProgram(["sh", "-c", stream, executable()], { env: on.env, cwd: on.folder });
      expect(piped.status, piped.stderr).toBe(0);
      expect(piped.stdout).toBe(`${three}\n`);
      expect(
        await done(
          at,
          "-n",
          three,
          "-x",
          'printf %s "$KEY:$MULTI"; cat ~/.claude/.credentials.json /home/x/.codex/auth.json',
        ),
      ).toBe("qplntx7-value:qplntx7\nlinesqplntx7-login\nqplntx7-login\n");
      const again = await runProgram(
        ["sh", "-c", `"$0" export ${three} | tar xzO image.json manyoyo.json checksums.json`, executable()],
        { env: at.env, cwd: at.folder },
      );
      expect(again.stdout).toContain(`"session": "${three}"`);
      expect(again.stdout).not.toContain("qplntx7");

      // Without its image, on top of the one that is here under that name.
      const four = newName();
      const thin = `${on.home}/thin`;
      await done(on, "export", one, "--without-image", "-o", thin);
      expect(statSync(thin).size).toBeLessThan(statSync(file).size / 10);
      expect(
        (await at.manyoyo(["import", thin, "--name", four, "--image", "localhost/none:1"])).stderr,
      ).toContain("localhost/none:1, which is not here");
      await done(at, "import", thin, "--name", four, "--image", image(to), "-p", "none");
      expect((await done(at, "-n", four, "-x", look)).split("\n").slice(0, 3)).toEqual([
        "said",
        "own",
        "file",
      ]);
      for (const name of [two, three, four]) await done(at, "rm", "-f", "--history", name);
      expect(await holdings(to, [two, three, four])).toEqual({ containers: {}, images: [], volumes: [] });
    },
  );

  turn("has no variable that its image does not have just so, whoever gave it", async () => {
    const one = newName();
    const base = image(from);
    const plain = (file: string): Promise<string> =>
      runProgram(["tar", "xzOf", file, "image.json", "manyoyo.json"], { env: on.env, cwd: on.folder }).then(
        ({ stdout }) => stdout,
      );
    await done(
      on,
      "-n",
      one,
      "-s",
      "sleep 1000",
      "-d",
      "--engine-arg=--env=TOKEN_A=qplntx8-a",
      "-e",
      "KEY=x",
    );
    const left = async (name: string, ...words: readonly string[]): Promise<readonly string[]> => {
      const said = await on.manyoyo(["export", "-f", name, "-o", `${on.home}/${name}`, "--json", ...words]);
      expect(said.status, said.stderr).toBe(0);
      return JSON.parse(said.stdout).leftOut.variables;
    };
    expect(await left(one)).toEqual(["KEY", "TOKEN_A"]);
    expect(await plain(`${on.home}/${one}`)).not.toContain("qplntx8");
    // What it is made anew from holds all of them; so does what a file with secrets brings in.
    await done(on, "recreate", one);
    expect(await left(one)).toEqual(["KEY", "TOKEN_A"]);
    expect(await plain(`${on.home}/${one}`)).not.toContain("qplntx8");
    expect(await left(one, "--with-secrets")).toEqual([]);
    expect(await plain(`${on.home}/${one}`)).toContain("TOKEN_A=qplntx8-a");
    const two = newName();
    await done(on, "import", `${on.home}/${one}`, "--name", two);
    expect(await done(on, "-n", two, "-x", 'echo "$TOKEN_A"')).toBe("qplntx8-a\n");
    expect((await left(two)).toSorted()).toEqual(["KEY", "TOKEN_A"]);
    expect(await plain(`${on.home}/${two}`)).not.toContain("qplntx8");

    // One of the original tool, with a value in the place of its image's own, and a name that no manifest tells.
    const [old, keyed] = [newName(), `localhost/${newName()}:1`];
    const built = ["create", "--name", `${old}-0`, base, "true"];
    expect((await raw(from, ...built)).status).toBe(0);
    const change = ["--change", 'ENV API_KEY=""', "--change", "ENV PLAIN=stays"];
    expect((await raw(from, "commit", ...change, `${old}-0`, keyed)).status).toBe(0);
    await raw(from, "rm", `${old}-0`);
    const npm = "npm_config_//registry.npmjs.org/:_authToken";
    const asOriginal = ["run", "-d", "--name", old, "--label", "manyoyo.default_cmd=true", "-w", on.folder];
    const given = ["-e", "API_KEY=qplntx8-k", "-e", `${npm}=qplntx8-n`];
    const mount = ["-v", `${on.folder}:${on.folder}`];
    const said = await raw(from, ...asOriginal, ...mount, ...given, keyed, "sleep", "1000");
    expect(said.status, said.stderr).toBe(0);
    expect((await left(old)).toSorted()).toEqual(["API_KEY", npm]);
    const image2 = await plain(`${on.home}/${old}`);
    expect(image2).not.toContain("qplntx8");
    expect(image2).toContain("PLAIN=stays");
    await raw(from, "rm", "-f", old);
    await raw(from, "rmi", keyed);
  });

  turn("has no device of the host, which none may bring with it, and can be imported", async () => {
    const [one, two] = [newName(), newName()];
    await done(on, "-n", one, "-s", "sleep 1000", "-d");
    const make =
      "mkdir /d; mknod /d/fuse c 10 229; ln /d/fuse /d/second; mknod /d/loop0 b 7 0; mknod /d/null c 1 3";
    const made = await raw(from, "exec", "-u", "0", one, "sh", "-c", make);
    expect(made.status, made.stderr).toBe(0);
    const file = `${on.home}/${one}`;
    const before = await on.manyoyo(["export", one, "-o", file]);
    expect(before).toMatchObject({ status: 0, stdout: `${file}\n` });
    const [, list = ""] = before.stderr.match(/^Left out: devices of the host, (.*)\.$/m) ?? [];
    expect(list.split(", ").toSorted()).toEqual(["/d/fuse", "/d/loop0", "/d/second"]);
    const whole = await on.manyoyo(["export", "-f", one, "-o", file, "--with-secrets", "--json"]);
    expect(JSON.parse(whole.stdout).leftOut.devices.count).toBe(3);
    await done(at, "import", file, "--name", two);
    expect(await done(at, "-n", two, "-x", "ls /d")).toBe("null\n");
  });

  turn("is refused where its name or its port is taken, and leaves nothing behind", async () => {
    const one = newName();
    await done(on, "-n", one, "-s", "bash", "-d", "--keep-history", "-p", "0:80");
    const file = `${on.home}/${one}.manyoyo`;
    expect(await done(on, "export", one, "-o", file, "--zstd", "--json")).toContain(`"file":"${file}"`);
    expect(await on.manyoyo(["export", one, "-o", file])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("is there already"),
    });
    const taken = await at.manyoyo(["import", file]);
    expect(taken).toMatchObject({ status: 125, stdout: "" });
    expect(taken.stderr).toContain("already");
    const two = newName();
    // Conversations of that name are kept already.
    await done(at, "-n", two, "-s", "bash", "-d", "--keep-history");
    await done(at, "rm", two);
    const before = await holdings(to, [two]);
    expect(await at.manyoyo(["import", file, "--name", two])).toMatchObject({
      status: 125,
      stderr: expect.stringContaining(`manyoyo rm --history -f ${two}`),
    });
    expect(await holdings(to, [two])).toEqual(before);
    await done(at, "rm", "-f", "--history", two);
    // A reader that goes away, and a disk that is full. podman's program alone would leave copies of the image's layers.
    const temporary = mkdtempSync(`${on.home}/tmp-`);
    const gone = await runProgram(
      ["bash", "-c", `"$0" export ${one} | head -c 1000 | wc -c; echo "\${PIPESTATUS[0]}"`, executable()],
      { env: { ...on.env, TMPDIR: temporary }, cwd: on.folder },
    );
    expect(readdirSync(temporary)).toEqual([]);
    expect(gone.stdout.trim().split("\n")).toEqual(["1000", "141"]);
    expect(gone.stderr).toBe("");
    const full = await runProgram(["sh", "-c", `"$0" export ${one} >/dev/full`, executable()], {
      env: on.env,
      cwd: on.folder,
    });
    expect(full.status).toBe(125);
    expect(full.stderr).toContain("could not be written");
    const all = await holdings(from, [one]);
    expect([Object.keys(all.containers), all.images]).toEqual([[one], []]);
    expect(await on.state(one)).toBe("running");
  });

  const ways = [
    { verb: "export", signal: "KILL", after: true },
    { verb: "import", signal: "KILL", after: from === "docker" },
    { verb: "export", signal: "TERM", after: false },
    { verb: "import", signal: "TERM", after: false },
  ] as const;
  test.each(share(isLong ? ways : ways.slice(1, 2)))(
    "by $verb that is cut off by $signal (after the step: $after) is as it was, or whole",
    async ({ verb, signal, after }) => {
      const [one, two] = [newName(), newName()];
      await done(on, "-n", one, "-s", "bash", "-d", "--keep-history", "-v", "/own");
      const file = `${on.home}/${one}.manyoyo`;
      await done(on, "export", one, "-o", file, "--zstd");
      const engine: EngineName = verb === "export" ? from : to;
      const words =
        verb === "export"
          ? ["export", one, "-o", `${file}2`, "-f", "--zstd"]
          : ["import", file, "--name", two];
      const before = await holdings(engine, verb === "export" ? [one] : [two]);
      const there = scenes[engine];
      const temporary = mkdtempSync(`${on.home}/tmp-`);
      for (const step of stepsFrom(1)) {
        const count = `${on.home}/count-${one}-${step}`;
        const fault = faultAt({ file: count, executable: executable(), step, signal, after });
        const env = { ...(await there.instead(fault)), TMPDIR: temporary };
        const said = await there.manyoyo(words, { env });
        if (Number(await Bun.file(count).text()) < step) {
          expect(said.status, said.stderr).toBe(0);
          break;
        }
        const isAsBefore = async (): Promise<boolean> =>
          Bun.deepEquals(await holdings(engine, verb === "export" ? [one] : [two]), before);
        await until(`all is as it was after step ${step}: ${said.stderr}`, isAsBefore, 30_000);
      }
      await until(
        "no half file lies about",
        () =>
          readdirSync(temporary).length === 0 &&
          readdirSync(on.home).every((name) => !name.endsWith(".part")),
      );
      expect(await raw(from, "exec", one, "true")).toMatchObject({ status: 0 });
      await done(at, "rm", "-f", "--history", two);
    },
  );
});
