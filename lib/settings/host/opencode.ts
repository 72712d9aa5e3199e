import { isMap } from "../document.ts";
import { Finds, type Found, type Ground, loginNote, mapAt, textAt } from "./ground.ts";

const keys = /^(ANTHROPIC|OPENAI|GEMINI|OPENROUTER|OPENCODE|GROQ|MISTRAL|DEEPSEEK|XAI)_API_KEY$/;

/**
 * What is here of OpenCode 1.18: models and providers of `opencode.json`, keys of `auth.json`. A session gets them as
 * OPENCODE_CONFIG_CONTENT; what would start programs or read files of this machine is left out.
 */
export function findOpencode(ground: Ground): Found {
  const finds = new Finds("opencode", ground);
  const folder = `${ground.env["XDG_CONFIG_HOME"] || ".config"}/opencode`;
  const files = [`${folder}/opencode.json`, `${folder}/opencode.jsonc`];
  const file = files.find((each) => finds.has(each)) ?? `${folder}/opencode.json`;
  const config = finds.readMap(file) ?? {};
  const authFile = `${ground.env["XDG_DATA_HOME"] || ".local/share"}/opencode/auth.json`;
  const auth = finds.readMap(authFile, JSON.parse) ?? {};
  const providers = withKeys(mapAt(config, "provider"), auth);
  const content = {
    ...picked(config, "model"),
    ...picked(config, "small_model"),
    ...(Object.keys(providers).length === 0 ? {} : { provider: providers }),
  };
  const text = JSON.stringify(content);
  if (/\{file:/.test(text)) {
    finds.note(`${finds.shown(file)} reads files of this machine, so its providers are left out.`);
  } else if (text !== "{}") {
    if (Object.keys(config).length > 0) finds.from(finds.shown(file));
    finds.take("OPENCODE_CONFIG_CONTENT", text, finds.shown(Object.keys(auth).length > 0 ? authFile : file));
    for (const [, name = ""] of text.matchAll(/\{env:([A-Za-z_][A-Za-z0-9_]*)\}/g)) {
      finds.take(name, ground.env[name], "the environment");
    }
  }
  const left = ["mcp", "plugin", "command", "agent"].filter((key) => config[key] !== undefined);
  if (left.length > 0) finds.note(`${left.join(", ")} of ${finds.shown(file)} are left out.`);
  if (Object.values(auth).some((entry) => isMap(entry) && entry["type"] === "oauth")) {
    finds.note(loginNote("OpenCode", "opencode"));
  }
  // Keys in the environment are the other agents' as well: they alone do not tell that OpenCode is used here.
  if (finds.found().sources.length > 0) finds.takeOurs(keys);
  return finds.found();
}

function picked(config: Readonly<Record<string, unknown>>, key: string): Readonly<Record<string, string>> {
  const value = textAt(config, key);
  return value === undefined ? {} : { [key]: value };
}

function withKeys(
  providers: Readonly<Record<string, unknown>>,
  auth: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const known = Object.entries(auth).flatMap(([id, entry]) => {
    const key = isMap(entry) && entry["type"] === "api" ? textAt(entry, "key") : undefined;
    if (key === undefined) return [];
    const said = mapAt(providers, id);
    return [[id, { ...said, options: { ...mapAt(said, "options"), apiKey: key } }] as const];
  });
  return { ...providers, ...Object.fromEntries(known) };
}
