import { Failure } from "../../failure.ts";
import type { EnvEntry } from "../env.ts";
import { parseEnvFile } from "../env-file.ts";
import { Finds, type Found, type Ground, loginNote, mapAt, textAt } from "./ground.ts";

/** What is here of Gemini CLI 0.61: variables in `.gemini/.env`, the model and the way of logging in in `settings.json`. */
export function findGemini(ground: Ground): Found {
  const finds = new Finds("gemini", ground);
  const file = ".gemini/.env";
  for (const { name, value } of entries(finds, file)) finds.take(name, value, finds.shown(file));
  finds.takeOurs(
    /^(GEMINI_[A-Z0-9_]+|GOOGLE_(API_KEY|GEMINI_BASE_URL|CLOUD_PROJECT|CLOUD_LOCATION|GENAI_USE_VERTEXAI|APPLICATION_CREDENTIALS))$/,
  );
  const settings = finds.readMap(".gemini/settings.json") ?? {};
  const model = textAt(mapAt(settings, "model"), "name") ?? textAt(settings, "model");
  finds.take("GEMINI_MODEL", model, finds.shown(".gemini/settings.json"));
  const way =
    textAt(mapAt(settings, "security", "auth"), "selectedType") ?? textAt(settings, "selectedAuthType");
  if (way === "oauth-personal" || finds.has(".gemini/oauth_creds.json")) {
    finds.note(loginNote("Gemini CLI", "gemini"));
  }
  return finds.found();
}

function entries(finds: Finds, file: string): readonly EnvEntry[] {
  const text = finds.read(file);
  if (text === undefined) return [];
  try {
    // Gemini CLI takes any name; one that a session cannot have is left out by itself.
    return parseEnvFile(text, finds.shown(file), (name, value) =>
      value === undefined ? { name } : { name, value },
    );
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    finds.problem(error.message);
    return [];
  }
}
