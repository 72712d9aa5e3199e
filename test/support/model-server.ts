/** One question to the model, as an agent sent it. */
export interface Asked {
  readonly path: string;
  /** What the user said so far in the conversation, without what agents themselves write in the user's name. */
  readonly told: readonly string[];
}

/** A model on this machine that answers every question with what it was told. */
export interface ModelServer {
  readonly port: number;
  /** Every question for an answer, in their order. */
  readonly asked: readonly Asked[];
  /** The last question whose last text of the user is this one; undefined where there is none yet. */
  about(text: string): Asked | undefined;
  /** Lets who says this wait for an answer. @returns what gives it to them */
  hold(text: string): () => void;
  stop(): Promise<void>;
}

/** The ways of asking a model that the agents use. */
interface Api {
  readonly path: RegExp;
  /** The list of messages in the body. */
  readonly messages: (body: unknown) => unknown;
  /** The whole answer, for a question that wants no stream. */
  readonly whole: (text: string) => unknown;
  /** The events of a streamed answer; those without a name are sent as bare data. */
  readonly events: (text: string) => readonly (readonly [name: string | undefined, data: unknown])[];
  /** What ends a stream besides its events. */
  readonly last?: string;
}

const model = "echo";
const usage = { input_tokens: 1, output_tokens: 1 };

/** The value under these keys of what should be objects. */
function at(value: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce<unknown>(
    (inner, key) => (typeof inner === "object" && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  );
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Anthropic's Messages, as Claude Code speaks them. */
const messages: Api = {
  path: /\/messages$/,
  messages: (body) => at(body, "messages"),
  whole: (text) => ({
    ...anthropicMessage,
    content: [{ type: "text", text }],
    stop_reason: "end_turn",
  }),
  events: (text) =>
    [
      { type: "message_start", message: anthropicMessage },
      { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
      { type: "content_block_delta", index: 0, delta: { type: "text_delta", text } },
      { type: "content_block_stop", index: 0 },
      { type: "message_delta", delta: { stop_reason: "end_turn", stop_sequence: null }, usage },
      { type: "message_stop" },
    ].map((event) => [event.type, event] as const),
};
const anthropicMessage = {
  id: "msg_1",
  type: "message",
  role: "assistant",
  model,
  content: [],
  stop_reason: null,
  stop_sequence: null,
  usage,
};

/** OpenAI's Responses, as Codex speaks them. */
const responses: Api = {
  path: /\/responses$/,
  messages: (body) => at(body, "input"),
  whole: (text) => responseOf(text, "completed"),
  events: (text) => {
    const item = outputItem(text);
    const where = { item_id: item.id, output_index: 0, content_index: 0 };
    return [
      { type: "response.created", response: responseOf(undefined, "in_progress") },
      { type: "response.output_item.added", output_index: 0, item: { ...item, content: [] } },
      { type: "response.output_text.delta", ...where, delta: text },
      { type: "response.output_text.done", ...where, text },
      { type: "response.output_item.done", output_index: 0, item },
      { type: "response.completed", response: responseOf(text, "completed") },
    ].map((event) => [event.type, event] as const);
  },
};

function outputItem(text: string) {
  const content = [{ type: "output_text", text, annotations: [] }];
  return { id: "msg_1", type: "message", role: "assistant", status: "completed", content };
}

function responseOf(text: string | undefined, status: string) {
  return {
    id: "resp_1",
    object: "response",
    created_at: 0,
    model,
    status,
    output: text === undefined ? [] : [outputItem(text)],
    usage: {
      ...usage,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: 2,
    },
  };
}

/** OpenAI's Chat completions, as OpenCode and Qwen Code speak them. */
const chat: Api = {
  path: /\/chat\/completions$/,
  messages: (body) => at(body, "messages"),
  whole: (content) => ({
    ...completion("chat.completion"),
    choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content } }],
    usage: chatUsage,
  }),
  events: (content) =>
    [
      { index: 0, finish_reason: null, delta: { role: "assistant", content } },
      { index: 0, finish_reason: "stop", delta: {} },
    ].map((choice) => [
      undefined,
      { ...completion("chat.completion.chunk"), choices: [choice], usage: chatUsage },
    ]),
  last: "data: [DONE]\n\n",
};
const chatUsage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };

function completion(object: string) {
  return { id: "chat_1", object, created: 0, model };
}

/** Gemini's own. */
const gemini: Api = {
  path: /:(stream)?[gG]enerateContent$/,
  messages: (body) => at(body, "contents"),
  whole: geminiAnswer,
  events: (text) => [[undefined, geminiAnswer(text)]],
};

function geminiAnswer(text: string) {
  return {
    candidates: [{ index: 0, finishReason: "STOP", content: { role: "model", parts: [{ text }] } }],
    usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 1, totalTokenCount: 2 },
    modelVersion: model,
  };
}

const apis: readonly Api[] = [messages, responses, chat, gemini];

// What agents write into the user's words, or as words of the user's: notes on the folder, the time, their rules.
const notes = /<([a-z_-]+)\b[^>]*>[\s\S]*?<\/\1>/gi;

/** The texts that the user said. */
function toldBy(found: unknown): readonly string[] {
  if (typeof found === "string") return [found];
  return (
    list(found)
      .filter((message) => at(message, "role") === "user")
      .flatMap((message) => {
        const content = at(message, "content") ?? at(message, "parts");
        if (typeof content === "string") return [content];
        return list(content).map((block) => String(at(block, "text") ?? ""));
      })
      .map((text) => text.replace(notes, "").trim())
      // OpenCode quotes what it was given as a word of its command line.
      .map((text) => text.replace(/^"(.*)"$/, "$1"))
      .filter((text) => text !== "")
  );
}

// A connection that is kept may be dead by the next question: engines change the machine's network at every container.
const once = { connection: "close" };

function streamed(api: Api, text: string): Response {
  const events = api
    .events(text)
    .map(
      ([name, data]) => `${name === undefined ? "" : `event: ${name}\n`}data: ${JSON.stringify(data)}\n\n`,
    );
  return new Response(`${events.join("")}${api.last ?? ""}`, {
    headers: { "content-type": "text/event-stream", ...once },
  });
}

/** Starts a model on every address of this machine, so that containers reach it as well. */
export function startModel(): ModelServer {
  const asked: Asked[] = [];
  const held = new Map<string, Promise<void>>();
  const server = Bun.serve({
    port: 0,
    hostname: "0.0.0.0",
    idleTimeout: 60,
    fetch: async (request, self) => {
      const { pathname: path, searchParams } = new URL(request.url);
      if (path.endsWith("/count_tokens")) return Response.json({ input_tokens: 1 });
      if (path.endsWith(":countTokens")) return Response.json({ totalTokens: 1 });
      const api = request.method === "POST" ? apis.find((each) => each.path.test(path)) : undefined;
      if (api === undefined) return Response.json({ data: [], models: [] });
      const body: unknown = await request.json();
      const told = toldBy(api.messages(body));
      asked.push({ path, told });
      const wait = held.get(told.at(-1) ?? "");
      if (wait !== undefined) self.timeout(request, 0);
      await wait;
      const text = `turn ${told.length}: I was told: ${told.join(" | ")}`;
      const stream = at(body, "stream") === true || path.includes("stream") || searchParams.has("alt");
      return stream ? streamed(api, text) : Response.json(api.whole(text), { headers: once });
    },
  });
  return {
    port: server.port ?? 0,
    asked,
    about: (text) => asked.findLast(({ told }) => told.at(-1) === text),
    hold: (text) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      held.set(text, promise);
      return resolve;
    },
    stop: () => server.stop(true),
  };
}
