import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync } from "node:fs";
import { engines, testImage } from "../support/engines.ts";
import { exists, field } from "../support/inside.ts";
import { bench, raw, runProgram } from "../support/manyoyo.ts";
import { inTurn } from "../support/turns.ts";

describe.concurrent.each(engines())("%s: a container that manyoyo did not make", (engine) => {
  const { turn, share } = inTurn(engine);
  const at = bench(engine);
  const stranger = at.name("stranger");
  const stopped = at.name("stopped");
  beforeAll(async () => {
    const sleep = [testImage, "sleep", "1000"];
    // Its own labels do not matter, whatever they look like.
    const made = await raw(engine, "run", "-d", "--name", stranger, "--label", "manyoyo.note=x", ...sleep);
    expect(made.status).toBe(0);
    expect((await raw(engine, "create", "--name", stopped, ...sleep)).status).toBe(0);
  });

  test.each(
    share([
      ["-n NAME -x", (name: string) => ["-n", name, "-x", "true"]],
      ["-n NAME --", (name: string) => ["-n", name, "--", "word"]],
      ["-n NAME -y c -d", (name: string) => ["-n", name, "-y", "c", "-d"]],
      ["-n NAME --rm-on-exit", (name: string) => ["-n", name, "--rm-on-exit", "-x", "true"]],
      ["exec", (name: string) => ["exec", name, "--", "true"]],
      ["shell", (name: string) => ["shell", name]],
      ["resume", (name: string) => ["resume", name]],
      ["start", (name: string) => ["start", name]],
      ["stop", (name: string) => ["stop", name]],
      ["restart", (name: string) => ["restart", name]],
      ["wait", (name: string) => ["wait", name]],
      ["rm", (name: string) => ["rm", name]],
      ["rm -f", (name: string) => ["rm", "-f", name]],
      ["--crm", (name: string) => ["--crm", "-n", name]],
    ]),
  )("is refused by %s and not touched", async (_what, words) => {
    for (const name of [stranger, stopped]) {
      const facts = () => field(engine, name, ".Id}} {{.State.Status}} {{.State.StartedAt}} {{.RestartCount");
      const before = await facts();
      const said = await at.manyoyo(["--json", ...words(name)]);
      expect(said.status).toBe(125);
      const [line = ""] = said.stderr.trim().split("\n");
      expect(JSON.parse(line)).toMatchObject({ error: { code: "not-ours" } });
      expect(await facts()).toEqual(before);
    }
  });

  turn("is not listed", async () => {
    const { stdout } = await at.manyoyo(["ls", "--names"]);
    expect(stdout).not.toContain(stranger);
    expect(stdout).not.toContain(stopped);
  });
});

describe.each(engines())("%s: an id", (engine) => {
  const { turn } = inTurn(engine);
  const at = bench(engine);
  const session = at.name();
  beforeAll(async () => {
    expect((await at.manyoyo(["-n", session, "-s", "echo", "-x", "true"])).status).toBe(0);
  });

  turn("or the start of one is no NAME", async () => {
    const id = await field(engine, session, ".Id");
    for (const word of [id.slice(0, 12), id.slice(0, 40)]) {
      for (const words of [
        ["-n", word, "--", "x"],
        ["exec", word, "--", "true"],
        ["stop", word],
        ["rm", word],
      ]) {
        expect((await at.manyoyo(words)).status).toBe(125);
      }
      expect((await at.manyoyo(["rm", "-f", word])).status).toBe(0);
    }
    expect((await at.manyoyo(["rm", "-f", id])).status).toBe(2);
    expect(await field(engine, session, ".State.Status")).toBe("running");
  });

  turn("of a session may be another session's name, and both stay apart", async () => {
    const word = (await field(engine, session, ".Id")).slice(0, 12);
    at.forget(word);
    const inside = ["-x", "sh", "-c", 'echo "$MARK"'];
    expect((await at.manyoyo(["-n", word, "-e", "MARK=other", ...inside])).stdout).toBe("other\n");
    expect((await at.manyoyo(["-n", word, ...inside])).stdout).toBe("other\n");
    expect((await at.manyoyo(["-n", session, ...inside])).stdout).toBe("\n");
    expect((await at.manyoyo(["rm", word])).status).toBe(0);
    expect(await exists(engine, session)).toBe(true);
  });
});

describe.each(engines())("%s: a container of an image that was committed from a session", (engine) => {
  const { share } = inTurn(engine);
  const at = bench(engine);
  const image = `localhost/myt-commit:${crypto.randomUUID()}`;

  test.each(share(["manyoyo's", "the original tool's"], 1))("is no session (%s)", async (whose) => {
    const [session, copy] = [at.name(), at.name("copy")];
    if (whose === "manyoyo's") {
      expect((await at.manyoyo(["-n", session, "-s", "echo", "-x", "true"])).status).toBe(0);
    } else {
      const label = ["--entrypoint", "", "--label", "manyoyo.default_cmd=echo"];
      await raw(engine, "run", "-d", "--name", session, ...label, testImage, "tail", "-f", "/dev/null");
    }
    expect((await raw(engine, "commit", session, image)).status).toBe(0);
    const made = await raw(engine, "run", "-d", "--name", copy, "--entrypoint", "sleep", image, "1000");
    expect(made.status).toBe(0);
    try {
      const names = (await at.manyoyo(["ls", "--names"])).stdout.split("\n");
      expect(names).toContain(session);
      expect(names).not.toContain(copy);
      for (const words of [
        ["rm", copy],
        ["rm", "-f", copy],
        ["stop", copy],
        ["-n", copy, "-x", "true"],
      ]) {
        expect((await at.manyoyo(words)).status).toBe(125);
      }
      expect(await field(engine, copy, ".State.Status")).toBe("running");
      expect((await at.manyoyo(["rm", session])).status).toBe(0);
      expect((await at.manyoyo(["ls", "--names"])).stdout).not.toContain(copy);
      expect((await at.manyoyo(["rm", "-f", copy])).status).toBe(125);
    } finally {
      // One call a container: podman removes none when one of them is missing.
      const remove = ["rm", "-f", ...(engine === "podman" ? ["-t", "0"] : [])];
      for (const name of [copy, session]) await raw(engine, ...remove, name);
      await raw(engine, "rmi", image);
    }
  });
});

describe.each(engines())("%s: an image that says of itself to be manyoyo's", (engine) => {
  const { turn } = inTurn(engine);
  const at = bench(engine);
  const images: string[] = [];
  afterAll(async () => {
    if (images.length > 0) await raw(engine, "rmi", ...images);
  });

  /** Makes such an image. @returns its name */
  async function imageWith(labels: Readonly<Record<string, string>>): Promise<string> {
    const image = `localhost/myt-claims:${crypto.randomUUID()}`;
    const words = Object.entries(labels).map(([key, value]) => `LABEL ${key}=${JSON.stringify(value)}\n`);
    const text = `FROM ${testImage}\n${words.join("")}`;
    const built = await runProgram([engine, "build", "-t", image, "-"], { input: text });
    expect(built.status, built.stderr).toBe(0);
    images.push(image);
    return image;
  }

  /** As `imageWith`, with all by which a container of that name and image looks like a session. */
  async function claiming(name: string): Promise<string> {
    const image = `localhost/myt-claims:${crypto.randomUUID()}`;
    const labels = {
      "manyoyo.session": crypto.randomUUID(),
      "manyoyo.default_cmd": "true",
      "manyoyo.name": name,
      "manyoyo.image": image,
      "manyoyo.user": "root",
      "manyoyo.workspace": at.folder,
    };
    expect((await raw(engine, "tag", await imageWith(labels), image)).status).toBe(0);
    images.push(image);
    return image;
  }

  test("makes no session: it is neither listed nor touched", async () => {
    const name = at.name("claims");
    const image = await claiming(name);
    const made = await raw(engine, "run", "-d", "--name", name, "--entrypoint", "sleep", image, "1000");
    expect(made.status, made.stderr).toBe(0);
    const id = await field(engine, name, ".Id");
    expect((await at.manyoyo(["ls", "--names"])).stdout.split("\n")).not.toContain(name);
    for (const words of [
      ["rm", "-f", name],
      ["stop", name],
      ["recreate", "-f", name],
      ["-n", name, "-x", "true"],
    ]) {
      const said = await at.manyoyo(["--json", ...words]);
      expect(said).toMatchObject({ status: 125, stderr: expect.stringContaining("not-ours") });
    }
    expect(await field(engine, name, ".Id}} {{.State.Status")).toBe(`${id} running`);
  });

  turn("has containers that no call clears away as another one's leavings", async () => {
    const [session, name] = [at.name(), at.name("work")];
    const image = await imageWith({ "manyoyo.work": session });
    const made = await raw(engine, "create", "--name", name, image, "sleep", "1000");
    expect(made.status, made.stderr).toBe(0);
    // What such a call left has the name of a helper, too.
    const left = `manyoyo-copy-${crypto.randomUUID().slice(0, 8)}`;
    at.forget(left);
    const label = ["--label", `manyoyo.work=${session}`];
    expect((await raw(engine, "create", "--name", left, ...label, testImage)).status).toBe(0);
    expect((await at.manyoyo(["-n", session, "-s", "true", "-d"])).status).toBe(0);
    expect(await at.manyoyo(["snapshot", session, "v1"])).toMatchObject({ status: 0 });
    expect((await at.manyoyo(["snapshot", "rm", session, "v1"])).status).toBe(0);
    expect([await exists(engine, name), await exists(engine, left)]).toEqual([true, false]);
  });

  test("decides nothing of a session of the original tool", async () => {
    const name = at.name("old");
    const secret = `${at.home}/.ssh`;
    mkdirSync(secret);
    const image = await imageWith({
      "manyoyo.options": JSON.stringify({ engineArgs: ["--privileged", "-v", "/:/host"], mode: "sock" }),
      "manyoyo.workspace": secret,
      "manyoyo.commands_as": "root",
    });
    const words = ["--label", "manyoyo.default_cmd=true", "-v", `${at.folder}:${at.folder}`, "-w", at.folder];
    await raw(
      engine,
      "run",
      "-d",
      "--name",
      name,
      "--entrypoint",
      "",
      ...words,
      image,
      "tail",
      "-f",
      "/dev/null",
    );
    expect(JSON.parse((await at.manyoyo(["inspect", name, "--json"])).stdout)).toMatchObject({
      folder: at.folder,
      legacy: true,
    });
    expect(await at.manyoyo(["recreate", "-f", name])).toMatchObject({ status: 0 });
    const { reach } = JSON.parse((await at.manyoyo(["inspect", name, "--json"])).stdout);
    expect(reach.privileged).toBe(false);
    expect(reach.mounts.map(({ source }: { source: string }) => source)).toEqual([at.folder]);
    expect((await at.manyoyo(["rm", "-f", name])).status).toBe(0);
  });

  // podman removes a container with its image.
  test.each(engine === "docker" ? ["rmi -f"] : [])(
    "may go under a session, which stays one: %s",
    async () => {
      const name = at.name();
      const image = await imageWith({});
      expect((await at.manyoyo(["-n", name, "--image", image, "-s", "true", "-d"])).status).toBe(0);
      expect((await at.manyoyo(["stop", name])).status).toBe(0);
      expect((await raw(engine, "rmi", "-f", image)).status).toBe(0);
      images.splice(images.indexOf(image), 1);
      expect((await at.manyoyo(["ls", "--names"])).stdout.split("\n")).toContain(name);
      expect(await at.manyoyo(["-n", name, "-x", "echo ran"])).toMatchObject({ status: 0, stdout: "ran\n" });
      expect((await at.manyoyo(["rm", "-f", name])).status).toBe(0);
    },
  );
});
