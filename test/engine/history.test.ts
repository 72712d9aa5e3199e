import { Database } from "bun:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { randomBytes } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { allEngines, engines, executable } from "../support/engines.ts";
import { exists } from "../support/inside.ts";
import { bench, raw, runProgram, until } from "../support/manyoyo.ts";
import { scene } from "../support/scene.ts";
import { spyOn } from "../support/spy.ts";
import { isLong } from "../support/tally.ts";
import { inTurn } from "../support/turns.ts";

const one = "11111111-1111-4111-8111-111111111111";
const two = "22222222-2222-4222-8222-222222222222";
const of = (id: string) => `.claude/projects/-work/${id}.jsonl`;

/** A conversation as Claude Code writes it. */
function claudeLines(asked: string, said: string, when: string): string {
  return [
    { type: "user", cwd: "/work", timestamp: when, message: { role: "user", content: asked } },
    {
      type: "assistant",
      timestamp: when,
      message: { role: "assistant", content: [{ type: "text", text: said }] },
    },
  ]
    .map((line) => `${JSON.stringify(line)}\n`)
    .join("");
}

// What is kept by the other engine can be seen only where both run.
const both = engines().length === allEngines.length ? engines() : [];

for (const engine of isLong ? both : both.slice(-1)) {
  describe(`${engine}: conversations that the other engine keeps`, () => {
    const other = engine === "docker" ? "podman" : "docker";
    const [at, away] = [bench(engine), bench(other)];
    const names: string[] = [];

    afterAll(async () => {
      await raw(other, "volume", "rm", ...names.map((name) => `manyoyo-history-${name}`));
    });

    test("are told of when a session of an agent is made, and can be brought over as it says", async () => {
      const name = at.name("h");
      away.forget(name);
      names.push(name);
      const words = ["-n", name, "-s", "claude", "-d"];
      expect((await away.manyoyo([...words, "--keep-history"])).status).toBe(0);
      const text = `mkdir -p ~/.claude/projects/-w && cat >~/${of(one).replace("-work", "-w")}`;
      const input = claudeLines("from afar", "yes", "2026-01-02T03:04:05Z");
      expect((await away.manyoyo(["exec", name, "--", "sh", "-c", text], { input })).status).toBe(0);
      expect((await away.manyoyo(["rm", name])).status).toBe(0);

      expect((await at.manyoyo(["-n", name, "-d", "-x", "true"])).stderr).not.toContain(other);
      expect((await at.manyoyo(["rm", "-f", name])).status).toBe(0);
      const made = await at.manyoyo(words);
      expect(made.stderr).toContain(`manyoyo --engine ${other} history backup ${name} -o -`);
      expect(made.stderr).toContain(`manyoyo --engine ${engine} history restore ${name} -`);
      const line = `"$0" --engine ${other} history backup ${name} -o - | "$0" --engine ${engine} history restore ${name} -`;
      const TMPDIR = mkdtempSync(`${at.home}/tmp-`);
      const env = { ...process.env, ...at.env, TMPDIR };
      const moved = await runProgram(["sh", "-c", line, executable()], { cwd: at.folder, env });
      expect(moved.status, moved.stderr).toBe(0);
      expect(readdirSync(TMPDIR)).toEqual([]);
      const shown = await at.manyoyo(["history", "show", name]);
      expect(shown.stdout).toContain("from afar");
    });
  });
}

describe.concurrent.each(engines())("%s: history", (engine) => {
  const { turn, alone, rare } = inTurn(engine, 1);
  const at = scene(engine);
  const root = dirname(at.folder);
  const names: string[] = [];

  beforeAll(() => {
    mkdirSync(`${root}/bin`);
    const script = '#!/bin/sh\nprintf "agent"; printf "<%s>" "$@"; echo\n';
    writeFileSync(`${root}/bin/claude`, script, { mode: 0o755 });
  });

  afterAll(async () => {
    await raw(engine, "rm", "-f", ...(engine === "podman" ? ["-t", "0", "-i"] : []), ...names);
    await raw(engine, "volume", "rm", ...names.map((name) => `manyoyo-history-${name}`));
  });

  /** A session of the agent that stands in for Claude Code; these words come before the rest. */
  async function session(...words: readonly string[]): Promise<string> {
    const name = at.name("h");
    names.push(name);
    await make(name, ...words);
    return name;
  }

  async function make(name: string, ...words: readonly string[]) {
    const agent = ["-v", `${root}/bin/claude:/usr/local/bin/claude:ro`, "-s", "claude", "-d"];
    const made = await at.manyoyo(["-n", name, ...words, ...agent]);
    expect(made.status, made.stderr).toBe(0);
    return made;
  }

  /** Writes a file below the home of a running session. */
  async function put(name: string, path: string, input: string | Uint8Array): Promise<void> {
    const text = 'cd && mkdir -p "$(dirname "$1")" && cat >"$1"';
    const said = await at.manyoyo(["exec", name, "--", "sh", "-c", text, "sh", path], { input });
    expect(said.status, said.stderr).toBe(0);
  }

  async function get(name: string, path: string): Promise<string> {
    return (await at.manyoyo(["exec", name, "--", "sh", "-c", 'cd && cat "$1"', "sh", path])).stdout;
  }

  async function listed(name: string): Promise<readonly Record<string, unknown>[]> {
    const said = await at.manyoyo(["history", "ls", name, "--json"]);
    expect(said.status, said.stderr).toBe(0);
    return JSON.parse(said.stdout).conversations;
  }

  async function hasVolume(name: string): Promise<boolean> {
    return (await raw(engine, "volume", "inspect", `manyoyo-history-${name}`)).status === 0;
  }

  test("lists, shows and finds conversations, of a running session and of a stopped one", async () => {
    const name = await session();
    await put(name, of(one), claudeLines("first words", "an answer", "2026-01-02T03:04:05Z"));
    await put(name, of(two), claudeLines("later \u001b[31mred", `needle-${name}`, "2026-01-03T03:04:05Z"));
    await put(
      name,
      ".claude/projects/-work/agent-1.jsonl",
      claudeLines("inner", "x", "2026-01-03T03:04:05Z"),
    );
    for (const state of ["running", "stopped"]) {
      if (state === "stopped") expect((await at.manyoyo(["stop", name])).status).toBe(0);
      expect(await listed(name)).toMatchObject([
        { session: name, agent: "claude", id: two, turns: 1, kept: false, when: "2026-01-03T03:04:05.000Z" },
        { session: name, agent: "claude", id: one, turns: 1, words: "first words", folder: "/work" },
      ]);
      const found = await at.manyoyo(["history", "search", `NEEDLE-${name}`, "--json"]);
      expect(found.status, found.stderr).toBe(0);
      expect(JSON.parse(found.stdout).matches).toMatchObject([{ session: name, id: two }]);
      // What is read is shown in one way, wherever it was.
      if (state === "stopped" && !isLong) continue;
      const table = await at.manyoyo(["history", "ls", name]);
      expect(table.stdout).toContain(two);
      expect(table.stdout).not.toContain("\u001b");
      const shown = await at.manyoyo(["history", "show", name]);
      expect(shown.stdout).toContain("later \\x1b[31mred");
      const first = await at.manyoyo(["history", "show", name, "1111", "--json"]);
      expect(JSON.parse(first.stdout)).toMatchObject({
        id: one,
        turns: [
          { role: "user", text: "first words" },
          { role: "agent", text: "an answer" },
        ],
      });
    }
    const unknown = await at.manyoyo(["history", "show", name, "9"]);
    expect(unknown).toMatchObject({ status: 2, stdout: "" });
    expect(unknown.stderr).toContain("no conversation 9");
  });

  turn("of nobody is an empty list, of a session that is not there a failure", async () => {
    const name = await session();
    expect(await listed(name)).toEqual([]);
    expect(await at.manyoyo(["history", "ls", at.name("none")])).toMatchObject({ status: 125, stdout: "" });
  });

  turn("that is kept outlives the session, and is there in the next one of that name", async () => {
    const name = await session("--keep-history");
    await put(name, of(one), claudeLines("remember", "yes", "2026-01-02T03:04:05Z"));
    await put(name, ".claude/.credentials.json", "{}");
    expect(await listed(name)).toMatchObject([{ id: one, kept: true }]);
    await at.manyoyo(["stop", name]);
    expect(await listed(name)).toMatchObject([{ id: one, kept: true }]);
    const gone = await at.manyoyo(["rm", name]);
    expect(gone).toMatchObject({ status: 0, stderr: "" });
    expect(await exists(engine, name)).toBe(false);

    // Of the volume alone.
    expect(await listed(name)).toMatchObject([{ id: one, kept: true, words: "remember" }]);
    const all = await at.manyoyo(["history", "ls", "--json"]);
    expect(JSON.parse(all.stdout).conversations).toContainEqual(
      expect.objectContaining({ session: name, id: one }),
    );
    // That of another test goes as well, in its time.
    await until("no reader is left", async () => {
      const left = await raw(engine, "ps", "--all", "--quiet", "--filter", "name=manyoyo-history-reader");
      return left.status === 0 && left.stdout === "";
    });

    const plain = await make(name);
    expect(plain.stderr).toContain("--keep-history");
    expect(await listed(name)).toEqual([]);
    await at.manyoyo(["rm", name]);
    const again = await make(name, "--keep-history");
    expect(again.stderr).not.toContain("--keep-history");
    expect(await listed(name)).toMatchObject([{ id: one }]);
    expect(await get(name, of(one))).toContain("remember");
  });

  turn("that is kept is read by means of an image that goes with no session", async () => {
    const name = await session("--keep-history");
    await put(name, of(one), claudeLines("remember", "yes", "2026-01-02T03:04:05Z"));
    const twin = at.name("h");
    names.push(twin);
    expect((await at.manyoyo(["fork", name, twin])).status).toBe(0);
    await at.manyoyo(["rm", name]);
    const spy = spyOn(engine, root);
    const shown = await at.manyoyo(["history", "show", name], { env: spy.env });
    expect(shown.stdout).toContain("remember");
    // As long as a container has the image of a session, that could not be removed with it.
    const read = spy.calls().flatMap(({ words }) => (words[0] === "create" ? words.slice(-1) : []));
    const images = await raw(engine, "image", "inspect", "--format", "{{json .RepoTags}}", ...read);
    expect(JSON.parse(images.stdout)).not.toContainEqual(expect.stringContaining("manyoyo-session"));
    await at.manyoyo(["rm", "--history", "-f", twin]);
  });

  turn("that is kept goes with rm --history, which needs -f where nobody can be asked", async () => {
    const name = await session("--keep-history");
    const refused = await at.manyoyo(["rm", "--history", "--yes", name]);
    expect(refused).toMatchObject({ status: 125, stdout: "" });
    expect(refused.stderr).toContain(`manyoyo rm --history -f ${name}`);
    expect(await exists(engine, name)).toBe(true);
    expect(await hasVolume(name)).toBe(true);
    expect(await at.manyoyo(["rm", "--history", "-f", name])).toMatchObject({
      status: 0,
      stdout: `${name}\n`,
    });
    expect(await exists(engine, name)).toBe(false);
    expect(await hasVolume(name)).toBe(false);
    expect((await at.manyoyo(["rm", "--history", name])).status).toBe(125);
    expect((await at.manyoyo(["rm", "--history", "-f", name])).status).toBe(0);
  });

  turn("that is kept goes as soon as another call has read it", async () => {
    const name = await session("--keep-history");
    await put(name, of(one), claudeLines("remember", "yes", "2026-01-02T03:04:05Z"));
    await at.manyoyo(["rm", name]);
    const flags = mkdtempSync(`${root}/flags-`);
    // It reads until the volume was tried to be removed, or the test is over.
    const wait = `until [ -e '${flags}/tried' ] || [ ! -d '${flags}' ]; do sleep 0.05; done`;
    const slow = await at.instead(`[ "$1" = cp ] && { touch '${flags}/reads'; ${wait}; }\nexec "$real" "$@"`);
    const tried = `case "$1 $2" in 'volume rm') "$real" "$@"; status=$?; touch '${flags}/tried'; exit $status ;; esac`;
    const telling = await at.instead(`${tried}\nexec "$real" "$@"`);
    const reading = at.manyoyo(["history", "show", name], { env: slow });
    await until("it is being read", () => existsSync(`${flags}/reads`));
    const removed = await at.manyoyo(["rm", "--history", "-f", name], { env: telling });
    expect(removed).toMatchObject({ status: 0, stderr: "" });
    expect((await reading).stdout).toContain("remember");
    expect(await hasVolume(name)).toBe(false);
  });

  turn("is not put into a stranger's volume, which stays", async () => {
    const name = at.name("h");
    names.push(name);
    expect((await raw(engine, "volume", "create", `manyoyo-history-${name}`)).status).toBe(0);
    const made = await at.manyoyo(["-n", name, "--keep-history", "-s", "sleep 1", "-d"]);
    expect(made).toMatchObject({ status: 125, stdout: "" });
    expect(made.stderr).toContain("was not made by manyoyo");
    expect(await exists(engine, name)).toBe(false);
    expect((await at.manyoyo(["rm", "--history", "-f", name])).status).toBe(125);
    expect(await hasVolume(name)).toBe(true);
  });

  rare(
    "that goes with a session is told of, of a running one and of a stopped one, unless it is quiet",
    async () => {
      for (const state of ["running", "stopped"]) {
        const name = await session();
        for (const id of [one, two]) await put(name, of(id), claudeLines("a", "b", "2026-01-02T03:04:05Z"));
        if (state === "stopped") await at.manyoyo(["stop", name]);
        const said = await at.manyoyo(["rm", name]);
        expect(said).toMatchObject({ status: 0, stdout: `${name}\n` });
        expect(said.stderr).toContain("2 conversations of Claude Code");
      }
      const name = await session();
      await put(name, of(one), claudeLines("a", "b", "2026-01-02T03:04:05Z"));
      expect((await at.manyoyo(["rm", "-q", "crm", name])).stderr).toBe("");
    },
  );

  rare("of an image is put into the volume first, and what the volume has stays", async () => {
    const name = at.name("h");
    names.push(name);
    const image = `localhost/${name}`;
    const base = await raw(engine, "run", "-d", "localhost/manyoyo-test:base", "sleep", "60");
    const id = base.stdout.trim();
    const text =
      "mkdir -p ~/.claude ~/.codex && echo image >~/.claude/settings.json && echo c >~/.codex/config.toml";
    await raw(engine, "exec", id, "sh", "-c", text);
    await raw(engine, "commit", id, image);
    await raw(engine, "rm", "-f", ...(engine === "podman" ? ["-t", "0"] : []), id);
    try {
      await make(name, "--keep-history", "--image", image);
      expect(await get(name, ".claude/settings.json")).toBe("image\n");
      await put(name, ".claude/settings.json", "mine");
      await at.manyoyo(["rm", name]);
      await make(name, "--keep-history", "--image", image);
      expect(await get(name, ".claude/settings.json")).toBe("mine");
      expect(await get(name, ".codex/config.toml")).toBe("c\n");
      await at.manyoyo(["rm", "-f", name]);
    } finally {
      await raw(engine, "image", "rm", image);
    }
  });

  if (engine === "docker") {
    // docker's `cp` can be led out of what runs, onto the host.
    const away = "mv /usr/bin/tar /root/tar";
    const nameless = `#!/bin/sh\n[ "$1" = --version ] || exec /root/tar "$@"\n`;
    test.each([
      ["copies for itself", "true", [[], []]],
      [
        "stands still for it where the image has no tar",
        away,
        [
          ["pause", "cp"],
          ["pause", "cp"],
        ],
      ],
      [
        "stands still to be written where its tar knows no long names",
        `${away}; printf '%s' '${nameless}' >/usr/bin/tar; chmod 755 /usr/bin/tar`,
        [[], ["pause", "cp"]],
      ],
    ] as const)("a running session %s", async (_, prepare, [reading, writing]) => {
      const [from, to] = [await session(), await session()];
      const path = `.claude/projects/-w ${"ö".repeat(60)} it's $(x) "a"/${one}.jsonl`;
      await put(from, path, claudeLines("asked", "told", "2026-01-02T03:04:05Z"));
      for (const name of [from, to]) {
        const said = await at.manyoyo(["exec", name, "--", "sh", "-c", prepare]);
        expect(said.status, said.stderr).toBe(0);
      }
      /** Runs a verb with a spy. @returns what it said, and its calls of these kinds that name a session */
      const seen = async (...words: string[]): Promise<readonly [string, readonly string[]]> => {
        const spy = spyOn(engine, root);
        const said = await at.manyoyo(words, { env: spy.env });
        expect(said.status, said.stderr).toBe(0);
        const verbs = spy.calls().map(({ words: [verb = ""] }) => verb);
        return [said.stdout, ["pause", "cp"].filter((verb) => verbs.includes(verb))];
      };
      const [shown, ...read] = await seen("history", "show", from);
      expect(shown).toContain("told");
      expect(read).toEqual([reading]);
      const archive = `${root}/${from}.tar.gz`;
      await seen("history", "backup", from, "-o", archive);
      const [, written] = await seen("history", "restore", to, archive);
      expect(written).toEqual(writing);
      expect(await get(to, path)).toBe(await get(from, path));
      expect([await at.state(from), await at.state(to)]).toEqual(["running", "running"]);
    });

    test.each([
      ["is stopped just then", '"$real" stop -t 0 NAME >/dev/null'],
      ["cannot begin a program just then", "echo OCI runtime exec failed: exec failed; exit 126"],
    ])("a running session that %s is copied all the same", async (_, fault) => {
      const [from, to] = [await session(), await session()];
      await put(from, of(one), claudeLines("asked", "told", "2026-01-02T03:04:05Z"));
      const during = (name: string) =>
        at.instead(`case $* in *"tar "*) ${fault.replace("NAME", name)} ;; esac\nexec "$real" "$@"`);
      const shown = await at.manyoyo(["history", "show", from], { env: await during(from) });
      expect(shown).toMatchObject({ status: 0, stdout: expect.stringContaining("told"), stderr: "" });
      const archive = `${root}/${from}.tar.gz`;
      expect(await at.manyoyo(["history", "backup", from, "-o", archive])).toMatchObject({ status: 0 });
      const restored = await at.manyoyo(["history", "restore", to, archive], { env: await during(to) });
      expect(restored, restored.stderr).toMatchObject({ status: 0 });
      expect(await get(to, of(one))).toContain("told");
    });
  }

  turn("is not linked away from what the user mounted there", async () => {
    const host = mkdtempSync(`${root}/claude-`);
    mkdirSync(`${host}/skills`);
    writeFileSync(`${host}/skills/mine`, "mine");
    const name = await session("--keep-history", "-v", `${host}/skills:/root/.claude/skills`);
    expect(await get(name, ".claude/skills/mine")).toBe("mine");
    await at.manyoyo(["restart", name]);
    expect(readFileSync(`${host}/skills/mine`, "utf8")).toBe("mine");
  });

  turn("of OpenCode is read out of its database while that is in use, and the session goes on", async () => {
    const name = await session();
    const folder = mkdtempSync(`${root}/db-`);
    const database = new Database(`${folder}/opencode.db`);
    database.run("PRAGMA journal_mode = WAL");
    database.run("PRAGMA wal_autocheckpoint = 0");
    for (const sql of [
      "CREATE TABLE session (id text, parent_id text, directory text, title text, time_updated integer)",
      "CREATE TABLE message (id text, session_id text, time_created integer, data text)",
      "CREATE TABLE part (id text, message_id text, session_id text, data text)",
      "CREATE TABLE account (id text, refresh_token text)",
      "INSERT INTO account VALUES ('a', 'very-secret')",
      "CREATE TABLE credential (id text, label text, value text)",
      "INSERT INTO credential VALUES ('a', 'me', 'very-secret')",
      "INSERT INTO session VALUES ('ses_1', NULL, '/work', 't', 1767323045000), ('ses_2', 'ses_1', '/work', 't', 1)",
      `INSERT INTO message VALUES ('m1', 'ses_1', 1, '{"role":"user"}'), ('m2', 'ses_1', 2, '{"role":"assistant"}')`,
      `INSERT INTO part VALUES ('p1', 'm1', 'ses_1', '{"type":"text","text":"open question"}')`,
      `INSERT INTO part VALUES ('p2', 'm2', 'ses_1', '{"type":"text","text":"closed answer"}'), ('p3', 'm2', 'ses_1', 'x')`,
    ]) {
      database.run(sql);
    }
    const place = ".local/share/opencode/opencode.db";
    await put(name, place, readFileSync(`${folder}/opencode.db`));
    await put(name, `${place}-wal`, readFileSync(`${folder}/opencode.db-wal`));
    database.close();
    expect(await listed(name)).toMatchObject([
      { agent: "opencode", id: "ses_1", words: "open question", turns: 1, when: "2026-01-02T03:04:05.000Z" },
    ]);
    expect((await raw(engine, "container", "inspect", "--format", "{{.State.Status}}", name)).stdout).toBe(
      "running\n",
    );
    const shown = await at.manyoyo(["history", "show", name, "ses_1"]);
    expect(shown.stdout).toContain("  closed answer");

    const file = `${folder}/b.tar.gz`;
    expect((await at.manyoyo(["history", "backup", name, "-o", file])).status).toBe(0);
    const inside = await runProgram(["sh", "-c", `gzip -dc '${file}' | grep -c very-secret`]);
    expect(inside.stdout).toBe("0\n");
    const other = await session();
    expect((await at.manyoyo(["history", "restore", other, file])).status).toBe(0);
    expect(await listed(other)).toMatchObject([{ id: "ses_1", words: "open question" }]);
    const gone = await at.manyoyo(["rm", other]);
    expect(gone.stderr).toContain("the conversations of OpenCode");
  });

  // Who searches all sessions reads this one as well, and lets it go on.
  alone("a reader that is killed leaves no session paused and no copy behind", async () => {
    const name = await session();
    await put(name, ".local/share/opencode/opencode.db", "x");
    const flags = mkdtempSync(`${root}/flags-`);
    // The second `cp` out of the database, while the session stands still.
    const slow = await at.instead(
      `case "$1:$2" in cp:*.db-wal) touch '${flags}/paused'; sleep 60 ;; esac\nexec "$real" "$@"`,
    );
    const copies = mkdtempSync(`${root}/tmp-`);
    const reader = Bun.spawn([executable(), "history", "ls", name], {
      cwd: at.folder,
      env: { ...process.env, ...at.env, ...slow, TMPDIR: copies },
      stdio: ["ignore", "ignore", "ignore"],
    });
    const state = async () =>
      (await raw(engine, "container", "inspect", "--format", "{{.State.Status}}", name)).stdout.trim();
    await until("it is being read", () => existsSync(`${flags}/paused`));
    expect(await state()).toBe("paused");
    expect(readdirSync(copies)).toHaveLength(1);
    reader.kill("SIGKILL");
    await until("the session goes on", async () => (await state()) === "running");
    await until("the copy is gone", () => readdirSync(copies).length === 0);
  });

  turn(
    "is saved to one file without any login, and comes back into another session, running or stopped",
    async () => {
      const name = await session();
      await put(name, of(one), claudeLines("saved", "yes", "2026-01-02T03:04:05Z"));
      await put(name, ".claude/.credentials.json", "secret-login");
      await put(name, ".claude/projects/-work/memory/deep/MEMORY.md", "m");
      const folder = mkdtempSync(`${root}/out-`);
      const file = `${folder}/b.tar.gz`;
      const said = await at.manyoyo(["history", "backup", name, "-o", file]);
      expect(said).toMatchObject({ status: 0, stdout: `${file}\n` });
      expect(statSync(file).mode & 0o777).toBe(0o600);
      const list = await runProgram(["tar", "tzf", file]);
      expect(list.stdout.trim().split("\n").sort()).toEqual([
        `claude/projects/-work/${one}.jsonl`,
        "claude/projects/-work/memory/deep/MEMORY.md",
        "manifest.json",
      ]);
      const again = await at.manyoyo(["history", "backup", name, "-o", file]);
      expect(again).toMatchObject({ status: 2, stdout: "" });
      expect((await at.manyoyo(["history", "backup", name, "-f", "-o", file])).status).toBe(0);
      expect((await at.manyoyo(["history", "backup", name])).status).toBe(2);

      const stopped = await session();
      await at.manyoyo(["stop", stopped]);
      const kept = await session("--keep-history");
      for (const other of [stopped, kept]) {
        const restored = await at.manyoyo(["history", "restore", other, "-"], { input: readFileSync(file) });
        expect(restored.status, restored.stderr).toBe(0);
        expect(await listed(other)).toMatchObject([{ id: one, words: "saved" }]);
      }
      await put(kept, of(one), claudeLines("newer", "yes", "2026-01-02T03:04:05Z"));
      const stays = await at.manyoyo(["history", "restore", kept, file, "--json"]);
      expect(JSON.parse(stays.stdout)).toMatchObject({ written: [], left: expect.any(Array) });
      expect(await get(kept, of(one))).toContain("newer");
      await at.manyoyo(["rm", kept]);
      expect((await at.manyoyo(["history", "restore", "-f", kept, file])).status).toBe(0);
      expect(await listed(kept)).toMatchObject([{ id: one, words: "saved" }]);
    },
  );

  turn(
    "ends a backup that nobody takes: silently where its reader went away, else with a sentence",
    async () => {
      const name = await session();
      await put(name, of(one), `${JSON.stringify(randomBytes(12_000_000).toString("hex"))}\n`);
      await put(name, of(two), claudeLines("a", "b", "2026-01-02T03:04:05Z"));
      const env = { ...process.env, ...at.env };
      const line = (text: string) =>
        runProgram(["bash", "-c", `${text}; exit \${PIPESTATUS[0]}`, executable(), name], {
          cwd: at.folder,
          env,
        });
      const left = await line('"$0" history backup "$1" -o - | head -c 1000 | wc -c');
      expect(left).toMatchObject({ status: 141, stdout: "1000\n", stderr: "" });
      const full = await line('"$0" history backup "$1" -o - >/dev/full');
      expect(full).toMatchObject({ status: 125, stdout: "" });
      expect(full.stderr).toContain("could not be written");
    },
  );

  turn("a path in a backup is shown, and a terminal obeys nothing in it", async () => {
    const [name, other] = [await session(), await session()];
    const folder = mkdtempSync(`${root}/paths-`);
    const path = "claude/projects/-work/\u001b]0;owned\u0007a\nb.jsonl";
    mkdirSync(dirname(`${folder}/${path}`), { recursive: true });
    writeFileSync(`${folder}/manifest.json`, '{"kind":"manyoyo history","schema":1,"session":"x"}');
    writeFileSync(`${folder}/${path}`, claudeLines("asked", "said", "2026-01-02T03:04:05Z"));
    const packed = await runProgram(["tar", "czf", `${folder}.tgz`, "-C", folder, "manifest.json", path]);
    expect(packed.status, packed.stderr).toBe(0);
    const said = await at.manyoyo(["history", "restore", name, `${folder}.tgz`]);
    expect(said).toMatchObject({
      status: 0,
      stdout: "claude/projects/-work/\\x1b]0;owned\\x07a\\x0ab.jsonl\n",
    });
    const told = await at.manyoyo(["history", "restore", other, `${folder}.tgz`, "--json"]);
    expect(JSON.parse(told.stdout).written).toEqual([path]);
  });

  turn("a backup that holds anything else is refused, and nothing of it is written", async () => {
    const name = await session();
    const folder = mkdtempSync(`${root}/bad-`);
    const write = (path: string, text: string): void => {
      mkdirSync(dirname(`${folder}/${path}`), { recursive: true });
      writeFileSync(`${folder}/${path}`, text);
    };
    write("manifest.json", '{"kind":"manyoyo history","schema":1,"session":"x"}');
    write("claude/projects/-work/good.jsonl", claudeLines("good", "x", "2026-01-02T03:04:05Z"));
    write("claude/.credentials.json", "{}");
    write("claude/projects/x", "");
    rmSync(`${folder}/claude/projects/x`);
    const good = "claude/projects/-work/good.jsonl";
    const link = ["ln", "-s", "/etc/passwd", `${folder}/claude/projects/-work/link.jsonl`];
    expect((await runProgram(link)).status).toBe(0);
    for (const words of [
      [good, "claude/.credentials.json"],
      [good, "claude/projects/-work/link.jsonl"],
      ["-P", good, "claude/projects/../../claude/.credentials.json"],
      ["-P", good, `${folder}/claude/.credentials.json`],
      ["--transform", "s,^claude/.credentials.json,etc/passwd,", good, "claude/.credentials.json"],
    ]) {
      const packed = await runProgram([
        "tar",
        "czf",
        `${folder}.tgz`,
        "-C",
        folder,
        "manifest.json",
        ...words,
      ]);
      expect(packed.status, packed.stderr).toBe(0);
      const said = await at.manyoyo(["history", "restore", name, `${folder}.tgz`]);
      expect(said, words.join(" ")).toMatchObject({ status: 2, stdout: "" });
      expect(said.stderr).toContain("nothing of it was restored");
    }
    expect((await at.manyoyo(["history", "restore", name, "-"], { input: "no archive" })).status).toBe(2);
    expect(await listed(name)).toEqual([]);
  });
});
