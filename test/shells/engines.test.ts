import { describe, expect, test } from "bun:test";
import { engines } from "../support/engines.ts";
import { bench, raw } from "../support/manyoyo.ts";
import { openShell, shellNames } from "../support/shells.ts";
import { inTurn } from "../support/turns.ts";

describe.each(engines().map((engine) => [engine] as const))("on %s", (engine) => {
  const { turn, share } = inTurn(engine);
  const on = bench(engine);
  const names = async (...words: readonly string[]): Promise<readonly string[]> => {
    const { status, stdout, stderr } = await on.manyoyo(["complete", "--", ...words]);
    expect([status, stderr]).toEqual([0, ""]);
    return stdout.split("\n").map((line) => line.split("\t", 1).join());
  };
  const make = async (hint: string, ...words: readonly string[]): Promise<string> => {
    const name = on.name(hint);
    expect(await on.manyoyo(["-d", "-n", name, ...words])).toMatchObject({ status: 0 });
    return name;
  };

  test("sessions are offered by what can be done with them, with state, agent and folder", async () => {
    const [up, down] = [await make("up", "-s", "codex --x"), await make("down", "-s", "sleep 1000")];
    expect(await on.manyoyo(["stop", down])).toMatchObject({ status: 0 });
    const { stdout } = await on.manyoyo(["complete", "--", "-n", ""]);
    expect(stdout).toContain(`${up}\trunning codex ${on.folder}\n`);
    expect(stdout).toContain(`${down}\tstopped ${on.folder}\n`);
    expect(await names("stop", "")).toContain(up);
    expect(await names("stop", "")).not.toContain(down);
    expect(await names("start", "")).toContain(down);
    expect(await names("start", "")).not.toContain(up);
    expect(await names("rm", up, "")).not.toContain(up);
    expect(await names("-n", up, "--", "")).toEqual(["resume", ""]);
  });

  turn("what is no session is not offered, a copy of one neither", async () => {
    const session = await make("src", "-s", "claude");
    const [copy, plain, image] = [on.name("copy"), on.name("plain"), `localhost/${on.name("image")}:1`];
    const { MANYOYO_TEST_IMAGE: testImage = "localhost/manyoyo-test:base" } = process.env;
    try {
      expect((await raw(engine, "commit", session, image)).status).toBe(0);
      expect((await raw(engine, "create", "--name", copy, image)).status).toBe(0);
      expect((await raw(engine, "create", "--name", plain, testImage, "true")).status).toBe(0);
      const offered = await names("rm", "");
      expect(offered).toContain(session);
      expect(offered).not.toContain(copy);
      expect(offered).not.toContain(plain);
      expect(await names("--image", "")).toContain(image);
      expect(await names("--in", image.replace(":1", ""), "--iv", "")).toEqual(["1", ""]);
    } finally {
      await raw(engine, "rm", "-f", copy);
      await raw(engine, "rmi", "-f", image);
    }
  });

  turn("volumes are offered by their names", async () => {
    const volume = on.name("volume");
    try {
      expect((await raw(engine, "volume", "create", volume)).status).toBe(0);
      expect(await names("-v", "")).toContain(`${volume}:`);
    } finally {
      await raw(engine, "volume", "rm", "-f", volume);
    }
  });

  test.each(share(shellNames))("a name is completed by TAB in %s", async (name) => {
    const session = await make(name, "-s", "claude");
    await using shell = await openShell(name, {
      home: on.home,
      folder: on.folder,
      env: { MANYOYO_ENGINE: engine },
    });
    expect(await shell.line(`manyoyo stop ${session.slice(0, -3)}\t`)).toBe(`manyoyo stop ${session} `);
    expect(await shell.line(`manyoyo --cont-name=${session.slice(0, -3)}\t`)).toBe(
      `manyoyo --cont-name=${session} `,
    );
  });
});
