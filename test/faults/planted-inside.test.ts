import { beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { engines } from "../support/engines.ts";
import { type Outcome, raw, runProgram } from "../support/manyoyo.ts";
import { type Ordinary, ordinaryUser } from "../support/ordinary.ts";
import { copyScene } from "../support/saved.ts";
import { isLong, tried } from "../support/tally.ts";
import { inTurn } from "../support/turns.ts";

const uid = 12345;
const usual = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

// On docker an ordinary user's session, where root does what comes before the user's commands; podman's tests are root's own.
describe.each(engines())("%s: what a session leaves for the next command in it", (engine) => {
  const { turn } = inTurn(engine);
  const at = copyScene(engine, "planted");
  const root = dirname(at.folder);
  const only = `${root}/only`;
  const user = `u${crypto.randomUUID().slice(0, 8)}`;
  const volume = `manyoyo-login-claude-${user}`;
  const users: { ann?: Ordinary } = {};
  const isAnn = engine === "docker";
  const run = (...words: string[]): Promise<Outcome> =>
    isAnn
      ? runProgram(users.ann?.words(...words) ?? [], {
          cwd: at.folder,
          env: { ...at.env, USER: user, LOGNAME: user },
        })
      : at.manyoyo(words, { env: { USER: user, LOGNAME: user } });
  const inside = async (name: string, line: string): Promise<string> => {
    const said = await run("-n", name, "-x", line);
    expect(said.status, said.stderr).toBe(0);
    return said.stdout;
  };

  /** A session with a login of its user, and a folder of the host that root alone may enter. */
  async function session(...words: string[]): Promise<string> {
    const name = at.newName();
    const made = await run("-d", "-n", name, "-s", "claude", "-v", `${only}:/only`, ...words);
    expect(made.status, made.stderr).toBe(0);
    return name;
  }

  beforeAll(async () => {
    at.names.push(volume);
    if (isAnn) users.ann = ordinaryUser(at, uid);
    mkdirSync(only);
    writeFileSync(`${only}/token`, "root-alone\n", { mode: 0o600 });
    writeFileSync(`${only}/victim`, "as it was\n", { mode: 0o600 });
    chmodSync(only, 0o700);
    const labels = ["--label", "manyoyo.login=claude", "--label", `manyoyo.user=${user}`];
    const made = await raw(engine, "volume", "create", ...labels, volume);
    expect(made.status, made.stderr).toBe(0);
  });

  // In the short form half of them on each engine.
  const some = <Row>(rows: readonly Row[]): Row[] =>
    rows.filter((_, at) => isLong || at % 2 === (isAnn ? 0 : 1));

  const isUntouched = (): void => {
    expect(readdirSync(only).toSorted()).toEqual(["token", "victim"]);
    expect(readFileSync(`${only}/victim`, "utf8")).toBe("as it was\n");
  };

  test("programs of its own on PATH: root runs none of them", async () => {
    if (!isAnn) return expect(await inside(await session(), "id -u")).toBe("0\n");
    await tried(
      { fault: `${engine}: programs planted on PATH inside`, promised: "root runs none of them" },
      async () => {
        const name = await session("-e", `PATH=/root/.local/bin:${usual}`, "--keep-history");
        const programs = readdirSync("/usr/bin").filter((each) =>
          /^(chown|chmod|stty|stat|find|sleep|setpriv|chroot|grep|git|mv|cp|rm|ln|cat|head|mkdir|readlink|id|sed|tr|ps)$/.test(
            each,
          ),
        );
        const plant = `mkdir -p ~/.local/bin && for p in ${programs.join(" ")}; do
        printf '#!/bin/sh\\n[ -w /etc/passwd ] && echo %s >>/tmp/ran-as-root\\nPATH=${usual} exec %s "$@"\\n' $p $p >~/.local/bin/$p
        chmod +x ~/.local/bin/$p; done`;
        await inside(name, plant);
        expect(await inside(name, "command -v stat; id -u")).toBe(`/root/.local/bin/stat\n${uid}\n`);
        expect((await run("restart", name)).status).toBe(0);
        expect((await run("ls", "--busy")).status).toBe(0);
        expect((await run("exec", name, "--root", "--", "/bin/true")).status).toBe(0);
        expect((await run("stop", name)).status).toBe(0);
        expect(await inside(name, "ls /tmp/ran-as-root 2>&1; id -u")).not.toContain("\n0\n");
        expect(await inside(name, "test ! -e /tmp/ran-as-root && echo none")).toBe("none\n");
      },
    );
  });

  test.each(
    some([
      ["a link to what root alone may read", "ln -sf /only/token"],
      ["a pipe", "rm -f /manyoyo/login/claude/CLAUDE_CODE_OAUTH_TOKEN; mkfifo"],
      ["a device", "ln -sf /dev/zero"],
      ["a file without end", "truncate -s 4G"],
    ]),
  )("a login that is %s: it is no variable, and nothing waits for it", async (what, how) => {
    await tried(
      { fault: `${engine}: a login that is ${what}`, promised: "no variable, no waiting" },
      async () => {
        const name = await session();
        await inside(
          name,
          `rm -f /manyoyo/login/claude/CLAUDE*; ${how} /manyoyo/login/claude/CLAUDE_CODE_OAUTH_TOKEN`,
        );
        const begun = Date.now();
        expect(await inside(name, 'echo "[$CLAUDE_CODE_OAUTH_TOKEN]"')).toBe("[]\n");
        expect(Date.now() - begun).toBeLessThan(45_000);
        await inside(name, "rm -f /manyoyo/login/claude/CLAUDE*");
      },
    );
  });

  turn("a login that is a token still is that variable", async () => {
    const name = await session();
    await inside(name, "echo sk-test >/manyoyo/login/claude/CLAUDE_CODE_OAUTH_TOKEN");
    expect(await inside(name, 'echo "[$CLAUDE_CODE_OAUTH_TOKEN]"; rm /manyoyo/login/claude/CLAUDE*')).toBe(
      "[sk-test]\n",
    );
  });

  test.each(
    some([
      [
        "credentials that are a link to what root alone may read",
        "rm -rf ~/.claude; mkdir ~/.claude; ln -s /only/token ~/.claude/.credentials.json",
      ],
      [
        "links under the names of files that are about to be written",
        "for i in $(seq 1 200); do ln -s /only/victim /manyoyo/login/claude/.credentials.json.$i; done; rm -rf ~/.claude; mkdir ~/.claude; echo evil >~/.claude/.credentials.json",
      ],
      [
        "a link in place of a login's file",
        "ln -sfn /only /manyoyo/login/claude/.credentials.json; rm -rf ~/.claude; mkdir ~/.claude; echo evil >~/.claude/.credentials.json",
      ],
      [
        "a link in place of a folder of the home",
        "rm -rf ~/.claude ~/.local ~/.config; for f in .claude .local .config; do ln -s /only ~/$f; done",
      ],
    ]),
  )("%s: nothing is read or written there at the next start", async (what, how) => {
    await tried({ fault: `${engine}: ${what}`, promised: "nothing is read or written there" }, async () => {
      const name = await session("--keep-history");
      await inside(name, `ls -d ~ >/dev/null; ${how}`);
      expect((await run("restart", name)).status).toBe(0);
      const look =
        "cat /manyoyo/login/claude/.c*json* ~/.claude/.credentials.json 2>/dev/null; find /manyoyo/login -name '.*' -exec rm -rf {} + 2>/dev/null; :";
      expect(await inside(name, isAnn ? look : look.replace(/ ~\S+/, ""))).not.toMatch(
        isAnn ? /root-alone/ : /^root-alone$/m,
      );
      isUntouched();
    });
  });
});
