import { Database } from "bun:sqlite";
import { describe, expect } from "bun:test";
import { readFileSync } from "node:fs";
import { engines } from "../support/engines.ts";
import { raw } from "../support/manyoyo.ts";
import { copyScene, done } from "../support/saved.ts";
import { longSleep } from "../support/scene.ts";
import { tried } from "../support/tally.ts";
import { inTurn } from "../support/turns.ts";

const id = "11111111-1111-4111-8111-111111111111";
const place = ".local/share/opencode/opencode.db";

describe.concurrent.each(engines())("%s: conversations", (engine) => {
  const { turn } = inTurn(engine);
  const on = copyScene(engine, "talk");

  const put = async (name: string, path: string, input: string | Uint8Array): Promise<void> => {
    const text = 'cd && mkdir -p "$(dirname "$1")" && cat >"$1"';
    const said = await on.manyoyo(["exec", name, "--", "sh", "-c", text, "sh", path], { input });
    expect(said.status, said.stderr).toBe(0);
  };
  const make = async (...words: readonly string[]): Promise<string> => {
    const name = on.newName();
    await done(on, "-n", name, ...words, "-s", "bash", "-d");
    return name;
  };
  const talk = (size: number): string =>
    `${JSON.stringify({ type: "user", message: { role: "user", content: `words ${"x".repeat(size)}` } })}\n`;
  const database = (): Uint8Array => {
    const file = `${on.home}/${crypto.randomUUID()}.db`;
    const made = new Database(file);
    for (const sql of [
      "CREATE TABLE session (id text, parent_id text, directory text, title text, time_updated integer)",
      "CREATE TABLE message (id text, session_id text, time_created integer, data text)",
      "CREATE TABLE part (id text, message_id text, session_id text, data text)",
      "INSERT INTO session VALUES ('ses_1', NULL, '/work', 't', 1)",
      `INSERT INTO message VALUES ('m1', 'ses_1', 1, '{"role":"user"}')`,
      `INSERT INTO part VALUES ('p1', 'm1', 'ses_1', '{"type":"text","text":"open question"}')`,
    ]) {
      made.run(sql);
    }
    made.close();
    return readFileSync(file);
  };

  turn("in a database are copied anew where somebody lets the session go on meanwhile", async () => {
    const fault = `${engine}: session let go on as its database is copied`;
    await tried({ fault, promised: "it is copied anew, as it is at one moment" }, async () => {
      const name = await make();
      await put(name, place, database());
      await put(name, `.claude/projects/-w/${id}.jsonl`, talk(1));
      const notes = `${on.home}/notes-${name}`;
      const env = await on.instead(
        `case "$1 $2" in
exec*) case "$*" in *' all') echo begin >>'${notes}'; "$real" "$@"; status=$?; echo end >>'${notes}'; exit $status ;; esac ;;
pause*) echo pause >>'${notes}' ;;
cp*opencode.db) "$real" "$@"; status=$?; [ -e '${notes}-once' ] || "$real" unpause ${name} >/dev/null; : >'${notes}-once'; exit $status ;;
esac
exec "$real" "$@"`,
      );
      const listed = await on.manyoyo(["history", "ls", name, "--json"], { env });
      expect(listed, listed.stderr).toMatchObject({ status: 0 });
      expect(JSON.parse(listed.stdout).conversations).toHaveLength(2);
      expect(await on.state(name)).toBe("running");
      const seen = readFileSync(notes, "utf8").trim().split("\n");
      expect(seen.filter((word) => word === "pause")).toHaveLength(2);
      // docker stands still for good where it pauses what a program just begins in.
      const at = seen.indexOf("pause");
      const before = seen.slice(0, at);
      expect(before.filter((word) => word === "begin")).toEqual(
        before.filter((word) => word === "end").map(() => "begin"),
      );
      expect(seen.slice(at)).not.toContain("begin");
    });
  });

  turn(
    "in a database are not replaced under a program that has it open, nor in a paused session",
    async () => {
      const fault = `${engine}: restore over a database that is open`;
      await tried({ fault, promised: "in-use; the database stays" }, async () => {
        const name = await make();
        await put(name, place, database());
        const archive = `${on.home}/${name}.tar.gz`;
        await done(on, "history", "backup", name, "-o", archive);
        const restore = () => on.manyoyo(["history", "restore", "-f", name, archive]);
        const refused = {
          status: 125,
          stdout: "",
          stderr: expect.stringContaining("cannot be replaced under it"),
        };
        const sleep = longSleep();
        await raw(engine, "exec", "-d", name, "sh", "-c", `exec 3<>~/${place}; exec ${sleep}`);
        await on.untilRuns(name, sleep);
        expect(await restore()).toMatchObject(refused);
        await raw(engine, "exec", name, "pkill", "-f", sleep);
        await on.untilGone(name, sleep);
        await raw(engine, "pause", name);
        expect(await restore()).toMatchObject(refused);
        await raw(engine, "unpause", name);
        expect(await restore()).toMatchObject({ status: 0 });
      });
    },
  );

  turn("that find no space are told of, and nothing of them is left", async () => {
    const fault = `${engine}: restore into a full folder`;
    await tried({ fault, promised: "125; no file that is cut" }, async () => {
      const from = await make();
      await put(from, `.claude/projects/-w/${id}.jsonl`, talk(3_000_000));
      const archive = `${on.home}/${from}.tar.gz`;
      await done(on, "history", "backup", from, "-o", archive);
      const to = await make("--engine-arg=--tmpfs=/root:size=1m");
      for (let round = 0; round < 2; round += 1) {
        const said = await on.manyoyo(["history", "restore", to, archive]);
        expect([said.status, said.stdout]).toEqual([125, ""]);
        expect(said.stderr).toContain("Make room");
      }
      expect(await on.inside(to, "find ~ -name '*.jsonl' -o -name '.manyoyo*'")).toBe("");
    });
  });

  // podman's sessions are root's own in all that they do.
  if (engine === "podman") return;
  turn("are not restored through a link", async () => {
    const fault = `${engine}: restore through a link out of the home`;
    await tried({ fault, promised: "refused; nothing is written there" }, async () => {
      const from = await make();
      await put(from, `.claude/projects/-w/${id}.jsonl`, talk(1));
      const archive = `${on.home}/${from}.tar.gz`;
      await done(on, "history", "backup", from, "-o", archive);
      await on.inside(from, "rm -rf ~/.claude; ln -s /etc ~/.claude");
      for (const word of ["start", "stop"]) {
        await done(on, word, from);
        const said = await on.manyoyo(["history", "restore", from, archive]);
        expect(said).toMatchObject({
          status: 2,
          stdout: "",
          stderr: expect.stringContaining("is a link to /etc"),
        });
      }
      expect(await on.inside(from, "ls -d /etc/projects 2>/dev/null || true")).toBe("");
    });
  });
});
