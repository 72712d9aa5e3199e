import { afterAll, describe, expect } from "bun:test";
import { randomBytes } from "node:crypto";
import type { Engine } from "../../lib/engine/engine.ts";
import { imageNamed } from "../../lib/image/list.ts";
import { removeImage } from "../../lib/image/prune.ts";
import { engines } from "../support/engines.ts";
import { tarOf } from "../support/image-file.ts";
import { bench, raw } from "../support/manyoyo.ts";
import { inTurn } from "../support/turns.ts";

describe.each(engines())("%s: image prune", (engine) => {
  const { turn } = inTurn(engine);
  const at = bench(engine);
  const repository = `localhost/myt-prune-${randomBytes(4).toString("hex")}`;
  const own: Engine = { name: engine, program: Bun.which(engine) ?? engine };
  const made = new Set<string>();
  afterAll(async () => {
    for (const each of made) await raw(engine, "rmi", "-f", each);
  });

  /** Gives the engine an image that is no other one, with these labels. */
  async function image(tag: string, labels: Readonly<Record<string, string>>): Promise<string> {
    const name = `${repository}:${tag}`;
    made.add(name);
    const tar = `${at.home}/${tag}.tar`;
    await Bun.write(tar, tarOf({ file: crypto.randomUUID() }));
    // docker reads the value as a shell would, podman takes it as it is.
    const quoted = (value: string): string => (engine === "docker" ? `'${value}'` : value);
    const changes = Object.entries(labels).flatMap(([key, value]) => [
      "--change",
      `LABEL ${key}=${quoted(value)}`,
    ]);
    const said = await raw(engine, "import", ...changes, tar, name);
    expect(said.status, said.stderr).toBe(0);
    return name;
  }

  /** The labels of an image that a newer Dockerfile has replaced. */
  const replaced = (name: string, more: Readonly<Record<string, string>> = {}) => ({
    "manyoyo.image.part": "agents",
    "manyoyo.image.number": "0",
    "manyoyo.image.name": name,
    ...more,
  });
  const found = async (name: string) => {
    const image = await imageNamed(own, name);
    if (image === undefined) throw new Error(`no image ${name}`);
    return image;
  };

  turn("shows what labels hold, and a terminal obeys none of it", async () => {
    const name = `${repository}:forged`;
    const agents = JSON.stringify({ "\u001b]0;owned\u0007one\ntwo": "1\u009b2J" });
    await image("forged", replaced(name, { "manyoyo.image.agents": agents }));
    const said = await at.manyoyo(["image", "prune", "--dry-run"]);
    expect(said.status, said.stderr).toBe(0);
    expect(said.stdout).toContain(`${name}  \\x1b]0;owned\\x07one\\x0atwo 1\\x9b2J\n`);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
    expect(said.stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });

  turn("removes the image that was found, and not a newer one that got its name meanwhile", async () => {
    const name = await image("moved", replaced(`${repository}:moved`));
    const old = await found(name);
    await image("moved", replaced(name));
    const newer = await found(name);
    expect(newer.id).not.toBe(old.id);
    expect(await removeImage(own, old)).toBe(true);
    expect(await imageNamed(own, old.id)).toBeUndefined();
    expect(await found(name)).toMatchObject({ id: newer.id, names: [name] });
    expect(await removeImage(own, newer)).toBe(true);
    expect(await imageNamed(own, name)).toBeUndefined();
    expect(await removeImage(own, newer)).toBe(true);
  });

  turn("leaves an image that got another name meanwhile", async () => {
    const name = await image("kept", replaced(`${repository}:kept`));
    const old = await found(name);
    const mine = `${repository}-mine:1`;
    made.add(mine);
    expect((await raw(engine, "tag", name, mine)).status).toBe(0);
    expect(await removeImage(own, old)).toBe(false);
    expect((await found(mine)).names.toSorted()).toEqual([mine, name].toSorted());
  });
});
