import { Finds, type Found, type Ground, loginNote, mapAt, textAt } from "./ground.ts";

/**
 * What is here of Codex 0.169: `config.toml` names models and providers, `auth.json` holds a key or a login. Its screen takes
 * a key from a variable only for a provider that says so; settings reach it by `-c`.
 */
export function findCodex(ground: Ground): Found {
  const finds = new Finds("codex", ground);
  const folder = ground.env["CODEX_HOME"] || ".codex";
  const file = `${folder}/config.toml`;
  const config = finds.readMap(file, Bun.TOML.parse) ?? {};
  const auth = finds.readMap(`${folder}/auth.json`, JSON.parse) ?? {};
  finds.take("OPENAI_API_KEY", textAt(auth, "OPENAI_API_KEY"), finds.shown(`${folder}/auth.json`));
  finds.takeOurs(/^(OPENAI_API_KEY|OPENAI_BASE_URL|CODEX_API_KEY)$/);
  if (Object.keys(mapAt(auth, "tokens")).length > 0) finds.note(loginNote("Codex", "codex"));
  const plain = ["model", "model_reasoning_effort"].flatMap((key) => {
    const value = textAt(config, key);
    return value === undefined ? [] : [setting(key, value)];
  });
  if (plain.length > 0) finds.from(finds.shown(file));
  const words = [...plain, ...provider(finds, config, finds.shown(file))];
  return finds.found(words.length === 0 ? undefined : words.join(" "));
}

function provider(
  finds: Finds,
  config: Readonly<Record<string, unknown>>,
  source: string,
): readonly string[] {
  const id = textAt(config, "model_provider");
  if (id === undefined || id === "openai") return ofKey(finds);
  const said = mapAt(config, "model_providers", id);
  const url = textAt(said, "base_url");
  if (!/^[A-Za-z0-9_-]+$/.test(id) || url === undefined) {
    finds.note(`The provider ${JSON.stringify(id)} of ${source} is left out: it has no base_url of its own.`);
    return [];
  }
  if (hasSecret(url)) {
    finds.note(`The provider ${id} of ${source} is left out: its address holds a secret.`);
    return [];
  }
  for (const key of ["http_headers", "env_http_headers", "query_params"]) {
    if (Object.keys(mapAt(said, key)).length > 0) finds.note(`${key} of ${id} in ${source} are left out.`);
  }
  finds.from(source);
  const variable = textAt(said, "env_key");
  if (variable !== undefined) {
    finds.take(variable, finds.ground.env[variable], "the environment");
    if (!finds.found().variables.has(variable)) {
      finds.note(
        `${variable}, the key of ${id}, is not set here: add it to env/codex.env of manyoyo's folder.`,
      );
    }
  }
  return chosen(id, { name: textAt(said, "name") ?? id, url, key: variable, wire: textAt(said, "wire_api") });
}

// A key alone, without a login: the usual provider under another name, which takes it from the variable.
function ofKey(finds: Finds): readonly string[] {
  const { variables } = finds.found();
  if (!variables.has("OPENAI_API_KEY")) return [];
  const url = variables.get("OPENAI_BASE_URL") ?? "https://api.openai.com/v1";
  if (hasSecret(url)) return [];
  return chosen("openai-key", { name: "OpenAI", url, key: "OPENAI_API_KEY", wire: "responses" });
}

interface Provider {
  readonly name: string;
  readonly url: string;
  readonly key: string | undefined;
  readonly wire: string | undefined;
}

function chosen(id: string, { name, url, key, wire }: Provider): readonly string[] {
  const table = [
    `name=${tomlText(name)}`,
    `base_url=${tomlText(url)}`,
    ...(key === undefined ? [] : [`env_key=${tomlText(key)}`]),
    `wire_api=${tomlText(wire ?? "responses")}`,
  ];
  return [setting("model_provider", id), word(`model_providers.${id}={${table.join(",")}}`)];
}

// The line is a label of the container, where anybody can read it.
function hasSecret(url: string): boolean {
  const parsed = URL.parse(url);
  return parsed === null || parsed.username !== "" || parsed.password !== "" || parsed.search !== "";
}

function setting(key: string, value: string): string {
  return word(`${key}=${tomlText(value)}`);
}

// A basic string of TOML is written as JSON writes one.
const tomlText = (value: string): string => JSON.stringify(value);

// As a word of a shell line.
const word = (text: string): string => `-c '${text.replaceAll("'", "'\\''")}'`;
