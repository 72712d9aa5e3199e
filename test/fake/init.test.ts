import { describe, expect, test } from "bun:test";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { type Fake, fake } from "../support/fake.ts";

/** A home with these files; what was there before is gone. */
function home(on: Fake, files: Readonly<Record<string, string>>): void {
  rmSync(on.home, { recursive: true, force: true });
  mkdirSync(on.home);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(`${on.home}/${path}`), { recursive: true });
    writeFileSync(`${on.home}/${path}`, text);
  }
}

const claude = {
  ".claude/settings.json": JSON.stringify({
    model: "opus",
    apiKeyHelper: "/usr/bin/secret-helper",
    env: {
      ANTHROPIC_AUTH_TOKEN: "s3cret token",
      NODE_EXTRA_CA_CERTS: "/etc/ca.pem",
      COUNT: 3,
      bad: { a: 1 },
    },
  }),
  ".claude.json": JSON.stringify({ primaryApiKey: "s3cret-key", oauthAccount: { uuid: "s3cret-uuid" } }),
  ".claude/.credentials.json": "s3cret refresh",
};

describe("init", () => {
  const on = fake();
  const file = (path: string): string => readFileSync(`${on.home}/.manyoyo/${path}`, "utf8");
  const mode = (path: string): string => (statSync(`${on.home}/.manyoyo/${path}`).mode & 0o777).toString(8);

  test("shows names and no values, and without a terminal writes only when told to", async () => {
    home(on, claude);
    const refused = await on.manyoyo(["init"]);
    expect(refused).toMatchObject({ status: 2, stdout: "" });
    expect(refused.stderr).toContain("manyoyo init --yes");
    const looked = await on.manyoyo(["init", "--dry-run"]);
    expect(looked).toMatchObject({ status: 0, stdout: "" });
    for (const said of [refused, looked]) {
      expect(said.stderr).toContain("Claude Code, from ~/.claude/settings.json, ~/.claude.json:");
      for (const name of ["ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_API_KEY", "ANTHROPIC_MODEL", "COUNT"]) {
        expect(said.stderr).toContain(`    ${name}=***\n`);
      }
      expect(said.stderr).not.toContain("s3cret");
      expect(said.stderr).toContain("NODE_EXTRA_CA_CERTS in ~/.claude/settings.json is about this machine");
      expect(said.stderr).toContain("apiKeyHelper");
      expect(said.stderr).toContain("manyoyo login claude");
    }
    expect(existsSync(`${on.home}/.manyoyo`)).toBe(false);
  });

  test("writes a profile that manyoyo takes, and an env file for the user alone; a second time nothing", async () => {
    home(on, claude);
    const env = { ANTHROPIC_BASE_URL: "https://proxy.example" };
    const said = await on.manyoyo(["init", "claude", "--yes"], { env });
    expect(said.status).toBe(0);
    expect(said.stdout).toBe(`${on.home}/.manyoyo/env/claude.env\n${on.home}/.manyoyo/run/claude.json\n`);
    expect([mode("env"), mode("env/claude.env"), mode("run/claude.json")]).toEqual(["700", "600", "600"]);
    expect(file("env/claude.env")).toContain('ANTHROPIC_AUTH_TOKEN="s3cret token"\n');
    expect(file("env/claude.env")).not.toMatch(/refresh|uuid|NODE_EXTRA/);
    expect(file("run/claude.json")).not.toContain("s3cret");
    on.engine("docker", {});
    const shown = await on.manyoyo(["config", "show", "-r", "claude", "--json"]);
    expect(shown.status, shown.stderr).toBe(0);
    const { settings } = JSON.parse(shown.stdout);
    expect(settings.yolo).toBe("claude");
    expect(Object.keys(settings.env).toSorted()).toEqual([
      "ANTHROPIC_API_KEY",
      "ANTHROPIC_AUTH_TOKEN",
      "ANTHROPIC_BASE_URL",
      "ANTHROPIC_MODEL",
      "COUNT",
    ]);
    const again = await on.manyoyo(["init", "claude"], { env });
    expect(again).toMatchObject({ status: 0, stdout: "" });
    expect(again.stderr).toContain("is there already");
  });

  test("leaves a file that differs, be it a link, and a profile of manyoyo.json", async () => {
    home(on, { ...claude, ".manyoyo/env/claude.env": "MINE=1\n", elsewhere: "x" });
    mkdirSync(`${on.home}/.manyoyo/run`);
    symlinkSync(`${on.home}/nowhere`, `${on.home}/.manyoyo/run/claude.json`);
    const said = await on.manyoyo(["init", "--yes"]);
    expect(said).toMatchObject({ status: 0, stdout: "" });
    expect(said.stderr.match(/stays as it is/g)).toHaveLength(2);
    expect(file("env/claude.env")).toBe("MINE=1\n");
    expect(existsSync(`${on.home}/nowhere`)).toBe(false);
    home(on, { ...claude, ".manyoyo/manyoyo.json": '{ runs: { claude: { yolo: "c" } } }' });
    const runs = await on.manyoyo(["init", "--yes"]);
    expect(runs.stdout).toBe(`${on.home}/.manyoyo/env/claude.env\n`);
  });

  test("hands Codex its model, its provider and the provider's key, but no login and no secret in an address", async () => {
    const config = `
model = "o'model"
model_provider = "corp"
[model_providers.corp]
name = "Corp"
base_url = "https://llm.example/v1"
env_key = "CORP_KEY"
http_headers = { X = "s3cret" }
`;
    home(on, {
      ".codex/config.toml": config,
      ".codex/auth.json": JSON.stringify({ tokens: { refresh_token: "s3cret" } }),
    });
    const said = await on.manyoyo(["init", "cx", "--yes"], { env: { CORP_KEY: "k" } });
    expect(said.status, said.stderr).toBe(0);
    expect(file("env/codex.env")).toContain("CORP_KEY=k\n");
    expect(said.stderr).toContain("manyoyo login codex");
    expect(said.stderr + file("run/codex.json")).not.toContain("s3cret");
    const shown = JSON.parse((await on.manyoyo(["config", "show", "-r", "codex", "--json"])).stdout);
    const words = execFileSync("sh", ["-c", `printf '%s\\n' ${shown.settings.shellSuffix}`], {
      encoding: "utf8",
    });
    const lines = words.split("\n").filter((word) => word !== "-c" && word !== "");
    expect(Bun.TOML.parse(lines.join("\n"))).toEqual({
      model: "o'model",
      model_provider: "corp",
      model_providers: {
        corp: {
          name: "Corp",
          base_url: "https://llm.example/v1",
          env_key: "CORP_KEY",
          wire_api: "responses",
        },
      },
    });

    home(on, { ".codex/config.toml": config.replace("llm.example", "me:s3cret@llm.example") });
    const hidden = await on.manyoyo(["init", "--yes"]);
    expect(hidden.stderr).toContain("its address holds a secret");
    expect(file("run/codex.json")).not.toContain("s3cret");
    home(on, { ".codex/auth.json": '{"OPENAI_API_KEY":"sk-1"}' });
    await on.manyoyo(["init", "--yes"]);
    expect(file("env/codex.env")).toContain("OPENAI_API_KEY=sk-1\n");
    expect(file("run/codex.json")).toContain("openai-key");
  });

  test("finds Gemini's variables and OpenCode's providers", async () => {
    home(on, {
      ".gemini/.env":
        "GEMINI_API_KEY='g key'\nGOOGLE_APPLICATION_CREDENTIALS=/home/me/key.json\nodd.name=1\n",
      ".gemini/settings.json": '{ "security": { "auth": { "selectedType": "oauth-personal" } } }',
      ".config/opencode/opencode.json":
        '{ "model": "corp/m", "mcp": {}, "provider": { "corp": { "options": { "apiKey": "{env:CORP_KEY}" } } } }',
      ".local/share/opencode/auth.json":
        '{"groq":{"type":"api","key":"gk"},"anthropic":{"type":"oauth","refresh":"s3cret"}}',
    });
    const said = await on.manyoyo(["init", "--yes", "--json"], { env: { CORP_KEY: "ck" } });
    expect(said.status, said.stderr).toBe(0);
    expect(said.stdout).not.toMatch(/g key|gk|"ck|s3cret/);
    const agents: readonly { readonly agent: string; readonly notes: readonly string[] }[] = JSON.parse(
      said.stdout,
    ).agents;
    expect(agents.map(({ agent }) => agent)).toEqual(["gemini", "opencode"]);
    expect(agents.flatMap(({ notes }) => notes).join()).toMatch(
      /manyoyo login gemini.*manyoyo login opencode/,
    );
    expect(file("env/gemini.env")).toContain('GEMINI_API_KEY="g key"\n');
    expect(file("env/gemini.env")).not.toContain("key.json");
    const text = file("env/opencode.env");
    expect(text).toContain("CORP_KEY=ck\n");
    expect(text).not.toContain("s3cret");
    expect(text).toContain('\\"groq\\":{\\"options\\":{\\"apiKey\\":\\"gk\\"}}');
  });

  test("says of a broken file which it is, and goes on with the others", async () => {
    home(on, {
      ".claude/settings.json": "{ s3cret",
      ".codex/config.toml": "= s3cret",
      ".codex/auth.json": '{"OPENAI_API_KEY":"sk-1"}',
      ".gemini/settings.json": `{}${" ".repeat(1_000_001)}`,
      ".gemini/.env": "A='s3cret\n",
    });
    execFileSync("mkfifo", [`${on.home}/.claude.json`]);
    const said = await on.manyoyo(["init", "--yes"]);
    expect(said.status).toBe(2);
    expect(said.stderr).not.toContain("s3cret");
    for (const name of [".claude/settings.json", ".codex/config.toml"]) {
      expect(said.stderr).toContain(`~/${name} cannot be understood.`);
    }
    expect(said.stderr).toContain("~/.claude.json cannot be read: it is no file.");
    expect(said.stderr).toContain("~/.gemini/settings.json cannot be read: it is too large");
    expect(said.stderr).toContain("~/.gemini/.env:1: The quote ' is never closed.");
    expect(file("env/codex.env")).toContain("OPENAI_API_KEY");
  });

  test("reads nothing of the workspace, finds nothing in an empty home, and knows its agents", async () => {
    home(on, {});
    mkdirSync(`${on.folder}/.claude`, { recursive: true });
    writeFileSync(`${on.folder}/.claude/settings.json`, '{"env":{"ANTHROPIC_API_KEY":"planted"}}');
    const said = await on.manyoyo(["init", "--yes"]);
    expect(said).toMatchObject({ status: 0, stdout: "" });
    expect(said.stderr).toContain("Nothing was found");
    const other = await on.manyoyo(["init", "copilot"]);
    expect(other.status).toBe(2);
    expect(other.stderr).toContain("claude, codex, gemini, opencode");
    expect(on.calls()).toEqual([]);
  });
});
