import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { prints } from "../support/fake.ts";
import { listed, type Shell, shellNames, shellPlace } from "../support/shells.ts";

const sessions = [
  listed("my-app", { state: "running", agent: "claude" }),
  listed("my-b.x-2", { state: "exited", agent: "codex" }),
  listed("other_one", { state: "paused", agent: "gemini" }),
];

// What is typed, and the line after TAB. A line that stays as it was is one where nothing may be put in.
const rows: readonly (readonly [what: string, typed: string, line: string])[] = [
  ["a session after -n", "manyoyo -n my-a", "manyoyo -n my-app "],
  ["a session after -n=", "manyoyo -n=my-a", "manyoyo -n=my-app "],
  ["a session attached to -n", "manyoyo -nmy-a", "manyoyo -nmy-app "],
  ["a session after --cont-name", "manyoyo --cont-name my-b", "manyoyo --cont-name my-b.x-2 "],
  ["a session after --cont-name=", "manyoyo --cont-name=my-b", "manyoyo --cont-name=my-b.x-2 "],
  ["a name up to a dot", "manyoyo -n my-b.", "manyoyo -n my-b.x-2 "],
  ["a session in an open quote", 'manyoyo -n "my-b', 'manyoyo -n "my-b.x-2" '],
  ["a session in an open single quote", "manyoyo -n 'my-b", "manyoyo -n 'my-b.x-2' "],
  ["what several have in common", "manyoyo -n m", "manyoyo -n my-"],
  ["a session that can be started", "manyoyo start my", "manyoyo start my-b.x-2 "],
  ["a session that can be stopped", "manyoyo stop my", "manyoyo stop my-app "],
  ["no session that is there already", "manyoyo stop my-app ", "manyoyo stop my-app other_one "],
  ["no session that -n names already", "manyoyo stop -n my-app ", "manyoyo stop -n my-app other_one "],
  ["a session of any state", "manyoyo rm o", "manyoyo rm other_one "],
  ["a session after --", "manyoyo rm -- o", "manyoyo rm -- other_one "],
  ["the one session of a verb", "manyoyo shell other", "manyoyo shell other_one "],
  ["no second session for a verb of one", "manyoyo shell my-app ", "manyoyo shell my-app "],
  ["what follows the session of exec", "manyoyo exec my-app ", "manyoyo exec my-app -- "],
  ["a verb", "manyoyo resu", "manyoyo resume "],
  ["an agent in place of a verb", "manyoyo gem", "manyoyo gemini "],
  ["an agent's short name, as it is", "manyoyo cx", "manyoyo cx "],
  ["only verbs that take what was said", "manyoyo --new re", "manyoyo --new re"],
  ["a verb of two words", "manyoyo config sh", "manyoyo config show "],
  ["a verb of a group by its start", "manyoyo image b", "manyoyo image build "],
  ["a topic of the help", "manyoyo help opt", "manyoyo help options "],
  ["a topic of two words", "manyoyo help exit", "manyoyo help exit-status "],
  ["what can be installed", "manyoyo install d", "manyoyo install docker-cli-plugin "],
  ["a topic of two words", "manyoyo help config pa", "manyoyo help config path "],
  ["a shell", "manyoyo completion f", "manyoyo completion fish "],
  ["an agent after -y", "manyoyo -y cod", "manyoyo -y codex "],
  ["a profile of a file", "manyoyo -r we", "manyoyo -r web "],
  ["a profile of manyoyo.json", "manyoyo --run=ap", "manyoyo --run=api "],
  ["a profile whose name needs quotes", "manyoyo -r od", "manyoyo -r odd\\ \\$\\(touch\\ x\\) "],
  ["a file as a profile", "manyoyo -r ./fi", "manyoyo -r ./file\\ one "],
  ["an env file by name", "manyoyo --ef ke", "manyoyo --ef keys "],
  ["an env file by path", "manyoyo --ef=./fi", "manyoyo --ef=./file\\ one "],
  ["a mode", "manyoyo -m di", "manyoyo -m dind "],
  ["an engine", "manyoyo --engine=pod", "manyoyo --engine=podman "],
  ["a quiet item", "manyoyo -q ask", "manyoyo -q askkeep "],
  ["a quiet item after a comma", "manyoyo -q cnew,ask", "manyoyo -q cnew,askkeep "],
  ["a state after a comma", "manyoyo ls --state=paused,st", "manyoyo ls --state=paused,stopped "],
  ["a folder and no file", "manyoyo --hp f", "manyoyo --hp folder/"],
  ["a folder after =", "manyoyo --hp=f", "manyoyo --hp=folder/"],
  ["an image", "manyoyo --image localhost/m", "manyoyo --image localhost/manyoyo:1-common "],
  ["an image after its colon", "manyoyo --image=reg.x/y:", "manyoyo --image=reg.x/y:2 "],
  ["an image's name", "manyoyo --in reg", "manyoyo --in reg.x/y "],
  ["an image's version", "manyoyo --in reg.x/y --iv ", "manyoyo --in reg.x/y --iv 2 "],
  ["the default image's version", "manyoyo --iv ", "manyoyo --iv 1-common "],
  ["a volume, which goes on", "manyoyo -v da", "manyoyo -v data:"],
  ["a path to mount", "manyoyo -v ./fo", "manyoyo -v ./folder/"],
  ["a way to mount", "manyoyo -v data:/x:r", "manyoyo -v data:/x:r"],
  ["an option", "manyoyo --cont-n", "manyoyo --cont-name "],
  ["an option by its letter", "manyoyo -d", "manyoyo -d "],
  ["an option of the verb", "manyoyo rm --fo", "manyoyo rm --force "],
  ["no option of another verb", "manyoyo start --force", "manyoyo start --force"],
  ["no option that was said", "manyoyo --detach --det", "manyoyo --detach --det"],
  ["an option that repeats", "manyoyo --volume=a:/a --volu", "manyoyo --volume=a:/a --volume "],
  ["an older spelling of a verb", "manyoyo --show-conf", "manyoyo --show-config "],
  ["the agent's words, by -y", "manyoyo -y cx -- re", "manyoyo -y cx -- resume "],
  ["the agent's words that follow", "manyoyo cx -- resume ", "manyoyo cx -- resume --last "],
  ["the agent's words, by the session", "manyoyo -n my-b.x-2 -- res", "manyoyo -n my-b.x-2 -- resume "],
  ["the agent's words, by this folder's session", "manyoyo . -- res", "manyoyo . -- resume "],
  ["a file of a command", "manyoyo -x cat fi", "manyoyo -x cat file\\ one "],
  [
    "a file of a command with options before",
    "manyoyo -n my-app -dx cat fi",
    "manyoyo -n my-app -dx cat file\\ one ",
  ],
  ["a file of exec's command", "manyoyo exec my-app -- cat fi", "manyoyo exec my-app -- cat file\\ one "],
  ["a file to import", "manyoyo import fi", "manyoyo import file\\ one "],
  ["no second file to import", "manyoyo import x fi", "manyoyo import x fi"],
  ["a session to restore into", "manyoyo history restore o", "manyoyo history restore other_one "],
  ["a file to restore from", "manyoyo history restore s fi", "manyoyo history restore s file\\ one "],
  [
    "a file to restore from, by -n",
    "manyoyo history restore -n s fi",
    "manyoyo history restore -n s file\\ one ",
  ],
  ["a command", "manyoyo -x shell-onl", "manyoyo -x shell-only-for-tests "],
  ["a command inside of a command", "manyoyo -x manyoyo stop my", "manyoyo -x manyoyo stop my-app "],
  ["a file of a redirection", "manyoyo ls > fi", "manyoyo ls > file\\ one "],
  ["a line after another", "true; manyoyo stop my", "true; manyoyo stop my-app "],
  ["a line with a variable before it", "X=1 manyoyo stop my", "X=1 manyoyo stop my-app "],
  ["words that are not English", 'manyoyo -n ünï "ß ö" -y cl', 'manyoyo -n ünï "ß ö" -y claude '],
  ["nothing after an unknown option", "manyoyo --nothing=my", "manyoyo --nothing=my"],
];

describe.each(shellNames.map((name) => [name] as const))("%s completes", (name) => {
  const place = shellPlace();
  const opened: Shell[] = [];
  const shell = (): Shell => {
    const [first] = opened;
    if (first === undefined) throw new Error("the shell is not open");
    return first;
  };

  beforeAll(async () => {
    for (const folder of ["run", "env"]) mkdirSync(`${place.home}/.manyoyo/${folder}`);
    writeFileSync(`${place.home}/.manyoyo/manyoyo.json`, "{ runs: { api: {} } }");
    for (const profile of ["web", "odd $(touch x)"])
      writeFileSync(`${place.home}/.manyoyo/run/${profile}.json`, "{}");
    writeFileSync(`${place.home}/.manyoyo/env/keys.env`, "");
    writeFileSync(`${place.folder}/file one`, "");
    mkdirSync(`${place.folder}/folder`);
    place.program("shell-only-for-tests", "#!/bin/sh\n");
    opened.push(await place.open(name));
  });
  afterAll(async () => {
    for (const each of opened) await each[Symbol.asyncDispose]();
  });
  beforeEach(() => {
    place.engine("docker", {
      ps: prints(
        [...sessions, listed("here", { agent: "codex", folder: place.folder, state: "broken" })].join(""),
      ),
      "image ls": prints("localhost/manyoyo\t1-common\nreg.x/y\t2\n<none>\t<none>\n"),
      "volume ls": prints(`data\n${"0a".repeat(32)}\n`),
    });
  });

  test.each(rows)("%s: %s", async (_what, typed, line) => {
    // fish itself puts no blank after a dash.
    expect(await shell().line(`${typed}\t`)).toBe(name === "fish" ? line.replace(/- $/, "-") : line);
  });

  test("in the middle of a line", async () => {
    const left = "\x1b[D".repeat(" -y claude".length);
    expect(await shell().line(`manyoyo -n my-a -y claude${left}\t`)).toStartWith("manyoyo -n my-app");
    const line = await shell().line(`manyoyo resu my-app${"\x1b[D".repeat(" my-app".length)}\t`);
    expect(line.replace("|", "").replaceAll("  ", " ")).toBe("manyoyo resume my-app");
  });

  test("a path in the home folder", async () => {
    expect(await shell().line("manyoyo --hp ~/.many\t")).toBe("manyoyo --hp ~/.manyoyo/");
    expect(await shell().line("manyoyo --hp=~/.many\t")).toBe("manyoyo --hp=~/.manyoyo/");
  });

  test("one of 300 sessions", async () => {
    const names = Array.from({ length: 300 }, (_, at) => `many-${String(at).padStart(3, "0")}-x`);
    place.engine("docker", { ps: prints(names.map((each) => listed(each, {})).join("")) });
    expect(await shell().line("manyoyo rm many-17\t")).toBe("manyoyo rm many-17");
    expect(await shell().line("manyoyo rm many-173\t")).toBe("manyoyo rm many-173-x ");
  });

  test("with a list of what there is", async () => {
    await shell().shows(
      "manyoyo -n m\t\t\t",
      name === "bash"
        ? /my-app\s+my-b\.x-2/
        : /my-app[\s\S]*running claude[\s\S]*my-b\.x-2[\s\S]*stopped codex/,
    );
    await shell().shows("manyoyo config \t\t", name === "bash" ? /command\s+path\s+show/ : /merged settings/);
  });
});
