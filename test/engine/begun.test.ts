import { describe, expect, test } from "bun:test";
import { existsSync, writeFileSync } from "node:fs";
import { engines } from "../support/engines.ts";
import { start } from "../support/live.ts";
import { raw, until } from "../support/manyoyo.ts";
import { scene } from "../support/scene.ts";
import { inTurn } from "../support/turns.ts";

// The first answer of the engine is held back until the file `go` is there, or the test is over, and says `asked` before.
const slow = (folder: string): string => `
case $1 in
  container)
    "$real" "$@" >'${folder}/answer' 2>'${folder}/complaint'; status=$?
    : >'${folder}/asked'
    while [ ! -e '${folder}/go' ] && [ -d '${folder}' ]; do sleep 0.05; done
    cat '${folder}/complaint' >&2; cat '${folder}/answer'; exit $status ;;
esac
exec "$real" "$@"`;

describe.each(engines())("%s: a command whose session is still looked for", (engine) => {
  const { turn, share } = inTurn(engine);
  const at = scene(engine);

  test.each(share(["SIGKILL", "SIGTERM", "SIGINT"] as const))(
    "is not run when %s comes first",
    async (signal) => {
      const name = await at.session("true");
      const mark = `${at.folder}/${signal}`;
      const env = await at.instead(slow(at.home));
      const call = start(at, ["-n", name, "-x", "touch", mark], { env });
      await until("it asks", () => existsSync(`${at.home}/asked`));
      call.kill(signal);
      // Whoever shares its output has ended too.
      expect((await call.ended).stdout).toBe("");
      expect(existsSync(mark)).toBe(false);
      expect((await raw(engine, "logs", name)).stdout).not.toContain("touch");
    },
  );

  turn("is not run in another container that has taken the name by then", async () => {
    const name = await at.session("true");
    const env = await at.instead(slow(at.home));
    const mark = `${at.folder}/taken`;
    const call = start(at, ["-n", name, "-x", "touch", mark], { env });
    await until("it asks", () => existsSync(`${at.home}/answer`));
    await at.manyoyo(["rm", "-f", name]);
    const image = process.env["MANYOYO_TEST_IMAGE"] ?? "";
    const mount = `type=bind,source=${at.folder},target=${at.folder}`;
    const made = await raw(engine, "run", "-d", "--name", name, "--mount", mount, image, "sleep", "600");
    expect(made.status, made.stderr).toBe(0);
    writeFileSync(`${at.home}/go`, "");
    expect((await call.ended).status).toBe(125);
    expect(existsSync(mark)).toBe(false);
  });
});
