import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { importTiny, type TinyShell } from "../support/busybox.ts";
import { engines } from "../support/engines.ts";
import { exists } from "../support/inside.ts";
import { start } from "../support/live.ts";
import { type Bench, bench, raw, until } from "../support/manyoyo.ts";
import { noPrograms } from "../support/no-programs.ts";
import { inTurn } from "../support/turns.ts";

/** An image of these tests; it goes with them. */
function tinyImage(at: Bench, shell: TinyShell): { reference: string } {
  const image = { reference: "" };
  beforeAll(async () => {
    image.reference = await importTiny(at.engine, shell);
  });
  afterAll(async () => {
    await raw(at.engine, "rmi", "-f", image.reference);
  });
  return image;
}

describe.each(engines())("%s: an image without bash", (engine) => {
  const { turn } = inTurn(engine);
  const at = bench(engine);
  const name = at.name();
  const tiny = tinyImage(at, "busybox");
  beforeAll(async () => {
    const said = await at.manyoyo(["-n", name, "--image", tiny.reference, "-s", "echo first", "--", "a b"]);
    expect(said).toMatchObject({ status: 0, stdout: "first a b\n" });
  });

  turn("runs lines in its sh, and words as they are", async () => {
    expect((await at.manyoyo(["-n", name, "-x", "x=1; echo $x; exit 7"])).status).toBe(7);
    expect((await at.manyoyo(["-n", name, "-x", "printf", "[%s]", "$x", "a\nb", ""])).stdout).toBe(
      "[$x][a\nb][]",
    );
    for (const words of noPrograms) {
      const said = await at.manyoyo(["exec", name, "--", ...words]);
      expect([words, said.status, said.stdout]).toEqual([words, 127, ""]);
    }
    expect((await at.manyoyo(["-n", name, "--", "c d"])).stdout).toBe("first c d\n");
    expect(await at.manyoyo(["shell", name], { input: "echo in; exit 3\n" })).toMatchObject({
      status: 3,
      stdout: "in\n",
    });
  });

  turn("hands variables, statuses and input on", async () => {
    const words = ["-n", name, "-e", "A=x\n'y'\\n", "-x", "env | grep -A1 ^A="];
    expect((await at.manyoyo(words)).stdout).toBe("A=x\n'y'\\n\n");
    expect((await at.manyoyo(["-n", name, "-x", "nosuch"])).status).toBe(127);
    expect((await at.manyoyo(["-n", name, "-x", "/etc"])).status).toBe(126);
    expect((await at.manyoyo(["-n", name, "-x", "kill -9 $$"])).status).toBe(137);
    expect((await at.manyoyo(["-n", name, "-x", "cat"], { input: "in\n" })).stdout).toBe("in\n");
  });

  turn("ends the command and its children when the call is told to end", async () => {
    const live = start(at, ["-n", name, "-x", "echo up; setsid sleep 4711 & sleep 4711"]);
    await live.says("up");
    live.kill("SIGTERM");
    expect((await live.ended).status).toBe(143);
    await until(
      "nothing is left",
      async () => !(await raw(engine, "exec", name, "ps")).stdout.includes("4711"),
    );
  });

  turn("knows who is in there, and waits", async () => {
    await at.manyoyo(["-d", "-n", name, "-x", "until [ -e go ]; do sleep 0.1; done; exit 9"]);
    const said = await at.manyoyo(["rm", name]);
    expect(said.status).toBe(125);
    expect(said.stderr).toContain("until [ -e go ]");
    expect((await at.manyoyo(["--timeout", "1s", "wait", name])).status).toBe(124);
    await Bun.write(`${at.folder}/go`, "");
    expect((await at.manyoyo(["wait", "--timeout", "20s", name])).status).toBe(9);
  });

  turn("stops within three seconds and wakes again", async () => {
    const begun = performance.now();
    expect((await at.manyoyo(["stop", name])).status).toBe(0);
    expect(performance.now() - begun).toBeLessThan(3000);
    expect((await at.manyoyo(["-n", name, "-x", "echo on"])).stdout).toBe("on\n");
  });

  turn("reaps what lost its parent", async () => {
    await at.manyoyo(["-n", name, "-x", "(sleep 0.123 &) ; (sleep 0.123 &) ; true"]);
    await until("no zombie is left", async () => {
      const list = (await raw(engine, "exec", name, "ps", "-o", "stat,args")).stdout;
      return list.includes("STAT") && !/^Z/m.test(list) && !list.includes("sleep 0.123");
    });
  });
});

describe.each(engines())("%s: an image without any shell", (engine) => {
  const { turn } = inTurn(engine);
  const at = bench(engine);
  const tiny = tinyImage(at, "none");

  turn("is refused with a sentence, and nothing stays", async () => {
    const name = at.name();
    const said = await at.manyoyo(["-n", name, "--image", tiny.reference, "-x", "true"]);
    expect(said).toMatchObject({ status: 125, stdout: "" });
    expect(said.stderr).toContain("has no /bin/sh");
    expect(await exists(engine, name)).toBe(false);
  });
});

describe.each(engines())("%s: an image whose container ends at once", (engine) => {
  const { share } = inTurn(engine);
  const at = bench(engine);
  const tiny = tinyImage(at, { script: "#!/bin/busybox ash\necho famous last words\nexit 7\n" });

  test.each(
    share([
      ["-x true", ["-x", "true"]],
      ["-d -x", ["-d", "-x", "true"]],
      ["-d -s", ["-d", "-s", "true"]],
      ["--rm-on-exit", ["--rm-on-exit", "-x", "true"]],
    ]),
  )("is told of with its log by %s, and nothing stays", async (what, words) => {
    const name = at.name();
    const said = await at.manyoyo(["-n", name, "--image", tiny.reference, ...words]);
    expect(said).toMatchObject({ status: 125, stdout: "" });
    if (what !== "--rm-on-exit") expect(said.stderr).toContain("famous last words");
    await until("it is gone", async () => !(await exists(engine, name)));
  });
});

describe.each(engines())("%s: an image that is not there", (engine) => {
  const { turn } = inTurn(engine);
  const at = bench(engine);

  turn("is said so, with the remedy, and never asked of a registry", async () => {
    const name = at.name();
    const said = await at.manyoyo(["-n", name, "--image", "localhost/nosuch:1", "-x", "true"]);
    expect(said).toMatchObject({ status: 125, stdout: "" });
    expect(said.stderr).toContain("localhost/nosuch:1");
    const told = await at.manyoyo(["--json", "-n", name, "--image", "nosuch:1", "-x", "true"]);
    expect(JSON.parse(told.stderr)).toMatchObject({ error: { code: "no-image" } });
    expect(await exists(engine, name)).toBe(false);
  });
});
