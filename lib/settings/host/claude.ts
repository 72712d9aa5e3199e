import { Finds, type Found, type Ground, loginNote, mapAt, textAt } from "./ground.ts";

/** What is here of Claude Code 2.1: `settings.json` holds variables, `.claude.json` beside its folder a key of the console. */
export function findClaude(ground: Ground): Found {
  const finds = new Finds("claude", ground);
  const moved = ground.env["CLAUDE_CONFIG_DIR"];
  const folder = moved || ".claude";
  const settings = finds.readMap(`${folder}/settings.json`) ?? {};
  const source = finds.shown(`${folder}/settings.json`);
  for (const [name, value] of Object.entries(mapAt(settings, "env"))) finds.take(name, value, source);
  finds.take("ANTHROPIC_MODEL", textAt(settings, "model"), source);
  if (textAt(settings, "apiKeyHelper") !== undefined) {
    finds.note(`The apiKeyHelper of ${source} is a program of this machine, and is left out.`);
  }
  const state = moved ? `${moved}/.claude.json` : ".claude.json";
  const account = finds.readMap(state) ?? {};
  finds.take("ANTHROPIC_API_KEY", textAt(account, "primaryApiKey"), finds.shown(state));
  finds.takeOurs(/^(ANTHROPIC_[A-Z0-9_]+|CLAUDE_CODE_OAUTH_TOKEN|CLAUDE_CODE_USE_(BEDROCK|VERTEX|FOUNDRY))$/);
  if (Object.keys(mapAt(account, "oauthAccount")).length > 0 || finds.has(`${folder}/.credentials.json`)) {
    finds.note(loginNote("Claude Code", "claude"));
  }
  return finds.found();
}
