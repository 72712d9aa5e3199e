import { networkInterfaces } from "node:os";
import { type EngineName, engines, executable } from "./engines.ts";
import { raw, runProgram, until } from "./manyoyo.ts";
import { type ModelServer, startModel } from "./model-server.ts";
import { type Scene, scene } from "./scene.ts";
import { keys, type Terminal } from "./terminal.ts";

const name = "localhost/manyoyo-agents";
const version = "test";

/**
 * Brings the image with the real agents into an engine: built by the executable, once; a second engine is handed what the
 * first one built, which takes a third of the time. @throws an Error with what the build said
 */
export async function provideAgents(engine: EngineName): Promise<void> {
  if (await has(engine)) return;
  const [other] = await Promise.all(engines().map(async (each) => ((await has(each)) ? each : undefined)));
  if (other !== undefined) {
    const carried = await runProgram(["sh", "-c", `${other} save ${name}:${version} | ${engine} load`]);
    if (carried.status === 0 && (await has(engine))) return;
  }
  const built = await runProgram([executable(), "image", "build", "--in", name, "--iv", version], {
    env: { MANYOYO_ENGINE: engine },
  });
  if (built.status !== 0) throw new Error(`no image with agents for ${engine}: ${built.stderr}`);
}

async function has(engine: EngineName): Promise<boolean> {
  return (await raw(engine, "image", "inspect", `${name}:${version}`)).status === 0;
}

/** The words of settings for the agents' real programs, that only know the model of this machine. No account is in them. */
function settings(model: ModelServer): unknown {
  const url = `http://${hostAddress()}:${model.port}`;
  const provider = {
    npm: "@ai-sdk/openai-compatible",
    options: { baseURL: `${url}/v1`, apiKey: "none" },
    models: { echo: {} },
  };
  const opencode = { model: "echo/echo", small_model: "echo/echo", provider: { echo: provider } };
  return {
    imageName: name,
    imageVersion: version,
    env: {
      NO_PROXY: hostAddress(),
      ANTHROPIC_BASE_URL: url,
      ANTHROPIC_AUTH_TOKEN: "none",
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
      ECHO_KEY: "none",
      GOOGLE_GEMINI_BASE_URL: url,
      GEMINI_API_KEY: "none",
      // Else it asks another model first which one is best.
      GEMINI_MODEL: "gemini-2.5-flash",
      OPENCODE_DISABLE_MODELS_FETCH: "1",
      OPENCODE_CONFIG_CONTENT: JSON.stringify(opencode),
    },
  };
}

/** Codex takes its model from its file alone. */
function codexFile(model: ModelServer): string {
  return `model = "echo"
model_provider = "echo"
[model_providers.echo]
name = "echo"
base_url = "http://${hostAddress()}:${model.port}/v1"
env_key = "ECHO_KEY"
wire_api = "responses"
`;
}

// Containers of either engine, rootless or not, reach the machine by an address of its own.
function hostAddress(): string {
  const found = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === "IPv4" && !internal);
  return found?.address ?? "127.0.0.1";
}

/** A scene whose sessions have the real agents, and their model. */
export interface AgentScene extends Scene {
  readonly model: ModelServer;
  /** Must be called before all tests. */
  ready(): Promise<void>;
  /** Makes a session of the agent, without starting it; gives its name. */
  made(agent: string, ...words: readonly string[]): Promise<string>;
  /** Gives Codex of a session its model. */
  furnish(session: string): Promise<void>;
  /** Runs words without a terminal, and gives what was printed on stdout. */
  printed(...words: readonly string[]): Promise<string>;
  /** What the model was told in the conversation whose last word is this one. */
  told(word: string): Promise<readonly string[]>;
}

/** Must be called while tests are being defined. */
export function agentScene(engine: EngineName): AgentScene {
  const on = scene(engine);
  const model = startModel();
  const printed = async (...words: readonly string[]): Promise<string> => {
    const said = await on.manyoyo(words);
    if (said.status !== 0) throw new Error(`${words.join(" ")}: ${said.status} ${said.stdout}${said.stderr}`);
    return said.stdout;
  };
  const furnish = async (session: string): Promise<void> => {
    const line = "mkdir -p ~/.codex && cat >~/.codex/config.toml";
    await on.manyoyo(["-n", session, "-x", line], { input: codexFile(model) });
  };
  return {
    ...on,
    model,
    ready: async () => {
      await Bun.write(`${on.home}/.manyoyo/manyoyo.json`, JSON.stringify(settings(model)));
      await provideAgents(engine);
    },
    furnish,
    made: async (agent, ...words) => {
      const session = on.name(agent);
      await printed("-n", session, "-y", agent, "-d", ...words);
      if (agent === "codex") await furnish(session);
      return session;
    },
    printed,
    told: async (word) => {
      await until(`the model hears ${word}`, () => model.about(word) !== undefined);
      return model.about(word)?.told ?? [];
    },
  };
}

/** A word that no other conversation has. */
export function newWord(): string {
  return `word${crypto.randomUUID().slice(0, 8)}`;
}

/**
 * Says a word to an agent at its prompt, and waits until the model has heard it. A screen that is only just drawn may lose
 * what is typed, and takes an Enter that comes with the text for a part of a paste: both are said again.
 */
export async function tell(on: AgentScene, terminal: Terminal, word: string): Promise<readonly string[]> {
  const heard = (): boolean => on.model.about(word) !== undefined;
  for (let round = 0; round < 5 && !heard(); round += 1) {
    terminal.type(`${keys.ctrlU}${word}`);
    await terminal.waitFor(word, 5_000).catch(() => undefined);
    for (let enter = 0; enter < 4 && !heard(); enter += 1) {
      terminal.type(keys.enter);
      await until("the model hears it", heard, 1_500).catch(() => undefined);
    }
  }
  if (!heard()) throw new Error(`${word} was not sent; the terminal shows:\n${terminal.text().slice(-3000)}`);
  return on.told(word);
}

/** Leaves an agent by its own word, to our menu. */
export async function quit(terminal: Terminal, word: string): Promise<void> {
  terminal.type(word);
  await terminal.waitFor(word);
  terminal.type(keys.enter);
  await terminal.waitFor("Open a shell");
}
