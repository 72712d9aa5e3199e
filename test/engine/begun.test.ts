import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
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

// A folder of one test's own, for what its engine waits for.
function folderOf({ home }: { readonly home: string }, ...words: readonly string[]): string {
  const folder = `${home}/${words.join("-")}`;
  mkdirSync(folder);
  return folder;
}

const ways = {
  "-x": (name: string) => ["-n", name, "-x"],
  exec: (name: string) => ["exec", name, "--"],
} as const;
const signals = ["SIGKILL", "SIGTERM", "SIGINT"] as const;
const kinds = ["-x", "exec"] as const;

describe.each(engines())("%s: a command whose session is still looked for", (engine) => {
  const { share } = inTurn(engine);
  const at = scene(engine);

  test.each(share(kinds.flatMap((kind) => signals.map((signal) => [kind, signal] as const))))(
    "of %s is not run when %s comes first",
    async (kind, signal) => {
      const name = await at.session("true");
      const mark = `${at.folder}/${kind}-${signal}`;
      const held = folderOf(at, kind, signal);
      const env = await at.instead(slow(held));
      const call = start(at, [...ways[kind](name), "touch", mark], { env });
      await until("it asks", () => existsSync(`${held}/asked`));
      call.kill(signal);
      // Whoever shares its output has ended too.
      expect((await call.ended).stdout).toBe("");
      expect(existsSync(mark)).toBe(false);
      expect((await raw(engine, "logs", name)).stdout).not.toContain("touch");
    },
  );

  test.each(share(kinds))(
    "of %s is not run in another container that has taken the name by then",
    async (kind) => {
      const name = await at.session("true");
      const held = folderOf(at, kind, "taken");
      const env = await at.instead(slow(held));
      const mark = `${at.folder}/taken-${kind}`;
      const call = start(at, [...ways[kind](name), "touch", mark], { env });
      await until("it asks", () => existsSync(`${held}/answer`));
      await at.manyoyo(["rm", "-f", name]);
      const image = process.env["MANYOYO_TEST_IMAGE"] ?? "";
      const mount = `type=bind,source=${at.folder},target=${at.folder}`;
      const made = await raw(engine, "run", "-d", "--name", name, "--mount", mount, image, "sleep", "600");
      expect(made.status, made.stderr).toBe(0);
      writeFileSync(`${held}/go`, "");
      expect((await call.ended).status).toBe(125);
      expect(existsSync(mark)).toBe(false);
    },
  );
});
