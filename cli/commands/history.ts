import { findAgent } from "../../lib/agents/known.ts";
import { Failure } from "../../lib/failure.ts";
import { type Conversation, excerpt, type Summary, summaryOf } from "../../lib/history/conversation.ts";
import { eachConversation } from "../../lib/history/read.ts";
import type { Source } from "../../lib/history/source.ts";
import type { Call } from "../call.ts";
import { withEveryHistory, withHistory } from "../history.ts";
import { age, answer, answerJson, cut, plain, say, table } from "../print.ts";
import { verbContext } from "../sessions.ts";

/** Something found, and in which session. */
type In<What> = What & { readonly session: string; readonly kept: boolean };

/** `manyoyo history ls [NAME]`: the conversations of one session or of all, the last one first. */
export async function list(call: Call): Promise<number> {
  const { choice, found, status } = await gathered(call, call.parsed.operands[0], summaryOf);
  const sorted = newestFirst(found);
  if (call.parsed.values.json) {
    answerJson({ engine: choice.engine.name, conversations: sorted.map(document) });
  } else if (sorted.length > 0) {
    const rows = sorted.map(({ session, agent, id, turns, when, words }) => [
      ...[session, agent, id, String(turns), when === undefined ? "-" : age(when, Date.now())],
      cut(oneLine(words), 60),
    ]);
    answer(table([["NAME", "AGENT", "ID", "TURNS", "LAST", "FIRST WORDS"], ...rows]).join("\n"));
  } else if (call.terminal) say("There are no conversations.");
  return status;
}

/** `manyoyo history search TEXT`: where it was said, in any case. */
export async function search(call: Call): Promise<number> {
  const [text = ""] = call.parsed.operands;
  if (text === "")
    throw new Failure("usage", "There is nothing to search for.", "manyoyo history search TEXT");
  const { choice, found, status } = await gathered(call, undefined, (conversation) =>
    matchIn(conversation, text),
  );
  const sorted = newestFirst(found);
  if (call.parsed.values.json) {
    answerJson({ engine: choice.engine.name, matches: sorted.map(document) });
  } else if (sorted.length > 0) {
    const rows = sorted.map(({ session, agent, id, matches }) => [
      ...[session, agent, id, String(matches.length)],
      oneLine(matches[0]?.text ?? ""),
    ]);
    answer(table([["NAME", "AGENT", "ID", "FOUND", "WORDS"], ...rows]).join("\n"));
  } else if (call.terminal) say("Nobody said that.");
  return status;
}

/** `manyoyo history show NAME [ID]`: the last conversation, or the one whose id begins so. */
export async function show(call: Call): Promise<number> {
  const context = await verbContext(call);
  const [word = ".", id] = call.parsed.operands;
  const { name, conversation } = await withHistory(call, context, word, async (source) => ({
    name: source.name,
    conversation: await chosen(source, id),
  }));
  if (call.parsed.values.json) {
    const turns = conversation.turns.map(({ role, text, when }) => ({ role, text, when: iso(when) }));
    const { agent, folder = null, when, partial } = conversation;
    answerJson({
      ...{ engine: context.choice.engine.name, session: name, agent, id: conversation.id },
      ...{ folder, when: iso(when), partial, turns },
    });
    return 0;
  }
  const title = findAgent(conversation.agent)?.title ?? conversation.agent;
  const about = [name, title, conversation.id, conversation.folder].filter((part) => part !== undefined);
  answer(oneLine(about.join("  ")));
  for (const { role, text, when } of conversation.turns) {
    answer(`\n${role === "user" ? "You" : title}${when === undefined ? "" : `, ${clock(when)}`}:`);
    // Set in, so that nothing that was said can look like one of our own lines.
    answer(plain(text.trimEnd().replaceAll("\t", "    ").replace(/\r\n?/g, "\n")).replace(/^/gm, "  "));
  }
  if (conversation.partial) say("This conversation is longer than 50 MB: this is what its first part tells.");
  return 0;
}

async function gathered<What>(
  call: Call,
  word: string | undefined,
  read: (conversation: Conversation) => What | undefined,
) {
  const { choice, ...context } = await verbContext(call);
  const found: In<What>[] = [];
  const work = (source: Source) =>
    eachConversation(source, (conversation) => {
      const what = read(conversation);
      if (what !== undefined) found.push({ ...what, session: source.name, kept: source.kept });
    });
  const status =
    word === undefined
      ? await withEveryHistory(call, choice, work)
      : await withHistory(call, { choice, ...context }, word, work).then(() => 0);
  return { choice, found, status };
}

/** What search tells of a conversation. */
interface Match extends Pick<Summary, "agent" | "id" | "folder" | "when"> {
  readonly matches: readonly { readonly role: string; readonly text: string }[];
}

function matchIn({ agent, id, folder, when, turns }: Conversation, wanted: string): Match | undefined {
  const matches = turns.flatMap(({ role, text }) => {
    const words = excerpt(text, wanted);
    return words === undefined ? [] : [{ role, text: words }];
  });
  return matches.length === 0 ? undefined : { agent, id, folder, when, matches };
}

async function chosen(source: Source, id: string | undefined): Promise<Conversation> {
  const best: { found: Conversation | undefined; ids: Set<string> } = { found: undefined, ids: new Set() };
  await eachConversation(source, (conversation) => {
    if (id !== undefined && !conversation.id.startsWith(id)) return;
    best.ids.add(conversation.id);
    const isWhole = conversation.id === id;
    const isOver = id !== undefined && best.found?.id === id;
    if (isWhole || (!isOver && (conversation.when ?? 0) >= (best.found?.when ?? 0))) {
      best.found = conversation;
    }
  });
  const { found, ids } = best;
  if (found === undefined) {
    const which = id === undefined ? "no conversation" : `no conversation ${oneLine(id)}`;
    throw new Failure("usage", `${source.name} has ${which}.`, `See: manyoyo history ls ${source.name}`);
  }
  if (id === undefined || found.id === id || ids.size === 1) return found;
  throw new Failure(
    "usage",
    `${ids.size} conversations of ${source.name} begin with ${oneLine(id)}: ${[...ids].slice(0, 5).join(", ")}.`,
    "Give more of the id.",
  );
}

function newestFirst<What extends { readonly when: number | undefined }>(
  found: readonly What[],
): readonly What[] {
  return found.toSorted((one, other) => (other.when ?? 0) - (one.when ?? 0));
}

function document<What extends Pick<Summary, "when" | "folder">>(about: What) {
  return { ...about, folder: about.folder ?? null, when: iso(about.when) };
}

function oneLine(text: string): string {
  return plain(text.replace(/\s+/g, " "));
}

function iso(when: number | undefined): string | null {
  const time = new Date(when ?? Number.NaN);
  return Number.isNaN(time.getTime()) ? null : time.toISOString();
}

// In local time, to the minute.
function clock(when: number): string {
  const time = new Date(when);
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join("-");
  return `${day} ${two(time.getHours())}:${two(time.getMinutes())}`;
}
