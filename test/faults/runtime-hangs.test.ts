import { afterEach, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, rmSync, writeFileSync } from "node:fs";
import { engines } from "../support/engines.ts";
import { type Hanging, hangTries, meetsHang } from "../support/hang.ts";
import { wordsSeenIn } from "../support/inside.ts";
import { runProgram } from "../support/manyoyo.ts";
import { scene } from "../support/scene.ts";
import { times } from "../support/tally.ts";

// podman has no daemon: each of its calls that does something to a container waits for an OCI runtime.
const podmans = engines().filter((engine) => engine === "podman" && Bun.which("runc") !== null);

describe.each(podmans)("%s's runtime hangs", (engine) => {
  const on = scene(engine);
  const [runtime, flag] = [`${on.home}/runc`, `${on.home}/hang`];
  writeFileSync(
    runtime,
    `#!/bin/sh\ncase " $* " in *" --version "*) ;; *) while [ -e '${flag}' ]; do sleep 0.1; done ;; esac\nexec '${Bun.which("runc")}' "$@"\n`,
  );
  chmodSync(runtime, 0o755);
  const words = `--runtime '${runtime}'`;
  const env: { PATH?: string } = {};
  const podman = async (...line: readonly string[]): Promise<string> => {
    const said = await runProgram([engine, "--runtime", runtime, ...line]);
    expect(said.status, said.stderr).toBe(0);
    return said.stdout;
  };
  const goOn = (): void => rmSync(flag, { force: true });

  beforeAll(async () => {
    Object.assign(env, await on.instead(`exec "$real" ${words} "$@"`));
  });
  afterEach(goOn);

  const hanging: Hanging = {
    who: "its runtime",
    env,
    words,
    inOrder: false,
    hang: () => `: >'${flag}'`,
    goOn,
    containers: () => podman("ps", "--all", "--format", "{{.Names}} {{.State}}"),
    processes: async (name) => (await wordsSeenIn(engine, name)).join("\n"),
  };

  test.each(hangTries(times(3, 10)))(
    "at step $step of $verb: TERM ends the call, and afterwards all is whole or gone",
    (about) => meetsHang(on, hanging, about),
    90_000,
  );
});
