import { describe, expect, test } from "bun:test";
import { type Parsed, parseArgv, saysJson } from "../../../cli/argv.ts";
import { type OptionName, takes } from "../../../cli/options.ts";
import { verbNames } from "../../../cli/verbs.ts";
import { agentNames } from "../../../lib/agents/known.ts";
import { Failure } from "../../../lib/failure.ts";

const agents = agentNames();
const parse = (words: readonly string[]): Parsed => parseArgv(words, { agents });

const ownersOf = (...names: readonly OptionName[]): readonly string[] =>
  verbNames().filter((verb) => names.some((name) => takes(verb, name)));

/** What was said: values that are not merely absent, and the rest of the result where it is not empty. */
function said(parsed: Parsed): Record<string, unknown> {
  const { values, ...rest } = parsed;
  const present = (value: unknown): boolean =>
    !(value === undefined || value === false || value === "" || (Array.isArray(value) && value.length === 0));
  const kept = Object.entries(rest).filter(([key, value]) => present(value) || (key === "args" && value));
  return {
    ...Object.fromEntries(kept),
    ...Object.fromEntries(Object.entries(values).filter(([, value]) => present(value))),
  };
}

type Row = readonly [line: string | readonly string[], expected: Record<string, unknown>];
const words = (line: string | readonly string[]): readonly string[] =>
  typeof line === "string" ? line.split(" ").filter((word) => word !== "") : line;

const understood: readonly Row[] = [
  ["", {}],
  // The page's lines.
  ["-y c", { yolo: "c" }],
  ["-l", { verb: "ls" }],
  ["-n my-project -y c", { contName: "my-project", yolo: "c" }],
  ["-r ./.manyoyo.json", { run: "./.manyoyo.json" }],
  ["-n my-project -- -c", { contName: "my-project", args: ["-c"] }],
  ["-n my-project -- resume --last", { contName: "my-project", args: ["resume", "--last"] }],
  ["-n my-session -x /bin/bash", { contName: "my-session", shellFull: ["/bin/bash"] }],
  ["--hp /path/to/project -y c", { hostPath: "/path/to/project", yolo: "c" }],
  ["-v ~/.claude:/root/.claude:ro -y c", { volume: ["~/.claude:/root/.claude:ro"], yolo: "c" }],
  ["-n my-session --crm", { verb: "rm", operands: ["my-session"], contName: "my-session" }],
  ["-n my-session --cont-remove", { verb: "rm", operands: ["my-session"], contName: "my-session" }],
  ["-n temp --rm-on-exit -y c", { contName: "temp", rmOnExit: true, yolo: "c" }],
  ["-r web --show-config", { verb: "config show", run: "web" }],
  ["-y c --show-command -- -c", { verb: "config command", yolo: "c", args: ["-c"] }],
  ["--ib --iv 1.2", { verb: "image build", imageVer: "1.2" }],
  // Ways to attach a value.
  ["-n=my-app", { contName: "my-app" }],
  ["-nmy-app", { contName: "my-app" }],
  ["--cont-name=my-app", { contName: "my-app" }],
  ["--cont-name my-app", { contName: "my-app" }],
  ["-e K= -e A=b=c --env=-X=1", { env: ["K=", "A=b=c", "-X=1"] }],
  ["-e=-X", { env: ["-X"] }],
  ["-dy c", { detach: true, yolo: "c" }],
  ["-dn=my-app", { detach: true, contName: "my-app" }],
  ["--ef -", { envFile: ["-"] }],
  ["-n {now}-x", { contName: "{now}-x" }],
  ["-n .", { contName: "." }],
  ["-n my-app --cont-name my-app", { contName: "my-app" }],
  ["-q tip,cmd --quiet crm", { quiet: ["tip", "cmd", "crm"] }],
  // Where the options end.
  ["-n my-app --", { contName: "my-app", args: [] }],
  ["-- -h --bogus -- -x", { args: ["-h", "--bogus", "--", "-x"] }],
  ["-x ls -h -- --bogus", { shellFull: ["ls", "-h", "--", "--bogus"] }],
  ["-x -- ls", { shellFull: ["--", "ls"] }],
  ["-x=foo bar", { shellFull: ["foo", "bar"] }],
  ["--shell-full=foo -n", { shellFull: ["foo", "-n"] }],
  ["-dx npm test", { detach: true, shellFull: ["npm", "test"] }],
  [["-x", ""], { shellFull: [""] }],
  // Agents and this folder.
  ["c", { agent: "c" }],
  ["claude --new", { agent: "claude", new: true }],
  ["-d codex -- resume", { agent: "codex", detach: true, args: ["resume"] }],
  ["c -y c", { agent: "c", yolo: "c" }],
  [".", { here: true }],
  [". -y c", { here: true, yolo: "c" }],
  ["config show c", { verb: "config show", agent: "c" }],
  [". --show-command", { verb: "config command", here: true }],
  // Verbs.
  ["ls", { verb: "ls" }],
  ["ps --state running,paused --json", { verb: "ls", state: ["running", "paused"], json: true }],
  ["ls -l", { verb: "ls" }],
  ["--json ls --names", { verb: "ls", json: true, names: true }],
  ["resume", { verb: "resume" }],
  ["resume my-app 0f3a", { verb: "resume", operands: ["my-app", "0f3a"] }],
  ["resume -n my-app 0f3a", { verb: "resume", operands: ["my-app", "0f3a"], contName: "my-app" }],
  ["shell .", { verb: "shell", operands: ["."] }],
  ["-n my-app shell", { verb: "shell", operands: ["my-app"], contName: "my-app" }],
  ["shell my-app -n my-app", { verb: "shell", operands: ["my-app"], contName: "my-app" }],
  ["exec my-app -- ls -la", { verb: "exec", operands: ["my-app"], args: ["ls", "-la"] }],
  ["exec -n my-app -- ls", { verb: "exec", operands: ["my-app"], contName: "my-app", args: ["ls"] }],
  ["stop my-a my-b my-a", { verb: "stop", operands: ["my-a", "my-b"] }],
  ["rm -f -n my-a my-b", { verb: "rm", force: true, operands: ["my-a", "my-b"], contName: "my-a" }],
  ["rm -- my-a", { verb: "rm", operands: ["my-a"] }],
  ["wait my-app --timeout 10m", { verb: "wait", operands: ["my-app"], timeout: "10m" }],
  ["--engine podman image build", { verb: "image build", engine: "podman" }],
  // Help.
  ["-h", { help: true }],
  ["rm -h", { help: true, topic: "rm" }],
  ["-h ps", { help: true, topic: "ls" }],
  ["--help rm --bogus -n", { help: true, topic: "rm" }],
  ["config -h", { help: true, topic: "config" }],
  ["config show -dh", { help: true, topic: "config show" }],
  ["-n -h", { help: true }],
  ["exec my-app -h -- ls", { help: true, topic: "exec" }],
  ["help config show", { help: true, topic: "config show" }],
  ["help", { help: true }],
  ["-V", { version: true }],
];

const refused: readonly (readonly [line: string | readonly string[], message: string, hint?: string])[] = [
  ["--vloume /a:/b", "Unknown option --vloume. Did you mean --volume?", "manyoyo -h"],
  ["--vol x", "Unknown option --vol. Did you mean --volume?"],
  ["ls --nams", "Unknown option --nams. Did you mean --names?", "manyoyo help ls"],
  ["-Z", "Unknown option -Z."],
  ["-dZ", "Unknown option -Z."],
  ["-rm my-app", "-rm is written with two dashes: --rm."],
  ["-n", "-n needs a value: --cont-name NAME."],
  ["-n -y c", "-n needs a value: --cont-name NAME; -y is an option itself."],
  ["--env --yes", "--env needs a value: --env K[=V]; --yes is an option itself."],
  ["-n -- ls", "-n needs a value: --cont-name NAME."],
  [
    "-e -Xms=1",
    "-e needs a value: --env K[=V].",
    "A value that begins with a dash is attached: --env=-Xms=1",
  ],
  ["--cont-name=", "--cont-name needs a value: --cont-name NAME."],
  ["--yes=true", "--yes takes no value."],
  ["-d=1", "-d takes no value."],
  ["-x", "-x needs a command after it."],
  ["--shell-full", "--shell-full needs a command after it."],
  ["-n my-a -n my-b", "--cont-name is said twice: my-a and my-b.", "Say it once"],
  ["--engine dokcer", "--engine takes no dokcer. Did you mean docker?", "It takes docker, podman"],
  ["-m dnd", "-m takes no dnd. Did you mean dind?"],
  ["-q tip,tips", "-q takes no tips. Did you mean tip?"],
  ["-y claud", "-y takes no claud. Did you mean claude?"],
  ["ls --state runing", "--state takes no runing. Did you mean running?"],
  ["-n a", "a is no session name."],
  [["-n", "my app"], '"my app" is no session name.'],
  ["-n -x ls", "-n needs a value: --cont-name NAME; -x is an option itself."],
  ["shell {now}", "{now} is no session name."],
  ["rm my-app -p 80:80", "rm takes no --publish.", "manyoyo help rm"],
  ["shell my-app -x ls", "shell takes no --shell-full."],
  ["--names", "--names belongs to ls.", "manyoyo help ls"],
  ["--force", `--force belongs to ${ownersOf("force").join(", ")}.`],
  ["-f", `-f belongs to ${ownersOf("force", "follow").join(", ")}.`],
  // Verbs of others.
  ["attach my-app", "There is no verb attach: it is manyoyo resume my-app here.", "manyoyo resume my-app"],
  ["ssh", "There is no verb ssh: it is manyoyo shell NAME here."],
  ["delete my-a my-b", "There is no verb delete: it is manyoyo rm my-a my-b here."],
  ["list", "There is no verb list: it is manyoyo ls here.", "manyoyo ls"],
  ["run my-app", "There is no verb run: it is manyoyo -n NAME -y c here."],
  ["shel my-app", "Unknown verb shel. Did you mean shell?"],
  ["my-app", "Unknown verb my-app.", "If it is a session: manyoyo -n my-app"],
  [[""], 'Unknown verb "".', "manyoyo -h"],
  ["config", "config needs a verb.", "manyoyo config show, manyoyo config command, manyoyo config path"],
  ["config sho", "config has no verb sho. Did you mean config show?"],
  [
    "c resume",
    "manyoyo c takes no further words; resume is one too many.",
    "Words for the agent go after two dashes: manyoyo c -- resume",
  ],
  ["-l --crm", "-l and --crm are two different things to do."],
  // Operands.
  ["shell", "shell needs a session.", "manyoyo shell [OPTIONS] NAME"],
  ["rm", "rm needs at least one session."],
  ["--crm", "rm needs at least one session."],
  ["ls my-app", "ls takes no my-app."],
  ["shell my-a my-b", "my-b is one too many for shell."],
  ["shell my-a -n my-b", "my-a is one too many for shell."],
  ["resume my-a 1 2", "2 is one too many for resume."],
  ["exec my-app", "exec needs a command.", "manyoyo exec my-app -- CMD..."],
  ["exec my-app --", "exec needs a command."],
  ["exec my-app ls -la", "The command of exec goes after two dashes.", "manyoyo exec my-app -- ls -la"],
  ["exec -n my-app ls", "The command of exec goes after two dashes.", "manyoyo exec my-app -- ls"],
  ["exec my-app --bogus ls", "Unknown option --bogus."],
  ["rm -- -weird", "-weird is no session name."],
  // What cannot both be meant.
  [". -n my-app", "Both . and my-app name a session."],
  ["c -y cx", "Both c and cx name an agent."],
  ["--new -n my-app", "--new makes another session of an agent."],
];

describe("A command line is understood:", () => {
  test.each(understood)("manyoyo %p", (line, expected) => {
    expect(said(parse(words(line)))).toEqual(expected);
  });

  test.each(agents.map((agent) => [agent]))("manyoyo %s is an agent, not a verb", (agent) => {
    expect(parse([agent])).toMatchObject({ agent, verb: undefined });
  });

  test("odd words arrive unchanged, wherever words are free", () => {
    const odd = [
      "",
      "\n",
      "a\nb",
      " ",
      "π 🦊",
      "'",
      '"',
      "$(id)",
      "*",
      "-",
      "--",
      "\u0007",
      "x".repeat(100_000),
    ];
    expect(parse(["-x", ...odd]).shellFull).toEqual(odd);
    expect(parse(["--", ...odd]).args).toEqual(odd);
    expect(parse(["exec", "my-app", "--", ...odd]).args).toEqual(odd);
    for (const word of odd.filter((free) => free !== "")) {
      expect(parse([`--env=${word}`, `-e=${word}`]).values.env).toEqual([word, word]);
      expect(parse([`--shell=${word}`]).values.shell).toBe(word);
    }
  });

  test("an empty shell prefix is said, an absent one is not", () => {
    expect(parse(["--shell-prefix="]).values.shellPrefix).toBe("");
    expect(parse([]).values.shellPrefix).toBeUndefined();
  });

  test("--json is seen on a line that is refused, and not where words are not ours", () => {
    expect(saysJson(["--bogus", "--json"])).toBe(true);
    expect(saysJson(["-x", "ls", "--json"])).toBe(false);
    expect(saysJson(["--", "--json"])).toBe(false);
  });

  test("no words after -- and no -- are told apart", () => {
    expect(parse(["--"]).args).toEqual([]);
    expect(parse([]).args).toBeUndefined();
  });
});

describe("A mistake gets its sentence:", () => {
  test.each(refused.map(([line, message, hint]) => [line, message, hint] as const))(
    "manyoyo %p",
    (line, message, hint) => {
      const failure = failureOf(words(line));
      expect(failure.message).toBe(message);
      expect(failure.status).toBe(2);
      if (hint !== undefined) expect(failure.hint).toBe(hint);
    },
  );

  test("a huge or odd word does not flood the message", () => {
    expect(failureOf([`--${"x".repeat(100_000)}`]).message.length).toBeLessThan(120);
    expect(failureOf(["\u001b[2J"]).message).not.toContain("\u001b");
  });
});

function failureOf(line: readonly string[]): Failure {
  try {
    parse(line);
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown;
    throw thrown;
  }
  throw new Error(`understood: ${line.join(" ")}`);
}
