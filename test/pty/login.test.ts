import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { agentImage, claudeText, codexText } from "../support/agent-image.ts";
import { engines } from "../support/engines.ts";
import { raw, runProgram, until } from "../support/manyoyo.ts";
import { programsWith } from "../support/memory.ts";
import { ordinaryUser } from "../support/ordinary.ts";
import { scene } from "../support/scene.ts";
import { spyOn } from "../support/spy.ts";
import { keys, openTerminal } from "../support/terminal.ts";
import { inTurn } from "../support/turns.ts";

describe.each(engines())("a login at a terminal, %s", (engine) => {
  const { turn } = inTurn(engine);
  const on = scene(engine);
  const { image, env, volume, content, has } = agentImage(engine, { claude: claudeText, codex: codexText });
  const token = `sk-ant-oat01-${"x".repeat(95)}`;
  const how = { env };
  const login = (...words: readonly string[]) => on.at(["login", ...words, "--image", image], how);
  const containers = async (): Promise<string> =>
    (await raw(engine, "ps", "-a", "--filter", `label=manyoyo.user=${env.USER}`, "--format", "{{.Names}}"))
      .stdout;
  const placeNow = async (): Promise<string> =>
    /^manyoyo-login-codex-\w+$/m.exec(await containers())?.[0] ?? "none";
  const tokenOf = async (name: string): Promise<string> => {
    const words = ["-n", name, "--image", image, "-y", "c", "--", "-p", "x"];
    return (await on.manyoyo(words, how)).stdout;
  };

  turn("by a token that is printed: it is asked for unseen, and is in the sessions", async () => {
    const spy = spyOn(engine, on.home);
    await using terminal = on.at(["login", "claude", "--image", image], { env: { ...env, ...spy.env } });
    await terminal.waitFor("How is Claude Code to be logged in?");
    terminal.type(keys.enter);
    await terminal.waitFor("code: ");
    terminal.type("1234\r");
    await terminal.waitFor("Paste the token");
    terminal.type(`${token.slice(0, 60)}\r`);
    await terminal.waitFor("no whole token yet");
    terminal.type(`${token.slice(60)}\r`);
    await terminal.waitFor("Claude Code is logged in");
    expect(await terminal.status()).toBe(0);
    expect(terminal.bytes()).not.toContain(token.slice(0, 40));
    for (const { words, environment } of spy.calls()) {
      expect(words.join("\n") + environment).not.toContain(token);
    }
    expect(await content("claude")).toBe(`./CLAUDE_CODE_OAUTH_TOKEN 600 ${token}\n`);
    expect(await tokenOf(on.name())).toContain(`<token ${token}>`);
    expect(await containers()).not.toContain("manyoyo-login");
  });

  turn("by a code: the file that the agent renames into its place is in the volume", async () => {
    await using terminal = login("c");
    await terminal.waitFor("How is Claude Code to be logged in?");
    terminal.type(`${keys.down}${keys.enter}`);
    await terminal.waitFor("Paste code: ");
    terminal.type("abc\r");
    await terminal.waitFor("is logged in");
    expect(await terminal.status()).toBe(0);
    expect(await content("claude")).toContain('./.credentials.json 644 {"code":"abc"}');
    expect(await tokenOf(on.name())).toContain('<file {"code":"abc"}>');
  });

  turn("of an agent that takes the link away is put into the volume", async () => {
    await using terminal = login("codex");
    await terminal.waitFor("Press Enter: ");
    terminal.type(keys.enter);
    await terminal.waitFor("Codex is logged in");
    expect(await terminal.status()).toBe(0);
    expect(await content("codex")).toContain("codex login");
  });

  turn("that does not come about leaves nothing behind, and says so", async () => {
    await raw(engine, "volume", "rm", "-f", volume("codex"));
    await using left = login("codex");
    await left.waitFor("Press Enter: ");
    left.type(keys.ctrlC);
    await left.waitFor("^C");
    for (const _ of [1, 2, 3]) left.type(keys.ctrlC);
    expect(await left.status()).toBe(130);
    expect(left.text()).toContain("Codex was not logged in");
    expect(await has(volume("codex"))).toBe(false);

    await using interrupted = login("codex");
    await interrupted.waitFor("Press Enter: ");
    interrupted.kill("SIGINT");
    expect(await interrupted.status()).toBe(130);
    expect(interrupted.text()).toContain("Codex was not logged in");
    expect(await has(volume("codex"))).toBe(false);

    await using hungUp = login("codex");
    await hungUp.waitFor("Press Enter: ");
    hungUp.close();
    await until("the container is gone", async () => !(await containers()).includes("manyoyo-login"));
    await until("the volume is gone", async () => !(await has(volume("codex"))));

    await using killed = login("codex");
    await killed.waitFor("Press Enter: ");
    killed.kill("SIGKILL");
    await until("the container is gone", async () => !(await containers()).includes("manyoyo-login"));
    await until("the volume is gone", async () => !(await has(volume("codex"))));
  });

  turn("that is killed once it is there, or beside another one, is not removed", async () => {
    await raw(engine, "volume", "rm", "-f", volume("codex"));
    await using first = login("codex");
    await first.waitFor("Press Enter: ");
    const name = await placeNow();
    await using second = login("codex");
    await second.waitFor("Press Enter: ");
    const guarded = () => programsWith(name).some(({ words }) => words.startsWith("/bin/sh -c"));
    expect(guarded()).toBe(true);
    first.kill("SIGKILL");
    await until("its guard has ended", () => !guarded());
    expect(await has(volume("codex"))).toBe(true);
    second.type(keys.enter);
    await second.waitFor("Codex is logged in");
    expect(await second.status()).toBe(0);
    await raw(engine, "volume", "rm", volume("codex"));

    await using third = login("codex");
    await third.waitFor("Press Enter: ");
    const place = await placeNow();
    await raw(engine, "exec", place, "sh", "-c", "echo token >/manyoyo/login/codex/auth.json");
    third.kill("SIGKILL");
    await until("its guard has ended", () => programsWith(place).length === 0);
    expect(await content("codex")).toContain("auth.json 644 token");
  });

  turn("needs an image that is there and has the agent", async () => {
    await using missing = on.at(["login", "codex", "--image", "localhost/myt-none:1"], how);
    await missing.waitFor("The image localhost/myt-none:1 is not here");
    expect(await missing.status()).toBe(125);
    await using without = on.at(["login", "gemini"], how);
    await without.waitFor("has no gemini");
    expect(await without.status()).toBe(125);
    expect(await has(volume("gemini"))).toBe(false);
  });

  turn("is forgotten after a yes alone", async () => {
    await using no = on.at(["logout", "claude"], how);
    await no.waitFor("Forget the login of Claude Code");
    no.type("n");
    expect(await no.status()).toBe(130);
    expect(await has(volume("claude"))).toBe(true);
    await using yes = on.at(["logout"], how);
    await yes.waitFor("Forget the login of");
    yes.type("y");
    expect(await yes.status()).toBe(0);
    const left = (await has(volume("claude"))) ? await content("claude") : "";
    // When it was.
    expect(left.replace("./.forgotten 644 \n", "")).toBe("");
  });
});

describe.each(engines())("the first start of an agent, %s", (engine) => {
  const { turn } = inTurn(engine, 1);
  const on = scene(engine);
  const { image, env, volume, content, has } = agentImage(engine, { claude: claudeText });
  const begin = (name: string, ...words: readonly string[]) =>
    on.at(["-n", name, "--image", image, "-y", "c", "--rm-on-exit", ...words], { env });

  turn(
    "asks for a login; not now is no answer for ever, no is, and a login is for all that follow",
    async () => {
      await using later = begin(on.name());
      await later.waitFor("Claude Code has no login yet");
      later.type(keys.escape);
      await later.waitFor("<token none>");
      expect(await later.status()).toBe(0);
      expect(await has(volume("claude"))).toBe(false);

      await using key = begin(on.name(), "-e", "ANTHROPIC_API_KEY=k");
      await key.waitFor("<token none>");
      expect(key.text()).not.toContain("no login yet");
      await using none = begin(on.name(), "--login", "none");
      await none.waitFor("<token none>");
      expect(none.text()).not.toContain("no login yet");

      await using no = begin(on.name());
      await no.waitFor("Claude Code has no login yet");
      no.type(`${keys.up}${keys.enter}`);
      await no.waitFor("<folder none>");
      expect(await no.status()).toBe(0);
      await using again = begin(on.name());
      await again.waitFor("<folder none>");
      expect(again.text()).not.toContain("no login yet");
      expect(await again.status()).toBe(0);
      expect(await content("claude")).toBe("");
      const said = await on.manyoyo(["logout", "claude"], { env });
      expect(said).toMatchObject({ status: 0, stdout: "" });
      expect(await has(volume("claude"))).toBe(false);

      await using yes = begin(on.name());
      await yes.waitFor("Claude Code has no login yet");
      yes.type(keys.enter);
      await yes.waitFor("How is Claude Code to be logged in?");
      yes.type(`${keys.down}${keys.enter}`);
      await yes.waitFor("Paste code: ");
      yes.type("at once\r");
      await yes.waitFor("is logged in");
      await yes.waitFor('<file {"code":"at once"}>');
      expect(await yes.status()).toBe(0);
    },
  );
});

describe("init at a terminal", () => {
  const [engine = "docker"] = engines();
  const on = scene(engine);

  test("asks before it writes", async () => {
    const env = { HOME: `${on.home}/init`, ANTHROPIC_API_KEY: "s3cret" };
    await using no = on.at(["init", "claude"], { env });
    await no.waitFor("ANTHROPIC_API_KEY=***");
    await no.waitFor("Write these 2 files?");
    no.type("n");
    expect(await no.status()).toBe(130);
    expect(existsSync(`${env.HOME}/.manyoyo`)).toBe(false);
    await using yes = on.at(["init", "claude"], { env });
    await yes.waitFor("Write these 2 files?");
    yes.type(keys.enter);
    await yes.waitFor("run/claude.json");
    expect(await yes.status()).toBe(0);
    expect(yes.bytes()).not.toContain("s3cret");
    expect(existsSync(`${env.HOME}/.manyoyo/env/claude.env`)).toBe(true);
  });
});

describe.each(engines().filter((engine) => engine === "docker"))("%s, which is root's", (engine) => {
  const on = scene(engine);
  const { image, env, volume } = agentImage(engine, { claude: claudeText });

  test("an ordinary user's login is written, read and replaced as that user", async () => {
    const uid = 12346;
    const { words } = ordinaryUser(on, uid);
    const how = { cwd: on.folder, env: { ...on.env, ...env, LOGNAME: env.USER } };
    await using terminal = openTerminal(words("login", "claude", "--image", image), how);
    await terminal.waitFor("How is Claude Code to be logged in?");
    terminal.type(`${keys.down}${keys.enter}`);
    await terminal.waitFor("Paste code: ");
    terminal.type("abc\r");
    await terminal.waitFor("is logged in");
    expect(await terminal.status()).toBe(0);
    const name = on.name();
    const line =
      "id -u; cat ~/.claude/.credentials.json; cp ~/.claude/.credentials.json ~/new; mv ~/new /manyoyo/login/claude/.credentials.json; stat -c %u /manyoyo/login/claude/.credentials.json";
    const made = await runProgram(words("-n", name, "--image", image, "-y", "c", "-d"), how);
    expect(made.status, made.stderr).toBe(0);
    const said = await runProgram(words("-n", name, "-x", line), how);
    expect(said.stdout, said.stderr).toBe(`${uid}\n{"code":"abc"}${uid}\n`);
    expect(volume("claude")).toContain(env.USER);
  });
});
