import { beforeAll, describe, expect, test } from "bun:test";
import { statSync } from "node:fs";
import { importTiny } from "../support/busybox.ts";
import { engines } from "../support/engines.ts";
import { bench, raw, runProgram, until } from "../support/manyoyo.ts";
import { noPrograms } from "../support/no-programs.ts";
import { type Ordinary, ordinaryUser } from "../support/ordinary.ts";
import { scene } from "../support/scene.ts";
import { openTerminal } from "../support/terminal.ts";
import { inTurn } from "../support/turns.ts";

const uid = 12345;

describe.each(engines().filter((engine) => engine === "docker"))(
  "%s, which is root's: an ordinary user's session",
  (engine) => {
    const at = scene(engine);
    const name = at.name("own");
    const users: { ann?: Ordinary } = {};
    const ann = (...words: string[]) => users.ann?.words(...words) ?? [];
    const env = { ...at.env, USER: "ann", LOGNAME: "ann" };
    const run = (...words: string[]) => runProgram(ann(...words), { cwd: at.folder, env });
    const ownerOf = (file: string): string => {
      const { uid: user, gid } = statSync(`${at.folder}/${file}`);
      return `${user}:${gid}`;
    };
    beforeAll(async () => {
      users.ann = ordinaryUser(at, uid);
      await Bun.write(`${at.home}/.gitconfig`, "[user]\n\tname = Ann Bee\n\temail = ann@example.org\n");
      const made = await run("-n", name, "-x", "touch made; id -u; id -g; id -un; echo $HOME");
      expect(made.stdout, made.stderr).toBe(`${uid}\n${uid}\nann\n/root\n`);
    });

    test("has files of that user: of the first command, of a background one, of a shell at a terminal", async () => {
      expect(ownerOf("made")).toBe(`${uid}:${uid}`);
      expect((await run("-n", name, "-d", "-x", "touch behind; exit 7")).status).toBe(0);
      expect((await run("wait", name)).status).toBe(7);
      expect(ownerOf("behind")).toBe(`${uid}:${uid}`);
      await using shell = openTerminal(ann("shell", name), { cwd: at.folder, env });
      await shell.waitFor("$");
      // A program that opens its terminal anew may do so.
      shell.type("touch typed; echo open$((40+2)) >/dev/tty; exit 3\r");
      await shell.waitFor("open42");
      expect(await shell.status()).toBe(3);
      expect(ownerOf("typed")).toBe(`${uid}:${uid}`);
    });

    test("has a home that can be written, and pipes that can be opened anew", async () => {
      const said = await run("-n", name, "-x", "echo a >~/.new && cat ~/.new && echo b >/dev/stderr");
      expect(said).toMatchObject({ status: 0, stdout: "a\n", stderr: "b\n" });
    });

    test("has a git that takes the workspace, and knows the user, whose own files it leaves alone", async () => {
      const script =
        "git init -q r && git -C r commit -q --allow-empty -m x && git -C r log --format=%an,%ae";
      expect((await run("exec", name, "--", "sh", "-c", script)).stdout).toBe("Ann Bee,ann@example.org\n");
      const asRoot = await run("exec", name, "--root", "--", "git", "-C", "r", "status", "--short");
      expect(asRoot).toMatchObject({ status: 0, stderr: "" });
      expect((await run("-n", name, "-x", "ls ~/.gitconfig")).status).not.toBe(0);
    });

    test("has the statuses and the words of any other", async () => {
      expect((await run("-n", name, "-x", "exit 42")).status).toBe(42);
      expect(await run("exec", name, "--", "no-such-program")).toMatchObject({ status: 127, stdout: "" });
      expect((await run("exec", name, "--", "/etc/passwd")).status).toBe(126);
      for (const none of noPrograms) {
        const said = await run("exec", name, "--", ...none);
        expect([none, said.status, said.stdout]).toEqual([none, 127, ""]);
      }
      const words = ["a b", "", "$HOME", '"', "\n"];
      const said = await run("exec", name, "--", "printf", "[%s]", ...words);
      expect(said.stdout).toBe(words.map((word) => `[${word}]`).join(""));
    });

    test("says in its log how each command ended", async () => {
      await run("-n", name, "-x", "exit 43");
      const log = await raw(engine, "logs", name);
      expect(log.stdout).toMatch(/^manyoyo end [0-9a-f]{16} 43$/m);
    });

    test("ends what runs when the call is told to end, also what left its parents", async () => {
      const line = "sleep 4321 & setsid sleep 4321 & (setsid sleep 4321 &); echo up; sleep 4321";
      const call = Bun.spawn([...ann("-n", name, "-x", line)], {
        cwd: at.folder,
        env: { ...process.env, ...env },
        stdio: ["ignore", "ignore", "ignore"],
      });
      await at.untilRuns(name, "sleep 4321");
      await until("four run", async () => {
        const list = await raw(engine, "exec", name, "ps", "-eo", "args");
        return list.stdout.split("\n").filter((words) => words === "sleep 4321").length === 4;
      });
      call.kill("SIGTERM");
      expect(await call.exited).toBe(143);
      await at.untilGone(name, "sleep 4321");
    });

    test("runs one command as root with --root; what it left in the home is the user's again", async () => {
      const root = await run(
        "exec",
        name,
        "--root",
        "--",
        "sh",
        "-c",
        "id -u; echo x >~/of-root; chmod 600 ~/of-root",
      );
      expect(root.stdout).toBe("0\n");
      expect((await run("-n", name, "--root", "-x", "id -u")).stdout).toBe("0\n");
      expect((await run("-n", name, "-x", "cat ~/of-root; id -u")).stdout).toBe(`x\n${uid}\n`);
    });

    test("gets back what a root command leaves in the home while it runs, and when it is killed", async () => {
      const line = "trap '' TERM; while :; do touch ~/long; chmod 600 ~/long; sleep 0.1; done";
      const call = Bun.spawn([...ann("exec", name, "--root", "--timeout", "5s", "--", "sh", "-c", line)], {
        cwd: at.folder,
        env: { ...process.env, ...env },
        stdio: ["ignore", "ignore", "ignore"],
      });
      await at.untilRuns(name, "touch ~/long; chmod");
      const mine = "rm -f ~/long; until [ -e ~/long ]; do sleep 0.1; done";
      // A file that is new each time: twice, as the first one makes up for all that was there.
      expect((await run("-n", name, "-x", mine)).status).toBe(0);
      expect((await run("-n", name, "-x", `cat ~/long && { ${mine}; }`)).status).toBe(0);
      expect(await call.exited).toBe(124);
      await at.untilGone(name, "touch ~/long; chmod");
      expect(await run("-n", name, "-x", "cat ~/long && id -u")).toMatchObject({ stdout: `${uid}\n` });
    });

    test("has variables of any name, and none of them makes its commands root's", async () => {
      const names = ["owner", "groups", "path", "kind", "as", "home", "name", "command", "PS4", "IFS"];
      for (const value of ["wheel", "1\n2"]) {
        const words = names.flatMap((each) => ["-e", `${each}=${value}`]);
        const said = await run("-n", name, ...words, "-x", 'id -u; echo "$groups$path$owner"; id -G');
        expect(said, said.stderr).toMatchObject({
          status: 0,
          stdout: `${uid}\n${value.repeat(3)}\n${uid}\n`,
        });
      }
      expect((await run("-n", name, "-x", "env")).stdout).not.toMatch(/^(path|groups|manyoyo_.*)=/m);
    });

    test("has the HOME that one command was given for that one alone, and it stays root's", async () => {
      const other = at.name("home");
      const odd = "/opt/a b;id>x";
      const made = `mkdir -p "$1" && touch "$1/of-root"`;
      expect((await run("-n", other, "--root", "-x", "sh", "-c", made, "sh", odd)).status).toBe(0);
      const given = await run("-n", other, "-e", `HOME=${odd}`, "-x", "echo $HOME; id -u");
      expect(given, given.stderr).toMatchObject({ stdout: `${odd}\n${uid}\n` });
      const script = 'echo $HOME; stat -c %u "$1/of-root" "$1"; touch ~/.own && id -u';
      const later = await run("-n", other, "-x", "sh", "-c", script, "sh", odd);
      expect(later.stdout, later.stderr).toBe(`/root\n0\n0\n${uid}\n`);
    });

    test("has the HOME that the session was made with, whatever it is called", async () => {
      const other = at.name("home");
      const odd = "/opt/a b;id>x'$x";
      const made = await run("-n", other, "-e", `HOME=${odd}`, "-x", 'touch ~/.own; echo "$HOME"; id -u');
      expect(made, made.stderr).toMatchObject({ stdout: `${odd}\n${uid}\n` });
      expect((await run("-n", other, "-x", "cd && pwd; touch ~/.own && id -u")).stdout).toBe(
        `${odd}\n${uid}\n`,
      );
    });

    test("does all this in an image of busybox alone too", async () => {
      const other = at.name("busybox");
      const image = await importTiny(engine, "busybox");
      try {
        const words = ["-e", "groups=wheel", "-e", "owner=1\n2", "-e", "HOME=/a b"];
        const line = 'echo "$groups $owner $HOME"; id -u; id -G; exit 3';
        const made = await run(
          "-n",
          other,
          "--image",
          image,
          "-x",
          "touch made; id -u; echo $HOME; echo a >~/.new",
        );
        expect(made, made.stderr).toMatchObject({ status: 0, stdout: `${uid}\n/root\n` });
        expect(ownerOf("made")).toBe(`${uid}:${uid}`);
        const said = await run("-n", other, ...words, "-x", line);
        expect(said, said.stderr).toMatchObject({
          status: 3,
          stdout: `wheel 1\n2 /a b\n${uid}\n${uid}\n`,
        });
        expect((await run("exec", other, "--", "ls", "-a", "made")).stdout).toBe("made\n");
        expect((await run("exec", other, "--", "exit", "5")).status).toBe(127);
        expect((await run("exec", other, "--", "-a", "name", "id")).status).toBe(127);
      } finally {
        await raw(engine, "rm", "-f", other);
        await raw(engine, "rmi", image);
      }
    });

    test("can be woken", async () => {
      expect((await run("stop", name)).status).toBe(0);
      expect((await run("-n", name, "-x", "id -un; echo x >>~/.new")).stdout).toBe("ann\n");
    });

    test("can be joined by root, and by another user, whose home is another one", async () => {
      expect((await at.manyoyo(["-n", name, "-x", "id -u"])).stdout).toBe("0\n");
      const [, ...rest] = ann("-n", name, "-x", "id -u; touch ~/x && echo $HOME");
      const bob = [...rest.map((word) => word.replace(`id=${uid}`, "id=12346"))];
      const said = await runProgram(["setpriv", ...bob], { cwd: at.folder, env: { ...env, USER: "bob" } });
      expect(said.stdout, said.stderr).toBe("12346\n/home/manyoyo-12346\n");
      expect((await run("-n", name, "-x", "touch ~/x && echo $HOME")).stdout).toBe("/root\n");
    });

    test("may have been made by root", async () => {
      const other = at.name("by-root");
      expect((await at.manyoyo(["-n", other, "-x", "touch ~/of-root"])).status).toBe(0);
      const said = await run("-n", other, "-x", "touch joined ~/.new; rm ~/of-root; id -u");
      expect(said, said.stderr).toMatchObject({ status: 0, stdout: `${uid}\n` });
      expect(ownerOf("joined")).toBe(`${uid}:${uid}`);
    });

    test("gives nothing away that is mounted in the home", async () => {
      const other = at.name("mounts");
      await Bun.write(`${at.folder}/mounted/of root`, "");
      const made = await run("-n", other, "-v", `${at.folder}/mounted:/root/a b`, "-x", "touch ~/x; id -u");
      expect(made.stdout, made.stderr).toBe(`${uid}\n`);
      expect([ownerOf("mounted"), ownerOf("mounted/of root")]).toEqual(["0:0", "0:0"]);
    });

    test("runs all as root where a setting says so, for all who join", async () => {
      const other = at.name("root");
      await Bun.write(`${at.home}/.manyoyo/run/asroot.json`, JSON.stringify({ user: "root" }));
      expect((await run("-r", "asroot", "-n", other, "-x", "id -u")).stdout).toBe("0\n");
      expect((await run("-n", other, "-x", "id -u")).stdout).toBe("0\n");
      expect((await run("exec", other, "--", "id", "-u")).stdout).toBe("0\n");
      const third = at.name("once");
      expect((await run("-n", third, "--root", "-x", "id -u")).stdout).toBe("0\n");
      expect((await run("-n", third, "-x", "id -u")).stdout).toBe(`${uid}\n`);
    });
  },
);

describe.each(engines())("%s: root's own session", (engine) => {
  const { turn } = inTurn(engine);
  const at = bench(engine);

  turn("is not changed: its commands run as root, and nothing is made for another user", async () => {
    const name = at.name();
    const said = await at.manyoyo(["-n", name, "-x", "id -u; ls -d /etc/manyoyo"]);
    expect(said.stdout).toBe("0\n");
  });

  turn("has a git that takes another user's workspace", async () => {
    const name = at.name();
    expect((await raw(engine, "version")).status).toBe(0);
    const git = await runProgram(["git", "init", "-q", at.folder]);
    expect(git.status, git.stderr).toBe(0);
    expect((await runProgram(["chown", "-R", "12345:12345", at.folder])).status).toBe(0);
    expect(await at.manyoyo(["-n", name, "-x", "git status --short"])).toMatchObject({
      status: 0,
      stdout: "",
    });
  });
});
