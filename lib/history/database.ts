import type { Agent } from "../agents/agent.ts";
import { at, type DatabaseFile, type Turn, textAt } from "../agents/transcripts.ts";
import { Failure } from "../failure.ts";
import { type Conversation, lastSaid } from "./conversation.ts";
import { withDatabase } from "./database-copy.ts";
import type { Source } from "./source.ts";

/**
 * Takes logins out of a copy of a database, and all that is left of them, and puts it into one file: rows of other tables
 * than those of the conversations that have a column for a secret.
 */
export async function withoutSecrets(file: string, { tables }: DatabaseFile): Promise<void> {
  const { Database } = await import("bun:sqlite");
  using database = new Database(file);
  database.run("PRAGMA trusted_schema = OFF");
  const columns = database
    .query(
      `SELECT t.name AS name, c.name AS "column" FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table'`,
    )
    .all();
  for (const row of columns) {
    const name = textAt(row, "name") ?? "";
    if (
      tables.includes(name) ||
      !/(token|secret|password|credential|api_?key)s?$/i.test(textAt(row, "column") ?? "")
    )
      continue;
    database.run(`DELETE FROM "${name.replaceAll('"', '""')}"`);
  }
  database.run("VACUUM");
  database.run("PRAGMA wal_checkpoint(TRUNCATE)");
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
      if (!(thrown instanceof Error) || thrown.name !== "SQLiteError") throw thrown;
      throw new Failure(
        "engine-failed",
        `The conversations of ${agent.title} in ${source.name} cannot be read: ${thrown.message}.`,
        "Stop the session and try again.",
      );
    }
  });
}

/**
 * The conversations in a copy of a database, in the order of its own. It was written inside: only real tables are read,
 * and no function that could do harm.
 */
export async function* conversationsIn(
  file: string,
  { tables, conversations, turns }: DatabaseFile,
): AsyncGenerator<Omit<Conversation, "agent">> {
  const { Database } = await import("bun:sqlite");
  using database = new Database(file);
  database.run("PRAGMA trusted_schema = OFF");
  database.run("PRAGMA query_only = ON");
  const real = database
    .query("SELECT name FROM sqlite_schema WHERE type = 'table'")
    .all()
    .map((row) => textAt(row, "name"));
  // A new one that has no table yet.
  if (!tables.every((table) => real.includes(table))) return;
  const said = database.query(turns);
  for (const row of database.query(conversations).all()) {
    const id = textAt(row, "id");
    if (id === undefined) continue;
    const all = said.all(id).flatMap(turnOf);
    yield {
      id,
      folder: textAt(row, "folder"),
      turns: all,
      when: momentOf(row) ?? lastSaid(all),
      partial: false,
    };
  }
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
