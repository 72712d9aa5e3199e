import { describe, expect } from "bun:test";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { agentImage, claudeText, codexText } from "../support/agent-image.ts";
import { engines, testImage } from "../support/engines.ts";
import { field } from "../support/inside.ts";
import { bench, raw } from "../support/manyoyo.ts";
import { shellImages } from "../support/shell-image.ts";
import { spyOn } from "../support/spy.ts";
import { inTurn } from "../support/turns.ts";

describe.each(engines())("%s: a login", (engine) => {
  const { turn } = inTurn(engine);
  const at = bench(engine);
  const { image, env, volume, content, has, put } = agentImage(engine, {
    claude: claudeText,
    codex: codexText,
  });
  const imageOf = shellImages(engine);
  const labels = (agent: string) => ({ "manyoyo.login": agent, "manyoyo.user": env.USER });
  const secret = "sk-ant-oat01-not-a-real-one";
  const call = (...words: readonly string[]) => at.manyoyo(words, { env });
  const begin = (name: string, ...words: readonly string[]) =>
    call("-n", name, "--image", image, "-y", "c", ...words, "--", "-p", "hi");

  turn("needs a terminal, and says what a script does instead", async () => {
    const said = await call("login", "claude");
    expect(said).toMatchObject({ status: 2, stdout: "" });
    expect(said.stderr).toContain("needs a terminal");
    expect(said.stderr).toContain("ANTHROPIC_API_KEY");
    expect((await call("login", "claude", "--json")).stderr).toContain('"usage"');
    expect((await call("login", "nobody")).status).toBe(2);
    expect(await has(volume("claude"))).toBe(false);
  });

  turn(
    "is in the sessions of its agent, by variable and by link; in no other, and nowhere to be read from outside",
    async () => {
      await put(volume("claude"), labels("claude"), "CLAUDE_CODE_OAUTH_TOKEN", `${secret}\n`);
      await put(volume("claude"), labels("claude"), ".credentials.json", "signed in");
      const [one, other] = [at.name("one"), at.name("other")];
      const spy = spyOn(engine, at.home);
      const said = await at.manyoyo(["-n", one, "--image", image, "-y", "c", "--", "-p", "hi"], {
        env: { ...env, ...spy.env },
      });
      expect(said.stdout).toBe(`<token ${secret}><file signed in><folder /manyoyo/login/claude>\n`);
      for (const { words, environment } of spy.calls()) {
        expect(words.join("\n")).not.toContain(secret);
        expect(environment).not.toContain(secret);
      }
      expect(await field(engine, one, "json .")).not.toContain(secret);
      const log = await raw(engine, "logs", one);
      expect(log.stdout + log.stderr).not.toContain(secret);

      const changed = await call("exec", one, "--", "sh", "-c", "printf anew >~/.claude/.credentials.json");
      expect(changed).toMatchObject({ status: 0, stderr: "" });
      expect((await begin(other)).stdout).toContain("<file anew>");
      expect((await call("exec", other, "-e", "A=b", "--", "true")).status).not.toBe(0);

      const codex = await call("-n", at.name("codex"), "--image", image, "-y", "cx", "--", "exec", "x");
      expect(codex).toMatchObject({ status: 0, stdout: "<file none>\n" });
      const plain = at.name("plain");
      await call("-n", plain, "--image", image, "-s", "true", "-d");
      expect(await field(engine, plain, "json .Mounts")).not.toContain("manyoyo-login");
      const asked = at.name("asked");
      await call("-n", asked, "--image", image, "--login", "shared", "-s", "true", "-d");
      expect((await call("-n", asked, "-x", "claude -p x")).stdout).toContain(`<token ${secret}>`);
    },
  );

  turn("is not in a session that wants none, has a key, or brings the agent's folder along", async () => {
    await put(volume("claude"), labels("claude"), "CLAUDE_CODE_OAUTH_TOKEN", `${secret}\n`);
    const nothing = "<token none><file none><folder none>\n";
    for (const habit of ["session", "none"]) {
      expect((await begin(at.name(habit), "--login", habit)).stdout).toBe(nothing);
    }
    expect((await begin(at.name("key"), "-e", "ANTHROPIC_API_KEY=k")).stdout).toBe(nothing);
    const own = `${at.home}/own claude`;
    mkdirSync(own);
    writeFileSync(`${own}/.credentials.json`, "the user's own");
    for (const words of [[], ["--login", "shared"]]) {
      const said = await begin(at.name("own"), "-v", `${own}:/root/.claude`, ...words);
      expect(said.stdout).toContain("<file the user's own>");
      expect(readFileSync(`${own}/.credentials.json`, "utf8")).toBe("the user's own");
    }
    const variable = await begin(
      at.name("own-token"),
      "-e",
      "CLAUDE_CODE_OAUTH_TOKEN=mine",
      "--login",
      "shared",
    );
    expect(variable.stdout).toContain("<token mine>");
  });

  turn("that an agent put beside the link is taken into the volume at the next start", async () => {
    await put(volume("codex"), labels("codex"), "auth.json", "old");
    const name = at.name("beside");
    const made = await call("-n", name, "--image", image, "-y", "cx", "--", "exec", "x");
    expect(made.stdout).toBe("<file old>\n");
    await call("exec", name, "--", "sh", "-c", "cd ~/.codex && printf newer >a && mv a auth.json");
    await call("restart", name);
    expect((await call("-n", name, "--", "exec", "x")).stdout).toBe("<file newer>\n");
    expect(await content("codex")).toContain("./auth.json 644 newer");
  });

  turn("that an agent put beside the link is forgotten with the others, and a later one is not", async () => {
    await put(volume("codex"), labels("codex"), "auth.json", "old");
    const name = at.name("forgotten");
    await call("-n", name, "--image", image, "-y", "cx", "--", "exec", "x");
    const beside = (text: string) =>
      call("exec", name, "--", "sh", "-c", `cd ~/.codex && printf ${text} >a && mv a auth.json`);
    const afterRestart = async () => {
      expect(await call("restart", name)).toMatchObject({ status: 0 });
      return (await call("-n", name, "--", "exec", "x")).stdout;
    };
    await beside("own");
    const out = JSON.parse((await call("logout", "codex", "--json")).stdout);
    expect(out).toMatchObject({ logins: [{ agent: "codex", result: "emptied" }] });
    expect(await afterRestart()).toBe("<file none>\n");
    expect(await content("codex")).not.toContain("auth.json");
    await beside("later");
    expect(await afterRestart()).toBe("<file later>\n");
    expect(await content("codex")).toContain("./auth.json 644 later");
    // What was there before the last of them is forgotten as well.
    await beside("own-again");
    await call("logout", "codex");
    await put(volume("codex"), labels("codex"), "other", "a login of another kind");
    expect(await afterRestart()).toBe("<file none>\n");
  });

  turn("is linked in state that is kept, and its link is gone where no login is wanted", async () => {
    await put(volume("claude"), labels("claude"), ".credentials.json", "kept apart");
    const name = at.name("kept");
    const link = "readlink ~/.claude/.credentials.json; cat ~/.claude/.credentials.json";
    await call("-n", name, "--image", image, "--keep-history", "-y", "c", "-d");
    const linked = await call("-n", name, "-x", link);
    expect(linked.stdout).toBe("/manyoyo/login/claude/.credentials.json\nkept apart");
    await call("rm", "-f", name);
    await call("-n", name, "--image", image, "--keep-history", "--login", "session", "-y", "c", "-d");
    const own = await call(
      "-n",
      name,
      "-x",
      "printf own >~/.claude/.credentials.json; cat ~/.claude/.credentials.json",
    );
    expect(own).toMatchObject({ status: 0, stdout: "own" });
    expect(await content("claude")).toContain("kept apart");
    await call("rm", "-f", name);
    await raw(engine, "volume", "rm", "-f", `manyoyo-history-${name}`);
  });

  turn("in a volume that manyoyo did not make is left alone", async () => {
    const strange = { USER: `${env.USER}-x` };
    const name = volume("claude").replace(env.USER, strange.USER);
    await put(name, {}, "CLAUDE_CODE_OAUTH_TOKEN", "a stranger's");
    const session = at.name("stranger");
    const said = await at.manyoyo(["-n", session, "--image", image, "-y", "c", "--", "-p", "x"], {
      env: strange,
    });
    expect(said.stdout).toContain("<token none>");
    const out = await at.manyoyo(["logout", "claude"], { env: strange });
    expect(out.status).toBe(125);
    expect(out.stderr).toContain("not made by manyoyo");
    expect(await has(name)).toBe(true);
  });

  turn("is forgotten: removed, or emptied under the sessions that have it", async () => {
    await put(volume("claude"), labels("claude"), "CLAUDE_CODE_OAUTH_TOKEN", `${secret}\n`);
    await put(volume("claude"), labels("claude"), ".hidden", "x");
    const name = at.name("last");
    expect((await begin(name)).stdout).toContain(secret);
    const emptied = JSON.parse((await call("logout", "claude", "--json")).stdout);
    expect(emptied).toMatchObject({ logins: [{ agent: "claude", result: "emptied" }] });
    expect(await content("claude")).toBe("./.forgotten 644 \n");
    expect((await call("-n", name, "--", "-p", "x")).stdout).toContain("<token none><file none>");
    await raw(engine, "volume", "rm", "-f", volume("codex"));
    await put(volume("codex"), labels("codex"), "auth.json", "x");
    const stopped = await call("logout", "codex");
    expect(stopped.stdout).toBe("codex\n");
    expect((await call("logout", "gemini")).stderr).toContain("has no login");
  });

  turn(
    "that an image only says to have emptied is still there; another session's image empties it",
    async () => {
      // None of the sessions of before has it.
      const user = { USER: `${env.USER}-beside` };
      const own = volume("claude").replace(env.USER, user.USER);
      await put(own, { ...labels("claude"), "manyoyo.user": user.USER }, "CLAUDE_CODE_OAUTH_TOKEN", secret);
      const logout = () => at.manyoyo(["logout", "claude"], { env: user });
      const left = async () =>
        (await raw(engine, "run", "--rm", "-v", `${own}:/v`, testImage, "ls", "-A", "/v")).stdout;
      const liar = await imageOf('[[ "$*" == *"rm -rf .forgotten"* ]] && exit 0');
      const made = (from: string) =>
        at.manyoyo(["-d", "-n", at.name("beside"), "--image", from, "-y", "c"], { env: user });
      expect((await made(liar)).status).toBe(0);
      const kept = await logout();
      expect(kept).toMatchObject({ status: 125, stdout: "" });
      expect(kept.stderr).toContain("The login of Claude Code is still there");
      expect(await left()).toContain("CLAUDE_CODE_OAUTH_TOKEN");
      expect((await made(image)).status).toBe(0);
      expect((await made(liar)).status).toBe(0);
      expect(await logout()).toMatchObject({ status: 0, stdout: "claude\n" });
      expect(await left()).toBe(".forgotten\n");
    },
  );
});
