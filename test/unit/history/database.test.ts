import { Database } from "bun:sqlite";
import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { opencode } from "../../../lib/agents/opencode.ts";
import type { DatabaseFile } from "../../../lib/agents/transcripts.ts";
import type { Conversation } from "../../../lib/history/conversation.ts";
import { conversationsIn, unreadable, withoutSecrets } from "../../../lib/history/database.ts";

const folder = mkdtempSync(join(tmpdir(), "manyoyo-database-"));
afterAll(() => rmSync(folder, { recursive: true }));

const { transcripts } = opencode;
const about: DatabaseFile =
  transcripts?.kind === "database"
    ? transcripts
    : { kind: "database", file: "", tables: [], conversations: "", turns: "" };

const session =
  "CREATE TABLE session (id text, parent_id text, directory text, title text, time_updated integer)";
const message = "CREATE TABLE message (id text, session_id text, time_created integer, data text)";
const part = "CREATE TABLE part (id text, message_id text, session_id text, data text)";
const rows = [
  "INSERT INTO session VALUES ('one', NULL, '/work', 't', 7)",
  `INSERT INTO message VALUES ('m', 'one', 1, '{"role":"user"}')`,
  `INSERT INTO part (id, message_id, session_id, data) VALUES ('p', 'm', 'one', '{"type":"text","text":"hello"}')`,
];
const plain = [session, message, part, ...rows];
// It has no end.
const endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n";

function made(statements: readonly string[]): string {
  const file = join(folder, `${crypto.randomUUID()}.db`);
  using database = new Database(file);
  database.run("PRAGMA journal_mode = WAL");
  for (const statement of statements) database.run(statement);
  return file;
}

async function read(
  file: string,
  { patience = 2_000, length = 1_000 } = {},
): Promise<readonly Omit<Conversation, "agent">[]> {
  const all: Omit<Conversation, "agent">[] = [];
  for await (const each of conversationsIn(file, about, { patience, length })) all.push(each);
  return all;
}

describe("a database that was written inside", () => {
  test("is read", async () => {
    expect(await read(made(plain))).toMatchObject([
      { id: "one", folder: "/work", when: 7, partial: false, turns: [{ role: "user", text: "hello" }] },
    ]);
  });

  test.each([
    [
      "a view without an end",
      [`CREATE VIEW session AS SELECT n AS id, NULL AS parent_id FROM (${endless})`, message, part],
    ],
    [
      "a virtual table",
      [
        "CREATE VIRTUAL TABLE session USING fts5(id, parent_id, directory, time_updated)",
        "INSERT INTO session VALUES ('one', NULL, '/work', 7)",
        message,
        part,
      ],
    ],
    [
      "a column that is computed when it is read",
      [
        session,
        message,
        "CREATE TABLE part (id text, message_id text, session_id text)",
        ...rows.slice(0, 2),
        ...[1, 2, 3].map(() => "INSERT INTO part (message_id) VALUES ('m')"),
        "ALTER TABLE part ADD COLUMN data text GENERATED ALWAYS AS (printf('%.*c', 200000000, 'x')) VIRTUAL",
      ],
    ],
    ["tables that are not there", [session]],
  ])("with %s in the place of a table is none", async (_, statements) => {
    expect(await read(made(statements))).toEqual([]);
  });

  test("may hold anything in its cells", async () => {
    const odd = [
      "NULL",
      "7",
      "x'ff00'",
      "zeroblob(9)",
      "1e999",
      `'${"[".repeat(5000)}'`,
      "'{'",
      "'\u001b[31m'",
    ];
    const file = made([
      ...plain,
      ...odd.map((value) => `INSERT INTO session VALUES (${value}, NULL, ${value}, ${value}, ${value})`),
      ...odd.map((value) => `INSERT INTO message VALUES (${value}, 'one', ${value}, ${value})`),
      ...odd.map((value) => `INSERT INTO part VALUES (${value}, 'm', ${value}, ${value})`),
    ]);
    expect(await read(file)).toContainEqual(expect.objectContaining({ id: "one", folder: "/work" }));
  });

  test("that is cut or none at all is an error of SQLite's", async () => {
    const whole = readFileSync(made([...plain, "PRAGMA wal_checkpoint(TRUNCATE)"]));
    for (const bytes of [whole.subarray(0, 5000), Buffer.from("x".repeat(9999))]) {
      const file = join(folder, `${crypto.randomUUID()}.db`);
      await Bun.write(file, bytes);
      await expect(read(file)).rejects.toMatchObject({ name: "SQLiteError" });
    }
  });

  test("is read no longer than it may take", async () => {
    const many = Array.from(
      { length: 40 },
      (_, at) => `INSERT INTO session VALUES ('s${at}', NULL, '', '', 1)`,
    );
    // No index helps, and each conversation takes a look at all of it.
    const series = `INSERT INTO message SELECT value, 'x', 1, printf('%.*c', 5000, 'y') FROM
      (WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n LIMIT 5000) SELECT value FROM n)`;
    await expect(read(made([...plain, ...many, series]), { patience: 1 })).rejects.toThrow(
      "they take too long",
    );
  });

  test("gives no more of one conversation than a file may hold", async () => {
    const text = `'{"type":"text","text":"' || printf('%.*c', 400, 'y') || '"}'`;
    const file = made([
      ...plain,
      ...["a", "b", "c"].map((id) => `INSERT INTO part VALUES ('${id}', 'm', 'one', ${text})`),
    ]);
    const [conversation] = await read(file);
    expect(conversation?.partial).toBe(true);
    expect(conversation?.turns).toHaveLength(2);
  });
});

test("what SQLite says of a database is a failure with a next step; anything else is none of it", async () => {
  const file = join(folder, "none.db");
  await Bun.write(file, "x".repeat(9999));
  for (const work of [read(file), withoutSecrets(file, about)]) {
    const thrown = await work.then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(unreadable(thrown, { name: "web" }, opencode)).toMatchObject({
      code: "engine-failed",
      message: expect.stringContaining("The conversations of OpenCode in web cannot be read"),
      hint: "Stop the session and try again.",
    });
  }
  const other = new TypeError("x");
  expect(unreadable(other, { name: "web" }, opencode)).toBe(other);
});

describe("a copy of a database that is handed on", () => {
  const secrets = [
    "CREATE TABLE account (id text, email text, access_token text)",
    "INSERT INTO account VALUES ('a', 'me', 'qplntx7-account')",
    "CREATE TABLE credential (id text, label text, value text)",
    "INSERT INTO credential VALUES ('a', 'me', 'qplntx7-credential')",
    `CREATE TABLE "odd "" name" (id text, api_key text)`,
    `INSERT INTO "odd "" name" VALUES ('a', 'qplntx7-odd')`,
  ];

  test("has no login in it, and the conversations", async () => {
    const file = made([...plain, ...secrets]);
    await withoutSecrets(file, about);
    expect(readFileSync(file).includes("qplntx7")).toBe(false);
    expect(await read(file)).toHaveLength(1);
  });

  test.each([
    ["keep rows from going", "SELECT RAISE(IGNORE)"],
    ["never come to an end", `${endless}`],
  ])("has none either where triggers %s", async (_, body) => {
    const file = made([
      ...plain,
      ...secrets,
      `CREATE TRIGGER "t "" t" BEFORE DELETE ON CREDENTIAL BEGIN ${body}; END`,
    ]);
    await withoutSecrets(file, about);
    expect(readFileSync(file).includes("qplntx7")).toBe(false);
  });
});
