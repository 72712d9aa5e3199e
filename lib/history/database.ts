import type { Database } from "bun:sqlite";
import type { Agent } from "../agents/agent.ts";
import { at, type DatabaseFile, type Turn, textAt } from "../agents/transcripts.ts";
import { Failure } from "../failure.ts";
import { type Conversation, lastSaid } from "./conversation.ts";
import { withDatabase } from "./database-copy.ts";
import { fileLimit } from "./records.ts";
import type { Source } from "./source.ts";

// A table that is about logins, or a column that holds one: OpenCode 1.18 has account(access_token), session_share(secret) and
// credential(value).
const secretTable = /credential|secret|password|token|api_?key/i;
const secretColumn = /(token|secret|password|credential|api_?key)s?$/i;

/**
 * Takes logins out of a copy of a database, and all that is left of them, and puts it into one file: rows of other tables
 * than those of the conversations that are about logins by their name, or have a column for a secret.
 */
export async function withoutSecrets(file: string, { tables }: DatabaseFile): Promise<void> {
  using database = await openCopy(file);
  const columns = database
    .query(
      `SELECT t.name AS name, c.name AS "column" FROM sqlite_schema t, pragma_table_info(t.name) c WHERE ${isReal}`,
    )
    .all()
    .map((row) => [textAt(row, "name") ?? "", textAt(row, "column") ?? ""] as const);
  const secret = columns
    .filter(([name, column]) => secretTable.test(name) || secretColumn.test(column))
    .map(([name]) => name)
    .filter((name) => !tables.includes(name));
  // They may keep rows from going, or never come to an end; OpenCode 1.18 makes none. Which table one is of is written as its
  // maker liked.
  const triggers = database.query("SELECT name FROM sqlite_schema WHERE type = 'trigger'").all();
  for (const trigger of triggers) database.run(`DROP TRIGGER ${quotedName(textAt(trigger, "name"))}`);
  for (const name of new Set(secret)) database.run(`DELETE FROM ${quotedName(name)}`);
  database.run("VACUUM");
  database.run("PRAGMA wal_checkpoint(TRUNCATE)");
}

// A virtual table is code, and a view a question; both can be named like a table.
const isReal = "t.type = 'table' AND t.rootpage > 0";

/** Opens a copy of a database that was written inside: what its schema would have done is not done. */
async function openCopy(file: string): Promise<Database> {
  const { Database } = await import("bun:sqlite");
  const database = new Database(file);
  database.run("PRAGMA trusted_schema = OFF");
  return database;
}

function quotedName(name = ""): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Hands every conversation of an agent's database to `take`. @throws Failure for a database that cannot be read */
export async function readDatabase(
  source: Source,
  agent: Agent,
  take: (conversation: Conversation) => void,
): Promise<void> {
  const { transcripts } = agent;
  if (transcripts?.kind !== "database") return;
  await withDatabase(source, agent, async (file) => {
    try {
      for await (const each of conversationsIn(file, transcripts)) take({ ...each, agent: agent.name });
    } catch (thrown) {
      throw unreadable(thrown, source, agent);
    }
  });
}

/** What to throw for what reading an agent's database has thrown: a Failure, where the database is at fault. */
export function unreadable(thrown: unknown, source: Pick<Source, "name">, agent: Agent): unknown {
  const isOverdue = thrown instanceof Overdue;
  if (!isOverdue && !(thrown instanceof Error && thrown.name === "SQLiteError")) return thrown;
  return new Failure(
    "engine-failed",
    `The conversations of ${agent.title} in ${source.name} cannot be read: ${thrown.message}.`,
    isOverdue ? "Those of other sessions: manyoyo history ls NAME" : "Stop the session and try again.",
  );
}

/** How long one database may be read, in milliseconds, and how much of one conversation, as of one that is a file. */
const limits = { patience: 60_000, length: fileLimit };

class Overdue extends Error {
  override readonly message = "they take too long";
}

/**
 * The conversations in a copy of a database, in the order of its own. It was written inside: only real tables are read, none
 * that compute what is in them, and no longer than a minute. A signal is heeded between two conversations.
 * @throws SQLiteError; Overdue
 */
export async function* conversationsIn(
  file: string,
  { tables, conversations, turns }: DatabaseFile,
  { patience, length } = limits,
): AsyncGenerator<Omit<Conversation, "agent">> {
  using database = await openCopy(file);
  database.run("PRAGMA query_only = ON");
  const readable = database
    .query(
      `SELECT t.name AS name FROM sqlite_schema t WHERE ${isReal}
        AND NOT EXISTS (SELECT 1 FROM pragma_table_xinfo(t.name) c WHERE c.hidden > 0)`,
    )
    .all()
    .map((row) => textAt(row, "name"));
  // A new one that has no table yet.
  if (!tables.every((table) => readable.includes(table))) return;
  const said = database.query(turns);
  const end = performance.now() + patience;
  for (const row of database.query(conversations).all()) {
    if (performance.now() > end) throw new Overdue();
    await Bun.sleep(0);
    const id = textAt(row, "id");
    if (id === undefined) continue;
    const { all, partial } = turnsOf(said.iterate(id), length);
    yield {
      id,
      folder: textAt(row, "folder"),
      turns: all,
      when: momentOf(row) ?? lastSaid(all),
      partial,
    };
  }
}

function turnsOf(rows: Iterable<unknown>, most: number) {
  const all: Turn[] = [];
  let length = 0;
  for (const row of rows) {
    length += textAt(row, "text")?.length ?? 0;
    if (length > most) return { all, partial: true };
    all.push(...turnOf(row));
  }
  return { all, partial: false };
}

function turnOf(row: unknown): readonly Turn[] {
  const role = textAt(row, "role");
  const text = textAt(row, "text") ?? "";
  if ((role !== "user" && role !== "assistant") || text.trim() === "") return [];
  return [{ role: role === "user" ? "user" : "agent", text, when: momentOf(row) }];
}

function momentOf(row: unknown): number | undefined {
  const value = at(row, "at");
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}
